"""Messages of salons' chats as their devices saw them."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.ids import ContactId
from aiadmin.domain.messages.message import MessageSeen, ReceivedEvent
from aiadmin.storage.tables.messages import InboxMessageRow


class InboxMessages:
    """Rows of `inbox_messages`: what devices saw."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, heard: ReceivedEvent, message: MessageSeen, contact_id: ContactId) -> bool:
        """Store a message; False when the device has reported it before."""
        statement = insert(InboxMessageRow).values(
            company_id=heard.company_id,
            device_id=heard.device_id,
            contact_id=contact_id,
            message_id=message.message_id,
            direction=message.direction,
            kind=message.kind,
            text=message.text,
            media=message.media,
            quoted_id=message.quoted_id,
            sent_at=message.sent_at,
            received_at=heard.received_at,
        )
        answer = self._session.execute(statement.on_conflict_do_nothing())
        return cast("CursorResult[Any]", answer).rowcount == 1
