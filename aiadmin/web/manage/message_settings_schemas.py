"""JSON of the settings of messages."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.texts import ru
from aiadmin.web.http.fields import LongText, Phone
from aiadmin.web.http.request_context import country
from aiadmin.web.http.schemas import _In


def _kind(**given: Any) -> fields.Enum[NoticeKind]:
    return fields.Enum(NoticeKind, by_value=True, error_messages={"unknown": ru.FIELDS["choice"]}, **given)


class Change(_In):
    """Settings to change, by name."""

    settings = fields.Dict(keys=fields.String(), required=True, metadata={"example": {"review": True}})


class NewText(_In):
    """A text of the salon's own; null goes back to ours."""

    kind = _kind(required=True)
    template = LongText(required=True, allow_none=True)


class Draft(_In):
    """A text to look at, of a kind: each has its own link."""

    kind = _kind(load_default=NoticeKind.BOOKED)
    template = LongText(required=True, metadata={"example": "Ждём вас {date}, в {time}."})


class Trial(Draft):
    """A text to send to one of the salon's people."""

    phone = Phone(required=True, country=country, metadata={"example": "79001234567"})


class Wording(Schema):
    """The text of one kind of message, and an example of it."""

    kind = fields.Enum(NoticeKind, by_value=True)
    title = fields.String(required=True)
    template = fields.String(required=True)
    is_own = fields.Boolean(required=True)
    preview = fields.String(required=True)
    preview_confirmed = fields.String(required=True, allow_none=True)


class Text(Wording):
    """One text as it is now."""

    success = fields.Constant(True)


class Settings(Schema):
    """All settings and texts."""

    success = fields.Constant(True)
    settings = fields.Dict(keys=fields.String())
    texts = fields.List(fields.Nested(Wording))
    variables = fields.Dict(keys=fields.String(), values=fields.String())


class SavedSettings(Schema):
    """The settings as they are now."""

    success = fields.Constant(True)
    settings = fields.Dict(keys=fields.String())
    text = fields.String(required=True)


class Preview(Schema):
    """How a text would read."""

    success = fields.Constant(True)
    preview = fields.String(required=True)
    preview_confirmed = fields.String(required=True, allow_none=True)
