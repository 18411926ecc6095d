"""What a salon wants of its messages: which are sent, when, and how many. What it never set is the default."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Self

from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.messages.sending_policy import LARGEST_CAP, QuietHours, SendingPolicy
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.web_link import is_public

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, kw_only=True)
class SettingError:
    """What is wrong with one setting: a code that `texts.ru.SETTING_FLAWS` puts into words, and the range to keep."""

    code: str
    least: int | None = None
    most: int | None = None


class SettingsInvalidError(AiAdminError):
    """Some settings of messages are not what they must be."""

    def __init__(self, flaws: Mapping[str, SettingError]) -> None:
        super().__init__()
        self.flaws = flaws


class _SettingFlawError(Exception):
    def __init__(self, code: str, least: int | None = None, most: int | None = None) -> None:
        super().__init__(code)
        self.flaw = SettingError(code=code, least=least, most=most)


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise _SettingFlawError("switch")
    return value


def _clock(value: object) -> time:
    if not isinstance(value, str) or not (found := _CLOCK.fullmatch(value)):
        raise _SettingFlawError("clock")
    return time(int(found[1]), int(found[2]))


def _link(value: object) -> str:
    if not isinstance(value, str) or (value and not is_public(value)):
        raise _SettingFlawError("link")
    return value


def _number(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _SettingFlawError("range", least, most)
        return value

    return read


@dataclass(frozen=True, kw_only=True)
class MessageSettings:
    """The settings of one salon. A field named like a kind of notice switches that kind.

    Attributes:
        day_at: when the reminder of the day before is sent, by the salon's clock.
        hours_before: how long before a visit the last reminder is sent.
        again_after: hours without an answer after which a question is asked once more.
        review_after: hours from the end of a visit to the request for a review.
        review_link: where reviews are written, the `{link}` of that request; empty for none.
        quiet_from, quiet_to: no message is sent between, by the salon's clock; equal ones are no quiet hours.
        most_a_day: messages, however long the phone has been linked.
        wait_for_payment: whether a booking that is to be paid in advance is told of only when it is.
        gather_seconds: how long news waits for more of it, so that several edits are one message.
    """

    booked: bool = True
    moved: bool = True
    changed: bool = True
    cancelled: bool = True
    reminder_day: bool = True
    reminder_hours: bool = True
    reminder_again: bool = True
    review: bool = False
    day_at: time = time(18)
    hours_before: int = 3
    again_after: int = 2
    review_after: int = 3
    review_link: str = ""
    quiet_from: time = time(21)
    quiet_to: time = time(9)
    most_a_day: int = LARGEST_CAP
    gather_seconds: int = 30
    wait_for_payment: bool = True

    def wants(self, kind: NoticeKind) -> bool:
        """Whether notices of this kind are sent."""
        return bool(getattr(self, kind))

    @property
    def quiet(self) -> QuietHours:
        """When nothing is sent."""
        return QuietHours(begins=self.quiet_from, ends=self.quiet_to)

    @property
    def policy(self) -> SendingPolicy:
        """How the salon's messages are spread."""
        return SendingPolicy(quiet=self.quiet, most_a_day=self.most_a_day)

    @classmethod
    def from_json(cls, given: object) -> Self:
        """What was stored, whatever version of us stored it: what cannot be read is the default."""
        stored = given if isinstance(given, Mapping) else {}
        return cls(**_read(stored)[0])

    @classmethod
    def parse(cls, given: Mapping[str, object]) -> Self:
        """What somebody wishes; what is not there is the default.

        Raises:
            SettingsInvalidError: names every setting that is wrong or unknown.
        """
        values, flaws = _read(given)
        flaws |= {name: SettingError(code="unknown") for name in given if name not in _READERS}
        if flaws:
            raise SettingsInvalidError(flaws)
        settings = cls(**values)
        if settings.reminder_day and settings.quiet.holds(settings.day_at):
            raise SettingsInvalidError({"day_at": SettingError(code="quiet")})
        return settings

    def to_json(self) -> Mapping[str, object]:
        """Plain values; times as `18:00`."""
        return {name: _plain(getattr(self, name)) for name in _READERS}


_READERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(NoticeKind, _switch),
    "day_at": _clock,
    "hours_before": _number(1, 24),
    "again_after": _number(1, 12),
    "review_after": _number(1, 72),
    "review_link": _link,
    "quiet_from": _clock,
    "quiet_to": _clock,
    "most_a_day": _number(1, LARGEST_CAP),
    "gather_seconds": _number(0, 600),
    "wait_for_payment": _switch,
}


def _read(given: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, SettingError]]:
    """What could be read, and what is wrong with the rest."""
    values: dict[str, Any] = {}
    flaws: dict[str, SettingError] = {}
    for name, read in _READERS.items():
        if name in given:
            try:
                values[name] = read(given[name])
            except _SettingFlawError as error:
                flaws[name] = error.flaw
    return values, flaws


def _plain(value: object) -> object:
    return f"{value:%H:%M}" if isinstance(value, time) else value
