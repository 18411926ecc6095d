"""Rows of `questions`, and of `inbox_messages` that nobody has looked at yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, TextClause, text, update
from sqlalchemy.orm import Session

from aiadmin.adapters.db.message_tables import InboxMessageRow
from aiadmin.adapters.db.quarantine import keys_of, not_set_aside
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId
from aiadmin.domain.message import Direction, MessageKind
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.domain.question import Answer, Letter, Question

_LOCK = 727_277
_WAITING = "FROM inbox_messages WHERE handled_at IS NULL AND " + not_set_aside(
    WorkQueue.INBOX_MESSAGES, "inbox_messages.company_id", "inbox_messages.id"
)
_LOCKED = "(SELECT pg_try_advisory_xact_lock(:lock)) ORDER BY id LIMIT :limit"
_TAKE = text(f"SELECT * {_WAITING} AND {_LOCKED}")
_TAKE_ONLY = text(
    f"SELECT * FROM inbox_messages WHERE handled_at IS NULL AND id = ANY(:only) AND {_LOCKED}"  # noqa: S608 - our own
)
_WAITING_KEYS = text(f"SELECT company_id, id {_WAITING} ORDER BY id LIMIT :limit")
_ANY_WAITING = text(f"SELECT EXISTS (SELECT {_WAITING})")

_ASK = text("""
INSERT INTO questions (company_id, record_id, starts_at, visit_id, contact_id, asked_at)
VALUES (:company_id, :record_id, :starts_at, :visit_id, :contact_id, :asked_at)
ON CONFLICT (company_id, record_id, starts_at)
DO UPDATE SET visit_id = EXCLUDED.visit_id, contact_id = EXCLUDED.contact_id
""")
_IS_OPEN = """
questions.company_id = :company_id AND questions.contact_id = :contact_id AND questions.starts_at > :sent_at
AND NOT EXISTS (
  SELECT FROM records WHERE records.company_id = questions.company_id AND records.record_id = questions.record_id
    AND (records.deleted_at IS NOT NULL OR records.starts_at <> questions.starts_at)
)
"""
_QUOTED = text(f"""
SELECT questions.* FROM outbox_messages AS message
LEFT JOIN questions ON questions.record_id = message.record_id AND {_IS_OPEN}
WHERE message.device_id = :device_id AND message.message_id = :quoted_id
ORDER BY questions.starts_at DESC NULLS LAST LIMIT 1
""")  # noqa: S608 - our own words
_NEWEST = text(
    f"SELECT * FROM questions WHERE {_IS_OPEN} ORDER BY asked_at DESC, starts_at LIMIT 1"  # noqa: S608 - our own
)
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
      ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE questions.company_id = due.company_id AND questions.record_id = due.record_id
      AND questions.starts_at = due.starts_at
    RETURNING questions.*
    """)  # noqa: S608 - our own words


_CLAIM, _CLAIM_ONLY = _claim(_DUE), _claim(_DUE_ONLY)
_DUE_KEYS = text(f"SELECT company_id, {_QUESTION_KEY} {_DUE} ORDER BY next_attempt_at LIMIT :limit")
_ANY_DUE = text(f"SELECT EXISTS (SELECT {_DUE})")
OLDEST_DUE = f"SELECT min(next_attempt_at) {_DUE}"
_WRITTEN = text(f"UPDATE questions SET written_at = :at, next_attempt_at = NULL, error = NULL WHERE {_SAME}")  # noqa: S608
_PUT_OFF = text(f"UPDATE questions SET next_attempt_at = :until, error = :error WHERE {_SAME}")  # noqa: S608
_PHONE = text("SELECT phone FROM contacts WHERE company_id = :company_id AND id = :contact_id")


class SqlLetters:
    """`ports.Letters` on SQLAlchemy."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, *, limit: int, only: Sequence[RowKey] | None = None) -> Sequence[Letter]:
        given: dict[str, Any] = {"lock": _LOCK, "limit": limit}
        if only is None:
            return [_letter(row) for row in self._session.execute(_TAKE, given)]
        found = self._session.execute(_TAKE_ONLY, given | {"only": [key.number for key in only]})
        return [_letter(row) for row in found]

    def waiting_keys(self, *, limit: int) -> Sequence[RowKey]:
        return keys_of(self._session.execute(_WAITING_KEYS, {"limit": limit}))

    def any_waiting(self) -> bool:
        return bool(self._session.scalar(_ANY_WAITING))

    def mark(self, letters: Sequence[Letter], at: datetime) -> None:
        numbers = [letter.letter_id for letter in letters]
        statement = update(InboxMessageRow).where(InboxMessageRow.id.in_(numbers)).values(handled_at=at)
        self._session.execute(statement.execution_options(synchronize_session=False))


class SqlQuestions:
    """`ports.Questions` on SQLAlchemy."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, question: Question) -> None:
        more = {"visit_id": question.visit_id, "contact_id": question.contact_id, "asked_at": question.asked_at}
        self._session.execute(_ASK, _key(question) | more)

    def answered_by(self, letter: Letter) -> Question | None:
        who = {"company_id": letter.company_id, "contact_id": letter.contact_id, "sent_at": letter.sent_at}
        if letter.quoted_id is not None:
            given = who | {"device_id": letter.device_id, "quoted_id": letter.quoted_id}
            quoted = self._session.execute(_QUOTED, given).one_or_none()
            if quoted is not None:
                return _question(quoted) if quoted.record_id is not None else None
        if letter.kind is MessageKind.REACTION:
            return None
        newest = self._session.execute(_NEWEST, who).one_or_none()
        return None if newest is None else _question(newest)

    def answer(self, question: Question, answer: Answer, *, at: datetime, write_at: datetime | None) -> None:
        self._session.execute(_ANSWER, _key(question) | {"answer": answer, "at": at, "write_at": write_at})

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        return keys_of(self._session.execute(_DUE_KEYS, {"now": now, "limit": limit}))

    def claim(self, *, now: datetime, until: datetime, only: Sequence[RowKey] | None = None) -> Question | None:
        given: dict[str, Any] = {"now": now, "until": until}
        if only is not None:
            given |= {"companies": [key.company_id for key in only], "keys": [key.key for key in only]}
        row = self._session.execute(_CLAIM if only is None else _CLAIM_ONLY, given).one_or_none()
        return None if row is None else _question(row)

    def any_due(self, now: datetime) -> bool:
        return bool(self._session.scalar(_ANY_DUE, {"now": now}))

    def written(self, question: Question, at: datetime) -> None:
        self._session.execute(_WRITTEN, _key(question) | {"answer": question.answer, "at": at})

    def put_off(self, question: Question, *, until: datetime | None, error: str) -> None:
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


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        letter_id=row.id,
        company_id=CompanyId(row.company_id),
        contact_id=ContactId(row.contact_id),
        device_id=None if row.device_id is None else DeviceId(row.device_id),
        direction=Direction(row.direction),
        kind=MessageKind(row.kind),
        text=row.text,
        quoted_id=row.quoted_id,
        sent_at=row.sent_at,
    )


def _question(row: Row[Any]) -> Question:
    return Question(
        company_id=CompanyId(row.company_id),
        record_id=row.record_id,
        starts_at=row.starts_at,
        visit_id=row.visit_id,
        contact_id=ContactId(row.contact_id),
        asked_at=row.asked_at,
        answer=None if row.answer is None else Answer(row.answer),
        written_at=row.written_at,
        attempts=row.attempts,
    )
