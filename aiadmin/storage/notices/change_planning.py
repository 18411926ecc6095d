"""Booking events that no notice was planned from yet, and notices until they are due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal.booking_event import BookingEvent, EventKind
from aiadmin.domain.notices.change_planning import (
    MOST_AT_ONCE,
    Booking,
    LastNotice,
    NewNotice,
    StoredEvent,
)
from aiadmin.domain.notices.notice import CHANGE_NOTICES, IMPORTED, AnnouncedVisit, NoticeKind
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.bulk import as_json
from aiadmin.storage.journal.booking_events import record_of_json
from aiadmin.storage.locks import Lock
from aiadmin.storage.notices.clients import client_values, is_same, of_notice, of_row
from aiadmin.storage.notices.undelivered import is_asked_about
from aiadmin.storage.quarantine import keys_of, not_set_aside, numbers_of

_EVENTS = """
FROM booking_events AS event
WHERE event.handled_at IS NULL AND NOT EXISTS (
  SELECT FROM notices
  WHERE notices.company_id = event.company_id AND notices.record_id = event.record_id AND notices.state = 'released'
)
"""
_BY_CHAT = """
EXISTS (
  SELECT FROM chat_writes AS write
  WHERE write.company_id = event.company_id AND write.state = '{}' AND CASE write.operation
    WHEN 'book' THEN event.kind = 'created'
      AND (write.api_id = event.after ->> 'api_id' OR write.record_id = event.record_id)
    WHEN 'cancel' THEN event.kind = 'cancelled' AND write.record_id = event.record_id
    ELSE event.kind IN ('moved', 'changed') AND write.record_id = event.record_id
      AND write.starts = CAST(event.after ->> 'wall_clock' AS timestamp)
      AND COALESCE(write.staff_id = CAST(event.after ->> 'staff_id' AS bigint), true)
    END
)
"""
"""Whether the bot has made the change: by our own name of the record, which also a webhook before our answer carries,
or by its number. One of which nobody knows whether it was made was not told of, and is news."""
_NEXT = not_set_aside(WorkQueue.BOOKING_EVENTS, "event.company_id", "event.id") + " AND event.id > :after"
_CLAIM = text(f"""
SELECT event.*, CASE event.kind WHEN 'created' THEN (
  SELECT count(*) FROM (
    SELECT FROM records WHERE records.company_id = event.company_id AND NOT records.is_online
      AND records.created_at BETWEEN
      CAST(event.after ->> 'created_at' AS timestamptz) - interval '30 s'
      AND CAST(event.after ->> 'created_at' AS timestamptz) + interval '30 s'
    LIMIT :most
  ) AS near
) ELSE 1 END AS made_together,
{_BY_CHAT.format("saved")} AS is_told, {_BY_CHAT.format("sending")} AS is_being_made
{_EVENTS} AND CASE WHEN CAST(:only AS bigint[]) IS NULL THEN {_NEXT} ELSE event.id = ANY(:only) END
  AND (SELECT pg_try_advisory_xact_lock(:lock))
ORDER BY event.id LIMIT :limit
""")  # noqa: S608 - our own words
_EVENT_KEYS = text(f"SELECT event.company_id, event.id {_EVENTS} AND {_NEXT} ORDER BY event.id LIMIT :limit")
_HAS_EVENTS = text(f"SELECT EXISTS (SELECT {_EVENTS} AND {_NEXT})")
_LAST = text(f"""
SELECT notices.id, notices.company_id, notices.record_id, given.client_id, given.client_phone,
  notices.kind, notices.announced, notices.created_at,
  notices.state, notices.reason, message.state AS message,
  {is_asked_about("call.state IN ('sending', 'sent', 'unknown')")} AS is_called
FROM jsonb_to_recordset(CAST(:bookings AS jsonb)) AS given (
  company_id integer, record_id bigint, client_id bigint, client_phone text, client_number text
)
CROSS JOIN LATERAL (
  SELECT id FROM notices
  WHERE company_id = given.company_id AND record_id = given.record_id AND kind = ANY(:news)
    AND {is_same(of_notice("notices"), of_row("given"))}
  ORDER BY COALESCE(announced ->> 'client_number' = given.client_number, false) DESC,
    id + 0 DESC -- or PostgreSQL may walk down the whole primary key to find one
  LIMIT 1
) AS newest
JOIN notices ON notices.id = newest.id
LEFT JOIN outbox_messages AS message ON message.id = notices.outbox_message_id
ORDER BY notices.id
FOR UPDATE OF notices
""")  # noqa: S608 - our own words
"""The newest notice for this number, or else the newest for the card: without a number, or for a former one."""
_ADD = text("""
INSERT INTO notices (
  company_id, record_id, kind, dedup_key, announced, due_at, deadline_at, created_at, state, reason, finished_at
)
SELECT company_id, record_id, kind, dedup_key, announced, due_at, deadline_at, :at,
  CASE WHEN dropped IS NULL THEN 'waiting' ELSE 'dropped' END, dropped, CASE WHEN dropped IS NOT NULL THEN :at END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (company_id integer, record_id bigint, kind text,
  dedup_key text, announced jsonb, due_at timestamptz, deadline_at timestamptz, dropped text)
