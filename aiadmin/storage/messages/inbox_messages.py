"""Messages of salons' chats as their devices saw them, and as their writers have left them."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Table, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.messages.message import Direction, MessageKind, MessageSeen, MessageWithdrawn, ReceivedEvent
from aiadmin.storage.messages import voices
from aiadmin.storage.tables.messages import InboxMessageRow, OutboxMessageRow

_ADD = insert(cast("Table", InboxMessageRow.__table__)).on_conflict_do_nothing()


class InboxMessages:
    """Rows of `inbox_messages`: what devices saw."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, heard: ReceivedEvent, message: MessageSeen, contact_id: ContactId) -> bool:
        """Store a message; False when the device has reported it before."""
        voice = None if message.voice is None else voices.to_json(message.voice)
        row = _row(heard, message, contact_id) | _said(message) | {"sent_at": message.sent_at, "voice": voice}
        return self._inserts(row)

    def set_heard(self, company_id: CompanyId, number: int, text: str | None) -> None:
        """Keep what a voice message says, None for what nobody could hear; where it lies is forgotten.

        One that was taken back meanwhile says nothing.
        """
        row = InboxMessageRow
        waiting = row.company_id == company_id, row.id == number, row.voice.is_not(None), row.withdrawn_at.is_(None)
        self._changed(update(row).where(*waiting).values(text=text, voice=None))

    def correct(self, heard: ReceivedEvent, message: MessageSeen, contact_id: ContactId) -> bool:
        """Store what a message says since its writer has changed it, to be handled once more; False for no change.

        One that was not seen is stored as it is now: what it said before would come too late. One that was taken back
        stays so.
        """
        said = _said(message)
        is_news = or_(*(getattr(InboxMessageRow, name).is_distinct_from(value) for name, value in said.items()))
        found = self._theirs(heard, message).where(InboxMessageRow.withdrawn_at.is_(None), is_news)
        if self._changed(found.values(**said, edited_at=heard.received_at, handled_at=None)):
            return True
        row = _row(heard, message, contact_id) | said | {"sent_at": message.sent_at, "edited_at": heard.received_at}
        return self._inserts(row)

    def withdraw(self, heard: ReceivedEvent, message: MessageWithdrawn, contact_id: ContactId) -> bool:
        """Blank a message that its writer has taken back, to be handled once more; False for no change.

        One that was not seen will come too late, and is kept out. Where the salon takes back what we sent from its
        phone, that asks nothing any more.
        """
        at = heard.received_at
        gone = {"text": None, "voice": None, "withdrawn_at": at}
        found = self._theirs(heard, message).where(InboxMessageRow.withdrawn_at.is_(None))
        if self._changed(found.values(**gone, handled_at=None)):
            return True
        if message.direction is Direction.OWN_PHONE and self._take_back(heard, message):
            return False
        kept_out = {"kind": MessageKind.OTHER, "sent_at": at, "handled_at": at}
        self._inserts(_row(heard, message, contact_id) | gone | kept_out)
        return False

    def _take_back(self, heard: ReceivedEvent, message: MessageWithdrawn) -> bool:
        row = OutboxMessageRow
        ours = row.company_id == heard.company_id, row.device_id == heard.device_id
        named = update(row).where(*ours, row.message_id == message.message_id)
        return self._changed(named.values(withdrawn_at=heard.received_at))

    def _theirs(self, heard: ReceivedEvent, message: MessageSeen | MessageWithdrawn) -> Any:
        """A message may be changed by its writer alone."""
        row = InboxMessageRow
        return update(row).where(
            row.company_id == heard.company_id,
            row.device_id == heard.device_id,
            row.message_id == message.message_id,
            row.direction == message.direction,
        )

    def _inserts(self, values: dict[str, Any]) -> bool:
        return cast("CursorResult[Any]", self._session.execute(_ADD, values)).rowcount > 0

    def _changed(self, statement: Any) -> bool:
        quiet = statement.execution_options(synchronize_session=False)
        return cast("CursorResult[Any]", self._session.execute(quiet)).rowcount > 0


def _row(heard: ReceivedEvent, message: MessageSeen | MessageWithdrawn, contact_id: ContactId) -> dict[str, Any]:
    return {
        "company_id": heard.company_id,
        "device_id": heard.device_id,
        "contact_id": contact_id,
        "message_id": message.message_id,
        "direction": message.direction,
        "received_at": heard.received_at,
    }


def _said(message: MessageSeen) -> dict[str, Any]:
    said = {"kind": message.kind, "text": message.text, "media": message.media, "seconds": message.seconds}
    return said if message.is_edit and message.quoted_id is None else said | {"quoted_id": message.quoted_id}
