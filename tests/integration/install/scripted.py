"""A YClients that does what a script says, on a clock that every call moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.install.activation import ActivationRequest, InstallationStatus
from aiadmin.domain.install.visitor import Turn
from aiadmin.domain.journal.sync_run import SyncRun
from aiadmin.domain.yclients.http_answer import HttpAnswer


class KilledError(BaseException):
    """The worker dies here: nothing after it runs."""


@dataclass
class Clock:
    """A clock that stands still between calls."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class ScriptedYClients:
    """`ports.yclients.Marketplace`: `script` says what becomes of each call; afterwards it is silent for ever.

    Words: `ok`, `lost` (done, but the answer never comes), `silent`, `busy` (429), `broken` (500), `html`,
    `no` (422), `killed` (the worker dies before the call), `killed-late` (it dies after YClients has acted).

    Attributes:
        is_free: whether no transaction is open, as none may be during a call.
    """

    clock: Clock
    script: Iterator[str]
    is_free: Callable[[], bool]
    connection: InstallationStatus = InstallationStatus.PENDING
    heard: int = 0
    heard_when_active: int = 0
    is_configured: bool = True
    requests: list[ActivationRequest] = field(default_factory=list)

    def activate(self, request: ActivationRequest) -> HttpAnswer:
        word = self._next()
        self.requests.append(request)
        if word == "killed":
            raise KilledError
        if word in {"ok", "lost", "killed-late", "no"}:
            self.heard += 1
        if word in {"ok", "lost", "killed-late"}:
            return self._do(word)
        return _ANSWERS[word]

    def connection_status(self, _salon_id: SalonId, _turn: Turn | None = None) -> InstallationStatus:
        word = self._next()
        if word.startswith("killed"):
            raise KilledError
        return self.connection if word in {"ok", "no"} else InstallationStatus.SILENT

    def _do(self, word: str) -> HttpAnswer:
        if self.connection is InstallationStatus.ACTIVE:
            self.heard_when_active += 1
            return HttpAnswer(
                status=403, body={"success": False}, message="Пользователь уже установил это приложение."
            )
        self.connection = InstallationStatus.ACTIVE
        if word == "killed-late":
            raise KilledError
        return HttpAnswer(status=201, body={"success": True}) if word == "ok" else _ANSWERS["silent"]

    def _next(self) -> str:
        assert self.is_free(), "a call goes out while a transaction is open"
        self.clock.now += timedelta(seconds=1)
        return next(self.script, "silent")


_ANSWERS = {
    "silent": HttpAnswer(status=None),
    "busy": HttpAnswer(status=429, body={"success": False}),
    "broken": HttpAnswer(status=500, body={"success": False}),
    "html": HttpAnswer(status=502),
    "no": HttpAnswer(status=422, body={"success": False}),
}


@dataclass
class Told:
    """`ports.pages.PageEvents` of which an activation uses `status`: what the page was told."""

    states: list[tuple[str, Any]] = field(default_factory=list)

    def status(self, _company_id: CompanyId, *, state: str, text: str, **extra: str | int) -> None:
        assert text
        self.states.append((str(state), extra.get("reason")))

    def qr(self, _company_id: CompanyId, **_: object) -> None:
        raise AssertionError

    pairing_code = connected = error = qr

    def sync(self, _run: SyncRun) -> None:
        raise AssertionError
