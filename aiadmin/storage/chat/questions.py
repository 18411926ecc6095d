"""Questions to clients, what they answer, and messages that wait to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from aiadmin.domain.chat.confirmation import ClientAnswer, Question, is_open, standing
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.journal import ONE_VISIT, Record
from aiadmin.domain.messages.contact import spellings
from aiadmin.domain.notices.notice import CHANGE_NOTICES
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.bulk import as_json
from aiadmin.storage.chat.answers import is_settled
from aiadmin.storage.journal.records import record_of_row
from aiadmin.storage.quarantine import keys_of, not_set_aside

_NUMBERS = """ARRAY(
  SELECT address FROM contact_addresses AS known
  WHERE known.company_id = questions.company_id AND known.contact_id = questions.contact_id
) AS numbers"""
_IS_SAME = "questions.contact_id = EXCLUDED.contact_id AND questions.others @> EXCLUDED.others"
_ASK = text(f"""
INSERT INTO questions (
  company_id, record_id, starts_at, visit_id, contact_id, client_id, others, asked_at, message_ids
)
VALUES (
  :company_id, :record_id, :starts_at, :visit_id, :contact_id, :client_id, CAST(:others AS jsonb), :asked_at,
  :message_ids
)
ON CONFLICT (company_id, record_id, starts_at) DO UPDATE SET
  visit_id = EXCLUDED.visit_id, contact_id = EXCLUDED.contact_id, client_id = EXCLUDED.client_id,
  others = EXCLUDED.others, asked_at = EXCLUDED.asked_at,
  message_ids = CASE WHEN {_IS_SAME} THEN questions.message_ids ELSE '{{}}' END || EXCLUDED.message_ids,
  answer = CASE WHEN {_IS_SAME} THEN questions.answer END,
  answered_at = CASE WHEN {_IS_SAME} THEN questions.answered_at END,
  next_attempt_at = CASE WHEN {_IS_SAME} THEN questions.next_attempt_at END,
  attempts = CASE WHEN {_IS_SAME} THEN questions.attempts ELSE 0 END,
  error = CASE WHEN {_IS_SAME} THEN questions.error END
