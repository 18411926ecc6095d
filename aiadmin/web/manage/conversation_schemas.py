"""JSON of the chats in the cabinet."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields

from aiadmin.domain.manage.conversation import LONGEST_REPLY
from aiadmin.domain.messages.message_log import Author, Cursor, MessageStatus
from aiadmin.domain.plain_text import shown
from aiadmin.texts import ru
from aiadmin.web.http.fields import Id, LongText, Moment, ShortText
from aiadmin.web.http.schemas import _In

_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


class _Cursor(fields.Field[Cursor]):
    """A place in the log, as the last entry of a page names it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Cursor:
        try:
            return Cursor.parse(str(value))
        except ValueError as error:
            raise ValidationError(ru.FIELDS["cursor"]) from error


class _Digits(fields.Field[str]):
    """A part of a phone number; what people put between digits is left out."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str | None:  # type: ignore[override]
        digits = "".join(letter for letter in str(value) if letter in "0123456789")
        if value and not digits:
            raise ValidationError(ru.FIELDS["digits"])
        return digits[:20] or None


class MessagesQuery(_In):
    """Which part of the log."""

    before = _Cursor(load_default=None)
    phone = _Digits(load_default=None)
    contact = Id(load_default=None, metadata={"example": 120})


class ConversationsQuery(_In):
    """Which part of the list of chats."""

    before = fields.AwareDateTime(load_default=None, error_messages={"invalid": ru.FIELDS["cursor"]})
    search = ShortText(load_default=None, metadata={"example": "Вера"})


class Conversation(Schema):
    """A chat in the list."""

    contact_id = fields.Integer(required=True)
    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    at = fields.AwareDateTime(required=True)
    author = fields.Enum(Author, by_value=True)
    words = fields.String(allow_none=True)
    unread = fields.Integer(required=True, metadata={"description": "Сколько сообщений клиента салон ещё не видел"})
    can_give = fields.Boolean(required=True, metadata={"description": "Можно ли забрать разговор у бота"})
    is_human = fields.Boolean(required=True)
    human_until = fields.AwareDateTime(allow_none=True)


class Conversations(Schema):
    """A page of the list; `before` asks for the next."""

    success = fields.Constant(True)
    chats = fields.List(fields.Nested(Conversation))
    before = fields.AwareDateTime(allow_none=True)


class Message(Schema):
    """One message of the log."""

    author = fields.Enum(Author, by_value=True)
    at = Moment(required=True)
    phone = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    purpose = fields.String(allow_none=True)
    status = fields.Enum(MessageStatus, by_value=True, allow_none=True)
    reason = fields.String(allow_none=True)


class Messages(Schema):
    """A page of the log; `before` asks for the next."""

    success = fields.Constant(True)
    messages = fields.List(fields.Nested(Message))
    before = fields.String(allow_none=True)


class _Typed(LongText):
    """What a person sends: something that is seen, and not a book."""

    json_schema: ClassVar = {"type": "string", "minLength": 1, "maxLength": LONGEST_REPLY}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        words = super()._deserialize(value, attr, data, **more).strip()
        if not shown(words).strip():
            raise ValidationError(ru.FIELDS["empty"])
        if len(words) > LONGEST_REPLY:
            raise ValidationError(ru.FIELDS["too-long"].format(max=LONGEST_REPLY))
        return words


class _Key(fields.Field[str]):
    """A name of one sending that the page makes up: the same again sends nothing again."""

    json_schema: ClassVar = {"type": "string", "pattern": f"^{_KEY.pattern}$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            raise ValidationError(ru.FIELDS["key"])
        return value


class TypedReply(_In):
    """What the salon writes in a chat."""

    contact_id = Id(required=True, metadata={"example": 120})
    text = _Typed(required=True, metadata={"example": "Да, ждём вас в 15:00."})
    key = _Key(required=True, metadata={"example": "3f0c1c6a-7d1e-4f43-9a55-5b7a2f8d9c11"})


class Seen(_In):
    """Up to which moment a chat was read."""

    contact_id = Id(required=True, metadata={"example": 120})
    up_to = fields.AwareDateTime(required=True, error_messages={"invalid": ru.FIELDS["cursor"]})


class Visit(Schema):
    """A visit in words."""

    when = fields.String(required=True, metadata={"example": "в пятницу, 27 ноября, в 14:30"})
    what = fields.String(required=True, metadata={"example": "Стрижка, у Марии"})
    attendance = fields.String(allow_none=True, metadata={"example": "подтверждён"})


class ChatCard(Schema):
    """The client of a chat."""

    success = fields.Constant(True)
    contact_id = fields.Integer(required=True)
    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    is_opted_out = fields.Boolean(required=True, metadata={"description": "Просил не писать"})
    can_give = fields.Boolean(required=True)
    is_human = fields.Boolean(required=True)
    upcoming = fields.List(fields.Nested(Visit))
    last = fields.Nested(Visit, allow_none=True)


class Sent(Schema):
    """The message waits to be sent; who has the floor now."""

    success = fields.Constant(True)
    text = fields.String(required=True)
    is_human = fields.Boolean(required=True)
    until = fields.AwareDateTime(allow_none=True)


class MarkedSeen(Schema):
    """The mark is kept."""

    success = fields.Constant(True)
