"""Change notices that do not reach the client: the salon is to call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId, ContactId, NoticeId
from aiadmin.domain.journal.booking_event import EventKind
from aiadmin.domain.journal.journal import ONE_VISIT
from aiadmin.domain.messages.sending_policy import TO_SET_OUT, BlockReason
from aiadmin.domain.notices.call import LONGEST_TRIED, SETTLES_WITHIN, STILL_ASKED, GivenUp, UnplannedEvent
from aiadmin.domain.notices.notice import CHANGE_NOTICES, AnnouncedVisit, Notice, NoticeKind
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.journal.booking_events import record_of_json
from aiadmin.storage.journal.sync_runs import IS_READ
from aiadmin.storage.notices.clients import GIVEN, client_values, is_same, of_notice, of_row
from aiadmin.storage.notices.dispatch import PHONE_IS_ONLINE, notice_of_row
from aiadmin.storage.notices.undelivered import CLIENT, HAS_NOT_REACHED, IS_SO, STARTS, WAS
from aiadmin.storage.quarantine import keys_of, not_set_aside

_FIRST = f"LEAST({STARTS}, CASE WHEN {WAS} > :now THEN {WAS} END)"
_BESIDE = f"""
CROSS JOIN LATERAL (
  SELECT min(beside.starts_at) AS starts_at FROM records AS beside
  LEFT JOIN records AS own ON own.company_id = notices.company_id AND own.record_id = notices.record_id
  LEFT JOIN message_settings ON message_settings.company_id = notices.company_id
  WHERE beside.company_id = notices.company_id AND beside.record_id <> notices.record_id
    AND beside.deleted_at IS NULL AND beside.attendance <> -1
    AND NOT (beside.is_unpaid AND COALESCE(message_settings.settings ->> 'wait_for_payment', 'true') = 'true')
    AND {is_same(CLIENT, of_row("beside"))}
    AND EXISTS (
      SELECT FROM unnest(ARRAY[{STARTS}, {WAS}]) AS known (at)
      WHERE known.at = beside.starts_at OR (
        known.at < beside.starts_at + make_interval(secs => beside.seconds)
        AND beside.starts_at < known.at + make_interval(secs => COALESCE(own.seconds, 0))
      ) OR (
        abs(extract(epoch FROM beside.starts_at - known.at)) < :one_visit AND beside.visit_id IN (
          CAST(notices.announced ->> 'visit_id' AS bigint), CAST(notices.announced -> 'was' ->> 'visit_id' AS bigint),
          own.visit_id
        )
      )
    )
) AS beside
"""  # noqa: S608 - our own words
"""The first that stands of the visit besides the booking of a notice (`telling.is_beside`)."""
_NEEDED_BY = f"CASE WHEN beside.starts_at <= {_FIRST} THEN beside.starts_at ELSE {_FIRST} - :to_set_out END"
"""`Notice.needed_by`."""
_CAN_WRITE = f"""
NOT EXISTS (SELECT FROM message_pause) AND EXISTS (
  SELECT FROM companies {PHONE_IS_ONLINE}
  WHERE companies.id = notices.company_id AND companies.messages_paused_at IS NULL AND {IS_READ}
)
"""  # noqa: S608 - our own words
_TOO_LATE = f"""
FROM notices {_BESIDE}
WHERE notices.kind IN ('moved', 'cancelled') AND notices.state = 'waiting'
AND notices.due_at <= :tried_since AND {_NEEDED_BY} <= :now
AND ({_NEEDED_BY} <= :stuck_since OR NOT ({_CAN_WRITE}))
AND {not_set_aside(WorkQueue.NOTICES, "notices.company_id", "notices.id")}
"""
_WITH_BOOKING = """
SELECT listed.*, records.client_id, records.client_phone, records.visit_id, records.starts_at, records.wall_clock,
  records.deleted_at IS NOT NULL AS is_deleted
