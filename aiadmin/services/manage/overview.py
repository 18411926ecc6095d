"""The management page: what an owner sees of their salon, and does about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiadmin.domain.companies import audit
from aiadmin.domain.companies.audit import AuditEntry
from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.hosting.device import Device, SessionChange
from aiadmin.domain.ids import AuditId, CompanyId
from aiadmin.domain.install.activation import why_not_retry
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.journal.sync_run import RunState, SyncKind, SyncRun
from aiadmin.domain.manage.owner_actions import OwnerAction, available_actions
from aiadmin.domain.manage.salon_state import SalonFacts
from aiadmin.domain.messages.message_log import MessageStatus
from aiadmin.services.hosting import sessions
from aiadmin.services.install import activations
from aiadmin.services.journal import sync
from aiadmin.services.manage import salon_states
from aiadmin.services.messages import pauses
from aiadmin.services.ports.clock import Clock
from aiadmin.services.provider import orders
from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

OWNER = "owner"
"""The audit's name for who holds the salon's link."""
EVENTS = 8
COUNTED = timedelta(days=7)
"""How far back messages are counted."""
ASK_FROZEN_EVERY = timedelta(minutes=1)
"""How often YClients is asked about a frozen salon whose page is open."""
_IN_HAND = frozenset({RunState.WAITING, RunState.RUNNING})


@dataclass(frozen=True, kw_only=True)
class SalonOverview:
    """Everything on the page but the log.

    Attributes:
        device: the linked phone, or None.
        actions: what its owner may do about it.
        is_double: whether clients may hear everything twice, from us and from YClients through us.
        runs: how far each kind of reading is, of those that have ever begun.
        webhooks: whether YClients sends the salon's webhooks to us: `ours`, `missing`..., None before the first look.
        zone: the salon's IANA timezone, by which its owner reads times.
        events: what became of the salon's sessions, newest first.
        entries: the users of YClients who came in for the first time, and operators of ours, newest first.
        marks: how many messages of the last days stand where.
        facts: what the salon's states follow from.
    """

    company: Company
    device: Device | None
    actions: frozenset[OwnerAction]
    is_double: bool
    runs: Sequence[SyncRun]
    webhooks: str | None
    zone: str
    events: Sequence[SessionChange]
    entries: Sequence[AuditEntry]
    statuses: Mapping[MessageStatus, int]
    facts: SalonFacts


def overview(company: Company, *, work: UnitOfWork, now: datetime, is_never_sending: bool = False) -> SalonOverview:
    """The salon as it is; YClients is asked again soon about one that is frozen, for its owner may have paid.

    Args:
        work: is committed where that is asked for.
        is_never_sending: whether this machine's settings hold everybody's messages.

    Raises:
        DependencyDownError: PostgreSQL does not answer.
    """
    number = company.company_id
    _ask_whether_paid(company, work=work, now=now)
    facts = work.salon_facts.of([number], now=now, since=now - salon_states.COUNTED)[number]
    activation = work.outbox.find_by_key(number, ACTIVATION_KEY)
    return SalonOverview(
        company=company,
        device=work.devices.find_current(number),
        actions=available_actions(
            company.integration_status,
            is_linked=company.whatsapp_connected,
            can_tell=why_not_retry(company, activation) is None,
        ),
        is_double=orders.hears_twice(number, work=work, now=now),
        runs=work.sync_runs.all(number),
        webhooks=work.journal.webhooks_state(number),
        zone=work.journal.zone(number) or DEFAULT_ZONE,
        events=work.session_events.recent(number, limit=EVENTS),
        entries=work.audit.recent(number, limit=EVENTS, action=audit.ENTRY),
        statuses=work.message_log.count_by_status(number, now - COUNTED),
        facts=replace(facts, is_never_sending=is_never_sending),
    )


def _ask_whether_paid(company: Company, *, work: UnitOfWork, now: datetime) -> None:
    if company.integration_status is not IntegrationStatus.FROZEN:
        return
    asked = company.yclients_checked_at
    if asked is not None and now - asked >= ASK_FROZEN_EVERY:
        work.installations.check_first(company.company_id)
        work.commit()


@dataclass(frozen=True, kw_only=True)
class OwnerActions:
    """Does what an owner asks for; each action is in the audit log before it is done, and what came of it after.

    Attributes:
        window: how long the activation is sent again.
        actor: the audit's name for who asks: an operator may in the owner's place.
    """

    uow: NewUnitOfWork
    clock: Clock
    window: timedelta
    actor: str = OWNER

    def disconnect(self, company_id: CompanyId) -> bool:
        """Unlink the salon's phone; False when none was linked. Raises DependencyDownError."""
        with self._begin(company_id, "whatsapp.disconnect"):
            return sessions.disconnect(company_id, uow=self.uow, clock=self.clock)

    def retry(self, company_id: CompanyId) -> None:
        """Tell YClients again. Raises ActivationStateError when there is nothing to tell, and DependencyDownError."""
        with self._begin(company_id, "activation.retry"):
            activations.retry(company_id, uow=self.uow, clock=self.clock, window=self.window)

    def read_again(self, company_id: CompanyId) -> bool:
        """Read the salon's journal from the beginning; False where it is read already. Raises DependencyDownError.

        A reading in hand is left alone: each beginning costs all salons a share of what YClients lets us ask.
        """
        with self.uow() as work:
            run = work.sync_runs.find(company_id, SyncKind.FULL)
        if run is not None and run.state in _IN_HAND:
            return False
        with self._begin(company_id, "sync.start"):
            sync.start(company_id, is_new=False, uow=self.uow, clock=self.clock)
        return True

    def pause(self, company_id: CompanyId, *, is_paused: bool) -> None:
        """Hold the salon's messages, or let them go. Raises DependencyDownError."""
        with self._begin(company_id, "messages.pause" if is_paused else "messages.resume"):
            if is_paused:
                pauses.pause(company_id, uow=self.uow, clock=self.clock)
            else:
                pauses.resume(company_id, uow=self.uow)

    def restart(self, company_id: CompanyId) -> bool:
        """Have the salon's session started afresh; False when no phone is linked. Raises DependencyDownError."""
        with self._begin(company_id, "session.restart"):
            return sessions.restart(company_id, uow=self.uow, clock=self.clock)

    @contextmanager
    def _begin(self, company_id: CompanyId, action: str) -> Iterator[None]:
        """An entry that is left open by a process that dies between: the action may have been done."""
        now: datetime = self.clock()
        with self.uow() as work:
            audit_id = work.audit.add(company_id, actor=self.actor, action=action, details={}, at=now)
            work.commit()
        try:
            yield
        except AiAdminError:
            self._finish(audit_id, "refused")
            raise
        self._finish(audit_id, audit.DONE)

    def _finish(self, audit_id: AuditId, outcome: str) -> None:
        with self.uow() as work:
            work.audit.finish(audit_id, outcome)
            work.commit()
