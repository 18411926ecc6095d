"""Questions to clients, what they answer, and messages that wait to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, TextClause, text, update
from sqlalchemy.orm import Session

from aiadmin.domain.chat.confirmation import ClientAnswer, InboxMessage, Question, answered, is_open, standing
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId
from aiadmin.domain.journal.journal import ONE_VISIT, Record
from aiadmin.domain.messages.contact import spellings
from aiadmin.domain.messages.message import Direction, MessageKind
from aiadmin.domain.notices.notice import CHANGE_NOTICES
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.bulk import as_json
from aiadmin.storage.chat.answers import is_settled
from aiadmin.storage.journal.records import record_of_row
from aiadmin.storage.locks import Lock
from aiadmin.storage.quarantine import keys_of, not_set_aside
from aiadmin.storage.tables.messages import InboxMessageRow

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

_NUMBERS = """ARRAY(
  SELECT address FROM contact_addresses AS known
  WHERE known.company_id = questions.company_id AND known.contact_id = questions.contact_id
) AS numbers"""
_ASK = text("""
INSERT INTO questions (company_id, record_id, starts_at, visit_id, contact_id, client_id, others, asked_at)
VALUES (
  :company_id, :record_id, :starts_at, :visit_id, :contact_id, :client_id, CAST(:others AS jsonb), :asked_at
)
ON CONFLICT (company_id, record_id, starts_at) DO UPDATE SET
  visit_id = EXCLUDED.visit_id, client_id = EXCLUDED.client_id, others = EXCLUDED.others, asked_at = EXCLUDED.asked_at
""")
_BEGIN_AFRESH = text("""
UPDATE questions SET contact_id = :contact_id, asked_at = :asked_at,
  answer = NULL, answered_at = NULL, next_attempt_at = NULL, attempts = 0, error = NULL
WHERE company_id = :company_id AND record_id = :record_id AND starts_at = :starts_at
  AND NOT (contact_id = :contact_id AND others @> CAST(:others AS jsonb))
""")
"""Asked of somebody else, or about more than before; what the journal was told (`written_at`) it still says."""
_IS_OVERTAKEN = """EXISTS (
  SELECT FROM outbox_messages AS message
  JOIN notices ON notices.company_id = message.company_id AND notices.outbox_message_id = message.id
  WHERE message.company_id = questions.company_id AND message.contact_id = questions.contact_id
    AND notices.kind = ANY(:news) AND message.state IN ('sending', 'sent', 'unknown')
    AND COALESCE(message.sent_at, message.created_at) BETWEEN questions.asked_at AND :said_at
    AND notices.record_id <> questions.record_id
    AND NOT jsonb_exists(questions.others, CAST(notices.record_id AS text))
    AND COALESCE(CAST(notices.announced ->> 'visit_id' AS bigint) <> questions.visit_id, true)
) AS is_overtaken"""
_OF_CONTACT = f"""
SELECT questions.*, {_NUMBERS}, {_IS_OVERTAKEN} FROM questions
WHERE questions.company_id = :company_id AND questions.contact_id = :contact_id AND questions.starts_at > :begun
"""  # noqa: S608 - our own words
_NEWEST = text(f"{_OF_CONTACT} ORDER BY questions.asked_at DESC, questions.starts_at")
_ABOUT = text(f"""{_OF_CONTACT}
AND (questions.record_id = :record_id OR jsonb_exists(questions.others, CAST(:record_id AS text)))
ORDER BY questions.starts_at DESC
""")
_QUOTED = text("""
SELECT record_id FROM outbox_messages
WHERE company_id = :company_id AND device_id = :device_id AND message_id = :quoted_id
""")
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
OLDEST_DUE = f"SELECT min(next_attempt_at) {_DUE}"
_WRITTEN = text(f"UPDATE questions SET written_at = :at, next_attempt_at = NULL, error = NULL WHERE {_SAME}")  # noqa: S608
_PUT_OFF = text(f"UPDATE questions SET next_attempt_at = :until, error = :error WHERE {_SAME}")  # noqa: S608
_PHONE = text("SELECT phone FROM contacts WHERE company_id = :company_id AND id = :contact_id")


class UnhandledMessages:
    """Rows of `inbox_messages` that are not handled yet."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def claim(self, *, limit: int, only: Sequence[RowKey] | None = None) -> Sequence[InboxMessage]:
        """The oldest of all companies, in order. One transaction at a time gets any; the others get none."""
        given: dict[str, Any] = {"lock": Lock.REPLIES.value, "limit": limit}
        if only is None:
            return [_inbox_message(row) for row in self._session.execute(_TAKE, given)]
        found = self._session.execute(_TAKE_ONLY, given | {"only": [key.number for key in only]})
        return [_inbox_message(row) for row in found]

    def due_keys(self, *, limit: int) -> Sequence[RowKey]:
        """Keys of the messages that `claim` would take."""
        return keys_of(self._session.execute(_WAITING_KEYS, {"limit": limit}))

    def has_due(self) -> bool:
        return bool(self._session.scalar(_ANY_WAITING))

    def finish(self, messages: Sequence[InboxMessage], at: datetime) -> None:
        """Keep that these are handled, and are not claimed any more."""
        numbers = [message.inbox_id for message in messages]
        statement = update(InboxMessageRow).where(InboxMessageRow.id.in_(numbers)).values(handled_at=at)
        self._session.execute(statement.execution_options(synchronize_session=False))