FROM listed LEFT JOIN records ON records.company_id = listed.company_id AND records.record_id = listed.record_id
"""
_HOPELESS = text(f"""
WITH listed AS (
  SELECT notices.*, EXISTS (SELECT FROM message_pause) OR EXISTS (
    SELECT FROM companies WHERE companies.id = notices.company_id AND companies.messages_paused_at IS NOT NULL
  ) AS is_paused
  {_TOO_LATE} AND (NOT :is_tried OR notices.reason = 'expired')
  ORDER BY notices.due_at LIMIT :limit
) {_WITH_BOOKING} ORDER BY listed.due_at
""")  # noqa: S608 - our own words
_STUCK = f"""
FROM notices JOIN quarantine ON quarantine.queue = '{WorkQueue.NOTICES.value}'
  AND quarantine.company_id = notices.company_id AND quarantine.row_key = CAST(notices.id AS text)
{_BESIDE}
WHERE notices.kind IN ('moved', 'cancelled') AND notices.state = 'waiting'
  AND quarantine.first_at <= :stuck_since AND {_NEEDED_BY} <= :stuck_since
"""
"""What was set aside: none of its tries came to an end."""
_STUCK_KEYS = text(f"SELECT notices.company_id, notices.id {_STUCK} ORDER BY notices.id LIMIT :limit")
_GIVE_UP = text("""
UPDATE notices SET state = 'dropped', reason = :why, finished_at = :now
WHERE company_id = :company_id AND id = :id AND state = 'waiting'
""")
_UNSURE = text("""
SELECT notices.id FROM notices JOIN outbox_messages AS message ON message.id = notices.outbox_message_id
WHERE notices.company_id = :company_id AND notices.id = ANY(:numbers) AND message.state = 'unknown'
""")
_UNPLANNED = """
FROM booking_events AS event
JOIN quarantine ON quarantine.queue = 'booking_events' AND quarantine.company_id = event.company_id
  AND quarantine.row_key = CAST(event.id AS text)
JOIN records ON records.company_id = event.company_id AND records.record_id = event.record_id
WHERE event.handled_at IS NULL AND event.kind IN ('moved', 'cancelled') AND event.at > :since
  AND quarantine.first_at <= :stuck_since AND records.starts_at > :now AND NOT records.is_group
  AND NOT EXISTS (
    SELECT FROM notices
    WHERE notices.company_id = event.company_id AND notices.record_id = event.record_id
      AND notices.kind = ANY(:news) AND notices.created_at >= event.at AND (
        event.kind = 'moved' OR notices.dedup_key = 'unplanned:' || event.id
        OR COALESCE(notices.announced ->> 'client_id' = event.before ->> 'client_id', notices.kind = 'cancelled')
      )
  )
"""
"""A notice to the client who has taken a booking over says nothing to the one who has lost it."""
_LIST_UNPLANNED = text(f"""
SELECT event.id, event.company_id, event.record_id, event.kind, event.before, records.client_id,
  records.client_phone, records.visit_id, records.starts_at, records.wall_clock,
  records.deleted_at IS NOT NULL AS is_deleted
{_UNPLANNED} ORDER BY event.id LIMIT :limit
""")
_UNTOLD = f"""
FROM notices
JOIN companies ON companies.id = notices.company_id AND companies.whatsapp_phone IS NOT NULL AND {IS_READ}
LEFT JOIN outbox_messages AS message ON message.id = notices.outbox_message_id
WHERE {HAS_NOT_REACHED} AND notices.reason IS NOT NULL AND notices.called_at IS NULL AND notices.finished_at > :since
  AND {IS_SO}
  AND {not_set_aside(WorkQueue.NOTICES, "notices.company_id", "notices.id")}
"""
_LIST = text(f"""
WITH listed AS (SELECT notices.* {_UNTOLD} ORDER BY notices.finished_at LIMIT :limit)
{_WITH_BOOKING} ORDER BY listed.finished_at
""")
_MARK = text("""
WITH taken AS (
  SELECT id FROM notices WHERE id = ANY(:numbers) AND called_at IS NULL ORDER BY id FOR UPDATE
)
UPDATE notices SET called_at = :at FROM taken WHERE notices.id = taken.id RETURNING notices.id
""")
"""Workers mark the same notices at once: in one order, or each would wait for the other."""
_TAKE_BACK = text(f"""
WITH unread AS (
  UPDATE outbox_messages SET state = 'cancelled', reason = 'superseded', next_attempt_at = NULL, finished_at = :now
  WHERE company_id = :company_id AND about_contact_id = :about AND state = 'pending' AND dedup_key LIKE 'call:%'
  RETURNING company_id, created_at
), listed AS (
  UPDATE notices SET called_at = :now FROM unread
  WHERE notices.company_id = unread.company_id AND notices.called_at = unread.created_at
  AND {is_same(CLIENT, GIVEN)} AND notices.kind IN ('moved', 'cancelled') AND {IS_SO}
  RETURNING notices.*
) {_WITH_BOOKING}
""")  # noqa: S608 - our own words
"""A call and what it is about have one time."""
_ASKED_OF = f"""
notices JOIN notices AS first ON first.company_id = notices.company_id AND notices.called_at = first.called_at
  AND {is_same(CLIENT, of_notice("first"))}
