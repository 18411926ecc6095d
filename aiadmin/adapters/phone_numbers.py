"""Phone numbers as people type them and as YClients sends them: one reader for every door.

A number is never guessed into another country than the salon's: a message to it would reach a stranger. What may be
read in two ways is read as its country code says, and what no network could have is no number.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, ValidationResult

from aiadmin.domain.journal import DEFAULT_COUNTRY

_LONGEST_TYPED = 60
_EXTENSION = re.compile(
    r"[\s,;(]*(?:доб(?:авочный)?|вн(?:утр(?:енний)?)?|ext(?:ension)?|x|#|[,;])[\s.:=)#]*\d{1,6}\)?\s*$", re.IGNORECASE
)
_KIND = (
    r"(?:тел(?:ефон)?|моб(?:ильный)?|сот(?:овый)?|раб(?:очий)?|дом(?:ашний)?|т|м|номер|ұялы|нөмір[іi]?|рақам[иi]?"
    r"|tel(?:efon)?|phone|mob(?:ile)?|cell|raqami?|whats\s?app|viber|telegram|ватсап|вотсап|вайбер|no)"
)
"""What people write before a number, or behind it, to say which it is; "№" is read as "No"."""
_LABEL = re.compile(rf"(?:{_KIND}\b[\s.:\-/,]*)+(?=[+(\d])", re.IGNORECASE)
_BEHIND = re.compile(rf"[\s(]+{_KIND}[\s.)]*$", re.IGNORECASE)
_ENDS = " ,;.:!?"
_WRITTEN = re.compile(r"(\(?\s*(?:\+|00))?([0-9 ().\-/]{5,40})")
_TRUNK_WRITTEN = re.compile(r"\(?8[ ()\-./]")
_FEWEST, _MOST = 7, 15
"""Digits of an international number (E.164)."""
_NOBODYS_NATIONAL = 12
"""So many digits hold a country code: hardly a country has numbers of this length without one."""
_RUSSIA_AND_KAZAKHSTAN = 7
_TRUNK_LENGTH = 11
_MOBILE_OF_SEVEN = re.compile(r"9\d{9}|7(?:0\d|47|[567]\d)\d{7}")
"""Russia's mobile numbers and Kazakhstan's (ITU, national numbering plans): what a new range would be like."""
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_OLD_MEXICAN_MOBILE = re.compile(r"521(\d{10})")
"""Mexico took the 1 behind its code away in 2019; address books still have it."""


def read_phone(given: Any, country: str = DEFAULT_COUNTRY) -> str | None:
    """The digits of a phone number with its country code, or None when no such number can exist.

    Marks that nobody sees, dashes and blanks of every kind, an extension, a label such as "тел." and punctuation at
    the end are taken off. A number with a plus (or 00) is international. Without one it is the salon's own country's
    where that makes a valid number, and otherwise begins with a country code; an 8 before ten digits is Russia's and
    Kazakhstan's trunk prefix only before a mobile number, or where it is written apart, for 84 and 852 are also the
    codes of Vietnam and Hong Kong.

    Args:
        given: text or a whole number; anything else, and what YClients masks with asterisks, is no number.
        country: where the salon is, ISO 3166 code of two letters.

    >>> read_phone("8 (900) 123-45-67"), read_phone("84912345678"), read_phone("291234567", "BY"), read_phone("12345")
    ('79001234567', '84912345678', '375291234567', None)
    """
    found = _WRITTEN.fullmatch(_bare(_plain(given)))
    if found is None:
        return None
    digits = re.sub(r"\D", "", found[2])
    if not _FEWEST <= len(digits) <= _MOST:
        return None
    if found[1]:
        return _international(digits)
    is_trunk_clear = bool(_TRUNK_WRITTEN.match(found[2]))
    national, abroad = _national(digits, country, is_trunk_clear=is_trunk_clear), _with_code(digits, country)
    if national is None or (not is_trunk_clear and _is_rather(abroad, national, digits, country)):
        return abroad
    return national


def _plain(given: Any) -> str:
    """Text with ordinary blanks and dashes alone; empty for what is no text."""
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, str | int) or len(str(given)) > _LONGEST_TYPED:
        return ""
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", str(given)))).strip()


def _bare(typed: str) -> str:
    """A number without what was written around it."""
    number = typed.rstrip(_ENDS).removeprefix(label[0] if (label := _LABEL.match(typed)) else "")
    return _EXTENSION.sub("", _BEHIND.sub("", number)).strip(_ENDS)


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category == "Zs" or character == "\t":
        return " "
    return "-" if category == "Pd" or character == "\u2212" else character


def _international(digits: str) -> str | None:
    """A number whose country code is certain; a possible one will do, for lists of ranges are always a little old."""
    old_mexican = _OLD_MEXICAN_MOBILE.fullmatch(digits)
    if old_mexican:
        digits = f"52{old_mexican[1]}"
    number = _parsed(f"+{digits}", None)
    return _digits_of(number) if number is not None and _is_possible(number) else None


def _national(digits: str, country: str, *, is_trunk_clear: bool) -> str | None:
    """A number of the salon's country as people there write it."""
    number = _parsed(digits, country)
    if number is None or not (phonenumbers.is_valid_number(number) or _is_mobile_of_seven(number)):
        return None
    has_eight = number.country_code == _RUSSIA_AND_KAZAKHSTAN and len(digits) == _TRUNK_LENGTH and digits[0] == "8"
    return None if has_eight and not (is_trunk_clear or _is_mobile(number)) else _digits_of(number)


def _with_code(digits: str, country: str) -> str | None:
    """A number that begins with a country code, without a plus before it: certain where it is long, where the code is
    the salon's own, or where it makes a mobile number."""
    read = _international(digits)
    number = _parsed(f"+{read}", None) if read else None
    if number is None:
        return None
    is_own = number.country_code == phonenumbers.country_code_for_region(country)
    return read if is_own or len(digits) >= _NOBODYS_NATIONAL or _is_mobile(number) else None


def _is_rather(abroad: str | None, national: str, digits: str, country: str) -> bool:
    """Whether a number that may be read in both ways begins with a country code: with the salon's own, as YClients
    writes it, or as a mobile number abroad which at home would be none."""
    number = _parsed(f"+{abroad}", None) if abroad else None
    if number is None or not phonenumbers.is_valid_number(number):
        return False
    if number.country_code == phonenumbers.country_code_for_region(country):
        return True
    at_home = _parsed(f"+{national}", None)
    is_mobile_at_home = at_home is not None and _is_mobile(at_home)
    return len(digits) >= _TRUNK_LENGTH and _is_mobile(number) and not is_mobile_at_home


@lru_cache(maxsize=1024)
def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    """Reading one number asks for the same several times, and a journal has its clients' in every record."""
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _is_possible(number: PhoneNumber) -> bool:
    """Whether its length is one of its country's: not that of a number within one town, which has no code."""
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _is_mobile(number: PhoneNumber) -> bool:
    return phonenumbers.number_type(number) in _MOBILE or _is_mobile_of_seven(number)


def _is_mobile_of_seven(number: PhoneNumber) -> bool:
    """A mobile number of Russia or Kazakhstan, also in a range that was opened since."""
    is_one = _MOBILE_OF_SEVEN.fullmatch(str(number.national_number))
    return number.country_code == _RUSSIA_AND_KAZAKHSTAN and is_one is not None


def _digits_of(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).lstrip("+")