ORDER BY company_id, dedup_key
ON CONFLICT (company_id, dedup_key) DO NOTHING
RETURNING state
""")
_SUPERSEDE = text("""
UPDATE notices SET state = 'dropped', reason = 'superseded', claimed_until = NULL, finished_at = :at
WHERE id = ANY(:numbers) AND state = 'waiting'
""")
_HANDLED = text("UPDATE booking_events SET handled_at = :at WHERE id = ANY(:numbers)")
_SAID = frozenset({"sent", "unknown"})
"""States of a message that may have arrived."""


class UnhandledEvents:
    """Rows of `booking_events` that no notice was planned from yet."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def claim(self, *, after: int, limit: int, only: Sequence[RowKey] | None = None) -> Sequence[StoredEvent]:
        """Those beyond the number `after`, in order.

        One transaction at a time has any; to others there are none. Those of a booking with a notice on its way wait.
        """
        given = {
            "after": after,
            "limit": limit,
            "lock": Lock.BOOKING_EVENTS.value,
            "most": MOST_AT_ONCE + 1,
            "only": numbers_of(only),
        }
        return [_event(row) for row in self._session.execute(_CLAIM, given)]

    def due_keys(self, *, after: int, limit: int) -> Sequence[RowKey]:
        """Of the events that `claim` would take."""
        return keys_of(self._session.execute(_EVENT_KEYS, {"after": after, "limit": limit}))

    def has_due(self) -> bool:
        return bool(self._session.scalar(_HAS_EVENTS, {"after": 0}))

    def finish(self, events: Sequence[StoredEvent], at: datetime) -> None:
        self._session.execute(_HANDLED, {"numbers": [one.event_id for one in events], "at": at})


class Notices:
    """Rows of `notices` until they are due, and the last notice of each booking."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def last_notices(self, bookings: Collection[Booking]) -> Mapping[Booking, LastNotice]:
        """Lock the newest change notice of each booking until the commit."""
        rows = self._session.execute(
            _LAST, {"bookings": as_json([_asked(one) for one in bookings]), "news": [*CHANGE_NOTICES]}
        )
        return dict(_last(row) for row in rows)

    def supersede(self, notices: Sequence[NoticeId], at: datetime) -> None:
        """Drop notices that `last_notices` locked."""
        if notices:
            self._session.execute(_SUPERSEDE, {"numbers": [*notices], "at": at})

    def add(self, new: Sequence[NewNotice], at: datetime) -> int:
        """Plan those that are not there yet; how many."""
        if not new:
            return 0
        rows = as_json([vars(one) | {"announced": one.announced.to_json()} for one in new])
        states = self._session.scalars(_ADD, {"rows": rows, "at": at}).all()
        return states.count("waiting")


def _asked(booking: Booking) -> Mapping[str, Any]:
    return vars(booking) | client_values(booking)


def _event(row: Row[Any]) -> StoredEvent:
    before = None if row.before is None else record_of_json(row.before)
    return StoredEvent(
        event_id=row.id,
        company_id=CompanyId(row.company_id),
        event=BookingEvent(kind=EventKind(row.kind), before=before, after=record_of_json(row.after)),
        at=row.at,
        made_together=row.made_together,
        is_told=row.is_told,
        is_being_made=row.is_being_made,
    )


def _last(row: Row[Any]) -> tuple[Booking, LastNotice]:
    booking = Booking(
        company_id=CompanyId(row.company_id),
        record_id=row.record_id,
        client_id=row.client_id,
        client_phone=row.client_phone,
    )
    return booking, LastNotice(
        notice_id=NoticeId(row.id),
        kind=NoticeKind(row.kind),
        announced=AnnouncedVisit.from_json(row.announced),
        planned_at=row.created_at,
        is_waiting=row.state == "waiting",
        is_leaving=row.state == "released",
        is_said=row.is_called or (row.state == "done" and row.message in _SAID),
        is_imported=row.state == "dropped" and row.reason == IMPORTED,
    )
