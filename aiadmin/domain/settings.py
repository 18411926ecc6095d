"""What settings that an owner sends may be wrong in, and the readers of single values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from aiadmin.domain.errors import AiAdminError

Reader = Callable[[object], object]
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, kw_only=True)
class SettingError:
    """What is wrong with one setting: a code that `texts.ru.SETTING_FLAWS` puts into words, and the range to keep."""

    code: str
    least: int | None = None
    most: int | None = None


class SettingsInvalidError(AiAdminError):
    """Some settings are not what they must be."""

    def __init__(self, flaws: Mapping[str, SettingError]) -> None:
        super().__init__()
        self.flaws = flaws


class SettingFlawError(Exception):
    """A reader does not take its value."""

    def __init__(self, code: str, least: int | None = None, most: int | None = None) -> None:
        super().__init__(code)
        self.flaw = SettingError(code=code, least=least, most=most)


def switch(value: object) -> bool:
    """On or off."""
    if not isinstance(value, bool):
        raise SettingFlawError("switch")
    return value


def clock(value: object) -> time:
    """A time of day, as `18:00`."""
    if not isinstance(value, str) or not (found := _CLOCK.fullmatch(value)):
        raise SettingFlawError("clock")
    return time(int(found[1]), int(found[2]))


def number(least: int, most: int) -> Callable[[object], int]:
    """A whole number of a range, both ends in it."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise SettingFlawError("range", least, most)
        return value

    return read


def read_all(
    given: Mapping[str, object], readers: Mapping[str, Reader]
) -> tuple[dict[str, Any], dict[str, SettingError]]:
    """What could be read of the settings that have a reader, and what is wrong with the rest of those."""
    values: dict[str, Any] = {}
    flaws: dict[str, SettingError] = {}
    for name, read in readers.items():
        if name in given:
            try:
                values[name] = read(given[name])
            except SettingFlawError as error:
                flaws[name] = error.flaw
    return values, flaws


def unknown(given: Mapping[str, object], readers: Mapping[str, Reader]) -> Mapping[str, SettingError]:
    """Settings that there are none of."""
    return {name: SettingError(code="unknown") for name in given if name not in readers}
