"""Installations: an owner arrives from YClients, and the salon is set up, or its page opened, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiadmin.domain.activation import Connection
from aiadmin.domain.company import Company, NewCompany, activation_deadline
from aiadmin.domain.delivery import OutboxKind, OutboxState
from aiadmin.domain.errors import SalonTakenError
from aiadmin.domain.ids import CompanyId, OutboxId, SalonId
from aiadmin.domain.installation import LANDING_KEPT, Admission, Arrival, admit, claim_of, is_over
from aiadmin.domain.lifecycle import after_look
from aiadmin.services.companies import ACTIVATION_KEY
from aiadmin.services.lifecycle import carry_out
from aiadmin.services.links import new_jti
from aiadmin.services.ports import Clock, JobQueue, LinkCache, Marketplace, NewUnitOfWork, Secrets, Tokens, UnitOfWork

LET_IN = frozenset({Admission.ONBOARD, Admission.MANAGE})
STRANGER = "stranger"
"""The audit's name for a user of YClients who came for somebody else's salon."""


@dataclass(frozen=True, kw_only=True)
class Landing:
    """What an arrival came to.

    Attributes:
        company: as it was when the owner came in; None when nobody did.
        token: opens the company's pages for 24 hours; None when nobody came in.
    """

    salon_id: SalonId
    admission: Admission
    company: Company | None = None
    token: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """What the commit made true, and what is to be said about it afterwards."""

    company: Company
    jti: str
    outbox_id: OutboxId | None


@dataclass(frozen=True, kw_only=True)
class Installer:
    """Lets owners in.

    Attributes:
        window: how long YClients waits for the activation.
    """

    uow: NewUnitOfWork
    marketplace: Marketplace
    secrets: Secrets
    tokens: Tokens
    links: LinkCache
    queue: JobQueue
    clock: Clock
    window: timedelta

    def land(self, arrival: Arrival) -> Landing:
        """Ask YClients how the salon stands, then decide; whoever is not let in changes nothing.

        The activation of a salon that YClients waits for is due in the same commit, whether or not a phone is linked.

        Raises:
            DependencyDownError: PostgreSQL does not answer.
        """
        connection = self._ask(arrival.salon_id)
        if connection is Connection.SILENT:
            return Landing(salon_id=arrival.salon_id, admission=Admission.LATER)
        try:
            return self._decide(arrival, connection)
        except SalonTakenError:
            return self._decide(arrival, connection)  # somebody else made the company at the same moment

    def _ask(self, salon_id: SalonId) -> Connection:
        """No transaction is open while YClients thinks."""
        return self.marketplace.connection_status(salon_id) if self.marketplace.is_configured else Connection.SILENT

    def _decide(self, arrival: Arrival, connection: Connection) -> Landing:
        now = self.clock()
        with self.uow() as work:
            is_first = work.installations.use_landing(arrival.fingerprint, at=now, forget_before=now - LANDING_KEPT)
            company = work.companies.find_by_salon(arrival.salon_id, lock=True)
            admission = admit(
                connection,
                company.integration_status if company else None,
                claim=claim_of(_owners(company, work), arrival.user_id),
                is_over=company is not None and _is_over(company, now),
                is_first=is_first,
                is_from_yclients=arrival.is_from_yclients,
            )
            entry = self._enter(arrival, connection, company, work, now) if admission in LET_IN else None
            if entry is not None:
                work.installations.note(entry.company.company_id, connection, now)
                details = {"admission": admission.value}
                work.audit.add(entry.company.company_id, actor="owner", action="install", details=details, at=now)
                work.commit()
        if entry is None:
            self._turn_away(arrival, company, admission, now)
            return Landing(salon_id=arrival.salon_id, admission=admission)
        self._announce(entry, company)
        token = self.tokens.issue(entry.company.company_id, entry.jti, now)
        return Landing(salon_id=arrival.salon_id, admission=admission, company=entry.company, token=token)

    def _turn_away(self, arrival: Arrival, company: Company | None, admission: Admission, now: datetime) -> None:
        """Nothing that was asked about is kept; that a stranger came for a salon is, once in `LANDING_KEPT`."""
        if company is None or admission is not Admission.STRANGER:
            return
        with self.uow() as work:
            if work.installations.use_landing(arrival.refusal_fingerprint, at=now, forget_before=now - LANDING_KEPT):
                number = work.audit.add(company.company_id, actor=STRANGER, action="install", details={}, at=now)
                work.audit.finish(number, "refused")
                work.commit()

    def _enter(
        self, arrival: Arrival, connection: Connection, company: Company | None, work: UnitOfWork, now: datetime
    ) -> _Entry:
        company = company or self._add(arrival.salon_id, work, now)
        company_id, jti = company.company_id, new_jti()
        if connection is Connection.PENDING:
            if _is_over(company, now):
                work.installations.forget_owners(company_id)
            outbox_id: OutboxId | None = self._begin(company, work, now)
        else:
            outbox_id = carry_out(after_look(company, connection), company, work, now=now, window=self.window)
        work.companies.set_connect_jti(company_id, jti)
        if arrival.user_id is not None:
            work.installations.add_owner(company_id, arrival.user_id, now)
        return _Entry(company=work.companies.get(company_id), jti=jti, outbox_id=outbox_id)

    def _add(self, salon_id: SalonId, work: UnitOfWork, now: datetime) -> Company:
        """A company whose key nobody knows yet."""
        return work.companies.add(
            NewCompany(
                salon_id=salon_id,
                phone=None,
                email=None,
                api_key_hash=self.secrets.hash_api_key(self.secrets.new_api_key()),
                activation_deadline_at=activation_deadline(now, self.window),
            )
        )

    def _begin(self, company: Company, work: UnitOfWork, now: datetime) -> OutboxId:
        """Have YClients told now. A telling that is under way goes on: YClients may have its key already."""
        company_id, deadline = company.company_id, activation_deadline(now, self.window)
        row = work.outbox.find_by_key(company_id, ACTIVATION_KEY, lock=True)
        work.installations.begin(company_id, deadline_at=deadline)
        work.devices.switch(company_id, is_on=True)
        if row is not None and row.state in {OutboxState.PENDING, OutboxState.SENDING} and not row.is_held:
            work.outbox.release(row.outbox_id, at=now, deadline_at=deadline)
            return row.outbox_id
        if row is not None:
            work.outbox.drop(row.outbox_id)
        return self._owe(company_id, work, now=now, deadline_at=deadline)

    def _owe(self, company_id: CompanyId, work: UnitOfWork, *, now: datetime, deadline_at: datetime) -> OutboxId:
        api_key = self.secrets.new_api_key()
        work.companies.set_api_key_hash(company_id, self.secrets.hash_api_key(api_key))
        row = work.outbox.add(
            company_id=company_id,
            kind=OutboxKind.ACTIVATION,
            dedup_key=ACTIVATION_KEY,
            secret=self.secrets.seal(api_key),
            next_attempt_at=now,
            deadline_at=deadline_at,
        )
        return row.outbox_id

    def _announce(self, entry: _Entry, before: Company | None) -> None:
        if before is not None and before.connect_jti is not None:
            self.links.forget(before.connect_jti)
        self.links.remember(entry.company.company_id, entry.jti)
        if entry.outbox_id is not None:
            self.queue.deliver(entry.outbox_id)
            self.queue.look()


def _owners(company: Company | None, work: UnitOfWork) -> frozenset[int]:
    return work.installations.owners(company.company_id) if company else frozenset()


def _is_over(company: Company, now: datetime) -> bool:
    return is_over(company.integration_status, company.activation_deadline_at, now)
