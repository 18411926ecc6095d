"""Field types, strict where a lax reader would guess; `json_schema` tells the OpenAPI document what each takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate

from aiadmin.domain.companies.company import DEFAULT_COUNTRY
from aiadmin.domain.messages.phone_numbers import read_phone
from aiadmin.texts import ru

MAX_TEXT = 255
MAX_LONG_TEXT = 5000
MAX_ID = 2**31 - 1
_DIGITS = re.compile(r"[0-9]{1,10}")
_SUM = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?")
_WALL_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?")
_EMAIL = validate.Email(error=ru.FIELDS["email"])
_MESSAGES: dict[str, Any] = {"required": ru.FIELDS["required"], "null": ru.FIELDS["null"]}


class Id(fields.Field[int]):
    """A positive 32-bit number, or its decimal digits as text; nothing is cut, rounded or guessed."""

    json_schema: ClassVar = {
        "type": ["integer", "string"],
        "minimum": 1,
        "maximum": MAX_ID,
        "pattern": f"^{_DIGITS.pattern}$",
    }
    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_ID:
            raise ValidationError(ru.FIELDS["number"])
        return value


class LongText(fields.Field[str]):
    """A text as it was typed, of several lines; its user says what is wrong with it, and where."""

    json_schema: ClassVar = {"type": "string", "maxLength": MAX_LONG_TEXT}
    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(ru.FIELDS["text"])
        if len(value) > MAX_LONG_TEXT:
            raise ValidationError(ru.FIELDS["too-long"].format(max=MAX_LONG_TEXT))
        return value.replace("\r\n", "\n")


class ShortText(fields.Field[str]):
    """Trimmed text without control characters, at most 255 long; never cut silently."""

    json_schema: ClassVar = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(ru.FIELDS["text"])
        text = value.strip()
        if not text:
            raise ValidationError(ru.FIELDS["empty"])
        if len(text) > MAX_TEXT:
            raise ValidationError(ru.FIELDS["too-long"].format(max=MAX_TEXT))
        if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text):
            raise ValidationError(ru.FIELDS["control"])
        return text


class Phone(fields.Field[str]):
    """A phone number that can exist; loaded as digits with the country code.

    Args:
        country: where the salon is that the request is about, ISO 3166 code: asked for at each reading.
    """

    json_schema: ClassVar = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
    default_error_messages = _MESSAGES

    def __init__(self, *, country: Callable[[], str] = lambda: DEFAULT_COUNTRY, **more: Any) -> None:
        super().__init__(**more)
        self._country = country

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        digits = read_phone(value, self._country()) if isinstance(value, str) else None
        if digits is None:
            raise ValidationError(ru.FIELDS["phone"])
        return digits


class Email(ShortText):
    """An e-mail address."""

    json_schema: ClassVar = {**ShortText.json_schema, "format": "email"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        _EMAIL(text)
        return text


class Moment(fields.Field[datetime]):
    """A time in UTC: `2025-01-16T10:00:00Z`."""

    json_schema: ClassVar = {"type": "string", "format": "date-time"}

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if value else None


class Remark(fields.Field[str | None]):
    """What is only kept for people: a number or a short text, as text. None of anything else: it refuses nothing."""

    json_schema: ClassVar = {"type": ["string", "integer"]}
    _MOST = 40

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str | None:
        written = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        return written if 0 < len(written) <= self._MOST and written.isprintable() else None


class Sum(fields.Field[Decimal]):
    """Money or per cent with two digits behind the point, as a number or as text; dumped as text."""

    json_schema: ClassVar = {"type": "string", "pattern": f"^{_SUM.pattern}$"}
    default_error_messages = _MESSAGES

    def __init__(self, *, least: str = "0.01", most: str = "99999999.99", **more: Any) -> None:
        super().__init__(**more)
        self.least, self.most = Decimal(least), Decimal(most)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        written = str(value).strip() if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
        if not _SUM.fullmatch(written) or not self.least <= Decimal(written) <= self.most:
            raise ValidationError(ru.FIELDS["sum"].format(least=self.least, most=self.most))
        return Decimal(written)

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else f"{value:.2f}"


class WallClock(fields.Field[datetime]):
    """A time as YClients' marketplace writes it, without a zone: `2025-01-16 10:00:00`; or a day, from its start."""

    json_schema: ClassVar = {"type": "string", "pattern": f"^{_WALL_CLOCK.pattern}$"}
    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        if isinstance(value, str) and _WALL_CLOCK.fullmatch(value):
            with suppress(ValueError):
                return datetime.fromisoformat(value)
        raise ValidationError(ru.FIELDS["time"])