""")  # noqa: S608 - our own words
"""Asked of somebody else, or about more than before, it begins afresh; what the journal was told (`written_at`) it
still says."""
_IS_OVERTAKEN = """EXISTS (
  SELECT FROM outbox_messages AS message
  JOIN notices ON notices.company_id = message.company_id AND notices.outbox_message_id = message.id
  WHERE message.company_id = questions.company_id AND message.contact_id = questions.contact_id
    AND notices.kind = ANY(:news) AND message.state IN ('sending', 'sent', 'unknown')
    AND COALESCE(message.sent_at, message.created_at) BETWEEN asking.at AND :said_at
    AND notices.record_id <> questions.record_id
    AND NOT jsonb_exists(questions.others, CAST(notices.record_id AS text))
    AND COALESCE(CAST(notices.announced ->> 'visit_id' AS bigint) <> questions.visit_id, true)
) AS is_overtaken"""
_OPEN = text(f"""
SELECT questions.*, {_NUMBERS}, {_IS_OVERTAKEN}, asking.id AS message_id, asking.at AS sent_at FROM questions
CROSS JOIN LATERAL (
  SELECT id, COALESCE(sent_at, delivered_at, read_at) AS at FROM outbox_messages
  WHERE company_id = questions.company_id AND contact_id = questions.contact_id
    AND id = ANY(questions.message_ids) AND withdrawn_at IS NULL
    AND COALESCE(sent_at, delivered_at, read_at) <= :said_at
  ORDER BY at DESC LIMIT 1
) AS asking
WHERE questions.company_id = :company_id AND questions.contact_id = :contact_id AND questions.starts_at > :begun
ORDER BY asking.at DESC, questions.starts_at
""")  # noqa: S608 - our own words
"""Asked with a message that has reached the server, and that nobody has taken back."""
_OF_VISIT = text(f"""
SELECT questions.*, {_NUMBERS}, {is_settled(":record_id")} AS is_settled FROM questions
WHERE questions.company_id = :company_id AND (questions.record_id = :record_id OR questions.visit_id = :visit_id)
""")  # noqa: S608 - our own words
_RECORDS = text("""
SELECT * FROM records
WHERE company_id = :company_id AND (record_id = ANY(CAST(:asked AS bigint[])) OR visit_id = :visit_id)
ORDER BY starts_at, record_id
""")
_MINE = "company_id = :company_id AND record_id = :record_id AND starts_at = :starts_at"
_SAME = f"{_MINE} AND answer = :answer"
_ANSWER = text(f"""
UPDATE questions SET answer = :answer, answered_at = :at, next_attempt_at = :write_at, attempts = 0, error = NULL
WHERE {_MINE}
""")  # noqa: S608 - our own words
_QUESTION_KEY = "questions.record_id || ':' || extract(epoch FROM questions.starts_at)"
_DUE = "FROM questions WHERE next_attempt_at <= :now AND " + not_set_aside(
    WorkQueue.QUESTIONS, "questions.company_id", _QUESTION_KEY
)
_DUE_ONLY = f"""FROM questions WHERE next_attempt_at IS NOT NULL
  AND company_id = ANY(:companies) AND ({_QUESTION_KEY}) = ANY(:keys)"""


def _claim(due: str) -> TextClause:
    return text(f"""
    UPDATE questions SET next_attempt_at = :until, attempts = questions.attempts + 1
    FROM (
      SELECT company_id, record_id, starts_at {due}
      ORDER BY next_attempt_at LIMIT :limit FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE questions.company_id = due.company_id AND questions.record_id = due.record_id
      AND questions.starts_at = due.starts_at
    RETURNING questions.*, {_NUMBERS}
    """)  # noqa: S608 - our own words


_CLAIM, _CLAIM_ONLY = _claim(_DUE), _claim(_DUE_ONLY)
_DUE_KEYS = text(f"SELECT company_id, {_QUESTION_KEY} {_DUE} ORDER BY next_attempt_at LIMIT :limit")
_ANY_DUE = text(f"SELECT EXISTS (SELECT {_DUE})")
OLDEST_DUE = f"SELECT min(next_attempt_at) AS oldest, count(*) AS waiting {_DUE}"
_WRITTEN = text(f"UPDATE questions SET written_at = :at, next_attempt_at = NULL, error = NULL WHERE {_SAME}")  # noqa: S608
_PUT_OFF = text(f"UPDATE questions SET next_attempt_at = :until, error = :error WHERE {_SAME}")  # noqa: S608
_PHONE = text("SELECT phone FROM contacts WHERE company_id = :company_id AND id = :contact_id")


class Questions:
    """Rows of `questions`: whether clients come to their bookings, as they were asked and as they answered."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, question: Question) -> None:
        """Keep that a question was asked; the same one asked again keeps its answer.

        Asked of another contact, or about more bookings than before, it is new and has no answer.
        """
        others = as_json({str(number): after.total_seconds() for number, after in question.others.items()})
        given = {
            "contact_id": question.contact_id,
            "visit_id": question.visit_id,
            "client_id": question.client_id,
            "others": others,
            "asked_at": question.asked_at,
            "message_ids": [] if question.message_id is None else [question.message_id],
        }
        self._session.execute(_ASK, _key(question) | given)

    def open(self, company_id: CompanyId, contact_id: ContactId, said_at: datetime) -> Sequence[Question]:
        """What words of that time may answer: questions that were sent before, about visits that have not begun.

        Those that were sent last come first (`domain.chat.confirmation.is_open`).
        """
        given: dict[str, Any] = {"company_id": company_id, "contact_id": contact_id, "said_at": said_at}
        given |= {"begun": said_at - ONE_VISIT, "news": [*CHANGE_NOTICES]}
        known = ((self._known(row), row) for row in self._session.execute(_OPEN, given).all())
        return [
            replace(question, is_overtaken=row.is_overtaken, sent_at=row.sent_at, message_id=row.message_id)
            for question, row in known
            if is_open(question, self._records(question), said_at)
        ]

    def of_booking(self, company_id: CompanyId, record: Record) -> Sequence[Question]:
        """Every question about a booking or its visit, whoever was asked."""
        given = {"company_id": company_id, "record_id": record.record_id, "visit_id": record.visit_id}
        rows = self._session.execute(_OF_VISIT, given)
        return [replace(_question(row), is_settled=row.is_settled) for row in rows]

    def _known(self, row: Row[Any]) -> Question:
        """With the first of its bookings that stands, as far as we know."""
        question = _question(row)
        return replace(question, first=next(iter(standing(question, self._records(question))), None))

    def _records(self, question: Question) -> Sequence[Record]:
        asked = [question.record_id, *question.others]
        given = {"company_id": question.company_id, "asked": asked, "visit_id": question.visit_id}
        return [record_of_row(row, raw={}) for row in self._session.execute(_RECORDS, given)]

    def answer(self, question: Question, answer: ClientAnswer, *, at: datetime, write_at: datetime | None) -> None:
        self._session.execute(_ANSWER, _key(question) | {"answer": answer, "at": at, "write_at": write_at})

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Keys of the answers that `claim` would take one after the other."""
        return keys_of(self._session.execute(_DUE_KEYS, {"now": now, "limit": limit}))

    def claim(
        self, *, now: datetime, until: datetime, limit: int, only: Sequence[RowKey] | None = None
    ) -> Sequence[Question]:
        """Claim the answers that have waited longest to be written, until `until`; counts the attempts."""
        given: dict[str, Any] = {"now": now, "until": until, "limit": limit}
        if only is not None:
            given |= {"companies": [key.company_id for key in only], "keys": [key.key for key in only]}
        found = self._session.execute(_CLAIM if only is None else _CLAIM_ONLY, given).all()
        return [self._known(row) for row in found]

    def has_due(self, now: datetime) -> bool:
        return bool(self._session.scalar(_ANY_DUE, {"now": now}))

    def finish(self, question: Question, at: datetime) -> None:
        """Keep that the journal has the answer, unless the client has answered otherwise meanwhile."""
        self._session.execute(_WRITTEN, _key(question) | {"answer": question.answer, "at": at})

    def postpone(self, question: Question, *, until: datetime | None, error: str) -> None:
        """Have the answer written at `until`, or for None never."""
        given = {"answer": question.answer, "until": until, "error": error}
        self._session.execute(_PUT_OFF, _key(question) | given)

    def contact_phone(self, company_id: CompanyId, contact_id: ContactId) -> str | None:
        phone: str | None = self._session.scalar(_PHONE, {"company_id": company_id, "contact_id": contact_id})
        return phone


def _key(question: Question) -> dict[str, Any]:
    return {
        "company_id": question.company_id,
        "record_id": question.record_id,
        "starts_at": question.starts_at,
    }


def _question(row: Row[Any]) -> Question:
    return Question(
        company_id=CompanyId(row.company_id),
        record_id=row.record_id,
        starts_at=row.starts_at,
        visit_id=row.visit_id,
        contact_id=ContactId(row.contact_id),
        asked_at=row.asked_at,
        answer=None if row.answer is None else ClientAnswer(row.answer),
        written_at=row.written_at,
        attempts=row.attempts,
        client_id=row.client_id,
        numbers=spellings(address for address in row.numbers if "@" not in address),
        others={int(number): timedelta(seconds=after) for number, after in row.others.items()},
    )
