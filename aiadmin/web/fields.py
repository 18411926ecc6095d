"""Field types, strict where a lax reader would guess."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from aiadmin import texts
from aiadmin.web.phones import digits_of

MAX_TEXT = 255
MAX_ID = 2**31 - 1
_DIGITS = re.compile(r"[0-9]{1,10}")
_EMAIL = validate.Email(error=texts.FIELDS["email"])
_MESSAGES: dict[str, Any] = {"required": texts.FIELDS["required"], "null": texts.FIELDS["null"]}


class Id(fields.Field[int]):
    """A positive 32-bit number, or its decimal digits as text; nothing is cut, rounded or guessed."""

    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_ID:
            raise ValidationError(texts.FIELDS["number"])
        return value


class Text(fields.Field[str]):
    """Trimmed text without control characters, at most 255 long; never cut silently."""

    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(texts.FIELDS["text"])
        text = value.strip()
        if not text:
            raise ValidationError(texts.FIELDS["empty"])
        if len(text) > MAX_TEXT:
            raise ValidationError(texts.FIELDS["too-long"].format(max=MAX_TEXT))
        if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text):
            raise ValidationError(texts.FIELDS["control"])
        return text


class Phone(Text):
    """A phone number that can exist; loaded as digits with the country code."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        digits = digits_of(super()._deserialize(value, attr, data, **more))
        if digits is None:
            raise ValidationError(texts.FIELDS["phone"])
        return digits


class Email(Text):
    """An e-mail address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        _EMAIL(text)
        return text


class Moment(fields.Field[datetime]):
    """A time in UTC: `2025-01-16T10:00:00Z`."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if value else None
