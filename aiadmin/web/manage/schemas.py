"""The management page's JSON."""

from __future__ import annotations

from marshmallow import Schema, fields

from aiadmin.domain.manage.owner_actions import OwnerAction
from aiadmin.web.http.fields import Moment
from aiadmin.web.http.schemas import _In


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
    link = fields.String(required=True, metadata={"description": "Как назвать ссылку туда, где это чинят"})


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
