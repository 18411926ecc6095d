"""JSON of the bot's page."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from aiadmin.texts import ru
from aiadmin.web.http.fields import Id, LongText, Phone
from aiadmin.web.http.request_context import country
from aiadmin.web.http.schemas import _In


class BotChange(_In):
    """Settings to change, by name."""

    settings = fields.Dict(keys=fields.String(), required=True, metadata={"example": {"mode": "closed_hours"}})


class Said(_In):
    """What is written into a try-out; its name is the page's own."""

    chat = fields.String(
        required=True,
        validate=validate.Regexp(r"[0-9a-f-]{8,64}\Z", error=ru.FIELDS["choice"]),
        metadata={"example": "3f2c8a52-1b7e-4f3a-9a50-0d8c2f4f7c11"},
    )
    words = LongText(required=True, validate=validate.Length(1), metadata={"example": "хочу записаться"})
    phone = Phone(country=country, allow_none=True, load_default=None, metadata={"example": "79001234567"})


class Person(Schema):
    """Somebody of the staff."""

    staff_id = fields.Integer(required=True)
    name = fields.String(required=True)
    specialization = fields.String(allow_none=True)
    is_offered = fields.Boolean(required=True)


class Bot(Schema):
    """The bot as it is now."""

    success = fields.Constant(True)
    settings = fields.Dict(keys=fields.String())
    staff = fields.List(fields.Nested(Person))
    is_allowed = fields.Boolean(required=True)
    usable = fields.List(fields.String())
    text = fields.String(allow_none=True)


class ChatsQuery(_In):
    """Which part of the list."""

    before = Id(load_default=None, metadata={"example": 120})


class GivenFloor(_In):
    """Who is to speak in a chat."""

    contact_id = Id(required=True, metadata={"example": 7})
    to_human = fields.Boolean(required=True)


class Talked(Schema):
    """A chat that the bot has talked in."""

    contact_id = fields.Integer(required=True)
    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    at = fields.AwareDateTime(required=True)
    said = fields.String(required=True)
    verdict = fields.String(required=True)
    is_human = fields.Boolean(required=True)
    until = fields.AwareDateTime(allow_none=True)


class Talks(Schema):
    """Chats, the newest first."""

    success = fields.Constant(True)
    chats = fields.List(fields.Nested(Talked))
    before = fields.Integer(allow_none=True)


class Why(Schema):
    """Why a turn came out as it did."""

    understood = fields.List(fields.String())
    looked_up = fields.List(fields.String())
    decided = fields.String(required=True)


class BotTurn(Schema):
    """One turn of a chat."""

    at = fields.AwareDateTime(required=True)
    heard = fields.List(fields.String())
    reply = fields.String(allow_none=True)
    verdict = fields.String(required=True)
    why = fields.Nested(Why)


class Turns(Schema):
    """A chat, the oldest first."""

    success = fields.Constant(True)
    turns = fields.List(fields.Nested(BotTurn))


class FloorNow(Schema):
    """Who speaks now."""

    success = fields.Constant(True)
    is_human = fields.Boolean(required=True)
    until = fields.AwareDateTime(allow_none=True)
    text = fields.String(required=True)


class Answer(Schema):
    """What the bot would do."""

    success = fields.Constant(True)
    text = fields.String(required=True)
    to_salon = fields.String(required=True)
    agreed = fields.String(allow_none=True)
    why = fields.Nested(Why)
