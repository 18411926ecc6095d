"""What an owner is told of the last two weeks: figures, answers by day, who waits, first steps.

A figure that is not known is None, and the page says so: a nought that nobody has counted would be a claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from aiadmin.domain.ids import ContactId

DAYS = 14
"""How many days are counted, the present one among them."""
FEWEST = 20


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The last `DAYS` days.

    Attributes:
        sent: messages that left us, answers of the bot among them; `delivered`: of those that reached a phone.
        asked: clients who were asked whether they come, `confirmed`: of those who said yes.
        declined: who said in time that they do not come; `freed` is what their visits were to cost, as far as known.
        no_shows: visits that the journal marks so; `no_show_share` in per cent of those that it marks at all. None
            where it marks none.
        no_show_share_before: the same before the salon was connected, as far back as its journal is read; None where
            fewer than `FEWEST` are marked there, for a share of few says nothing.
        currency: the sign of what `freed` is in.
        booked: visits that the bot has booked; None where the bot is off.
    """

    sent: int
    delivered: int
    asked: int
    confirmed: int
    declined: int
    freed: Decimal | None
    currency: str | None
    no_shows: int | None
    no_show_share: int | None
    no_show_share_before: int | None
    booked: int | None

    @property
    def delivered_share(self) -> int | None:
        """In per cent; None of nothing."""
        return share(self.delivered, self.sent)

    @property
    def confirmed_share(self) -> int | None:
        """In per cent; None of nothing."""
        return share(self.confirmed, self.asked)


def share(part: int, whole: int) -> int | None:
    """In whole per cent; a hundred only for all, nought only for none.

    >>> share(0, 0), share(0, 9), share(1, 3), share(999, 1000), share(1, 1000), share(3, 3)
    (None, 0, 33, 99, 1, 100)
    """
    if not whole:
        return None
    return round(100 * part / whole) if part in {0, whole} else min(99, max(1, round(100 * part / whole)))


@dataclass(frozen=True, kw_only=True)
class AnswerDay:
    """The answers to what was asked on one day of the salon's calendar; who is `silent` has not said yes or no."""

    day: date
    yes: int = 0
    silent: int = 0
    no: int = 0

    @property
    def asked(self) -> int:
        return self.yes + self.silent + self.no


def first_moment(now: datetime) -> datetime:
    """When the first of the last `DAYS` days began; `now` is by the salon's clock.

    >>> first_moment(datetime(2026, 11, 30, 16, 40))
    datetime.datetime(2026, 11, 17, 0, 0)
    """
    return datetime.combine(now.date() - timedelta(days=DAYS - 1), time.min, now.tzinfo)


def each_day(counted: Mapping[date, AnswerDay], today: date) -> Sequence[AnswerDay]:
    """The last `DAYS` days in order, those without a question among them."""
    days = [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    return [counted.get(day, AnswerDay(day=day)) for day in days]


class AttentionKind(StrEnum):
    """Why a client needs a human; `texts.ru.overview` has the words."""

    WAITS = "waits"
    """The bot has handed the chat over."""
    DECLINED = "declined"
    """They do not come to a visit that is still in the journal."""
    NOT_REACHED = "not-reached"
    """A message did not reach them."""


@dataclass(frozen=True, kw_only=True)
class Attention:
    """A client who needs a human.

    Attributes:
        at: since when.
        words: what they wrote last.
        visit_at: the visit that they do not come to.
        reason: why a message did not reach them, a slug.
    """

    kind: AttentionKind
    contact_id: ContactId
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    at: datetime
    words: str | None = field(default=None, repr=False)
    visit_at: datetime | None = None
    reason: str | None = None


class Step(StrEnum):
    """A first step, in its order; `texts.ru.overview` has the words."""

    PHONE = "phone"
    JOURNAL = "journal"
    TRIAL = "trial"
    FIRST = "first"


@dataclass(frozen=True, kw_only=True)
class FirstSteps:
    """How far the salon has come; `records` is how many bookings of it were read."""

    done: frozenset[Step]
    records: int

    @property
    def is_over(self) -> bool:
        return self.done == frozenset(Step)
