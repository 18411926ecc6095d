"""Bookings as YClients has them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import Session

from aiadmin.domain.companies.salon_time import instant_of
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.booking_event import Snapshot
from aiadmin.domain.journal.journal import ONE_VISIT, Attendance, BookedService, Client, OfClient, Record
from aiadmin.domain.messages.contact import one_spelling
from aiadmin.storage.bulk import Row, as_json, insert_new, short, upsert
from aiadmin.storage.journal.journal import whole_seconds
from aiadmin.storage.journal.retiming import RETELL, RETIME, WALL_CLOCKS
from aiadmin.storage.tables.journal import RecordRow

_NEXT_FEW = 20
"""Bookings of one client."""


@dataclass(frozen=True, kw_only=True)
class BookingTime:
    """When a booking begins, by the salon's clock (naive) and as an instant."""

    record_id: int
    wall_clock: datetime
    starts_at: datetime


class Records:
    """Rows of `records`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_new(self, company_id: CompanyId, records: Sequence[Record], read_at: datetime) -> frozenset[int]:
        """Store those that are not there; their numbers. Two that add the same one wait for each other."""
        rows = [_row(record, read_at) for record in records]
        return frozenset(insert_new(self._session, RecordRow, company_id, rows, read_at))

    def lock(self, company_id: CompanyId, numbers: Iterable[int]) -> Mapping[int, Snapshot]:
        """What is known of these records, locked until the commit."""
        statement = (
            select(RecordRow)
            .where(RecordRow.company_id == company_id, RecordRow.record_id.in_(list(numbers)))
            .order_by(RecordRow.record_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {row.record_id: _snapshot(row) for row in self._session.scalars(statement)}

    def replace(self, company_id: CompanyId, records: Sequence[Record], read_at: datetime) -> None:
        upsert(self._session, RecordRow, company_id, [_row(record, read_at) for record in records], read_at)

    def of_visit(self, company_id: CompanyId, visit_id: int) -> Sequence[Record]:
        """What we know to be booked for a visit and not deleted, in the order of time."""
        mine = (RecordRow.company_id == company_id, RecordRow.visit_id == visit_id, RecordRow.deleted_at.is_(None))
        statement = select(RecordRow).where(*mine).order_by(RecordRow.starts_at, RecordRow.record_id)
        rows = self._session.scalars(statement.execution_options(populate_existing=True))
        return [_snapshot(row).record for row in rows]

    def about(
        self, company_id: CompanyId, client: OfClient, times: Collection[datetime], visits: Collection[int]
    ) -> Sequence[Record]:
        """What we know to be booked for these visits, or for a client about these times, and not deleted.

        In the order of time. About a time is as long before or after it as one visit may be.
        """
        known = [RecordRow.client_id == client.client_id] if client.client_id is not None else []
        if client.client_phone:
            known.append(RecordRow.client_number == one_spelling(client.client_phone))
        theirs = or_(false(), *known)
        then = or_(*(RecordRow.starts_at.between(at - ONE_VISIT, at + ONE_VISIT) for at in times))
        statement = (
            select(RecordRow)
            .where(RecordRow.company_id == company_id, RecordRow.deleted_at.is_(None))
            .where(or_(RecordRow.visit_id.in_(visits), and_(theirs, then)))
            .order_by(RecordRow.starts_at, RecordRow.record_id)
        )
        rows = self._session.scalars(statement.execution_options(populate_existing=True))
        return [_snapshot(row).record for row in rows]

    def times(self, company_id: CompanyId, since: datetime) -> Sequence[BookingTime]:
        """Lock the bookings that begin later than `since` and whose wall clock is known; when each begins."""
        columns = (RecordRow.record_id, RecordRow.wall_clock, RecordRow.starts_at)
        later = (RecordRow.company_id == company_id, RecordRow.starts_at > since, RecordRow.wall_clock.is_not(None))
        statement = select(*columns).where(*later).order_by(RecordRow.record_id).with_for_update()
        return [BookingTime(**row._mapping) for row in self._session.execute(statement)]

    def with_other_phone(self, company_id: CompanyId, client: Client, after: datetime) -> Sequence[int]:
        """The client's next few bookings to come that we know with another phone than the client has."""
        if client.phone is None:
            return ()
        theirs = (RecordRow.company_id == company_id, RecordRow.client_id == client.client_id)
        to_come = (RecordRow.deleted_at.is_(None), RecordRow.starts_at > after)
        statement = select(RecordRow.record_id).where(
            *theirs, *to_come, RecordRow.client_phone.is_distinct_from(client.phone)
        )
        return self._session.scalars(statement.order_by(RecordRow.starts_at).limit(_NEXT_FEW)).all()

    def upcoming(
        self, company_id: CompanyId, numbers: Collection[str], after: datetime, *, limit: int
    ) -> Sequence[Record]:
        """What is booked by the people of these numbers, in their one spelling, and begins later, soonest first."""
        later = _booked_by(company_id, numbers).where(RecordRow.starts_at > after).order_by(RecordRow.starts_at)
        return [_snapshot(row).record for row in self._session.scalars(later.limit(limit))]

    def last(self, company_id: CompanyId, numbers: Collection[str], before: datetime) -> Record | None:
        """The last booking of the same people that began by then."""
        earlier = _booked_by(company_id, numbers).where(RecordRow.starts_at <= before)
        row = self._session.scalars(earlier.order_by(RecordRow.starts_at.desc()).limit(1)).one_or_none()
        return None if row is None else _snapshot(row).record

    def retime(self, company_id: CompanyId, times: Sequence[BookingTime], zone: str) -> None:
        """Store that the same wall clock is another instant now (`retiming`). Reminders that wait are planned anew.

        Args:
            zone: by which other times that are stored of these bookings are read, such as those before a move.
        """
        if not times:
            return
        numbers = [one.record_id for one in times]
        stored = self._session.execute(WALL_CLOCKS, {"company_id": company_id, "numbers": numbers})
        own = {(one.record_id, one.wall_clock) for one in times}
        others = [
            BookingTime(record_id=row.record_id, wall_clock=row.wall_clock, starts_at=at)
            for row in stored
            if (row.record_id, row.wall_clock) not in own and (at := instant_of(row.wall_clock, zone)) is not None
        ]
        for statements, clocks in ((RETIME, times), (RETELL, (*times, *others))):
            given = {"company_id": company_id, "times": as_json([vars(one) for one in clocks])}
            for statement in statements:
                self._session.execute(statement, given)

    def find(self, company_id: CompanyId, record_id: int) -> Snapshot | None:
        return self.find_all(company_id, [record_id]).get(record_id)

    def find_all(self, company_id: CompanyId, numbers: Collection[int]) -> Mapping[int, Snapshot]:
        """What is known of these records, deleted ones included; nothing of those that are not known."""
        statement = select(RecordRow).where(
            RecordRow.company_id == company_id, RecordRow.record_id.in_(list(numbers))
        )
        rows = self._session.scalars(statement.execution_options(populate_existing=True))
        return {row.record_id: _snapshot(row) for row in rows}


