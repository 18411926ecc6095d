"""What the operator's orders about YClients look like as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from aiadmin.domain.partner.partner import PartnerOutcome
from aiadmin.texts import ru
from aiadmin.web.http.fields import Moment, ShortText, Sum, WallClock
from aiadmin.web.http.schemas import Done

_CHANNELS = validate.OneOf(["whatsapp", "sms"], error=ru.FIELDS["choice"])
_LENGTH = validate.Length(1, 20, error=ru.FIELDS["list"])
_CURRENCY = [
    validate.Length(equal=3, error=ru.FIELDS["choice"]),
    validate.Regexp(r"^[A-Z]{3}$", error=ru.FIELDS["choice"]),
]
_NEEDED: dict[str, Any] = {"required": ru.FIELDS["required"], "null": ru.FIELDS["null"]}
_LIST: dict[str, Any] = {**_NEEDED, "invalid": ru.FIELDS["list"]}
_FLAG: dict[str, Any] = {**_NEEDED, "invalid": ru.FIELDS["choice"]}
_KEY = {"description": "Свой номер платежа: повтор с ним ничего не отправит", "example": "2025-01"}


class _Order(Schema):
    class Meta:
        unknown = EXCLUDE


class PaymentOrder(_Order):
    """A payment of a salon, for a period; times are written as YClients writes them."""

    key = ShortText(load_default=None, metadata=_KEY)
    amount = Sum(required=True, metadata={"example": "990.00"})
    currency = ShortText(load_default="RUB", validate=_CURRENCY, metadata={"example": "RUB"})
    paid_at = WallClock(load_default=None, metadata={"example": "2025-01-16 10:00:00"})
    period_from = WallClock(required=True, metadata={"example": "2025-01-16 00:00:00"})
    period_to = WallClock(required=True, metadata={"example": "2025-02-16 00:00:00"})


class ShortNames(_Order):
    """The names that a salon's messages come from."""

    names = fields.List(ShortText(), required=True, validate=_LENGTH, error_messages=_LIST)


class Channel(_Order):
    """Whether a channel can be used."""

    channel = ShortText(required=True, validate=_CHANNELS, metadata={"example": "whatsapp"})
    is_available = fields.Boolean(required=True, error_messages=_FLAG, metadata={"example": True})


class Discount(_Order):
    """Per cent."""

    discount = Sum(required=True, least="0", most="100", metadata={"example": "15.50"})


class Paid(Done):
    """How a payment stands. `unknown`: it may have been done, and is not sent again under this key."""

    key = fields.String(required=True, metadata=_KEY)
    outcome = fields.Enum(PartnerOutcome, by_value=True, required=True)
    payment_id = fields.Integer(required=True, allow_none=True, metadata={"example": 123})
    detail = fields.String(required=True, metadata={"example": ""})
    is_repeat = fields.Boolean(required=True, metadata={"example": False})


class PaymentLink(Done):
    """Where the salon can pay."""

    url = fields.String(required=True, metadata={"example": "https://yclients.com/appstore/payment/?..."})


class InstallationChange(Schema):
    changed_at = fields.String(required=True)
    before = fields.String(required=True, metadata={"example": "pending"})
    after = fields.String(required=True, metadata={"example": "active"})
    source = fields.String(required=True, metadata={"example": "partner_api"})


class ReceivedPayment(Schema):
    payment_id = fields.Integer(required=True, metadata={"example": 123})
    amount = Sum(required=True, allow_none=True, metadata={"example": "990.00"})
    currency = fields.String(required=True, metadata={"example": "RUB"})
    paid_at = fields.String(required=True)
    period_from = fields.String(required=True)
    period_to = fields.String(required=True)
    is_refunded = fields.Boolean(required=True)


class Installation(Done):
    """Our app in a salon, in YClients' own words."""

    status = fields.String(required=True, metadata={"example": "active"})
    since = fields.String(required=True, metadata={"example": "2025-01-16 10:00:00"})
    changes = fields.List(fields.Nested(InstallationChange), required=True)
    payments = fields.List(fields.Nested(ReceivedPayment), required=True)


class OfferedOption(Schema):
    option_id = fields.Integer(required=True)
    title = fields.String(required=True)
    price = Sum(required=True, allow_none=True, metadata={"example": "990.00"})
    currency = fields.String(required=True, metadata={"example": "RUB"})
    months = fields.Integer(required=True)


class OfferedTariff(Schema):
    tariff_id = fields.Integer(required=True)
    title = fields.String(required=True)
    options = fields.List(fields.Nested(OfferedOption), required=True)


class Tariffs(Done):
    """Our app's tariffs."""

    tariffs = fields.List(fields.Nested(OfferedTariff), required=True)


class PartnerSalon(Schema):
    salon_id = fields.Integer(required=True, metadata={"example": 962302})
    title = fields.String(required=True)
    city = fields.String(required=True)


class Salons(Done):
    """Every salon where our app is active."""

    salons = fields.List(fields.Nested(PartnerSalon), required=True)


class AuditLogEntry(Schema):
    at = Moment(required=True)
    actor = fields.String(required=True, metadata={"example": "admin-api"})
    action = fields.String(required=True, metadata={"example": "partner.payment"})
    outcome = fields.String(required=True, allow_none=True, metadata={"example": "done"})
    details = fields.Dict(required=True)


class AuditLog(Done):
    """What was done about a company on purpose, the latest first."""

    entries = fields.List(fields.Nested(AuditLogEntry), required=True)
