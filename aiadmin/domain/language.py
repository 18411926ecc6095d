"""Languages that the product writes."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """A language that clients and salons are written to in, by its code of ISO 639-1.

    Each has its `Texts` in `aiadmin.texts`.
    """

    RU = "ru"
    EN = "en"
