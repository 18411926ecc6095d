"""What changes seldom in a salon's journal, and its clients."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, text, update
from sqlalchemy.orm import Session

from aiadmin.domain.companies.rights import Right, rights_of
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Category, Client, SalonDetails, Service, StaffMember, WorkDay
from aiadmin.domain.journal.online_booking import BookingRules
from aiadmin.domain.journal.sync_run import Stage
from aiadmin.domain.journal.webhook_settings import WebhookSettingsState
from aiadmin.storage.bulk import short, upsert
from aiadmin.storage.erasures import Erasures
from aiadmin.storage.journal import online_terms
from aiadmin.storage.tables.core import Base, CompanyRow
from aiadmin.storage.tables.journal import CategoryRow, ClientRow, ServiceRow, StaffRow, WorkDayRow

_BURIED: Mapping[Stage, type[CategoryRow] | type[ServiceRow] | type[StaffRow] | type[ClientRow]] = {
    Stage.CATEGORIES: CategoryRow,
    Stage.SERVICES: ServiceRow,
    Stage.STAFF: StaffRow,
    Stage.CLIENTS: ClientRow,
}
_LARGEST_PRICE = Decimal(10**10)
_LARGEST_INTEGER = 2**31 - 1

_SAMPLE = text("""
SELECT master.name AS master, service.title AS service, NULLIF(service.price_min, 0) AS price, booked.link
FROM companies
LEFT JOIN LATERAL (
    SELECT name FROM staff
    WHERE company_id = companies.id AND deleted_at IS NULL AND NOT is_fired ORDER BY is_hidden, staff_id LIMIT 1
) AS master ON true
LEFT JOIN LATERAL (
    SELECT title, price_min FROM services
    WHERE company_id = companies.id AND deleted_at IS NULL ORDER BY NOT is_online, service_id LIMIT 1
) AS service ON true
LEFT JOIN LATERAL (
    SELECT raw_data ->> 'short_link' AS link FROM records
    WHERE company_id = companies.id AND deleted_at IS NULL ORDER BY starts_at DESC LIMIT 1
) AS booked ON true
WHERE companies.id = :company_id AND companies.raw_data IS NOT NULL
""")


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


class Journal:
    """The salon, its categories, services, staff, schedule and clients.

    A row that is put again is not deleted any more.
    """

    def __init__(self, session: Session, erasures: Erasures) -> None:
        self._session, self._erasures = session, erasures

    def set_salon(self, company_id: CompanyId, facts: SalonDetails) -> None:
        values = {"title": short(facts.title), "address": facts.address, "timezone": short(facts.timezone, 50)}
        values |= {"country": facts.country, "currency": short(facts.currency, 10)}
        statement = update(CompanyRow).where(CompanyRow.id == company_id)
        phone = func.coalesce(CompanyRow.phone, short(facts.phone, 20))  # registration knows better
        self._session.execute(statement.values(**values, phone=phone, raw_data=dict(facts.raw)))

    def set_hooks(self, company_id: CompanyId, state: WebhookSettingsState, at: datetime) -> None:
        statement = update(CompanyRow).where(CompanyRow.id == company_id)
        self._session.execute(statement.values(webhooks_state=state, webhooks_checked_at=at))

    def set_rights(self, company_id: CompanyId, missing: frozenset[Right], at: datetime) -> frozenset[Right] | None:
        """Store the rights that the salon withholds; what was known before, None where nothing was."""
        mine = CompanyRow.id == company_id
        before = self._session.scalar(select(CompanyRow.rights_missing).where(mine).with_for_update(key_share=True))
        values = {"rights_missing": sorted(missing), "rights_checked_at": at}
        self._session.execute(update(CompanyRow).where(mine).values(**values))
        return rights_of(before)

    def set_booking_rules(self, company_id: CompanyId, rules: BookingRules, at: datetime) -> None:
        values = {"booking_rules": online_terms.from_rules(rules), "booking_rules_checked_at": at}
        self._session.execute(update(CompanyRow).where(CompanyRow.id == company_id).values(**values))

    def webhooks_state(self, company_id: CompanyId) -> WebhookSettingsState | None:
        """How the salon's webhooks are set; None before that was looked at."""
        found = self._session.scalar(select(CompanyRow.webhooks_state).where(CompanyRow.id == company_id))
        return None if found is None else WebhookSettingsState(found)

    def zone(self, company_id: CompanyId) -> str | None:
        """The salon's IANA timezone; None before its journal is read."""
        return self._session.scalar(select(CompanyRow.timezone).where(CompanyRow.id == company_id))

    def sample(self, company_id: CompanyId) -> Sample | None:
        """An example of a booking from the salon's own journal; None before it was read."""
        found = self._session.execute(_SAMPLE, {"company_id": company_id}).one_or_none()
        return None if found is None else Sample(**found._mapping)

    def master(self, company_id: CompanyId, staff_id: int) -> str | None:
        """The name of a staff member, present or former."""
        mine = (StaffRow.company_id == company_id, StaffRow.staff_id == staff_id)
        return self._session.scalar(select(StaffRow.name).where(*mine))

    def titles(self, company_id: CompanyId, services: Collection[int]) -> Mapping[int, str]:
        """The titles of services, present or former; unknown ones are left out."""
        mine = (ServiceRow.company_id == company_id, ServiceRow.service_id.in_(services))
        rows = self._session.execute(select(ServiceRow.service_id, ServiceRow.title).where(*mine))
        return {row.service_id: row.title for row in rows}

    def put_categories(self, company_id: CompanyId, rows: Sequence[Category], at: datetime) -> None:
        self._put(
            CategoryRow,
            company_id,
            at,
            [{"category_id": one.category_id, "title": short(one.title), "raw_data": one.raw} for one in rows],
        )

    def put_services(self, company_id: CompanyId, rows: Sequence[Service], at: datetime) -> None:
        self._put(ServiceRow, company_id, at, [_service(one) for one in rows])

    def put_staff(self, company_id: CompanyId, rows: Sequence[StaffMember], at: datetime) -> None:
        self._put(StaffRow, company_id, at, [_staff_member(one) for one in rows])

    def put_schedule(
        self, company_id: CompanyId, rows: Sequence[WorkDay], *, first: date, last: date, at: datetime
    ) -> None:
        """Replace what was known of the days from `first` to `last`."""
        mine = (WorkDayRow.company_id == company_id, WorkDayRow.day.between(first, last))
        self._session.execute(delete(WorkDayRow).where(*mine))
        self._put(WorkDayRow, company_id, at, [_work_day(one) for one in rows if first <= one.day <= last])

    def put_clients(self, company_id: CompanyId, rows: Sequence[Client], at: datetime) -> None:
        self._put(ClientRow, company_id, at, [_client(one) for one in self._unburied(company_id, rows)])

    def put_client(self, company_id: CompanyId, client: Client, at: datetime) -> None:
        """Store a client that was read by number: such a reading does not say when the last visit was."""
        [known] = self._unburied(company_id, [client])
        row = {name: value for name, value in _client(known).items() if name != "last_visit_on"}
        self._put(ClientRow, company_id, at, [row])

    def _unburied(self, company_id: CompanyId, rows: Sequence[Client]) -> Sequence[Client]:
        """YClients still knows who was erased here; we keep that there is a client, and nothing of who it is."""
        erased = self._erasures.erased_of(company_id, {one.phone for one in rows if one.phone})
        return [one.anonymous() if one.phone in erased else one for one in rows]

    def mark_deleted(self, company_id: CompanyId, stage: Stage, *, not_seen_since: datetime, at: datetime) -> int:
        """Mark deleted what a full list no longer holds; how many."""
        kind = _BURIED[stage]
        statement = (
            update(kind)
            .where(kind.company_id == company_id, kind.deleted_at.is_(None), kind.synced_at < not_seen_since)
            .values(deleted_at=at)
            .execution_options(synchronize_session=False)
        )
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount

    def mark_client_deleted(self, company_id: CompanyId, client_id: int, at: datetime) -> None:
        statement = update(ClientRow).where(ClientRow.company_id == company_id, ClientRow.client_id == client_id)
        self._session.execute(statement.values(deleted_at=func.coalesce(ClientRow.deleted_at, at), synced_at=at))

    def _put(self, kind: type[Base], company_id: CompanyId, at: datetime, rows: Sequence[Mapping[str, Any]]) -> None:
        upsert(self._session, kind, company_id, rows, at)


