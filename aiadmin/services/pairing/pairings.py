"""Pairings: an attempt starts, ends, or links a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiadmin.domain.companies import audit
from aiadmin.domain.companies.company import (
    IntegrationStatus,
    activation_deadline,
    status_after_linking,
    status_after_pairing_ended,
    status_after_pairing_started,
)
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.errors import SalonLeftError
from aiadmin.domain.hosting.device import LinkedAccount, is_same_link
from aiadmin.domain.ids import CompanyId, OutboxId
from aiadmin.domain.job import Job
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.services.companies.owner_sessions import OWNER
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Linked:
    """What the success commit did.

    Attributes:
        outbox_id: the activation that is due now, or None when YClients has it already.
    """

    company_id: CompanyId
    phone: str = field(repr=False)
    status: IntegrationStatus
    outbox_id: OutboxId | None


def begin(company_id: CompanyId, *, uow: NewUnitOfWork) -> IntegrationStatus:
    """Note that a code is being made. Raises CompanyNotFoundError."""
    with uow() as work:
        status = status_after_pairing_started(work.companies.get(company_id, lock=True).integration_status)
        work.companies.set_status(company_id, status)
        work.commit()
    return status


def end(company_id: CompanyId, *, uow: NewUnitOfWork) -> None:
    """Note that the attempt is over without a link; a company that is gone is no error."""
    with uow() as work:
        company = work.companies.find(company_id, lock=True)
        if company is not None:
            work.companies.set_status(company_id, status_after_pairing_ended(company.integration_status))
        work.commit()


def note_code(company_id: CompanyId, *, uow: NewUnitOfWork, clock: Clock) -> None:
    """Note that the company's pages have shown a code, once and for all: how far salons come on their way in."""
    with uow() as work:
        known = work.audit.recent(company_id, limit=1, action=audit.CODE_SHOWN)
        if known or work.companies.find(company_id) is None:
            return
        work.audit.add(company_id, actor=OWNER, action=audit.CODE_SHOWN, details={}, at=clock(), outcome=audit.DONE)
        work.commit()


def list_marked(*, uow: NewUnitOfWork) -> Sequence[CompanyId]:
    """The companies that `begin` has marked, those included whose coordinator has died since."""
    with uow() as work:
        return work.companies.list_pairing()


def complete(
    company_id: CompanyId, account: LinkedAccount, *, uow: NewUnitOfWork, clock: Clock, window: timedelta
) -> Linked:
    """Record a linked phone in one commit: the device, the company, and the activation that is due.

    The company's former device is retired: a host logs it out. Telling the same success twice changes nothing.

    Raises:
        NumberTakenError: the number serves another company; nothing was written.
        SalonLeftError: the salon has removed the application meanwhile; nothing was written.
        CompanyNotFoundError: the company is gone.
    """
    now = clock()
    with uow() as work:
        company = work.companies.get(company_id, lock=True)
        if company.integration_status is IntegrationStatus.UNINSTALLED:
            raise SalonLeftError
        status = status_after_linking(company.integration_status, company.activated_at)
        current = work.devices.find_current(company_id)
        if not is_same_link(current, account):
            work.devices.retire_current(company_id, now)
            work.devices.add(company_id, account, now)
            work.companies.set_linked(company_id, phone=account.phone, at=now, status=status)
            _follow_number(company_id, account.phone, work, now)
            if status is IntegrationStatus.FROZEN:
                work.devices.switch(company_id, is_on=False)
        outbox_id = None
        if status is IntegrationStatus.ACTIVATING:
            row = work.outbox.find_by_key(company_id, ACTIVATION_KEY, lock=True)
            if row is not None and row.state is not OutboxState.SENT:
                deadline = max(company.activation_deadline_at, activation_deadline(now, window / 6))
                work.outbox.release(row.outbox_id, at=now, deadline_at=deadline)
                outbox_id = row.outbox_id
                work.nudge(Job.DELIVER_ACTIVATION, outbox_id)
        work.nudge(Job.WAKE_HOSTS)
        work.commit()
    return Linked(company_id=company_id, phone=account.phone, status=status, outbox_id=outbox_id)


def _follow_number(company_id: CompanyId, phone: str, work: UnitOfWork, now: datetime) -> None:
    """What the salon is to read itself names its clients, and its former number may be somebody else's by now."""
    if work.outbox_messages.has_own(company_id):
        own = work.contacts.upsert(company_id, IdentityObservation(phone=phone), now)
        work.outbox_messages.readdress_own(company_id, own)


def refuse(company_id: CompanyId, account: LinkedAccount, *, uow: NewUnitOfWork, clock: Clock) -> None:
    """Give a linked phone back, because it may not serve this company: a host logs the new device out.

    Raises:
        CompanyNotFoundError: the company is gone; the sweep of keys without a device finds what is left.
    """
    with uow() as work:
        company = work.companies.get(company_id, lock=True)
        work.companies.set_status(company_id, status_after_pairing_ended(company.integration_status))
        work.devices.add_removed(company_id, account, clock())
        work.commit()
