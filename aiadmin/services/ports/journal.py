"""What the services need to keep of a salon's journal, and of how far its reading is.

Every call names its company.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from aiadmin.domain.companies.company import DEFAULT_COUNTRY
from aiadmin.domain.companies.rights import Right
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.booking_event import BookingEvent, EventSource, Snapshot
from aiadmin.domain.journal.journal import (
    Category,
    Client,
    OfClient,
    Record,
    SalonDetails,
    Service,
    StaffMember,
    WorkDay,
)
from aiadmin.domain.journal.refetch import Refetch, RefetchRequest
from aiadmin.domain.journal.sync_run import Stage, SyncKind, SyncRun
from aiadmin.domain.journal.webhook import HeardPhone
from aiadmin.domain.journal.webhook_settings import WebhookSettingsState
from aiadmin.domain.quarantine import RowKey


@dataclass(frozen=True, kw_only=True)
class SyncedSalon:
    """A salon whose journal we may read.

    Attributes:
        zone: its IANA timezone.
        country: where it is, ISO 3166 code: phone numbers without a country code are of there.
        currency: the sign behind its prices; None while it is not known.
        known_since: from when on we hear of everything in it; None before its first synchronisation.
    """

    company_id: CompanyId
    salon_id: SalonId
    zone: str
    known_since: datetime | None
    country: str = DEFAULT_COUNTRY
    currency: str | None = None


@dataclass(frozen=True, kw_only=True)
class BookingTime:
    """When a booking begins, by the salon's clock (naive) and as an instant."""

    record_id: int
    wall_clock: datetime
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a salon's own journal gives for an example of a booking; each None where the journal has none.

    Attributes:
        service: what it is called.
        link: where a client would see the booking.
    """

    master: str | None
    service: str | None
    price: Decimal | None
    link: str | None


class Journal(Protocol):
    """What changes seldom, and clients. What is put again has no tombstone any more."""

    def set_salon(self, company_id: CompanyId, facts: SalonDetails) -> None: ...

    def set_hooks(self, company_id: CompanyId, state: WebhookSettingsState, at: datetime) -> None: ...

    def set_rights(self, company_id: CompanyId, missing: frozenset[Right], at: datetime) -> frozenset[Right] | None:
        """What the salon does not let us do; what was known of it before, None where nothing was."""
        ...

    def hooks_state(self, company_id: CompanyId) -> WebhookSettingsState | None:
        """None before anybody has looked."""
        ...

    def zone(self, company_id: CompanyId) -> str | None:
        """The salon's IANA timezone; None before its journal is read."""
        ...

    def sample(self, company_id: CompanyId) -> Sample | None:
        """None before the journal was read."""
        ...

    def master(self, company_id: CompanyId, staff_id: int) -> str | None:
        """What somebody who works or has worked there is called."""
        ...

    def titles(self, company_id: CompanyId, services: Collection[int]) -> Mapping[int, str]:
        """What services are or were called; those that are not known are left out."""
        ...

    def put_categories(self, company_id: CompanyId, rows: Sequence[Category], at: datetime) -> None: ...

    def put_services(self, company_id: CompanyId, rows: Sequence[Service], at: datetime) -> None: ...

    def put_staff(self, company_id: CompanyId, rows: Sequence[StaffMember], at: datetime) -> None: ...

    def put_schedule(
        self, company_id: CompanyId, rows: Sequence[WorkDay], *, first: date, last: date, at: datetime
    ) -> None:
        """In place of what was known of these days."""
        ...

    def put_clients(self, company_id: CompanyId, rows: Sequence[Client], at: datetime) -> None: ...

    def mark_deleted(self, company_id: CompanyId, stage: Stage, *, not_seen_since: datetime, at: datetime) -> int:
        """A tombstone on what a full list no longer holds; how many."""
        ...

    def put_client(self, company_id: CompanyId, client: Client, at: datetime) -> None:
        """One that was read by its number: such a reading does not say when the last visit was."""
        ...

    def mark_client_deleted(self, company_id: CompanyId, client_id: int, at: datetime) -> None: ...


