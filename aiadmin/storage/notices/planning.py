"""Planning notices: what they follow from, and the salons that send them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from aiadmin.domain.companies.rights import are_phones_hidden, rights_of
from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal.booking_event import BookingEvent, EventKind
from aiadmin.domain.journal.journal import DEFAULT_ZONE, Record
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.notices.change_planning import (
    CHANGE_NOTICE_LIFETIME,
    IMPORTED,
    MOST_AT_ONCE,
    Booking,
    LastNotice,
    NewNotice,
    StoredEvent,
)
from aiadmin.domain.notices.notice import CHANGE_NOTICES, AnnouncedVisit, NoticeKind
from aiadmin.domain.notices.reminder_planning import Planned, Window
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.bulk import as_json
from aiadmin.storage.journal.booking_events import record_of_json
from aiadmin.storage.journal.records import record_of_row
from aiadmin.storage.journal.sync_runs import IS_READ
from aiadmin.storage.locks import Lock
from aiadmin.storage.notices.calls import is_asked_about
from aiadmin.storage.notices.clients import client_values, is_same, of_notice, of_row
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
"""What this number heard, and of what was told to none, or to others that the card has had, the newest."""
_IS_LINKED = "EXISTS (SELECT FROM devices WHERE devices.company_id = companies.id AND devices.desired = 'on')"
_READ_SALONS = f"""
SELECT companies.id, companies.timezone, companies.rights_missing, message_settings.settings,
  {_IS_LINKED} AS is_linked
