"""JSON of the bot's page."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from aiadmin.texts import ru
from aiadmin.web.http.fields import LongText, Phone
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


class Why(Schema):
    """Why a turn came out as it did."""

    understood = fields.List(fields.String())
    looked_up = fields.List(fields.String())
    decided = fields.String(required=True)


class Answer(Schema):
    """What the bot would do."""

    success = fields.Constant(True)
    text = fields.String(required=True)
    to_salon = fields.String(required=True)
    agreed = fields.String(allow_none=True)
    why = fields.Nested(Why)
