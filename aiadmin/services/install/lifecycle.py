"""Lifecycle: a salon leaves, is frozen, pays, comes back; by YClients' word, or because we looked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aiadmin.domain.companies import audit
from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.companies.owner_session import SessionEnd
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.domain.install.lifecycle import (
    PAYMENT_TOLD,
    LifecycleChange,
    ToldPayment,
    after_event,
    after_status,
    is_plausible,
)
from aiadmin.domain.job import Job
from aiadmin.domain.messages.message import MessageReason
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.connect_links import LinkCache
from aiadmin.services.ports.pages import PageEvents
from aiadmin.services.ports.yclients import Marketplace
from aiadmin.services.work import QueueRunner
from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork
from aiadmin.texts import ru

LOOK_EVERY = timedelta(hours=1)
YCLIENTS = "yclients"
"""The actor of what YClients tells."""
_SEEN = {
    "uninstall": InstallationStatus.UNINSTALLED,
    "freeze": InstallationStatus.FREEZED,
    "payment": InstallationStatus.ACTIVE,
}


def apply_change(
    change: LifecycleChange, company: Company, work: UnitOfWork, *, now: datetime, window: timedelta
) -> None:
    """Write a change in the caller's transaction, which holds the company's lock."""
    company_id = company.company_id
    match change:
        case LifecycleChange.LEAVE:
            _leave(company_id, work, now)
        case LifecycleChange.FREEZE:
            work.devices.switch(company_id, is_on=False)
            work.installations.freeze(company_id)
        case LifecycleChange.RESUME | LifecycleChange.CONFIRM:
            work.devices.switch(company_id, is_on=True)
            work.installations.confirm(company_id, now)
            row = work.outbox.find_by_key(company_id, ACTIVATION_KEY, lock=True)
            if row is not None:
                work.outbox.mark_sent(row.outbox_id, now)
        case LifecycleChange.RETRY:
            _retry(company_id, work, now=now, window=window)
        case LifecycleChange.NONE:
            return
    work.nudge(Job.WAKE_HOSTS)


def _leave(company_id: CompanyId, work: UnitOfWork, now: datetime) -> None:
    """Nothing is sent any more, nothing opens any more; a host logs the device out and deletes its keys."""
    work.devices.retire_current(company_id, now)
    work.companies.set_unlinked(company_id)
    work.outbox_messages.cancel(company_id, reason=MessageReason.UNINSTALLED, at=now)
    work.outbox.cancel(company_id, now)
    work.installations.leave(company_id, now)
    work.owner_sessions.end_all(company_id, SessionEnd.UNINSTALLED, now)


def _retry(company_id: CompanyId, work: UnitOfWork, *, now: datetime, window: timedelta) -> None:
    row = work.outbox.find_by_key(company_id, ACTIVATION_KEY, lock=True)
    if row is None or row.secret is None:
        return
    work.outbox.release(row.outbox_id, at=now, deadline_at=now + window)
    work.companies.set_activation_deadline(company_id, now + window)
    work.companies.set_status(company_id, IntegrationStatus.ACTIVATING)
    work.nudge(Job.DELIVER_ACTIVATION, row.outbox_id)


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """What one comparison of installations with YClients found.

    Attributes:
        asked: about how many salons YClients was asked.
        changes: how often which `LifecycleChange` was made.
        is_plausible: False when so many salons seem to have left that none of them was let go.
    """

    asked: int
    changes: Mapping[str, int]
    is_plausible: bool


def _row_key(seen: tuple[Company, InstallationStatus]) -> RowKey:
    return RowKey(seen[0].company_id, "company")


@dataclass(frozen=True, kw_only=True)
class LifecycleService:
    """Keeps our state of installations what YClients says it is.

    Attributes:
        window: how long YClients waits for an activation.
    """

    uow: NewUnitOfWork
    marketplace: Marketplace
    links: LinkCache
    page_events: PageEvents
    clock: Clock
    window: timedelta

    def handle_event(self, event: str, salon_id: SalonId, *, payment: ToldPayment | None = None) -> LifecycleChange:
        """Do what an event of YClients asks for; NONE for an unknown event, salon, or a state that fits already.

        Args:
            payment: what the event says of a payment; the audit log has each once.

        Raises:
            DependencyDownError: PostgreSQL does not answer; YClients has to tell it again.
        """
        with self.uow() as work:
            company = work.companies.find_by_salon(salon_id, lock=True)
            if company is None or event not in _SEEN:
                return LifecycleChange.NONE
            change = after_event(event, company.integration_status)
            self._write(change, company, _SEEN[event], work, actor=YCLIENTS)
            if payment is not None:
                _note(payment, company.company_id, work, self.clock())
            work.commit()
        self._announce(change, company)
        return change

    def recheck(self, company_id: CompanyId) -> LifecycleChange:
        """Ask YClients about one salon now, whose owner has just paid there; no salon is let go by that.

        Raises:
            CompanyNotFoundError: the company is gone.
        """
        company, connection = self._fetch_status([RowKey(company_id, "company")])
        return self._repair_one(company.company_id, connection, may_leave=False)

    def compare(self, *, limit: int, pause: Callable[[], bool]) -> Reconciliation:
        """Ask YClients how salons stand that were not asked about for an hour, and repair what differs.

        Args:
            pause: called before each question; False ends the round.
        """
        if not self.marketplace.is_configured:
            return Reconciliation(asked=0, changes={}, is_plausible=True)
        runner, queue = QueueRunner(uow=self.uow, clock=self.clock), WorkQueue.INSTALLATIONS
        runner.retry(
            queue,
            lambda rows: self._repair_one(rows[0].company_id, self._fetch_status([rows[0]])[1], may_leave=False),
        )
        with self.uow() as work:
            rows = work.installations.list_unchecked(checked_before=self.clock() - LOOK_EVERY, limit=limit)
        seen: list[tuple[Company, InstallationStatus]] = []
        for row in rows:
            if not pause():
                break
            [*found] = runner.each(queue, [row], self._fetch_status)
            if any(connection is InstallationStatus.SILENT for _, connection in found):
                break  # the next round may find it well
            seen += found
        return self._repair(seen, runner)

    def _fetch_status(self, rows: Sequence[RowKey]) -> tuple[Company, InstallationStatus]:
        with self.uow() as work:
            company = work.companies.get(rows[0].company_id)
        return company, self.marketplace.connection_status(company.salon_id)

    def _repair(self, seen: Sequence[tuple[Company, InstallationStatus]], runner: QueueRunner) -> Reconciliation:
        """When YClients denies too many salons at once, none is let go."""
        may_leave = is_plausible([after_status(company, connection) for company, connection in seen])

        def repair(found: Sequence[tuple[Company, InstallationStatus]]) -> LifecycleChange:
            [(company, connection)] = found
            return self._repair_one(company.company_id, connection, may_leave=may_leave)

        changes = [
            change for one in seen for change in runner.rows(WorkQueue.INSTALLATIONS, [one], repair, key=_row_key)
        ]
        counts = Counter(change.value for change in changes if change is not LifecycleChange.NONE)
        return Reconciliation(asked=len(seen), changes=counts, is_plausible=may_leave)

    def _repair_one(
        self, company_id: CompanyId, connection: InstallationStatus, *, may_leave: bool
    ) -> LifecycleChange:
        """Decide again under the lock: an event may have come while YClients was being asked."""
        with self.uow() as work:
            company = work.companies.find(company_id, lock=True)
            if company is None:
                return LifecycleChange.NONE
            change = after_status(company, connection)
            if change is LifecycleChange.LEAVE and not may_leave:
                change = LifecycleChange.NONE
            self._write(change, company, connection, work, actor="reconciler")
            work.commit()
        self._announce(change, company)
        return change

    def _write(
        self,
        change: LifecycleChange,
        company: Company,
        connection: InstallationStatus,
        work: UnitOfWork,
        *,
        actor: str,
    ) -> None:
        now = self.clock()
        work.installations.record_status(company.company_id, connection, now)
        if change is not LifecycleChange.NONE:
            work.audit.add(
                company.company_id, actor=actor, action=f"lifecycle.{change}", details={}, at=now, outcome=audit.DONE
            )
        apply_change(change, company, work, now=now, window=self.window)

    def _announce(self, change: LifecycleChange, company: Company) -> None:
        if change is LifecycleChange.NONE:
            return
        if change is LifecycleChange.LEAVE and company.connect_jti is not None:
            self.links.forget(company.connect_jti)
        state = _STATES[change]
        self.page_events.status(company.company_id, state=state, text=ru.ACTIVATION[state])


def _note(payment: ToldPayment, company_id: CompanyId, work: UnitOfWork, now: datetime) -> None:
    if work.audit.find_by_key(company_id, action=PAYMENT_TOLD, key=payment.key) is None:
        work.audit.add(
            company_id, actor=YCLIENTS, action=PAYMENT_TOLD, details=payment.details(), at=now, outcome=audit.DONE
        )


_STATES = {
    LifecycleChange.LEAVE: IntegrationStatus.UNINSTALLED,
    LifecycleChange.FREEZE: IntegrationStatus.FROZEN,
    LifecycleChange.RESUME: IntegrationStatus.ACTIVE,
    LifecycleChange.CONFIRM: IntegrationStatus.ACTIVE,
    LifecycleChange.RETRY: IntegrationStatus.ACTIVATING,
}


@dataclass(frozen=True, kw_only=True)
class Erased:
    """How much was deleted."""

    companies: int
    rows: int


def erase_left(*, uow: NewUnitOfWork, clock: Clock, after: timedelta, limit: int = 20) -> Erased:
    """Delete the personal data of salons that left longer ago than `after`, one transaction each."""
    now = clock()
    runner, queue = QueueRunner(uow=uow, clock=clock), WorkQueue.ERASURES
    erase = partial(_erase, uow=uow, now=now)
    done = [*runner.retry(queue, erase)]
    with uow() as work:
        listed = work.installations.list_erasable(left_before=now - after, limit=limit)
    for row in listed:
        done += runner.each(queue, [row], erase)
    return Erased(companies=sum(rows is not None for rows in done), rows=sum(rows or 0 for rows in done))


def _erase(rows: Sequence[RowKey], *, uow: NewUnitOfWork, now: datetime) -> int | None:
    company_id = rows[0].company_id
    with uow() as work:
        company = work.companies.find(company_id, lock=True)
        if company is None or company.integration_status is not IntegrationStatus.UNINSTALLED:
            return None  # it has come back meanwhile
        count = work.installations.erase(company_id, now)
        work.audit.add(
            company_id, actor="clock", action="lifecycle.erase", details={"rows": count}, at=now, outcome=audit.DONE
        )
        work.commit()
    return count