FROM companies LEFT JOIN message_settings ON message_settings.company_id = companies.id
WHERE {IS_READ}
"""  # noqa: S608 - our own words
_READ_SALONS_OF = text(f"{_READ_SALONS} AND companies.id = ANY(:companies)")
_SALONS = f"{_READ_SALONS} AND {_IS_LINKED}"
_SALONS_OF = text(f"{_SALONS} AND companies.id = ANY(:companies)")
_AFTER = f"""{not_set_aside(WorkQueue.REMINDERS, "companies.id", "'salon'")}
  AND companies.id > :after ORDER BY companies.id LIMIT :limit"""
_SALON_KEYS = text(f"SELECT id, 'salon' FROM ({_SALONS} AND {_AFTER}) AS listed ORDER BY id")  # noqa: S608 - our own
_WINDOWS = """
jsonb_to_recordset(CAST(:windows AS jsonb))
AS given (company_id integer, kind text, since timestamptz, until timestamptz)
"""
_RECORD = "records." + ", records.".join(
    (
        *("record_id", "visit_id", "staff_id", "staff_name", "client_id", "client_name", "client_phone", "starts_at"),
        *("seconds", "services", "attendance", "changed_at", "created_at", "comment", "is_online", "is_group"),
        *("wall_clock", "is_unpaid", "api_id", "deleted_at"),
    )
)


def _is_theirs(notice: str) -> str:
    """Whether a notice was planned for the client of `records`: by the card, or by the number."""
    return is_same(of_notice(notice), of_row("records"))


def _is_to_number(notice: str) -> str:
    """Whether it was for the number that the client has now, or went to a chat in which they are known by it.

    A number that is not known may be any.
    """
    return f"""(
      COALESCE({notice}.announced ->> 'client_number' = records.client_number, true) OR EXISTS (
        SELECT FROM outbox_messages AS message JOIN contact_addresses AS known
          ON known.company_id = message.company_id AND known.contact_id = message.contact_id
        WHERE message.id = {notice}.outbox_message_id AND known.company_id = records.company_id
          AND known.address IN (records.client_phone, records.client_number)
      )
    )"""


def _has_told_nothing(notice: str) -> str:
    """Whether a notice was dropped, or WhatsApp refused its message, and its client knows nothing of it."""
    return f"""(
      {notice}.state = 'dropped'
      OR {notice}.state = 'done'
        AND COALESCE({notice}.reason, '') IN ('{BlockReason.ABSENT}', '{BlockReason.CONTACT_LOCKED}')
    )"""


_STARTS = "CAST({}.announced ->> 'starts_at' AS timestamptz)"
_IS_OPEN = f"""
records.deleted_at IS NULL AND records.client_id IS NOT NULL AND planned.is_open AND NOT EXISTS (
  SELECT FROM notices JOIN records AS other
    ON other.company_id = notices.company_id AND other.record_id = notices.record_id
  WHERE other.company_id = records.company_id
    AND (other.visit_id = records.visit_id OR other.starts_at = records.starts_at OR (
      other.deleted_at IS NULL AND other.starts_at < records.starts_at + make_interval(secs => records.seconds)
      AND records.starts_at < other.starts_at + make_interval(secs => other.seconds)
    ))
    AND other.record_id <> records.record_id AND notices.kind = looked.kind AND NOT {_has_told_nothing("notices")}
    AND {_is_theirs("notices")} AND (notices.state = 'waiting' OR {_is_to_number("notices")})
    AND {_STARTS.format("notices")}
      BETWEEN records.starts_at - interval '12 hours' AND records.starts_at + interval '12 hours'
)
"""
_PLANNED = f"""
LATERAL (
  SELECT max(one.id) AS last,
    NOT COALESCE(bool_or(
      one.state = 'waiting' OR NOT {_has_told_nothing("one")} AND {_is_to_number("one")}
    ), false) AS is_open,
    (array_agg(one.reason ORDER BY one.id DESC)
      FILTER (WHERE {_has_told_nothing("one")} AND {_is_to_number("one")}))[1] AS dropped
  FROM notices AS one
  WHERE one.company_id = records.company_id AND one.record_id = records.record_id AND one.kind = looked.kind
    AND {_is_theirs("one")} AND {_STARTS.format("one")} = records.starts_at
) AS planned ON true
"""  # noqa: S608 - our own words
"""What has become of the reminders of this kind that a visit at its time was given."""
_NEWS = f"""
LATERAL (
  SELECT max(COALESCE(message.sent_at, message.created_at))
    FILTER (WHERE message.state IN ('sent', 'unknown') AND {_is_to_number("news")}) AS told_at,
    COALESCE(bool_or(news.state IN ('waiting', 'released')), false) AS is_coming
  FROM notices AS news LEFT JOIN outbox_messages AS message ON message.id = news.outbox_message_id
  WHERE news.company_id = records.company_id AND news.record_id = records.record_id AND news.kind = ANY(:news)
    AND {_is_theirs("news")}
) AS news ON true
"""  # noqa: S608 - our own words
_IS_NEWS_COMING = """
news.is_coming OR EXISTS (
  SELECT FROM booking_events AS event
  WHERE event.company_id = records.company_id AND event.record_id = records.record_id AND event.handled_at IS NULL
    AND event.at > :unheard_since
)
"""
"""What has happened since is said first: a reminder that comes back is not to be overtaken by it."""
_CHOSEN = f"""
CASE WHEN CAST(:only AS bigint[]) IS NULL
  THEN {not_set_aside(WorkQueue.REMINDERS, "records.company_id", "records.record_id")}
  ELSE records.record_id = ANY(:only) END
"""
_ASKED = """
LATERAL (
  SELECT records.* FROM records
  WHERE records.company_id = questions.company_id AND records.record_id = questions.record_id
    AND records.starts_at = questions.starts_at
  UNION ALL
  SELECT records.* FROM records
  WHERE records.company_id = questions.company_id AND records.visit_id = questions.visit_id
    AND records.record_id <> questions.record_id
    AND records.starts_at = questions.starts_at
      + make_interval(secs => CAST(questions.others ->> CAST(records.record_id AS text) AS double precision))
    AND NOT EXISTS (
      SELECT FROM records AS asked
      WHERE asked.company_id = questions.company_id AND asked.record_id = questions.record_id
        AND asked.starts_at = questions.starts_at AND asked.client_id = records.client_id
        AND asked.deleted_at IS NULL AND asked.attendance <> -1
    )
) AS records ON true
"""
"""The booking that was asked about, and what stands of its visit without it."""
_UNTOLD = f"""
FROM notices
JOIN records ON records.company_id = notices.company_id AND records.record_id = notices.record_id
  AND records.starts_at = {_STARTS.format("notices")}
