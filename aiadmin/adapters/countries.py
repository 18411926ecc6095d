"""In which country a salon is: by the name that it gives, or by its timezone."""

from __future__ import annotations

from babel import Locale
from babel.core import get_global

_OTHER_NAMES = {
    "белоруссия": "BY",
    "кыргызстан": "KG",
    "молдавия": "MD",
    "сша": "US",
    "объединенные арабские эмираты": "AE",
    "республика беларусь": "BY",
    "республика казахстан": "KZ",
    "российская федерация": "RU",
}
"""What salons write and Unicode's list of territories does not."""


_NOWHERE = frozenset({"001", "ZZ"})
"""The world, and an unknown place."""
_OF_MANY = frozenset({"CET", "EET", "EST", "HST", "MET", "MST", "WET"})
"""Times of many countries, which the list of zones takes for other names of one capital each."""


def country_of(name: str | None, zone: str | None) -> str | None:
    """The ISO 3166 code of a country by its Russian or English name, or else of the one where a timezone is.

    >>> country_of("Казахстан", "Europe/Moscow"), country_of(None, "Europe/Kiev"), country_of("?", "Etc/GMT-3")
    ('KZ', 'UA', None)
    """
    written = (name or "").strip().casefold().replace("ё", "е")
    return _OTHER_NAMES.get(written) or _by_name().get(written) or _by_zone(zone or "")


def _by_zone(zone: str) -> str | None:
    """By a zone's name of today or of old: each territory is listed under one of them."""
    called: str = get_global("zone_aliases").get(zone, zone)
    territory: str | None = get_global("zone_territories").get(called)
    return None if territory in _NOWHERE or zone in _OF_MANY else territory


_names: dict[str, str] = {}


def _by_name() -> dict[str, str]:
    """Built when it is first asked for: reading both locales takes some milliseconds."""
    if not _names:
        for language in ("en", "ru"):
            territories = Locale(language).territories
            _names.update({called.casefold(): code for code, called in territories.items() if code.isalpha()})
    return _names
