"""Reading any phone number, in any country: by the plans of all countries, which `phonenumbers` knows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, ValidationResult

from aiadmin.domain.messages.phone_numbers import is_one_digit

_LONGEST_TYPED = 200
_MASKS = "*•"
_WRITTEN = re.compile(rf"(\(?\s*(?:\+|00)[ (]*)?(\(?[0-9][0-9 ().\-/{_MASKS}]*)")
_AS_IN_A_LINK = re.compile(r"(?:wa\.me/|phone=)\+?(?=[0-9])", re.IGNORECASE)
"""WhatsApp's links to a chat have the country code, and no plus."""
_BROKEN = re.compile(r"[0-9](?![xх])[^\W\d_][0-9]", re.IGNORECASE)
"""A letter within digits, such as an O for a 0; an x is an extension's."""
_TRUNK_APART = re.compile(r"\(?8[ ()\-./]")
"""No country has the code 8."""
_NUMBER_BEHIND = re.compile(r"\(?[0-9]+[ ().\-/]+(.*)")
_NUMBER_BEFORE = re.compile(r"([0-9]+)[ ().\-/]+[0-9]+[ ().\-/]*")
_SURELY_MEANT = 9
"""So many digits are meant for a phone number; fewer may be a date, and are one only where they can be read so."""
_FEWEST, _MOST = 7, 15
"""Digits of an international number (E.164)."""
_NOBODYS_NATIONAL = 12
"""So many digits hold a country code: hardly a country has numbers of this length without one."""
_RUSSIA_AND_KAZAKHSTAN = 7
_TRUNK_LENGTH = 11
_LONGEST_AT_HOME = 10
"""A plus before so many digits, or fewer, may be a mistake; hardly a country's numbers are as short with a code."""
_MOBILE_OF_SEVEN = re.compile(r"9\d{9}|7(?:0\d|47|[567]\d)\d{7}")
"""Russia's mobile numbers and Kazakhstan's (ITU, national numbering plans): what a new range would be like."""
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_OLD_MEXICAN_MOBILE = re.compile(r"521(\d{10})")
"""Mexico took the 1 behind its code away in 2019; address books still have it."""


def only_number_in(given: Any, country: str) -> str | None:
    """As `phone_numbers.read_phone`."""
    typed = _AS_IN_A_LINK.sub("+", _plain(given))
    if _BROKEN.search(typed):
        return None
    read = {number for found in _WRITTEN.finditer(typed) for number in _meant(found, country)}
    return read.pop() if len(read) == 1 else None


def _meant(found: re.Match[str], country: str) -> Iterator[str | None]:
    """What is written there, where it is meant for a phone number: what cannot be one is None."""
    written = _without_note(found[2], country, has_plus=bool(found[1]))
    digits = _digits_in(written)
    is_whole = not set(_MASKS).intersection(re.sub(rf" +[{_MASKS} ]*$", "", written))
    is_one = is_whole and _FEWEST <= len(digits) <= _MOST
    read = _read(digits, country, has_plus=bool(found[1]), written=written) if is_one else None
    if read is not None or len(digits) >= _SURELY_MEANT:
        yield None if read is None or _is_stopgap(read) else read


def _without_note(written: str, country: str, *, has_plus: bool) -> str:
    """A number of the salon's country in one piece, without a few digits beside it, such as an age; else all."""
    pieces = written.split()
    whole = [one for one in pieces[: 1 if has_plus else None] if one.isdigit() and len(one) >= _TRUNK_LENGTH]
    is_one = len(whole) == 1 and len(_digits_in(written)) - len(whole[0]) < _FEWEST
    return whole[0] if is_one and _national(whole[0], country) else written


def _digits_in(written: str) -> str:
    return re.sub(r"\D", "", written)


def _read(digits: str, country: str, *, has_plus: bool, written: str) -> str | None:
    national, is_of_seven = _national(digits, country), _code_of(country) == _RUSSIA_AND_KAZAKHSTAN
    has_eight = len(digits) == _TRUNK_LENGTH and digits[0] == "8"
    if has_eight and _TRUNK_APART.match(written):
        return national
    if has_plus:
        return _with_plus(digits, national)
    abroad = _with_code(digits, country)
    is_trunk = has_eight and is_of_seven
    if national is not None and (is_trunk or not _is_rather(abroad, national, digits, country)):
        return national
    is_own = abroad is not None and abroad.startswith(str(_code_of(country)))
    return None if not is_own and _may_have_a_note(written, country) else abroad


