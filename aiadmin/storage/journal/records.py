"""Bookings as YClients has them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
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
_RECORDS = "SELECT * FROM records WHERE company_id = :company_id"
_LOCK = text(f"{_RECORDS} AND record_id = ANY(:numbers) ORDER BY record_id FOR UPDATE")
_FIND = text(f"{_RECORDS} AND record_id = ANY(:numbers)")
_OF_VISIT = text(f"{_RECORDS} AND visit_id = :visit_id AND deleted_at IS NULL ORDER BY starts_at, record_id")
_ABOUT = text(f"""
{_RECORDS} AND deleted_at IS NULL AND (
  visit_id = ANY(:visits) OR (client_id = :client_id OR client_number = :client_number) AND EXISTS (
    SELECT FROM unnest(CAST(:times AS timestamptz[])) AS about (at)
    WHERE starts_at BETWEEN about.at - :one_visit AND about.at + :one_visit
  )
)
ORDER BY starts_at, record_id
""")
_WITH_OTHER_PHONE = text("""
SELECT record_id FROM records
WHERE company_id = :company_id AND client_id = :client_id AND deleted_at IS NULL AND starts_at > :after
  AND client_phone IS DISTINCT FROM :phone
ORDER BY starts_at LIMIT :most
""")
_BOOKED_BY = f"{_RECORDS} AND client_number = ANY(:numbers) AND deleted_at IS NULL"
_UPCOMING = text(f"{_BOOKED_BY} AND starts_at > :after ORDER BY starts_at LIMIT :most")
_LAST = text(f"{_BOOKED_BY} AND starts_at <= :before ORDER BY starts_at DESC LIMIT 1")


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
        rows = self._session.execute(_LOCK, {"company_id": company_id, "numbers": list(numbers)})
        return {row.record_id: _snapshot(row) for row in rows}

    def replace(self, company_id: CompanyId, records: Sequence[Record], read_at: datetime) -> None:
        upsert(self._session, RecordRow, company_id, [_row(record, read_at) for record in records], read_at)

    def of_visit(self, company_id: CompanyId, visit_id: int) -> Sequence[Record]:
        """What we know to be booked for a visit and not deleted, in the order of time."""
        rows = self._session.execute(_OF_VISIT, {"company_id": company_id, "visit_id": visit_id})
        return [_snapshot(row).record for row in rows]

    def about(
        self, company_id: CompanyId, client: OfClient, times: Collection[datetime], visits: Collection[int]
    ) -> Sequence[Record]:
        """What we know to be booked for these visits, or for a client about these times, and not deleted.

        In the order of time. About a time is as long before or after it as one visit may be.
        """
        given = {
            "company_id": company_id,
            "visits": list(visits),
            "client_id": client.client_id,
            "client_number": one_spelling(client.client_phone) if client.client_phone else None,
            "times": list(times),
            "one_visit": ONE_VISIT,
        }
        return [_snapshot(row).record for row in self._session.execute(_ABOUT, given)]

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
        given = {"company_id": company_id, "client_id": client.client_id, "phone": client.phone, "after": after}
        return self._session.scalars(_WITH_OTHER_PHONE, given | {"most": _NEXT_FEW}).all()

    def upcoming(
        self, company_id: CompanyId, numbers: Collection[str], after: datetime, *, limit: int
    ) -> Sequence[Record]:
        """What is booked by the people of these numbers, in their one spelling, and begins later, soonest first."""
        given = {"company_id": company_id, "numbers": list(numbers), "after": after, "most": limit}
        return [_snapshot(row).record for row in self._session.execute(_UPCOMING, given)]

    def last(self, company_id: CompanyId, numbers: Collection[str], before: datetime) -> Record | None:
        """The last booking of the same people that began by then."""
        given = {"company_id": company_id, "numbers": list(numbers), "before": before}
        row = self._session.execute(_LAST, given).one_or_none()
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
        rows = self._session.execute(_FIND, {"company_id": company_id, "numbers": list(numbers)})
        return {row.record_id: _snapshot(row) for row in rows}


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


def _snapshot(row: Any) -> Snapshot:
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