class Questions:
    """Rows of `questions`: whether clients come to their bookings, as they were asked and as they answered."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, question: Question) -> None:
        """Keep that a question was asked; the same one asked again keeps its answer.

        Asked of another contact, or about more bookings than before, it is new and has no answer.
        """
        others = as_json({str(number): after.total_seconds() for number, after in question.others.items()})
        more = {"contact_id": question.contact_id, "asked_at": question.asked_at, "others": others}
        self._session.execute(_BEGIN_AFRESH, _key(question) | more)
        is_of = {"visit_id": question.visit_id, "client_id": question.client_id}
        self._session.execute(_ASK, _key(question) | more | is_of)

    def answered_by(self, message: InboxMessage) -> Question | None:
        """The open question (`domain.chat.confirmation.is_open`) that a message answers: of the booking that it
        quotes, or else of the client's (`domain.chat.confirmation.answered`). A reaction answers nothing but what
        it is put on."""
        whom: dict[str, Any] = {"company_id": message.company_id, "contact_id": message.contact_id}
        whom |= {"begun": message.sent_at - ONE_VISIT, "said_at": message.sent_at, "news": [*CHANGE_NOTICES]}
        if message.quoted_id is not None:
            given = {"device_id": message.device_id, "quoted_id": message.quoted_id}
            quoted = self._session.execute(_QUOTED, whom | given).one_or_none()
            if quoted is not None:
                about = self._open(_ABOUT, whom | {"record_id": quoted.record_id}, message)
                return next((replace(one, is_overtaken=False) for one in about), None)
        if message.kind is MessageKind.REACTION:
            return None
        return answered([*self._open(_NEWEST, whom, message)], message.sent_at)

    def of_booking(self, company_id: CompanyId, record: Record) -> Sequence[Question]:
        """Every question about a booking or its visit, whoever was asked."""
        given = {"company_id": company_id, "record_id": record.record_id, "visit_id": record.visit_id}
        rows = self._session.execute(_OF_VISIT, given)
        return [replace(_question(row), is_settled=row.is_settled) for row in rows]

    def _open(self, which: TextClause, given: Mapping[str, Any], message: InboxMessage) -> Iterator[Question]:
        for row in self._session.execute(which, given).all():
            question = self._known(row)
            if is_open(question, self._records(question), message.sent_at):
                yield replace(question, is_overtaken=row.is_overtaken)

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


def _inbox_message(row: Row[Any]) -> InboxMessage:
    return InboxMessage(
        inbox_id=row.id,
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
        answer=None if row.answer is None else ClientAnswer(row.answer),
        written_at=row.written_at,
        attempts=row.attempts,
        client_id=row.client_id,
        numbers=spellings(address for address in row.numbers if "@" not in address),
        others={int(number): timedelta(seconds=after) for number, after in row.others.items()},
    )
