"""What a decision has to know first, asked of YClients while a client waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import structlog

from aiadmin.domain.chat.own_visits import OwnVisits, own_visits, wall_clock
from aiadmin.domain.chat.situation import ClientView
from aiadmin.domain.chat.steps import (
    MOST_CALLS,
    Found,
    Need,
    NeedDay,
    NeedDays,
    NeedEvents,
    NeedFreeStaff,
    NeedNearest,
    NeedStarts,
    NeedVisits,
    Unavailable,
)
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.messages.contact import spellings
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.services.ports.booking import BookingApi
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.chat.catalogue import BotSalon

log = structlog.get_logger(__name__)
T = TypeVar("T")

TURN_LASTS = timedelta(seconds=20)
"""When so much of a turn is over, nothing more is asked."""
PAST = timedelta(days=365)
"""How far back a client's own visits are read: "as last time" is seldom longer ago."""


@dataclass(frozen=True, kw_only=True)
class LookUps:
    """Begins the look-ups of turns.

    Attributes:
        monotonic: seconds of a clock that never jumps.
    """

    api: BookingApi
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic

    def begin(self, salon: BotSalon, client: ClientView, guests: Mapping[int, str] | None = None) -> TurnLookUps:
        """The look-ups of one turn.

        Args:
            guests: by number of a record, for whom else we have booked it.
        """
        ends = self.monotonic() + TURN_LASTS.total_seconds()
        return TurnLookUps(self, salon, client, guests or {}, ends=ends)


@dataclass
class TurnLookUps:
    """What is asked in one turn: at most `MOST_CALLS` calls, each thing once; nothing is kept beyond the turn.

    What cannot be asked any more, and what YClients does not answer, is `Unavailable`: neither free nor busy.

    Attributes:
        calls: how many were made.
    """

    look_ups: LookUps
    salon: BotSalon
    client: ClientView
    guests: Mapping[int, str]
    ends: float
    calls: int = 0

    def answer(self, needs: Sequence[Need], found: Found) -> Found:
        """What was found so far, with an answer to each need; one that has an answer is not asked again."""
        for need in needs:
            found = _ANSWERS[type(need)](self, need, found)
        return found

    def days(self, need: NeedDays, found: Found) -> Found:
        if need in found.days:
            return found
        staff_id = need.staff_id or None
        answer = self._ask(
            lambda: self._api.days(
                self.salon.salon_id,
                services=need.services,
                first=need.first,
                last=need.last,
                zone=self.salon.zone,
                staff_id=staff_id,
            )
        )
        return replace(found, days={**found.days, need: answer})

    def starts(self, need: NeedStarts, found: Found) -> Found:
        if need in found.starts:
            return found
        answer = self._ask(
            lambda: self._api.starts(
                self.salon.salon_id, services=need.services, day=need.day, staff_id=need.staff_id
            )
        )
        return replace(found, starts={**found.starts, need: answer})

    def nearest(self, need: NeedNearest, found: Found) -> Found:
        if need in found.starts:
            return found
        answer = self._ask(
            lambda: self._api.nearest(
                self.salon.salon_id, services=need.services, staff_id=need.staff_id, zone=self.salon.zone
            )
        )
        return replace(found, starts={**found.starts, need: answer})

    def events(self, need: NeedEvents, found: Found) -> Found:
        if need in found.events:
            return found
        answer = self._ask(lambda: self._api.events(self.salon.salon_id, services=need.services))
        return replace(found, events={**found.events, need: answer})

    def day(self, need: NeedDay, found: Found) -> Found:
        if need in found.day_of_staff:
            return found
        answer = self._ask(lambda: self._api.day(self.salon.salon_id, day=need.day, staff_id=need.staff_id))
        return replace(found, day_of_staff={**found.day_of_staff, need: answer})

    def free_staff(self, need: NeedFreeStaff, found: Found) -> Found:
        if need in found.free_staff:
            return found
        shown = self._ask(lambda: self._api.staff(self.salon.salon_id, services=need.services, at=need.at))
        free = shown if isinstance(shown, Unavailable) else [one.staff_id for one in shown if one.is_bookable]
        return replace(found, free_staff={**found.free_staff, need: free})

    def visits(self, _need: NeedVisits, found: Found) -> Found:
        """All their cards, or it is not known: a visit of a card that was not read would not be there for us."""
        if found.visits is not None:
            return found
        read = self._own_visits()
        if isinstance(read, Unavailable):
            return replace(found, visits=read, past=read)
        return replace(found, visits=read.coming, past=read.past)

    def _own_visits(self) -> OwnVisits | Unavailable:
        cards = self._cards()
        if isinstance(cards, Unavailable):
            return cards
        now = wall_clock(self.look_ups.clock(), self.salon.zone)
        first, place = now.date() - PAST, {"zone": self.salon.zone, "country": self.salon.country}
        records: list[Record] = []
        for card in cards:
            answer = self._ask(partial(self._api.of_client, self.salon.salon_id, card, **place, first=first))
            if isinstance(answer, Unavailable):
                return answer
            records += [one for one in answer if self._is_theirs(one)]
        return own_visits(records, now, self.salon.zone, self.guests)

    def _is_theirs(self, record: Record) -> bool:
        """A card may have another number since our copy was made; one that we may not see is taken for theirs."""
        numbers = spellings(self.client.numbers)
        return record.client_phone is None or not numbers.isdisjoint(spellings([record.client_phone]))

    def _cards(self) -> Sequence[int] | Unavailable:
        """Those that our copy of the journal has; a client who is new to it may have come just now."""
        phone = self.client.phone
        if self.client.cards or phone is None:
            return self.client.cards
        return self._ask(lambda: self._api.cards(self.salon.salon_id, phone))

    def _ask(self, call: Callable[[], T]) -> T | Unavailable:
        if self.calls >= MOST_CALLS or self.look_ups.monotonic() >= self.ends:
            return Unavailable()
        self.calls += 1
        try:
            return call()
        except (YClientsError, DependencyDownError) as error:
            log.warning("a look-up for a chat failed", company_id=self.salon.company_id, error=type(error).__name__)
            return Unavailable()

    @property
    def _api(self) -> BookingApi:
        return self.look_ups.api


_ANSWERS: Mapping[type, Callable[[TurnLookUps, Any, Found], Found]] = {
    NeedDays: TurnLookUps.days,
    NeedStarts: TurnLookUps.starts,
    NeedNearest: TurnLookUps.nearest,
    NeedEvents: TurnLookUps.events,
    NeedVisits: TurnLookUps.visits,
    NeedDay: TurnLookUps.day,
    NeedFreeStaff: TurnLookUps.free_staff,
}
