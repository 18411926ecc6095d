"""Phone numbers as people type them."""

from __future__ import annotations

import re

import phonenumbers

_TYPED = re.compile(r"\+?[0-9 ().\-\u00a0]{5,31}")


def digits_of(typed: str) -> str | None:
    """The number in digits with its country code, or None when no such number can exist.

    Russia is assumed: `8 (900) 123-45-67` and `9001234567` are `79001234567`. Numbers of other countries are
    understood with or without the plus.
    """
    text = typed.strip()
    if not _TYPED.fullmatch(text):
        return None
    return _valid(text) or _valid("+" + re.sub(r"\D", "", text))


def _valid(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).lstrip("+")