def _service(one: Service) -> Mapping[str, Any]:
    return {
        "service_id": one.service_id,
        "category_id": one.category_id,
        "title": short(one.title),
        "price_min": _price(one.price_min),
        "price_max": _price(one.price_max),
        "seconds": whole_seconds(one.length),
        "is_online": one.is_online,
        "terms": online_terms.from_service(one),
        "raw_data": one.raw,
    }


def _staff_member(one: StaffMember) -> Mapping[str, Any]:
    return {
        "staff_id": one.staff_id,
        "name": short(one.name),
        "specialization": short(one.specialization),
        "is_fired": one.is_fired,
        "is_hidden": one.is_hidden,
        "raw_data": one.raw,
    }


def _work_day(one: WorkDay) -> Mapping[str, Any]:
    slots = [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in one.slots]
    return {"staff_id": one.staff_id, "day": one.day, "slots": slots, "raw_data": one.raw}


def _client(one: Client) -> Mapping[str, Any]:
    return {
        "client_id": one.client_id,
        "name": short(one.name),
        "phone": short(one.phone, 20),
        "email": short(one.email),
        "is_muted": one.is_muted,
        "visits": max(0, min(one.visits, _LARGEST_INTEGER)),
        "last_visit_on": one.last_visit_on,
        "raw_data": one.raw,
    }


def _price(price: Decimal | None) -> Decimal | None:
    """A price that no salon asks is no price."""
    return price if price is not None and abs(price) < _LARGEST_PRICE else None


def whole_seconds(length: timedelta | None) -> int | None:
    """A length as its column holds it."""
    return None if length is None else max(0, min(int(length.total_seconds()), _LARGEST_INTEGER))
