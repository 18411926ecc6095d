"""In which country a salon is: by the name that it gives, or by its timezone."""

from __future__ import annotations

import re

from babel import Locale
from babel.core import get_global

_OTHER_NAMES = {
    "белоруссия": "BY",
    "кыргызстан": "KG",
    "молдавия": "MD",
    "сша": "US",
    "объединенные арабские эмираты": "AE",
    "кыргызская республика": "KG",
    "туркмения": "TM",
    "российская федерация": "RU",
    "russian federation": "RU",
    "рф": "RU",
}
"""What salons write and Unicode's list of territories does not."""


_NOWHERE = frozenset({"001", "ZZ"})
"""The world, and an unknown place."""
_OF_MANY = frozenset({"CET", "EET", "EST", "HST", "MET", "MST", "WET"})
"""Times of many countries, which the list of zones takes for other names of one capital each."""


def country_of(name: str | None, zone: str | None) -> str | None:
    """The ISO 3166 code of a country by its name in a language of salons, or else of the one where a timezone is.

    >>> country_of("Казахстан", "Europe/Moscow"), country_of(None, "Europe/Kiev"), country_of("?", "Etc/GMT-3")
    ('KZ', 'UA', None)
    """
    written = _plain(name or "").removeprefix("республика ")
    return _OTHER_NAMES.get(written) or _by_name().get(written) or _by_zone(zone or "")


def _plain(name: str) -> str:
    return _APOSTROPHES.sub("'", name.strip().casefold().replace("ё", "е"))


def _by_zone(zone: str) -> str | None:
    """By a zone's name of today or of old: each territory is listed under one of them."""
    called: str = get_global("zone_aliases").get(zone, zone)
    territory: str | None = get_global("zone_territories").get(called)
    return None if territory in _NOWHERE or zone in _OF_MANY else territory


_LANGUAGES = ("en", "ru", "uk", "be", "kk", "ky", "uz")
_APOSTROPHES = re.compile("[‘’ʻʼ`]")
_names: dict[str, str] = {}


def _by_name() -> dict[str, str]:
    """Built when it is first asked for: reading the locales takes a tenth of a second."""
    if not _names:
        for language in _LANGUAGES:
            countries = {code: called for code, called in Locale(language).territories.items() if code.isalpha()}
            _names.update({_plain(called): code for code, called in countries.items()})
            _names.update({code.casefold(): code for code in countries.keys() - _NOWHERE})
    return _names