"""
"""What was asked about in one call, with the first of it."""
_UNREAD = f"""
FROM outbox_messages AS call, {_ASKED_OF}
WHERE call.state = 'pending' AND call.dedup_key LIKE 'call:%' AND call.company_id = first.company_id
  AND call.created_at = first.called_at AND first.called_at IS NOT NULL AND notices.called_at IS NOT NULL
  AND first.id = CAST(split_part(call.dedup_key, ':', 2) AS bigint)
"""
_STALE = f"""{_UNREAD} AND notices.kind IN ('moved', 'cancelled') AND (NOT ({IS_SO}) OR EXISTS (
  SELECT FROM notices AS newer
  WHERE newer.company_id = notices.company_id AND newer.created_at > call.created_at AND newer.kind = ANY(:news)
    AND {is_same(CLIENT, of_notice("newer"))}
))"""
"""Something in it is not so any more, or more is known of the person since: what stands of a visit may be other."""
_RECALL = text(f"""
WITH stale AS (
  SELECT DISTINCT call.id, call.company_id, call.created_at, first.id AS first_id {_STALE}
), unread AS (
  UPDATE outbox_messages SET state = 'cancelled', reason = 'superseded', next_attempt_at = NULL, finished_at = :now
  FROM stale WHERE outbox_messages.id = stale.id AND outbox_messages.state = 'pending'
  RETURNING stale.first_id
)
UPDATE notices SET called_at = NULL WHERE id IN (
  SELECT notices.id FROM {_ASKED_OF} JOIN unread ON unread.first_id = first.id
  ORDER BY notices.id FOR UPDATE OF notices
)
""")  # noqa: S608 - our own words
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_MAY_BE_DUE = text("""
SELECT EXISTS (
  SELECT FROM notices WHERE kind IN ('moved', 'cancelled') AND state = 'waiting' AND due_at <= :tried_since
) OR EXISTS (
  SELECT FROM notices
  WHERE kind IN ('moved', 'cancelled') AND reason IS NOT NULL AND called_at IS NULL AND finished_at > :since
    AND (state = 'done' OR reason = ANY(:reasons))
) OR EXISTS (SELECT FROM outbox_messages WHERE state = 'pending' AND dedup_key LIKE 'call:%')
OR EXISTS (SELECT FROM quarantine WHERE queue IN ('notices', 'booking_events') AND first_at <= :stuck_since)
""")
"""Less than what is due, and quickly said: PostgreSQL takes longer to understand `_ANY_DUE` than to answer it."""
_ANY_DUE = text(f"""
SELECT EXISTS (SELECT {_UNTOLD}) OR EXISTS (SELECT {_TOO_LATE}) OR EXISTS (SELECT {_STUCK})
OR EXISTS (SELECT {_STALE}) OR EXISTS (SELECT {_UNPLANNED})
""")


class Calls:
    """Rows of `notices` that turn a client away and do not reach them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list_undeliverable(self, now: datetime, *, limit: int, is_tried: bool = False) -> Sequence[GivenUp]:
        """Notices that wait though the client is about to set out; with `is_tried` those that no host took."""
        found = self._session.execute(_HOPELESS, _too_late(now) | {"limit": limit, "is_tried": is_tried})
        return [
            GivenUp(notice=_notice(row), why=BlockReason.PAUSED if row.is_paused else BlockReason.LATE)
            for row in found
        ]

    def stuck(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Keys of such notices in quarantine."""
        return keys_of(self._session.execute(_STUCK_KEYS, _too_late(now) | {"limit": limit}))

    def give_up(self, row: RowKey, now: datetime) -> None:
        """Drop a notice that waits, without reading what is in it."""
        given = {"company_id": row.company_id, "id": row.number, "why": BlockReason.LATE, "now": now}
        self._session.execute(_GIVE_UP, given)

    def unplanned(self, now: datetime, *, limit: int) -> Sequence[UnplannedEvent]:
        """What has happened to bookings that are to come, of which planning has raised for minutes, and no notice of
        that booking tells since."""
        given = {**_untold(now), **_too_late(now), "limit": limit}
        return [_unplanned(row) for row in self._session.execute(_LIST_UNPLANNED, given)]

    def unsure(self, company_id: CompanyId, notices: Sequence[NoticeId]) -> frozenset[NoticeId]:
        """Those of these notices of whose message it is unknown whether it arrived."""
        given = {"company_id": company_id, "numbers": [*notices]}
        return frozenset(map(NoticeId, self._session.scalars(_UNSURE, given)))

    def list_undelivered(self, now: datetime, *, limit: int) -> Sequence[Notice]:
        """Notices of late that could not be sent, of coming visits, that the salon was not asked to call about.

        Only what is still so, and only of salons whose phone is linked, and who pay.
        """
        return [_notice(row) for row in self._session.execute(_LIST, _untold(now) | {"limit": limit})]

    def mark(self, notices: Sequence[NoticeId], at: datetime) -> frozenset[NoticeId]:
        """Mark that the salon is asked to call about these; which of them were not marked before."""
        return frozenset(map(NoticeId, self._session.scalars(_MARK, {"numbers": [*notices], "at": at})))

    def take_back(self, like: Notice, about: ContactId, now: datetime) -> Sequence[Notice]:
        """Cancel calls to this client that the salon was not sent yet; their notices, as far as they are still so.

        These are marked anew, to be asked for together with what is `like` them.
        """
        given = {"company_id": like.company_id, "about": about, "now": now, **client_values(like.announced)}
        return [_notice(row) for row in self._session.execute(_TAKE_BACK, given)]

    def recall(self, now: datetime) -> None:
        """Cancel every waiting call of which a part is not so any more; what still is can be asked for again."""
        self._session.execute(_RECALL, {"now": now, "news": [*CHANGE_NOTICES]})

    def has_due(self, now: datetime) -> bool:
        """Whether anything is to be given up, asked for or taken back."""
        given = _untold(now) | _too_late(now)
        return bool(self._session.scalar(_MAY_BE_DUE, given) and self._session.scalar(_ANY_DUE, given))


def _too_late(now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "to_set_out": TO_SET_OUT,
        "one_visit": ONE_VISIT.total_seconds(),
        "tried_since": now - SETTLES_WITHIN,
        "stuck_since": now - LONGEST_TRIED,
    }


def _untold(now: datetime) -> dict[str, Any]:
    return {"now": now, "since": now - STILL_ASKED, "reasons": [*BlockReason], "news": [*CHANGE_NOTICES]}


def _notice(row: Row[Any]) -> Notice:
    """A notice of a row that has its booking too, which stands in where `announced` cannot be read."""
    try:
        return notice_of_row(row)
    except _UNREADABLE:
        return notice_of_row(row, _of_unread(row))


def _of_unread(row: Row[Any]) -> AnnouncedVisit:
    """What a booking tells of a notice: of one that has changed hands not who had it."""
    if row.starts_at is None:
        is_off = row.kind == NoticeKind.CANCELLED
        return AnnouncedVisit(
            client_id=None, starts_at=row.deadline_at, staff_id=None, services=(), is_deleted=is_off
        )
    booked = _booked(row)
    is_others = row.kind == NoticeKind.CANCELLED and not row.is_deleted
    return replace(booked, is_deleted=True, client_id=None, client_phone=None) if is_others else booked


def _unplanned(row: Row[Any]) -> UnplannedEvent:
    return UnplannedEvent(
        event_id=row.id,
        company_id=CompanyId(row.company_id),
        record_id=row.record_id,
        kind=EventKind(row.kind),
        before=_readable(row.before),
        truth=_booked(row),
    )


def _booked(row: Row[Any]) -> AnnouncedVisit:
    """What is true of a booking, without what is done in it."""
    return AnnouncedVisit(
        client_id=row.client_id,
        starts_at=row.starts_at,
        staff_id=None,
        services=(),
        is_deleted=row.is_deleted,
        client_phone=row.client_phone,
        visit_id=row.visit_id,
        wall_clock=row.wall_clock,
    )


def _readable(before: Any) -> AnnouncedVisit | None:
    """A record of an event, whatever is wrong with that: it may be why its planning raises."""
    try:
        return AnnouncedVisit.from_json(AnnouncedVisit.of(record_of_json(before)).to_json())
    except _UNREADABLE:
        return None
