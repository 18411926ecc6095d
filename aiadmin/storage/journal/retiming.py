"""The same wall clock is another instant now: a salon has corrected its timezone, or a timezone its rules.

Bookings, what was told and asked about them, and what has happened to them and nobody has looked at yet keep what the
salon's clock shows. Nothing was moved, so nobody is told anything. A booking that was moved before is told of by
several clocks: each is another instant by itself.
"""

from __future__ import annotations

from sqlalchemy import text

WALL_CLOCKS = text("""
WITH given AS (
  SELECT company_id, record_id FROM records WHERE company_id = :company_id AND record_id = ANY(:numbers)
), told AS (
  SELECT record_id, announced FROM notices JOIN given USING (company_id, record_id)
), happened AS (
  SELECT record_id, before, after FROM booking_events JOIN given USING (company_id, record_id)
  WHERE handled_at IS NULL
)
SELECT DISTINCT record_id, wall_clock FROM (
  SELECT record_id, CAST(announced ->> 'wall_clock' AS timestamp) AS wall_clock FROM told
  UNION ALL SELECT record_id, CAST(announced -> 'was' ->> 'wall_clock' AS timestamp) FROM told
  UNION ALL SELECT record_id, CAST(before ->> 'wall_clock' AS timestamp) FROM happened
  UNION ALL SELECT record_id, CAST(after ->> 'wall_clock' AS timestamp) FROM happened
) AS clock WHERE wall_clock IS NOT NULL
""")
"""Every time that is stored of these bookings beside their own."""

_TIMES = """
jsonb_to_recordset(CAST(:times AS jsonb)) AS given (record_id bigint, wall_clock timestamp, starts_at timestamptz)
"""
_OLDER_QUESTIONS = text(f"""
DELETE FROM questions
USING {_TIMES} JOIN records ON records.company_id = :company_id AND records.record_id = given.record_id
WHERE questions.company_id = :company_id AND questions.record_id = given.record_id
  AND questions.starts_at = given.starts_at AND records.starts_at <> given.starts_at
""")  # noqa: S608 - our own words
"""Asked about a time that the booking had before it was moved, and that is the instant of its present one now."""
_QUESTIONS = text(f"""
UPDATE questions SET starts_at = given.starts_at
FROM {_TIMES} JOIN records ON records.company_id = :company_id AND records.record_id = given.record_id
WHERE questions.company_id = :company_id AND questions.record_id = given.record_id
  AND questions.starts_at = records.starts_at
""")  # noqa: S608 - our own words
_RECORDS = text(f"""
UPDATE records SET starts_at = given.starts_at FROM {_TIMES}
WHERE records.company_id = :company_id AND records.record_id = given.record_id
""")  # noqa: S608 - our own words
_WAITING_REMINDERS = text(f"""
DELETE FROM notices USING {_TIMES}
WHERE notices.company_id = :company_id AND notices.record_id = given.record_id AND notices.state = 'waiting'
  AND notices.kind IN ('reminder_day', 'reminder_hours', 'reminder_again', 'review')
""")  # noqa: S608 - our own words
_TOLD = text(f"""
UPDATE notices SET announced = jsonb_set(announced, '{{starts_at}}', to_jsonb(given.starts_at)),
  deadline_at = CASE WHEN notices.state = 'waiting'
    THEN LEAST(given.starts_at, CASE WHEN notices.kind IN ('moved', 'cancelled') THEN given.starts_at
      ELSE notices.created_at + interval '24 hours' END)
    ELSE notices.deadline_at END
FROM {_TIMES}
WHERE notices.company_id = :company_id AND notices.record_id = given.record_id
  AND CAST(announced ->> 'wall_clock' AS timestamp) = given.wall_clock
""")  # noqa: S608 - our own words
_TOLD_BEFORE = text(f"""
UPDATE notices SET announced = jsonb_set(announced, '{{was,starts_at}}', to_jsonb(given.starts_at))
FROM {_TIMES}
WHERE notices.company_id = :company_id AND notices.record_id = given.record_id
  AND CAST(announced -> 'was' ->> 'wall_clock' AS timestamp) = given.wall_clock
""")  # noqa: S608 - our own words
_EVENTS_AFTER = text(f"""
UPDATE booking_events SET after = jsonb_set(after, '{{starts_at}}', to_jsonb(given.starts_at))
FROM {_TIMES}
WHERE booking_events.company_id = :company_id AND booking_events.record_id = given.record_id AND handled_at IS NULL
  AND CAST(after ->> 'wall_clock' AS timestamp) = given.wall_clock
""")  # noqa: S608 - our own words
_EVENTS_BEFORE = text(f"""
UPDATE booking_events SET before = jsonb_set(before, '{{starts_at}}', to_jsonb(given.starts_at))
FROM {_TIMES}
WHERE booking_events.company_id = :company_id AND booking_events.record_id = given.record_id AND handled_at IS NULL
  AND CAST(before ->> 'wall_clock' AS timestamp) = given.wall_clock
""")  # noqa: S608 - our own words

RETIME = (_OLDER_QUESTIONS, _QUESTIONS, _RECORDS, _WAITING_REMINDERS)
"""Of bookings, by the time that each has now. In this order: a question is known by the time that its booking had.
Reminders that wait are planned anew."""
RETELL = (_TOLD, _TOLD_BEFORE, _EVENTS_AFTER, _EVENTS_BEFORE)
"""Updates notices and events of bookings in every time that is stored of each."""