def _booked_by(company_id: CompanyId, numbers: Collection[str]) -> Select[RecordRow]:
    theirs = RecordRow.client_number.in_(list(numbers)), RecordRow.deleted_at.is_(None)
    return select(RecordRow).where(RecordRow.company_id == company_id, *theirs)


def _row(record: Record, read_at: datetime) -> Row:
    return {
        "record_id": record.record_id,
        "visit_id": record.visit_id,
        "staff_id": record.staff_id,
        "staff_name": short(record.staff_name),
        "client_id": record.client_id,
        "client_name": short(record.client_name),
        "client_phone": short(record.client_phone, 20),
        "client_number": short(one_spelling(record.client_phone), 20) if record.client_phone else None,
        "starts_at": record.starts_at,
        "seconds": whole_seconds(record.length),
        "services": [services_as_json(service) for service in record.services],
        "attendance": int(record.attendance),
        "changed_at": record.changed_at,
        "created_at": record.created_at,
        "comment": record.comment,
        "is_online": record.is_online,
        "is_group": record.is_group,
        "wall_clock": record.wall_clock,
        "is_unpaid": record.is_unpaid,
        "api_id": short(record.api_id, 100),
        "raw_data": record.raw,
        "deleted_at": read_at if record.is_deleted else None,
    }


def services_as_json(service: BookedService) -> Mapping[str, Any]:
    """One service of a record, the cost exact."""
    return {"id": service.service_id, "title": service.title, "cost": service.cost, "amount": service.amount}


def service_of_json(given: Mapping[str, Any]) -> BookedService:
    """What `services_as_json` wrote."""
    cost = None if given["cost"] is None else Decimal(given["cost"])
    return BookedService(service_id=given["id"], title=given["title"], cost=cost, amount=given.get("amount", 1))


def _snapshot(row: RecordRow) -> Snapshot:
    return Snapshot(record=record_of_row(row, raw=row.raw_data), read_at=row.synced_at)


def record_of_row(row: Any, *, raw: Mapping[str, Any]) -> Record:
    """A record of the columns of its row; `raw` may be left in the database."""
    return Record(
        record_id=row.record_id,
        visit_id=row.visit_id,
        staff_id=row.staff_id,
        staff_name=row.staff_name,
        client_id=row.client_id,
        client_name=row.client_name,
        client_phone=row.client_phone,
        starts_at=row.starts_at,
        length=timedelta(seconds=row.seconds),
        services=tuple(service_of_json(given) for given in row.services),
        attendance=Attendance(row.attendance),
        is_deleted=row.deleted_at is not None,
        changed_at=row.changed_at,
        created_at=row.created_at,
        comment=row.comment,
        is_online=row.is_online,
        is_group=row.is_group,
        wall_clock=row.wall_clock,
        is_unpaid=row.is_unpaid,
        api_id=row.api_id,
        raw=raw,
    )
