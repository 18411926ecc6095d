"""What a salon wants of its messages: which are sent, when, and how many. What it never set is the default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Self

from aiadmin.domain.language import Language
from aiadmin.domain.messages.sending_policy import LARGEST_CAP, QuietHours, SendingPolicy
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.web_link import is_public
from aiadmin.domain.settings import (
    SettingError,
    SettingFlawError,
    SettingsInvalidError,
    clock,
    number,
    read_all,
    switch,
    unknown,
)


def _link(value: object) -> str:
    if not isinstance(value, str) or (value and not is_public(value)):
        raise SettingFlawError("link")
    return value


def _language(value: object) -> Language:
    if not isinstance(value, str) or value not in set(Language):
        raise SettingFlawError("choice")
    return Language(value)


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
        language: what clients, and the salon's people in WhatsApp, are written to in.
        wait_for_payment: whether notices of a booking that is to be paid in advance wait for the payment.
        gather_seconds: how long a change waits for further ones, so that several edits are one message.
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
    language: Language = Language.RU

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
        return cls(**read_all(stored, _READERS)[0])

    @classmethod
    def parse(cls, given: Mapping[str, object]) -> Self:
        """Settings as a form sends them; what is not there is the default.

        Raises:
            SettingsInvalidError: names every setting that is wrong or unknown.
        """
        values, flaws = read_all(given, _READERS)
        flaws |= unknown(given, _READERS)
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
    **dict.fromkeys(NoticeKind, switch),
    "day_at": clock,
    "hours_before": number(1, 24),
    "again_after": number(1, 12),
    "review_after": number(1, 72),
    "review_link": _link,
    "quiet_from": clock,
    "quiet_to": clock,
    "most_a_day": number(1, LARGEST_CAP),
    "gather_seconds": number(0, 600),
    "wait_for_payment": switch,
    "language": _language,
}


def _plain(value: object) -> object:
    return f"{value:%H:%M}" if isinstance(value, time) else value
