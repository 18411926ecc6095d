"""Installations: an owner arrives from YClients, and the salon is set up, or its page opened, or neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiadmin.domain.companies import audit
from aiadmin.domain.companies.company import Company, NewCompany, activation_deadline
from aiadmin.domain.companies.outbox import OutboxKind, OutboxState
from aiadmin.domain.errors import SalonTakenError
from aiadmin.domain.ids import CompanyId, OutboxId, SalonId
from aiadmin.domain.install.activation import INSTALLED, InstallationStatus
from aiadmin.domain.install.arrival import (
    LANDING_KEPT,
    Admission,
    Arrival,
    Claim,
    Landing,
    admit,
    claim_of,
    is_of_another,
    is_over,
)
from aiadmin.domain.install.lifecycle import after_status
from aiadmin.domain.install.visitor import Standing, Turn, turn_of
from aiadmin.domain.job import Job
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import MessageReason, NewMessage, Purpose
from aiadmin.services.companies.connect_links import new_jti
from aiadmin.services.install.lifecycle import apply_change
from aiadmin.services.messages import messages
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.connect_links import LinkCache, Tokens
from aiadmin.services.ports.secrets import Secrets
from aiadmin.services.ports.visitor_shares import VisitorShares
from aiadmin.services.ports.yclients import Marketplace, Members
from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork
from aiadmin.texts import ru

LET_IN = frozenset({Admission.ONBOARD, Admission.MANAGE})
_TOLD_WITHIN = timedelta(days=1)
FOREIGN_USER = "stranger"
"""The audit's name for a user of YClients who came for another user's salon."""


@dataclass(frozen=True, kw_only=True)
class InstallOutcome:
    """What an arrival came to.

    Attributes:
        company: as it was when the owner came in; None when the user was not let in.
        token: opens the company's pages for 24 hours; None when the user was not let in.
    """

    salon_id: SalonId
    admission: Admission
    company: Company | None = None
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """What the commit made true, and what is to be said about it afterwards."""

    company: Company
    jti: str


@dataclass(frozen=True, kw_only=True)
class ArrivalService:
    """Decides whether an owner who comes from YClients is let in.

    Attributes:
        window: how long YClients waits for the activation.
    """

    uow: NewUnitOfWork
    marketplace: Marketplace
    members: Members
    shares: VisitorShares
    secrets: Secrets
    tokens: Tokens
    links: LinkCache
    clock: Clock
    window: timedelta

    def handle_arrival(self, arrival: Arrival) -> InstallOutcome:
        """Ask YClients how the salon stands, then decide; a user who is not let in changes nothing.

        The activation of a salon that YClients waits for is due in the same commit, whether or not a phone is linked.

        Raises:
            DependencyDownError: PostgreSQL does not answer.
        """
        turn = self._turn_for(arrival) if self.marketplace.is_configured else None
        if turn is None:
            return InstallOutcome(salon_id=arrival.salon_id, admission=Admission.LATER)
        # no transaction is open while YClients thinks
        connection = self.marketplace.connection_status(arrival.salon_id, turn)
        if connection is InstallationStatus.SILENT:
            return InstallOutcome(salon_id=arrival.salon_id, admission=Admission.LATER)
        is_member = self._is_member(arrival, turn) if connection in INSTALLED else None
        try:
            return self._decide(arrival, connection, is_member)
        except SalonTakenError:
            return self._decide(arrival, connection, is_member)  # another request made the company at the same moment

    def _turn_for(self, arrival: Arrival) -> Turn | None:
        """Where the visitor's questions to YClients wait; None where they have asked enough."""
        with self.uow() as work:
            company = work.companies.find_by_salon(arrival.salon_id)
            claim = claim_of(_owners(company, work), arrival.user_id)
        known = (Standing.OWNER,) if claim is Claim.OWN else (Standing.NEWCOMER, Standing.STRANGER)
        standing = next((one for one in known if self.shares.take(one, arrival.visitor)), None)
        return turn_of(standing, arrival.visitor) if standing else None

    def _is_member(self, arrival: Arrival, turn: Turn) -> bool | None:
        members = None if arrival.user_id is None else self.members.of(arrival.salon_id, turn)
        return None if members is None else arrival.user_id in members

    def _decide(self, arrival: Arrival, connection: InstallationStatus, is_member: bool | None) -> InstallOutcome:
        now = self.clock()
        with self.uow() as work:
            landing = self._landing(arrival, work, now)
            company = work.companies.find_by_salon(arrival.salon_id, lock=True)
            admission = admit(
                connection,
                company.integration_status if company else None,
                claim=claim_of(_owners(company, work), arrival.user_id),
                is_over=company is not None and _is_over(company, now),
                is_repeat=landing.is_repeat,
                is_member=is_member,
            )
            entry = self._enter(arrival, connection, company, work, now) if admission in LET_IN else None
            if entry is not None:
                work.installations.record_status(entry.company.company_id, connection, now)
                details = {"admission": admission.value}
                work.audit.add(
                    entry.company.company_id,
                    actor="owner",
                    action="install",
                    details=details,
                    at=now,
                    outcome=audit.DONE,
                )
                work.commit()
        if entry is None:
            self._turn_away(arrival, company, admission, now)
            return InstallOutcome(salon_id=arrival.salon_id, admission=admission)
        self._announce(entry, company)
        token = self.tokens.issue(entry.company.company_id, entry.jti, now)
        return InstallOutcome(salon_id=arrival.salon_id, admission=admission, company=entry.company, token=token)

    def _landing(self, arrival: Arrival, work: UnitOfWork, now: datetime) -> Landing:
        """What is known of the address and the browser; from here on it counts as opened."""
        expired = now - LANDING_KEPT
        is_first = work.installations.use_landing(arrival.fingerprint, at=now, forget_before=expired)
        is_new_here = work.installations.use_landing(arrival.browser_fingerprint, at=now, forget_before=expired)
        company = work.companies.find_by_salon(arrival.salon_id, lock=True)
        session = work.owner_sessions.find(company.company_id, arrival.browser_hash) if company else None
        return Landing(
            is_first=is_first,
            is_from_yclients=arrival.is_from_yclients,
            is_same_browser=not is_new_here,
            is_in=session is not None and session.is_live(now),
            is_tied=company is not None
            and arrival.user_id is not None
            and work.owner_sessions.has_returned(company.company_id, arrival.user_id, now),
        )

    def _turn_away(self, arrival: Arrival, company: Company | None, admission: Admission, now: datetime) -> None:
        """Nothing that was asked about is kept; that a stranger came for a salon is, once in `LANDING_KEPT`."""
        if company is None or admission is not Admission.STRANGER:
            return
        with self.uow() as work:
            if work.installations.use_landing(arrival.refusal_fingerprint, at=now, forget_before=now - LANDING_KEPT):
                work.audit.add(
                    company.company_id, actor=FOREIGN_USER, action="install", details={}, at=now, outcome="refused"
                )
                work.commit()

    def _enter(
        self,
        arrival: Arrival,
        connection: InstallationStatus,
        company: Company | None,
        work: UnitOfWork,
        now: datetime,
    ) -> _Entry:
        company = company or self._add(arrival.salon_id, work, now)
        company_id, jti = company.company_id, new_jti()
        if connection is InstallationStatus.PENDING:
            if company.whatsapp_connected and is_of_another(claim_of(_owners(company, work), arrival.user_id)):
                _unlink(company_id, work, now)
            if _is_over(company, now):
                work.installations.forget_owners(company_id)
            self._begin(company, work, now)
        else:
            apply_change(after_status(company, connection), company, work, now=now, window=self.window)
        work.companies.set_connect_jti(company_id, jti)
        if arrival.user_id is not None:
            is_new = work.installations.add_owner(company_id, arrival.user_id, now)
            if is_new and connection is not InstallationStatus.PENDING:
                announce_entry(work.companies.get(company_id), arrival.user_id, work, now)
        work.owner_sessions.start(
            company_id, arrival.browser_hash, agent=arrival.agent, user_id=arrival.user_id, at=now
        )
        return _Entry(company=work.companies.get(company_id), jti=jti)

    def _add(self, salon_id: SalonId, work: UnitOfWork, now: datetime) -> Company:
        """A company whose key is not handed out yet."""
        return work.companies.add(
            NewCompany(
                salon_id=salon_id,
                phone=None,
                email=None,
                api_key_hash=self.secrets.hash_api_key(self.secrets.new_api_key()),
                activation_deadline_at=activation_deadline(now, self.window),
            )
        )

    def _begin(self, company: Company, work: UnitOfWork, now: datetime) -> None:
        """Send the activation now. One that is under way goes on: YClients may have its key already."""
        company_id, deadline = company.company_id, activation_deadline(now, self.window)
        row = work.outbox.find_by_key(company_id, ACTIVATION_KEY, lock=True)
        work.installations.begin(company_id, deadline_at=deadline)
        work.devices.switch(company_id, is_on=True)
        if row is not None and row.state in {OutboxState.PENDING, OutboxState.SENDING} and not row.is_held:
            work.outbox.release(row.outbox_id, at=now, deadline_at=deadline)
            outbox_id = row.outbox_id
        else:
            if row is not None:
                work.outbox.drop(row.outbox_id)
            outbox_id = self._request_activation(company_id, work, now=now, deadline_at=deadline)
        work.nudge(Job.DELIVER_ACTIVATION, outbox_id)
        work.nudge(Job.WAKE_HOSTS)

    def _request_activation(
        self, company_id: CompanyId, work: UnitOfWork, *, now: datetime, deadline_at: datetime
    ) -> OutboxId:
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
        self.links.remember({entry.company.company_id: entry.jti})


