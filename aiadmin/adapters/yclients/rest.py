"""A call to YClients with its turn in the budget, its repeats, and its errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiadmin.adapters.yclients.call_queue import Whose
from aiadmin.adapters.yclients.call_router import CallRouter
from aiadmin.adapters.yclients.http import Timeouts, YClientsHttp
from aiadmin.domain.metrics import Metric
from aiadmin.domain.yclients.answer import error_of, pause_before_next, result_of
from aiadmin.domain.yclients.call_budget import PATIENCE, Urgency
from aiadmin.domain.yclients.egress import Egress
from aiadmin.domain.yclients.error import RateLimitedError, YClientsError
from aiadmin.domain.yclients.http_answer import HttpAnswer
from aiadmin.services.ports.metrics import Metrics

TIMEOUTS = Timeouts(connect=5, total=20)


class RestApi:
    """Calls that wait for their turn and answer, or raise.

    Reads may share a connection. A change never does: one that YClients has closed meanwhile would leave it unknown
    whether the change was made.
    """

    def __init__(self, http: YClientsHttp, router: CallRouter, *, metrics: Metrics, rng: Callable[[], float]) -> None:
        self._reading, self._changing = http, replace(http, keeps_connections=False)
        self._router, self._metrics, self._rng = router, metrics, rng

    def read(
        self,
        whose: Whose,
        path: str,
        *,
        urgency: Urgency,
        asking: Mapping[str, Any] | None = None,
        timeouts: Timeouts = TIMEOUTS,
        patience: timedelta | None = None,
    ) -> HttpAnswer:
        """Ask, again if need be.

        Args:
            asking: for questions that are put as a POST and change nothing.
            patience: how long all of it may take but the last call; `PATIENCE` of the urgency when not given.

        Raises:
            YClientsError: a child of it says what YClients answered, or that it did not.
        """
        method = "GET" if asking is None else "POST"
        return self._ask(whose, method, path, asking, urgency=urgency, timeouts=timeouts, patience=patience)

    def change(
        self,
        whose: Whose,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        timeouts: Timeouts = TIMEOUTS,
    ) -> HttpAnswer:
        """Change something, once: what is not answered may have been done.

        Raises:
            YClientsError: as `read`.
        """
        patience = PATIENCE[Urgency.INTERACTIVE]
        answer, error = self._call(self._changing, whose, method, path, body, Urgency.INTERACTIVE, timeouts, patience)
        if error is not None:
            raise error
        return answer

    def attempt(
        self,
        whose: Whose,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        urgency: Urgency = Urgency.INTERACTIVE,
        timeouts: Timeouts = TIMEOUTS,
        patience: timedelta | None = None,
    ) -> HttpAnswer:
        """Make one call in its turn, and never another; what came of it is the answer, also that there was none.

        Raises:
            RateLimitedError: it was not its turn within `patience`, and nothing was sent.
        """
        wait = PATIENCE[urgency] if patience is None else patience
        return self._call(self._changing, whose, method, path, body, urgency, timeouts, wait)[0]

    def _ask(
        self,
        whose: Whose,
        method: str,
        path: str,
        asking: Mapping[str, Any] | None,
        *,
        urgency: Urgency,
        timeouts: Timeouts,
        patience: timedelta | None,
    ) -> HttpAnswer:
        deadline, tries = time.monotonic() + (patience or PATIENCE[urgency]).total_seconds(), 0
        while True:
            left = _left(deadline)
            answer, error = self._call(self._reading, whose, method, path, asking, urgency, timeouts, left)
            tries += 1
            if error is None:
                return answer
            pause = pause_before_next(error, tries=tries, urgency=urgency, left=_left(deadline), jitter=self._rng())
            if pause is None:
                raise error
            time.sleep(pause.total_seconds())

    def _call(
        self,
        http: YClientsHttp,
        whose: Whose,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        urgency: Urgency,
        timeouts: Timeouts,
        patience: timedelta,
    ) -> tuple[HttpAnswer, YClientsError | None]:
        """A call that was certainly not sent goes by the next way, once: also one that changes something."""
        deadline = time.monotonic() + patience.total_seconds()
        egress = self._turn(whose, urgency, patience)
        answer = http.call(method, path, body=body, timeouts=timeouts, egress=egress)
        if answer.is_unsent and self._router.lost(egress):
            egress = self._turn(whose, urgency, _left(deadline))
            answer = http.call(method, path, body=body, timeouts=timeouts, egress=egress)
        error = error_of(answer)
        self._metrics.count(Metric.YCLIENTS_CALLS, result=result_of(error).value)
        if isinstance(error, RateLimitedError):
            self._router.be_quiet(egress, error.wait)
        return answer, error

    def _turn(self, whose: Whose, urgency: Urgency, patience: timedelta) -> Egress:
        """The way that the call goes, when it is its turn. Raises RateLimitedError."""
        began = time.monotonic()
        try:
            return self._router.wait(whose, urgency, patience=patience)
        finally:
            waited = time.monotonic() - began
            self._metrics.observe(Metric.YCLIENTS_WAIT_SECONDS, waited, urgency=urgency.name.lower())


def _left(deadline: float) -> timedelta:
    return timedelta(seconds=max(deadline - time.monotonic(), 0))
