"""What was said in a chat: the inbox and the outbox as one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from aiadmin.domain.chat.transcript import Speaker, Transcript, Utterance, in_order
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.messages.message import Direction, MessageKind, Purpose
from aiadmin.storage.messages import voices

MOST_WAITING, MOST_BEFORE = 200, 60
"""Messages that are read at once, and of those before that say what they may be about."""

_HEARD = text("""
WITH waiting AS (
  SELECT * FROM inbox_messages
  WHERE company_id = :company_id AND contact_id = :contact_id AND handled_at IS NULL ORDER BY id LIMIT :most_waiting
), before AS (
  SELECT * FROM inbox_messages
  WHERE company_id = :company_id AND contact_id = :contact_id AND handled_at IS NOT NULL
  ORDER BY id DESC LIMIT :most_before
)
SELECT said.*, (said.edited_at IS NOT NULL OR said.withdrawn_at IS NOT NULL) AND EXISTS (
  SELECT FROM chat_turns
  WHERE chat_turns.company_id = :company_id AND chat_turns.contact_id = :contact_id
    AND chat_turns.inbox_ids @> ARRAY[said.id]
) AS was_handled
FROM (SELECT * FROM waiting UNION ALL SELECT * FROM before) AS said
""")
_SENT = text("""
SELECT *, COALESCE(sent_at, delivered_at, read_at, attempted_at, created_at) AS at FROM outbox_messages
WHERE company_id = :company_id AND contact_id = :contact_id
  AND (state IN ('sending', 'sent', 'unknown') OR (state = 'pending' AND purpose = 'staff'))
ORDER BY id DESC LIMIT :most_before
""")
_ALIKE = text("""
SELECT count(DISTINCT contact_id) FROM inbox_messages
WHERE company_id = :company_id AND direction = 'own_phone' AND received_at >= :since AND text = :words
""")
_REPLIES = text("""
SELECT count(*) FILTER (WHERE created_at >= :hour), count(*) FILTER (WHERE created_at >= :day) FROM outbox_messages
WHERE company_id = :company_id AND contact_id = :contact_id AND purpose = 'reply' AND about_contact_id IS NULL
  AND created_at >= LEAST(:hour, :day)
""")
"""What is told to the salon's own number names whom it is about."""


class Transcripts:
    """What contacts, we, and the salons' own phones have said."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, company_id: CompanyId, contact_id: ContactId) -> Transcript:
        """A chat, oldest first: what waits, and what was said last before."""
        given = {"company_id": company_id, "contact_id": contact_id}
        limits = {"most_waiting": MOST_WAITING, "most_before": MOST_BEFORE}
        heard = [_heard(row) for row in self._session.execute(_HEARD, given | limits)]
        sent = [_sent(row) for row in self._session.execute(_SENT, given | {"most_before": MOST_BEFORE})]
        return in_order([*heard, *sent])

    def count_alike(self, company_id: CompanyId, words: str, *, since: datetime) -> int:
        """In how many chats the salon's own number has written these words since then."""
        given = {"company_id": company_id, "words": words, "since": since}
        return self._session.scalar(_ALIKE, given) or 0

    def count_replies(
        self, company_id: CompanyId, contact_id: ContactId, *, hour: datetime, day: datetime
    ) -> tuple[int, int]:
        """How many replies a contact was owed since each of these times."""
        given = {"company_id": company_id, "contact_id": contact_id, "hour": hour, "day": day}
        of_hour, of_day = self._session.execute(_REPLIES, given).one()
        return of_hour, of_day

    def finish(self, company_id: CompanyId, numbers: Collection[int], at: datetime) -> None:
        """Keep that messages of the inbox are handled; no voice is listened to later."""
        self._session.execute(_FINISH, {"company_id": company_id, "numbers": list(numbers), "at": at})

    def waits(self, company_id: CompanyId, contact_id: ContactId) -> datetime | None:
        """When the first message of a contact came that is not handled."""
        given = {"company_id": company_id, "contact_id": contact_id}
        found: datetime | None = self._session.scalar(_WAITS, given)
        return found


_FINISH = text("""
UPDATE inbox_messages SET handled_at = :at, voice = NULL WHERE company_id = :company_id AND id = ANY(:numbers)
""")
_WAITS = text("""
SELECT min(received_at) FROM inbox_messages
WHERE company_id = :company_id AND contact_id = :contact_id AND handled_at IS NULL
""")


def _heard(row: Row[Any]) -> Utterance:
    return Utterance(
        speaker=Speaker.CLIENT if Direction(row.direction) is Direction.IN else Speaker.SALON,
        number=row.id,
        at=row.sent_at,
        kind=MessageKind(row.kind),
        text=row.text,
        message_id=row.message_id,
        media=row.media,
        seconds=row.seconds,
        voice=voices.from_json(row.voice),
        quoted_id=row.quoted_id,
        waits=row.handled_at is None,
        was_handled=row.was_handled,
        is_withdrawn=row.withdrawn_at is not None,
    )


def _sent(row: Row[Any]) -> Utterance:
    """What the salon's people typed is theirs, wherever they typed it, and from then on."""
    purpose = Purpose(row.purpose)
    return Utterance(
        speaker=Speaker.SALON if purpose is Purpose.STAFF else Speaker.US,
        number=row.id,
        at=row.at,
        text=row.text,
        message_id=row.message_id,
        purpose=purpose,
        record_id=row.record_id,
        is_withdrawn=row.withdrawn_at is not None,
    )