class Records(Protocol):
    """Rows of `records`."""

    def add_new(self, company_id: CompanyId, records: Sequence[Record], read_at: datetime) -> frozenset[int]:
        """Store those that are not there; their numbers. Two that add the same one wait for each other."""
        ...

    def lock(self, company_id: CompanyId, numbers: Iterable[int]) -> Mapping[int, Snapshot]:
        """What is known of these records, which nobody else changes until the commit."""
        ...

    def replace(self, company_id: CompanyId, records: Sequence[Record], read_at: datetime) -> None: ...

    def find(self, company_id: CompanyId, record_id: int) -> Snapshot | None: ...

    def of_visit(self, company_id: CompanyId, visit_id: int) -> Sequence[Record]:
        """What we know to be booked for a visit and not deleted, in the order of time."""
        ...

    def of_person(self, company_id: CompanyId, client: OfClient, near: datetime) -> Sequence[Record]:
        """What we know to be booked for a person about then and not deleted, in the order of time."""
        ...

    def times(self, company_id: CompanyId, since: datetime) -> Sequence[BookingTime]:
        """When the bookings begin that begin later than `since`; those whose wall clock is known. They are locked."""
        ...

    def with_other_phone(self, company_id: CompanyId, client: Client, after: datetime) -> Sequence[int]:
        """This client's bookings to come that we know with another phone than the client has; the next few."""
        ...

    def retime(self, company_id: CompanyId, times: Sequence[BookingTime], zone: str) -> None:
        """The same wall clock is another instant now: of the bookings, of what was told and asked about them, and of
        what has happened to them and nobody has looked at yet. Reminders that wait are planned anew.

        Args:
            zone: by which other times that are stored of these bookings are read, such as those before a move.
        """
        ...


class HeardPhones(Protocol):
    """Rows of `heard_phones`: of salons that hide phones from us, or may do so."""

    def add(self, phones: Sequence[HeardPhone]) -> None:
        """Keep the newest of each booking, read in the salon's country; what is no number, or of somebody who was
        erased, is kept of nobody."""
        ...

    def of(self, company_id: CompanyId, numbers: Collection[int]) -> Mapping[int, tuple[int, str]]:
        """The client and the phone of these bookings, as far as webhooks told them."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete those that were heard and whose visit was earlier; how many there were."""
        ...

    def forget_all_of(self, company_id: CompanyId) -> None: ...


class BookingEvents(Protocol):
    """Rows of `booking_events`."""

    def add(
        self, company_id: CompanyId, events: Sequence[BookingEvent], *, source: EventSource, at: datetime
    ) -> None: ...

    def forget(self, before: datetime) -> int:
        """Delete what is older; how many there were."""
        ...


class Refetches(Protocol):
    """Rows of `checks`."""

    def request(self, words: Sequence[RefetchRequest]) -> None:
        """Something was spoken of: read it again once it has been quiet."""
        ...

    def claim(
        self, *, now: datetime, until: datetime, limit: int, only: Sequence[RowKey] | None = None
    ) -> Sequence[Refetch]:
        """Claim due checks of one company, the one that has waited longest; two workers never share one.

        `only` names the checks to take, whoever has claimed them before.
        """
        ...

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Of the checks that `claim` would take one company after the other."""
        ...

    def finish(self, checks: Sequence[Refetch]) -> None:
        """These are done, but for what was spoken of again meanwhile."""
        ...

    def postpone(self, checks: Sequence[Refetch], *, until: datetime) -> None: ...

    def has_due(self, now: datetime) -> bool: ...


class SyncRuns(Protocol):
    """Rows of `sync_runs`."""

    def salon(self, company_id: CompanyId) -> SyncedSalon | None:
        """None when the journal of this company is not to be read: it has left, or said no, or is not there."""
        ...

    def start(self, company_id: CompanyId, kind: SyncKind, at: datetime, *, is_new: bool) -> None:
        """A run from the beginning, due at `at`, whatever became of the last; whoever reads it now loses it.

        Args:
            is_new: whether what we know is of another time: the salon was away, or never here.
        """
        ...

    def plan(self, run: SyncRun) -> None:
        """A run that is due at `run.next_at`, unless one is under way or planned and follows `run.since`."""
        ...

    def due(self, now: datetime, *, limit: int) -> Sequence[RowKey]: ...

    def claim(self, company_id: CompanyId, kind: SyncKind, *, now: datetime, until: datetime) -> SyncRun | None:
        """Take a run that is due; None when it is not, or somebody has it."""
        ...

    def save(self, run: SyncRun, *, claim: datetime) -> bool:
        """Write how far `run` is; False when it is no longer ours, and nothing of this transaction may stay."""
        ...

    def find(self, company_id: CompanyId, kind: SyncKind) -> SyncRun | None: ...

    def bring_forward(self, companies: Iterable[CompanyId], kind: SyncKind, at: datetime) -> None:
        """Have these companies' next runs no later than `at`."""
        ...
