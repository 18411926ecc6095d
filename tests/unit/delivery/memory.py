"""A world in memory: the database, YClients and the passing of time, as far as a delivery sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxKind, OutboxRow, OutboxState
from aiadmin.domain.ids import CompanyId, OutboxId, SalonId
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.yclients.http_answer import HttpAnswer
from aiadmin.services.ports import ActivationRequest

COMPANY, ROW = CompanyId(1), OutboxId(1)
OPEN = (OutboxState.PENDING, OutboxState.SENDING)


class KilledError(BaseException):
    """The worker dies here: nothing after it runs."""


@dataclass
class Memory:
    """One company, one activation, one transaction at a time."""

    now: datetime
    company: Company
    row: OutboxRow
    is_open: bool = False
    started: tuple[tuple[SyncKind, datetime], ...] = ()
    written: tuple[Company, OutboxRow, tuple[tuple[SyncKind, datetime], ...]] | None = None

    def clock(self) -> datetime:
        return self.now

    def uow(self) -> Self:
        return self

    def __enter__(self) -> Self:
        assert not self.is_open
        self.is_open, self.written = True, (self.company, self.row, self.started)
        return self

    def __exit__(self, kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        if self.written is not None:
            self.company, self.row, self.started = self.written
        self.is_open = False

    def commit(self) -> None:
        self.written = None

    @property
    def companies(self) -> Self:
        return self

    @property
    def outbox(self) -> Self:
        return self

    @property
    def sync_runs(self) -> Self:
        return self

    def start(self, _company_id: CompanyId, kind: SyncKind, at: datetime, *, is_new: bool) -> None:
        assert is_new
        self.started = (*self.started, (kind, at))

    def get(self, _company_id: CompanyId, *, lock: bool = False) -> Company:
        return self.company

    def set_activated(self, _company_id: CompanyId, at: datetime) -> None:
        self.company = replace(self.company, integration_status=IntegrationStatus.ACTIVE, activated_at=at)

    def set_activation_failed(self, _company_id: CompanyId, reason: str) -> None:
        failed = IntegrationStatus.ACTIVATION_FAILED
        self.company = replace(self.company, integration_status=failed, activation_error=reason)

    def claim(self, _outbox_id: OutboxId, *, now: datetime, visible_again_at: datetime) -> OutboxRow | None:
        due = self.row.next_attempt_at
        if self.row.state not in OPEN or due is None or due > now:
            return None
        before = self.row.state
        self.row = replace(
            self.row, state=OutboxState.SENDING, attempts=self.row.attempts + 1, next_attempt_at=visible_again_at
        )
        return replace(self.row, state=before)

    def finish(
        self, _id: OutboxId, *, attempt: int, state: OutboxState, next_attempt_at: datetime | None, error: str | None,
        at: datetime,
    ) -> bool:  # fmt: skip
        if self.row.attempts != attempt or self.row.state is not OutboxState.SENDING:
            return False
        self.row = replace(self.row, state=state, next_attempt_at=next_attempt_at, last_error=error)
        return True


@dataclass
class ScriptedYClients:
    """`ports.Marketplace`: `script` says what becomes of each call; afterwards it is silent for ever.

    Words: `ok`, `lost` (done, but the answer never comes), `silent`, `busy` (429), `broken` (500), `html`,
    `no` (422), `killed` (the worker dies before the call), `killed-late` (it dies after YClients has acted).
    """

    memory: Memory
    script: Iterator[str]
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

    def connection_status(self, _salon_id: SalonId) -> InstallationStatus:
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
        assert not self.memory.is_open, "a call goes out while a transaction is open"
        self.memory.now += timedelta(seconds=1)
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
    """`ports.PageEvents`, as far as activations use it: what the page was told."""

    states: list[tuple[str, Any]] = field(default_factory=list)

    def status(self, _company_id: CompanyId, *, state: str, text: str, **extra: str | int) -> None:
        assert text
        self.states.append((str(state), extra.get("reason")))


def make_memory(now: datetime, window: timedelta) -> Memory:
    """A salon whose phone is linked and whose activation is due."""
    company = Company(
        company_id=COMPANY,
        salon_id=SalonId(962302),
        title=None,
        phone=None,
        email=None,
        whatsapp_connected=True,
        whatsapp_phone="79001112233",
        whatsapp_connected_at=now,
        integration_status=IntegrationStatus.ACTIVATING,
        connect_jti=None,
        activation_error=None,
        activation_deadline_at=now + window,
        activated_at=None,
        consented_at=None,
        created_at=now,
    )
    row = OutboxRow(
        outbox_id=ROW,
        company_id=COMPANY,
        kind=OutboxKind.ACTIVATION,
        state=OutboxState.PENDING,
        attempts=0,
        next_attempt_at=now,
        deadline_at=now + window,
        secret="sealed",
        last_error=None,
    )
    return Memory(now=now, company=company, row=row)