def _unlink(company_id: CompanyId, work: UnitOfWork, now: datetime) -> None:
    """Unlink a phone that was linked before the salon's owner consented; a host logs it out soon after."""
    work.devices.retire_current(company_id, now)
    work.companies.set_unlinked(company_id)
    work.outbox_messages.cancel(company_id, reason=MessageReason.UNLINKED, at=now)
    work.audit.add(
        company_id, actor="owner", action="whatsapp.unlink", details={"why": "consent"}, at=now, outcome=audit.DONE
    )


def announce_entry(company: Company, user_id: int, work: UnitOfWork, now: datetime) -> None:
    """Tell the salon that a user has come in for the first time: on its management page, and in its own WhatsApp."""
    work.audit.add(
        company.company_id,
        actor="owner",
        action=audit.ENTRY,
        details={"user_id": user_id},
        at=now,
        outcome=audit.DONE,
    )
    if company.whatsapp_phone is None:
        return
    new = NewMessage(
        company_id=company.company_id,
        text=ru.NEW_ENTRY.format(user_id=user_id),
        dedup_key=f"entry:{user_id}",
        deadline_at=now + _TOLD_WITHIN,
        purpose=Purpose.REPLY,
    )
    messages.enqueue(new, to=IdentityObservation(phone=company.whatsapp_phone), work=work, now=now)


def _owners(company: Company | None, work: UnitOfWork) -> frozenset[int]:
    return work.installations.owners(company.company_id) if company else frozenset()


def _is_over(company: Company, now: datetime) -> bool:
    return is_over(company.integration_status, company.activation_deadline_at, now)