def _may_have_a_note(written: str, country: str) -> bool:
    """Whether a mobile number of the salon's country has other digits beside it, such as an age: all together would
    be somebody's number abroad."""
    behind, before = _NUMBER_BEHIND.fullmatch(written), _NUMBER_BEFORE.fullmatch(written)
    inner = [_digits_in(found[1]) for found in (behind, before) if found is not None]
    at_home = [_parsed(f"+{read}", None) for digits in inner if (read := _national(digits, country)) is not None]
    return any(number is not None and _is_mobile(number) for number in at_home)


def _plain(given: Any) -> str:
    """Text with ordinary blanks and dashes alone; empty for what is no text."""
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, str | int) or len(str(given)) > _LONGEST_TYPED:
        return ""
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", str(given)))).strip()


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category == "Zs" or character == "\t":
        return " "
    return "-" if category == "Pd" or character == "\u2212" else character


def _with_plus(digits: str, national: str | None) -> str | None:
    """A number with its country code; not one that has a plus and no code, for that is as short as those at home are,
    and is a mobile number there, or none abroad."""
    abroad = _international(digits)
    if national in (None, digits) or len(digits) > _LONGEST_AT_HOME:
        return abroad
    at_home, number = _parsed(f"+{national}", None), _parsed(f"+{abroad}", None) if abroad else None
    is_at_home = at_home is not None and _is_mobile(at_home)
    return abroad if number is not None and _is_mobile(number) and not is_at_home else None


def _international(digits: str) -> str | None:
    """A number whose country code is certain. Lists of ranges are always a little old: one that is as long as mobile
    numbers are there will do, and any other is to be valid."""
    old_mexican = _OLD_MEXICAN_MOBILE.fullmatch(digits)
    if old_mexican:
        digits = f"52{old_mexican[1]}"
    number = _parsed(f"+{digits}", None)
    return _digits_of(number) if number is not None and _may_be_one(number) else None


def _national(digits: str, country: str) -> str | None:
    """A number of the salon's country as people there write it."""
    number = _parsed(digits, country)
    if number is None or not (phonenumbers.is_valid_number(number) or _is_mobile_of_seven(number)):
        return None
    return _digits_of(number)


def _with_code(digits: str, country: str) -> str | None:
    """A number that begins with a country code, without a plus before it: certain where it is long, where the code is
    the salon's own, or where it makes a mobile number."""
    read = _international(digits)
    number = _parsed(f"+{read}", None) if read else None
    if number is None:
        return None
    is_own = number.country_code == _code_of(country)
    return read if is_own or len(digits) >= _NOBODYS_NATIONAL or _is_mobile(number) else None


def _is_rather(abroad: str | None, national: str, digits: str, country: str) -> bool:
    """Whether a number that may be read in both ways begins with a country code: with the salon's own, as YClients
    writes it, or as a mobile number abroad which at home would be none."""
    number = _parsed(f"+{abroad}", None) if abroad else None
    if number is None or not phonenumbers.is_valid_number(number):
        return False
    if number.country_code == _code_of(country):
        return True
    at_home = _parsed(f"+{national}", None)
    is_mobile_at_home = at_home is not None and _is_mobile(at_home)
    return len(digits) >= _TRUNK_LENGTH and _is_mobile(number) and not is_mobile_at_home


def _code_of(country: str) -> int:
    return phonenumbers.country_code_for_region(country)


@lru_cache(maxsize=1024)
def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    """Reading one number asks for the same several times, and a journal has its clients' in every record."""
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _may_be_one(number: PhoneNumber) -> bool:
    reason = phonenumbers.is_possible_number_for_type_with_reason(number, PhoneNumberType.MOBILE)
    return phonenumbers.is_valid_number(number) or reason == ValidationResult.IS_POSSIBLE


def _is_stopgap(digits: str) -> bool:
    """Whether digits stand in for a number that was not known: one digit over and over, or all in order.

    It is nobody's, and whoever has it on their card would be one person with everybody else who has.
    """
    number = _parsed(f"+{digits}", None)
    national = digits.removeprefix(str(number.country_code)) if number is not None else digits
    return is_one_digit(national) or national == "1234567890"


def _is_mobile(number: PhoneNumber) -> bool:
    return phonenumbers.number_type(number) in _MOBILE or _is_mobile_of_seven(number)


def _is_mobile_of_seven(number: PhoneNumber) -> bool:
    """A mobile number of Russia or Kazakhstan, also in a range that was opened since."""
    is_one = _MOBILE_OF_SEVEN.fullmatch(str(number.national_number))
    return number.country_code == _RUSSIA_AND_KAZAKHSTAN and is_one is not None


def _digits_of(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).lstrip("+")
