"""The management page's JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields

from aiadmin.domain.manage.owner_actions import OwnerAction
from aiadmin.domain.messages.message_log import Author, Cursor, MessageStatus
from aiadmin.texts import ru
from aiadmin.web.http.fields import Id, Moment, ShortText
from aiadmin.web.http.schemas import _In


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
    can_give = fields.Boolean(required=True, metadata={"description": "Можно ли забрать разговор у бота"})
    is_human = fields.Boolean(required=True)
    human_until = fields.AwareDateTime(allow_none=True)


class Conversations(Schema):
    """A page of the list; `before` asks for the next."""

    success = fields.Constant(True)
    chats = fields.List(fields.Nested(Conversation))
    before = fields.AwareDateTime(allow_none=True)


class Pause(_In):
    """Whether the salon's messages are held."""

    paused = fields.Boolean(required=True, truthy={True}, falsy={False})


class WhatsApp(Schema):
    """The salon's phone and its session."""

    connected = fields.Boolean(required=True)
    phone = fields.String(allow_none=True)
    connected_at = Moment(allow_none=True)
    state = fields.String(required=True, metadata={"example": "online"})
    text = fields.String(required=True)
    since = Moment(allow_none=True)


class YClients(Schema):
    """How the installation stands."""

    status = fields.String(required=True, metadata={"example": "active"})
    text = fields.String(required=True)
    reason = fields.String(allow_none=True)
    webhooks = fields.String(allow_none=True, metadata={"description": "Приходят ли нам события салона"})


class Sync(Schema):
    """One kind of reading the journal."""

    kind = fields.String(required=True)
    state = fields.String(required=True)
    text = fields.String(required=True)
    stage = fields.String(allow_none=True)
    page = fields.Integer()
    pages = fields.Integer(allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    error = fields.String(allow_none=True)
    finished_at = Moment(allow_none=True)


class Happened(Schema):
    """Something that became of the session."""

    at = Moment(required=True)
    text = fields.String(required=True)


class State(Schema):
    """Something that stands between the salon and its clients hearing from it."""

    kind = fields.String(required=True, metadata={"example": "no-phones"})
    text = fields.String(required=True)


class Headline(Schema):
    """How the salon stands, in a sentence."""

    tone = fields.String(required=True, metadata={"example": "good"})
    title = fields.String(required=True)
    text = fields.String(required=True)


class Overview(Schema):
    """Everything on the management page but the log."""

    success = fields.Constant(True)
    whatsapp = fields.Nested(WhatsApp)
    yclients = fields.Nested(YClients)
    sync = fields.List(fields.Nested(Sync))
    actions = fields.List(
        fields.Enum(OwnerAction, by_value=True), metadata={"description": "Что владелец может сделать"}
    )
    warning = fields.String(allow_none=True, metadata={"description": "Что стоит поправить в настройках"})
    states = fields.List(fields.Nested(State), metadata={"description": "Что не так, самое важное сверху"})
    headline = fields.Nested(Headline)
    others = fields.List(fields.Nested(State), metadata={"description": "Что не так, кроме сказанного в заголовке"})
    paused_at = Moment(allow_none=True, metadata={"description": "С какого времени салон придержал сообщения"})
    zone = fields.String(required=True, metadata={"example": "Europe/Moscow", "description": "Часы салона"})
    events = fields.List(fields.Nested(Happened))
    statuses = fields.Dict(keys=fields.String(), values=fields.Integer())


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


class Ordered(Schema):
    """What was asked for is done, or begins."""

    success = fields.Constant(True)
    text = fields.String(required=True)


class Payment(Schema):
    """Where the application is paid for."""

    success = fields.Constant(True)
    url = fields.String(required=True)


class Link(Schema):
    """An address that opens the salon's pages on another device."""

    success = fields.Constant(True)
    url = fields.String(required=True)