WHERE notices.company_id = ANY(:companies) AND notices.kind IN ('reminder_day', 'reminder_hours')
  AND notices.state <> 'waiting' AND notices.deadline_at > :now AND records.attendance <> 1
  AND ({_has_told_nothing("notices")} OR notices.announced ->> 'client_number' <> records.client_number)
"""
"""Reminders that were dropped or refused, or went to a number that was wrong, and that may still come in time."""
_BOOKING_KEYS = text(f"""
SELECT company_id, record_id FROM (
  SELECT records.company_id, records.record_id FROM {_WINDOWS}
  JOIN records ON records.company_id = given.company_id AND records.starts_at BETWEEN given.since AND given.until
  UNION
  SELECT records.company_id, records.record_id FROM {_WINDOWS}
  JOIN questions ON questions.company_id = given.company_id AND questions.asked_at BETWEEN given.since AND given.until
  JOIN {_ASKED}
  UNION
  SELECT records.company_id, records.record_id {_UNTOLD}
) AS booking WHERE {not_set_aside(WorkQueue.REMINDERS, "booking.company_id", "booking.record_id")}
""")  # noqa: S608 - our own words
_DUE_BOOKINGS = text(f"""
WITH looked AS (
  SELECT given.company_id, given.kind, records.record_id, CAST(NULL AS timestamptz) AS asked_at
  FROM {_WINDOWS}
  JOIN records ON records.company_id = given.company_id AND records.starts_at BETWEEN given.since AND given.until
  WHERE given.kind <> 'reminder_again' AND (given.kind = 'review') = (records.attendance = 1) AND {_CHOSEN}
  UNION
  SELECT notices.company_id, notices.kind, notices.record_id, NULL {_UNTOLD} AND {_CHOSEN}
  UNION
  SELECT given.company_id, given.kind, records.record_id, questions.asked_at
  FROM {_WINDOWS}
  JOIN questions ON questions.company_id = given.company_id AND questions.asked_at BETWEEN given.since AND given.until
  JOIN {_ASKED}
  WHERE given.kind = 'reminder_again' AND questions.answer IS NULL AND {_CHOSEN} AND EXISTS (
    SELECT FROM notices AS question JOIN outbox_messages AS message ON message.id = question.outbox_message_id
    WHERE question.company_id = questions.company_id AND question.record_id = questions.record_id
      AND question.kind IN ('reminder_day', 'reminder_hours') AND message.state = 'sent'
      AND {_is_theirs("question")} AND {_is_to_number("question")}
  )
)
SELECT looked.company_id, looked.kind, looked.asked_at, planned.last, planned.dropped, news.told_at, {_RECORD}
FROM looked
JOIN records ON records.company_id = looked.company_id AND records.record_id = looked.record_id
JOIN {_PLANNED}
JOIN {_NEWS}
WHERE {_IS_OPEN} AND (planned.last IS NULL OR NOT ({_IS_NEWS_COMING}))
""")  # noqa: S608 - our own words
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
"""What may have arrived has told something."""


@dataclass(frozen=True, kw_only=True)
class NotifyingSalon:
    """A salon that writes to its clients: its journal is read, and a phone is linked.

    Attributes:
        zone: its IANA timezone.
        is_linked: False where its phone is gone, or switched off: then it writes nothing for now.
        are_phones_hidden: whether it is known not to let us see its clients' phones.
    """

    company_id: CompanyId
    zone: str
    settings: MessageSettings
    is_linked: bool = True
    are_phones_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class DueBooking:
    """A booking that may owe a reminder.

    Attributes:
        asked_at: when its client was asked, for `REMINDER_AGAIN`.
        planned: what has become of such reminders before, or None where there were none.
    """

    company_id: CompanyId
    kind: NoticeKind
    record: Record
    asked_at: datetime | None
    planned: Planned | None = None


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
    """Rows of `notices` until they are due, and what they follow from."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def last_notices(self, bookings: Collection[Booking]) -> Mapping[Booking, LastNotice]:
        """Lock the newest change notice of each booking until the commit."""
        rows = self._session.execute(
            _LAST, {"bookings": as_json([_asked(one) for one in bookings]), "news": [*CHANGE_NOTICES]}
        )
        return dict(_last(row) for row in rows)

    def salons_of(self, companies: Collection[CompanyId]) -> Mapping[CompanyId, NotifyingSalon]:
        """Those of these companies that write to their clients."""
        found = self._salons(_SALONS_OF, companies=[*companies])
        return {salon.company_id: salon for salon in found}

    def read_salons_of(self, companies: Collection[CompanyId]) -> Mapping[CompanyId, NotifyingSalon]:
        """Those of these companies whose journals are read, with a phone or without."""
        found = self._salons(_READ_SALONS_OF, companies=[*companies])
        return {salon.company_id: salon for salon in found}

    def salon_keys(self, *, after: CompanyId, limit: int) -> Sequence[RowKey]:
        """Keys of the next salons that write, by company."""
        return keys_of(self._session.execute(_SALON_KEYS, {"after": after, "limit": limit}))

    def booking_keys(
        self, companies: Collection[CompanyId], windows: Sequence[tuple[CompanyId, Window]], *, now: datetime
    ) -> Sequence[RowKey]:
        """Keys of the bookings that `due_bookings` may give, and of some more."""
        return keys_of(self._session.execute(_BOOKING_KEYS, _looked_at(companies, windows, now)))

    def due_bookings(
        self,
        companies: Collection[CompanyId],
        windows: Sequence[tuple[CompanyId, Window]],
        *,
        now: datetime,
        only: Sequence[RowKey] | None = None,
    ) -> Sequence[DueBooking]:
        """The bookings of these salons that are in the windows, or had a reminder which told their client nothing.

        No other of that kind waits, and none has gone to the number that their client has now.
        """
        given = _looked_at(companies, windows, now) | {
            "news": [*CHANGE_NOTICES],
            "unheard_since": now - CHANGE_NOTICE_LIFETIME,
            "only": numbers_of(only),
        }
        return [_found(row) for row in self._session.execute(_DUE_BOOKINGS, given)]

    def supersede(self, notices: Sequence[NoticeId], at: datetime) -> None:
        """Drop notices that `last_notices` locked."""
        if notices:
            self._session.execute(_SUPERSEDE, {"numbers": [*notices], "at": at})

    def add(self, new: Sequence[NewNotice], at: datetime) -> int:
        """Plan those that are not there yet; how many."""
        if not new:
            return 0
        rows = as_json(
            [
                {name: value for name, value in vars(one).items() if name != "announced"}
                | {"announced": one.announced.to_json()}
                for one in new
            ]
        )
        states = self._session.scalars(_ADD, {"rows": rows, "at": at}).all()
        return states.count("waiting")

    def _salons(self, statement: TextClause, **given: Any) -> Sequence[NotifyingSalon]:
        return [
            NotifyingSalon(
                company_id=CompanyId(row.id),
                zone=row.timezone or DEFAULT_ZONE,
                settings=MessageSettings.from_json(row.settings),
                is_linked=row.is_linked,
                are_phones_hidden=are_phones_hidden(rights_of(row.rights_missing)),
            )
            for row in self._session.execute(statement, given)
        ]


def _looked_at(
    companies: Collection[CompanyId], windows: Sequence[tuple[CompanyId, Window]], now: datetime
) -> dict[str, Any]:
    given = as_json([{"company_id": company_id, **vars(window)} for company_id, window in windows])
    return {"companies": [*companies], "windows": given, "now": now}


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


def _found(row: Row[Any]) -> DueBooking:
    return DueBooking(
        company_id=CompanyId(row.company_id),
        kind=NoticeKind(row.kind),
        record=record_of_row(row, raw={}),
        asked_at=row.asked_at,
        planned=None if row.last is None else Planned(last=row.last, dropped=row.dropped, told_at=row.told_at),
    )
