"""What an owner is told of the last two weeks: three statements, each of one salon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from aiadmin.domain.chat.floor import GIVES_THE_FLOOR
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.manage.figures import (
    FEWEST,
    AnswerDay,
    Attention,
    AttentionKind,
    Figures,
    FirstSteps,
    Step,
    share,
)

MOST_SHOWN = 5
_NAME = """(
  SELECT clients.name FROM clients
  WHERE clients.company_id = :company AND clients.phone = contacts.phone AND clients.deleted_at IS NULL
    AND clients.name IS NOT NULL
  ORDER BY clients.client_id DESC LIMIT 1
)"""
_IS_OF_A_VISIT = (
    "purpose IN ('booked','moved','changed','cancelled','reminder_day','reminder_hours','reminder_again')"
)
_COUNTS = text(f"""
SELECT companies.currency, ours.sent, ours.delivered,
  answers.asked, answers.confirmed, answers.declined, answers.freed,
  visits.no_shows, visits.marked, earlier.no_shows AS no_shows_before, earlier.marked AS marked_before,
  turns.booked, steps.*
FROM companies
CROSS JOIN LATERAL (
  SELECT count(*) AS sent, count(*) FILTER (WHERE delivered_at IS NOT NULL OR read_at IS NOT NULL) AS delivered
  FROM outbox_messages
  WHERE company_id = :company AND created_at >= :since AND state = 'sent' AND purpose NOT IN ('trial','staff')
) AS ours
CROSS JOIN LATERAL (
  SELECT count(*) AS asked, count(*) FILTER (WHERE question.answer = 'yes') AS confirmed,
    count(*) FILTER (WHERE question.answer = 'no' AND question.answered_at < question.starts_at) AS declined,
    sum(price.cost) FILTER (WHERE question.answer = 'no' AND question.answered_at < question.starts_at) AS freed
  FROM questions AS question
  LEFT JOIN records ON records.company_id = question.company_id AND records.record_id = question.record_id
  LEFT JOIN LATERAL (
    SELECT sum(CAST(service ->> 'cost' AS numeric)) AS cost
    FROM jsonb_array_elements(
      CASE WHEN jsonb_typeof(records.services) = 'array' THEN records.services ELSE '[]' END
    ) AS service
    WHERE service ->> 'cost' ~ '^[0-9]+([.][0-9]+)?$'
  ) AS price ON question.answer = 'no'
  WHERE question.company_id = :company AND question.asked_at >= :since AND EXISTS (
    SELECT FROM outbox_messages AS message
    WHERE message.company_id = :company AND message.id = ANY(question.message_ids) AND message.state = 'sent'
  )
) AS answers
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE attendance = -1) AS no_shows, count(*) FILTER (WHERE attendance IN (-1, 1)) AS marked
  FROM records
  WHERE company_id = :company AND starts_at >= :since AND starts_at < :now AND deleted_at IS NULL
) AS visits
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE attendance = -1) AS no_shows, count(*) FILTER (WHERE attendance IN (-1, 1)) AS marked
  FROM records
  WHERE company_id = :company AND deleted_at IS NULL AND starts_at < companies.activated_at
    AND starts_at >= companies.activated_at - CAST(:period AS interval)
) AS earlier
CROSS JOIN LATERAL (
  SELECT count(*) AS booked FROM chat_turns
  WHERE company_id = :company AND finished_at >= :since AND verdict = 'booked'
) AS turns
CROSS JOIN LATERAL (
  SELECT companies.whatsapp_connected AS has_phone,
    EXISTS (SELECT FROM sync_runs WHERE company_id = :company AND kind = 'full' AND state = 'done') AS is_read,
    EXISTS (
      SELECT FROM outbox_messages WHERE company_id = :company AND purpose = 'trial' AND state = 'sent'
    ) AS has_tried,
    EXISTS (
      SELECT FROM outbox_messages WHERE company_id = :company AND state = 'sent' AND {_IS_OF_A_VISIT}
    ) AS has_sent,
    (SELECT count(*) FROM records WHERE company_id = :company AND deleted_at IS NULL) AS records
) AS steps
WHERE companies.id = :company
""")  # noqa: S608 - our own words
_DAYS = text("""
SELECT CAST(timezone(:zone, asked_at) AS date) AS day, count(*) FILTER (WHERE answer = 'yes') AS yes,
  count(*) FILTER (WHERE answer = 'no') AS no,
  count(*) FILTER (WHERE answer IS NULL OR answer NOT IN ('yes','no')) AS silent
