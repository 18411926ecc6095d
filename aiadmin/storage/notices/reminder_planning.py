"""Bookings that may owe a reminder, or a request for a review."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.notices.change_planning import (
    CHANGE_NOTICE_LIFETIME,
)
from aiadmin.domain.notices.notice import CHANGE_NOTICES, NoticeKind
from aiadmin.domain.notices.reminder_planning import LONGEST_VISIT, Planned, Window
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.bulk import as_json
from aiadmin.storage.journal.records import record_of_row
from aiadmin.storage.notices.clients import is_same, of_notice, of_row
from aiadmin.storage.quarantine import keys_of, not_set_aside, numbers_of

_WINDOWS = """
jsonb_to_recordset(CAST(:windows AS jsonb))
AS given (company_id integer, kind text, since timestamptz, until timestamptz)
"""
_IN_WINDOW = """
LATERAL (
  SELECT company_id, record_id, attendance FROM records
  WHERE company_id = given.company_id AND starts_at BETWEEN given.since AND given.until
  OFFSET 0 -- or PostgreSQL, which cannot know how short a window is, may read all that the salon has
) AS records ON true
"""
RECORD = "records." + ", records.".join(
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
_SAME_VISIT = """
SELECT other.record_id FROM records AS other
WHERE other.company_id = records.company_id AND other.visit_id = records.visit_id
"""
_SAME_HOURS = """
SELECT other.record_id FROM records AS other
WHERE other.company_id = records.company_id
  AND other.starts_at > records.starts_at - CAST(:longest AS interval)
  AND other.starts_at <= records.starts_at + make_interval(secs => records.seconds)
  AND (other.starts_at = records.starts_at OR other.deleted_at IS NULL
    AND other.starts_at < records.starts_at + make_interval(secs => records.seconds)
    AND records.starts_at < other.starts_at + make_interval(secs => other.seconds))
"""
"""Bookings that may be one visit with a booking: a look into an index, and never at all of a salon's."""


def _is_other_told(others: str) -> str:
    """Whether the client of `records` was given a reminder of this kind about one of these other bookings."""
    return f"""EXISTS (
      SELECT FROM ({others}) AS other
      JOIN notices ON notices.company_id = records.company_id AND notices.record_id = other.record_id
      WHERE other.record_id <> records.record_id AND notices.kind = records.kind
        AND NOT {_has_told_nothing("notices")}
        AND {_is_theirs("notices")} AND (notices.state = 'waiting' OR {_is_to_number("notices")})
        AND {_STARTS.format("notices")}
          BETWEEN records.starts_at - interval '12 hours' AND records.starts_at + interval '12 hours'
    )"""


_TOLD = """
SELECT company_id, kind FROM (
  SELECT company_id, kind, min(starts_at) AS first, max(starts_at + make_interval(secs => seconds)) AS last
  FROM looked GROUP BY company_id, kind
) AS hours
WHERE EXISTS (
  SELECT FROM (
    SELECT record_id FROM records
    WHERE company_id = hours.company_id
      AND starts_at > hours.first - CAST(:longest AS interval) AND starts_at <= hours.last
    OFFSET 0
  ) AS near
  WHERE EXISTS (
    SELECT FROM notices
    WHERE company_id = hours.company_id AND record_id = near.record_id AND kind = hours.kind
    OFFSET 0
  )
  OFFSET 0
)
"""
"""Salons that were given a reminder of a kind about any booking of these hours: mostly none was, and then none of
their bookings is compared with those of the same hours."""
_PLANNED = f"""
LATERAL (
  SELECT max(one.id) AS last,
    NOT COALESCE(bool_or(
      one.state = 'waiting' OR NOT {_has_told_nothing("one")} AND {_is_to_number("one")}
    ), false) AS is_open,
    (array_agg(one.reason ORDER BY one.id DESC)
      FILTER (WHERE {_has_told_nothing("one")} AND {_is_to_number("one")}))[1] AS dropped
  FROM notices AS one
  WHERE one.company_id = records.company_id AND one.record_id = records.record_id AND one.kind = found.kind
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
  WHERE records.last IS NOT NULL
    AND news.company_id = records.company_id AND news.record_id = records.record_id AND news.kind = ANY(:news)
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
  JOIN {_IN_WINDOW}
  UNION
  SELECT records.company_id, records.record_id FROM {_WINDOWS}
  JOIN questions ON questions.company_id = given.company_id AND questions.asked_at BETWEEN given.since AND given.until
  JOIN {_ASKED}
  UNION
  SELECT records.company_id, records.record_id {_UNTOLD}
) AS booking WHERE {not_set_aside(WorkQueue.REMINDERS, "booking.company_id", "booking.record_id")}
""")  # noqa: S608 - our own words
_DUE_BOOKINGS = text(f"""
WITH found AS (
  SELECT given.company_id, given.kind, records.record_id, CAST(NULL AS timestamptz) AS asked_at
  FROM {_WINDOWS}
  JOIN {_IN_WINDOW}
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
), looked AS MATERIALIZED (
  SELECT found.kind, found.asked_at, planned.last, planned.dropped,
    records.company_id, records.client_number, {RECORD}
  FROM found
  JOIN records ON records.company_id = found.company_id AND records.record_id = found.record_id
  JOIN {_PLANNED}
  WHERE records.deleted_at IS NULL AND records.client_id IS NOT NULL AND planned.is_open
), told AS MATERIALIZED ({_TOLD})
SELECT records.*, news.told_at
FROM looked AS records
JOIN {_NEWS}
WHERE NOT {_is_other_told(_SAME_VISIT)}
  AND ((records.company_id, records.kind) NOT IN (SELECT company_id, kind FROM told)
    OR NOT {_is_other_told(_SAME_HOURS)})
  AND (records.last IS NULL OR NOT ({_IS_NEWS_COMING}))
""")  # noqa: S608 - our own words
"""Most of what is in a window has its reminder: only what is left, `looked`, is asked about the rest of its visit."""


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


class DueReminders:
    """Bookings that owe what the time alone brings about. Every call names its companies."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keys(
        self, companies: Collection[CompanyId], windows: Sequence[tuple[CompanyId, Window]], *, now: datetime
    ) -> Sequence[RowKey]:
        """Keys of the bookings that `find` may give, and of some more."""
        return keys_of(self._session.execute(_BOOKING_KEYS, _looked_at(companies, windows, now)))

    def find(
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
            "longest": LONGEST_VISIT,
        }
        return [_found(row) for row in self._session.execute(_DUE_BOOKINGS, given)]


def _looked_at(
    companies: Collection[CompanyId], windows: Sequence[tuple[CompanyId, Window]], now: datetime
) -> dict[str, Any]:
    given = as_json([{"company_id": company_id, **vars(window)} for company_id, window in windows])
    return {"companies": [*companies], "windows": given, "now": now}


def _found(row: Row[Any]) -> DueBooking:
    return DueBooking(
        company_id=CompanyId(row.company_id),
        kind=NoticeKind(row.kind),
        record=record_of_row(row, raw={}),
        asked_at=row.asked_at,
        planned=None if row.last is None else Planned(last=row.last, dropped=row.dropped, told_at=row.told_at),
    )
