"""The product as a replay runs it: its own clock, short deadlines, and an eye on every call to YClients."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast

from aiadmin.adapters.yclients.booking_api import YClientsBooking
from aiadmin.adapters.yclients.call_queue import Whose
from aiadmin.adapters.yclients.call_router import CallRouter
from aiadmin.adapters.yclients.http import Timeouts
from aiadmin.adapters.yclients.salon_api import MAX_BYTES
from aiadmin.container import Container
from aiadmin.domain.journal.online_booking import GroupEvent, Start
from aiadmin.domain.replay.labels import times_of
from aiadmin.domain.yclients.call_budget import Urgency
from aiadmin.domain.yclients.egress import Egress
from aiadmin.services.chat.lost_writes import LostWrites

_DEADLINE = 0.3
"""Seconds of real time for a call."""


class ReplayProduct(Container):
    """Container with what a replay has in place of the world's.

    Attributes:
        now: the time, for every service.
        calls: how many calls were made.
        answered: times of day in YClients' answers, as HH:MM.
        on_call: called before each call is made.
        tell_time: called just before that, so that YClients has the same time.
    """

    now: datetime
    calls: int = 0
    answered: frozenset[str] = frozenset()
    on_call: Callable[[], None] = staticmethod(lambda: None)
    tell_time: Callable[[], None] = staticmethod(lambda: None)

    def clock(self) -> datetime:
        """The replay's time."""
        return self.now

    @cached_property
    def call_router(self) -> CallRouter:
        return _WatchedRouter(super().call_router, self)  # type: ignore[return-value]

    @cached_property
    def booking_api(self) -> YClientsBooking:
        timeouts, patience = Timeouts(connect=_DEADLINE, total=_DEADLINE), timedelta(seconds=_DEADLINE)
        rest = self._rest_as_user(max_bytes=MAX_BYTES, keeps_connections=True)
        return cast("YClientsBooking", _Noted(YClientsBooking(rest, timeouts=timeouts, patience=patience), self))

    @cached_property
    def lost_writes(self) -> LostWrites:
        return LostWrites(uow=self.uow, api=self.booking_api, clock=self.clock, views=self.views, sleep=self._jump)

    def _jump(self, seconds: float) -> None:
        """A pause is over at once."""
        self.now += timedelta(seconds=seconds)

    def forget_calls(self) -> None:
        """Count anew."""
        self.calls, self.answered = 0, frozenset()


class _WatchedRouter:
    """The budget, through which every call goes before it is made."""

    def __init__(self, router: CallRouter, product: ReplayProduct) -> None:
        self._router, self._product = router, product

    def wait(self, whose: Whose, urgency: Urgency, *, patience: timedelta | None = None) -> Egress:
        self._product.tell_time()
        self._product.on_call()
        self._product.calls += 1
        return self._router.wait(whose, urgency, patience=patience)

    def be_quiet(self, egress: Egress, asked: timedelta) -> None:
        self._router.be_quiet(egress, asked)

    def lost(self, egress: Egress) -> bool:
        return self._router.lost(egress)


class _Noted:
    """The adapter for booking, with the times of its answers noted."""

    def __init__(self, api: YClientsBooking, product: ReplayProduct) -> None:
        self._api, self._product = api, product

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._api, name)

        def answer(*given: Any, **named: Any) -> Any:
            found = asked(*given, **named)
            if isinstance(found, Iterable):
                times = times_of(one for one in found if isinstance(one, (Start, GroupEvent)))
                self._product.answered |= times
            return found

        return answer