FROM questions AS question
WHERE company_id = :company AND asked_at >= :since AND EXISTS (
  SELECT FROM outbox_messages AS message
  WHERE message.company_id = :company AND message.id = ANY(question.message_ids) AND message.state = 'sent'
)
GROUP BY 1
""")
_ATTENTION = text(f"""
SELECT * FROM (
  (SELECT 'waits' AS kind, contacts.id AS contact_id, {_NAME} AS name, contacts.push_name, contacts.phone,
    said.received_at AS at, left(said.words, 200) AS words, CAST(NULL AS timestamptz) AS visit_at,
    CAST(NULL AS text) AS reason
  FROM chats
  JOIN contacts ON contacts.company_id = chats.company_id AND contacts.id = chats.contact_id
  CROSS JOIN LATERAL (
    SELECT direction, COALESCE(text, media) AS words, received_at FROM inbox_messages
    WHERE company_id = :company AND contact_id = contacts.id ORDER BY received_at DESC, id DESC LIMIT 1
  ) AS said
  WHERE chats.company_id = :company AND chats.is_human AND chats.human_why = ANY(:handed_over)
    AND (chats.human_until IS NULL OR chats.human_until > :now) AND said.direction = 'in'
  ORDER BY said.received_at DESC LIMIT :most)
  UNION ALL
  (SELECT 'declined', contacts.id, {_NAME}, contacts.push_name, contacts.phone, question.answered_at, NULL,
    question.starts_at, NULL
  FROM questions AS question
  JOIN contacts ON contacts.company_id = question.company_id AND contacts.id = question.contact_id
  JOIN records ON records.company_id = question.company_id AND records.record_id = question.record_id
  WHERE question.company_id = :company AND question.answer = 'no' AND question.starts_at > :now
    AND records.deleted_at IS NULL AND records.starts_at = question.starts_at
  ORDER BY question.starts_at LIMIT :most)
  UNION ALL
  (SELECT DISTINCT ON (contacts.id) 'not-reached', contacts.id, {_NAME}, contacts.push_name, contacts.phone,
    message.created_at, NULL, CAST(NULL AS timestamptz), message.reason
  FROM outbox_messages AS message
  JOIN contacts ON contacts.company_id = message.company_id AND contacts.id = message.contact_id
  WHERE message.company_id = :company AND message.created_at >= :lately AND message.state = 'failed'
    AND message.{_IS_OF_A_VISIT}
  ORDER BY contacts.id, message.created_at DESC LIMIT :most)
) AS found
ORDER BY array_position(ARRAY['waits','declined','not-reached'], kind), at DESC
""")  # noqa: S608 - our own words


class FiguresStore:
    """Readings for a salon's overview. Every call names its company."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def counts(
        self, company_id: CompanyId, now: datetime, *, since: datetime, is_bot_on: bool
    ) -> tuple[Figures, FirstSteps]:
        """The figures of the days since then, and how far the salon has come with its first steps."""
        given = {"company": company_id, "now": now, "since": since, "period": now - since}
        row = self._session.execute(_COUNTS, given).one()
        before = share(row.no_shows_before, row.marked_before) if row.marked_before >= FEWEST else None
        figures = Figures(
            currency=row.currency,
            sent=row.sent,
            delivered=row.delivered,
            asked=row.asked,
            confirmed=row.confirmed,
            declined=row.declined,
            freed=row.freed,
            no_shows=row.no_shows if row.marked else None,
            no_show_share=share(row.no_shows, row.marked),
            no_show_share_before=before,
            booked=row.booked if is_bot_on or row.booked else None,
        )
        known = {
            Step.PHONE: row.has_phone,
            Step.JOURNAL: row.is_read,
            Step.TRIAL: row.has_tried,
            Step.FIRST: row.has_sent,
        }
        done = frozenset(step for step, is_done in known.items() if is_done)
        return figures, FirstSteps(done=done, records=row.records)

    def days(self, company_id: CompanyId, since: datetime, zone: str) -> Mapping[date, AnswerDay]:
        """The answers by the day of the question, by the salon's calendar."""
        rows = self._session.execute(_DAYS, {"company": company_id, "since": since, "zone": zone})
        return {row.day: AnswerDay(day=row.day, yes=row.yes, silent=row.silent, no=row.no) for row in rows}

    def attention(self, company_id: CompanyId, now: datetime, *, lately: datetime) -> Sequence[Attention]:
        """Who needs a human, those who wait first; what did not reach anybody, since `lately`."""
        given = {"company": company_id, "now": now, "lately": lately, "most": MOST_SHOWN}
        rows = self._session.execute(_ATTENTION, {**given, "handed_over": [one.value for one in GIVES_THE_FLOOR]})
        return [_attention(row) for row in rows]


def _attention(row: Any) -> Attention:
    return Attention(
        kind=AttentionKind(row.kind),
        contact_id=ContactId(row.contact_id),
        name=row.name or row.push_name,
        phone=row.phone,
        at=row.at,
        words=row.words,
        visit_at=row.visit_at,
        reason=row.reason,
    )
