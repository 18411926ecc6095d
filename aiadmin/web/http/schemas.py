"""What comes in and goes out as JSON. The OpenAPI document is made from these."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.install.lifecycle import LifecycleChange
from aiadmin.web.http.fields import Email, Id, Moment, Phone, Remark, ShortText, Sum
from aiadmin.web.http.request_context import country


class _In(Schema):
    """Fields we do not know are ignored: callers may be newer than we are."""

    class Meta:
        unknown = EXCLUDE


class Register(_In):
    """A salon that wants to connect."""

    salon_id = Id(required=True, metadata={"description": "Номер салона в YClients", "example": 962302})
    phone = Phone(allow_none=True, load_default=None, metadata={"example": "79001234567"})
    email = Email(allow_none=True, load_default=None, metadata={"example": "salon@example.com"})


class Callback(_In):
    """A request to tell YClients that the salon is connected. What it says about the connection is not believed."""

    company_id = Id(metadata={"example": 1})
    salon_id = Id(metadata={"example": 962302})
    status = ShortText(allow_none=True, metadata={"example": "connected"})
    whatsapp_phone = ShortText(allow_none=True, metadata={"example": "79001234567"})
    api_key = ShortText(metadata={"description": "Ключ компании; можно в заголовке X-API-Key", "example": "sk_..."})


class Webhook(_In):
    """An event of a salon: `resource`, `status`, `data` as YClients says it, or `type` and `data`."""

    company_id = fields.Integer(metadata={"description": "Номер салона в YClients", "example": 962302})
    resource = fields.String(metadata={"example": "record"})
    resource_id = fields.Integer(metadata={"example": 123})
    status = fields.String(metadata={"example": "create"})
    type = fields.String(metadata={"example": "booking_created"})
    data = fields.Dict(metadata={"example": {"id": 123}})


class OperatorTarget(_In):
    """One message of an order."""

    id = fields.String(required=True, metadata={"description": "Номер сообщения в YClients", "example": "232674"})
    phone = fields.String(required=True, metadata={"example": "79001234567"})


class OperatorOrder(_In):
    """Notifications of YClients to send. Read leniently: `destination_params` may also be one object, ids numbers."""

    destination_params = fields.List(fields.Nested(OperatorTarget), required=True)
    text = fields.String(required=True, metadata={"example": "Ждём вас завтра в 10:00"})
    channel = fields.String(metadata={"description": "Только whatsapp", "example": "whatsapp"})
    dispatch_type = fields.String(
        metadata={"description": "service, или adds: реклама, только тем, кто её хочет", "example": "service"}
    )
    delivery_callback_url = fields.String(
        metadata={"example": "https://yclients.com/smsprovider/status/callback/..."}
    )


class OperatorRow(Schema):
    """A message that is taken has an `ext_id`, one that is not has an `error_code` and an `error_message`."""

    id = fields.String(required=True, metadata={"example": "232674"})
    ext_id = fields.String(metadata={"example": "17"})
    error_code = fields.Integer(metadata={"example": 16})
    error_message = fields.String(metadata={"example": "Клиент отказался от рекламы"})


class OperatorFieldError(Schema):
    """A field that is wrong."""

    field_name = fields.String(required=True, metadata={"example": "text"})
    field_value = fields.String(required=True, metadata={"example": ""})
    error_message = fields.String(required=True, metadata={"example": "Нужен непустой текст"})


class OperatorError(Schema):
    """An error in the protocol's own shape: 5, 10 (with `errors`), 15, 20, 30; 1 for what may be tried again."""

    error_code = fields.Integer(required=True, metadata={"example": 5})
    error_message = fields.String(metadata={"example": "Тело запроса не прочитано"})
    errors = fields.List(fields.Nested(OperatorFieldError))


class Lifecycle(_In):
    """What YClients tells of an installation: `uninstall`, `freeze`, `payment`; any other event is ignored."""

    salon_id = Id(required=True, metadata={"example": 962302})
    application_id = Id(required=True, metadata={"example": 1})
    event = ShortText(required=True, metadata={"example": "uninstall"})
    partner_token = ShortText(required=True, metadata={"example": "..."})
    amount = Sum(
        least="0", allow_none=True, load_default=None, metadata={"description": "Сумма оплаты", "example": 990}
    )
    discount = Sum(least="0", allow_none=True, load_default=None, metadata={"example": None})
    sign = ShortText(allow_none=True, load_default=None, metadata={"description": "Подпись оплаты", "example": None})
    payment_id = Remark(allow_none=True, load_default=None, metadata={"description": "Номер оплаты", "example": 17})
    currency_iso = Remark(allow_none=True, load_default=None, metadata={"example": "RUB"})
    period_to = Remark(allow_none=True, load_default=None, metadata={"example": "2026-12-31 00:00:00"})


class _Out(Schema):
    success = fields.Constant(constant=True, dump_only=True)


class Done(_Out):
    """It is done."""


class Registered(_Out):
    """What the salon is given, once: the key is not shown again."""

    company_id = fields.Integer(required=True, metadata={"example": 1})
    salon_id = fields.Integer(required=True, metadata={"example": 962302})
    api_key = fields.String(required=True, metadata={"example": "sk_..."})
    connect_url = fields.String(
        required=True, metadata={"example": "/marketplace/connect?token=...&company=1&salon=962302"}
    )


class ConnectLink(_Out):
    """A fresh link; the one before it stops working."""

    company_id = fields.Integer(required=True, metadata={"example": 1})
    connect_url = fields.String(
        required=True, metadata={"example": "/marketplace/connect?token=...&company=1&salon=962302"}
    )


class QrCode(_Out):
    """A code that a phone can scan now."""

    qr = fields.String(required=True, metadata={"example": "2@ABCdef123..."})
    expires_in = fields.Integer(required=True, metadata={"description": "Секунд до смены кода", "example": 20})


class Status(_Out):
    """How far the salon has come."""

    company_id = fields.Integer(required=True, metadata={"example": 1})
    whatsapp_connected = fields.Boolean(required=True, metadata={"example": True})
    whatsapp_phone = fields.String(required=True, allow_none=True, metadata={"example": "79001234567"})
    integration_status = fields.Enum(IntegrationStatus, by_value=True, required=True)
    connected_at = Moment(
        required=True,
        allow_none=True,
        attribute="whatsapp_connected_at",
        metadata={"example": "2025-01-16T10:00:00Z"},
    )
    reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Почему YClients не подтвердил подключение", "example": None},
    )


class LifecycleDone(_Out):
    """The event was understood."""

    result = fields.Enum(LifecycleChange, by_value=True, required=True, metadata={"description": "Что изменилось"})


class CallbackState(_Out):
    """How the telling of YClients stands."""

    company_id = fields.Integer(required=True, metadata={"example": 1})
    salon_id = fields.Integer(required=True, metadata={"example": 962302})
    integration_status = fields.Enum(IntegrationStatus, by_value=True, required=True)
    callback = fields.Enum(OutboxState, by_value=True, required=True, allow_none=True)


class ConnectionCounts(Schema):
    total = fields.Integer(required=True, metadata={"example": 100})
    connected = fields.Integer(required=True, metadata={"example": 85})


class Companies(_Out):
    """How many salons there are."""

    stats = fields.Nested(ConnectionCounts, required=True)


class Health(_Out):
    """The process answers."""


class Readiness(Schema):
    """What this installation needs, and whether it is there."""

    success = fields.Boolean(required=True)
    checks = fields.Dict(
        keys=fields.String(),
        values=fields.Boolean(),
        required=True,
        metadata={"example": {"postgresql": True, "redis": True, "host": True}},
    )


class Root(_Out):
    """Where to read on."""

    message = fields.String(required=True)
    docs = fields.String(required=True, metadata={"example": "/docs"})


class ClientOfPhone(_In):
    """A client of a salon."""

    phone = Phone(required=True, country=country, metadata={"example": "79001234567"})


class HeldOfClient(Schema):
    """What each table holds of a client."""

    success = fields.Constant(constant=True)
    held = fields.Dict(keys=fields.String(), required=True, metadata={"example": {"contacts": []}})


class ErasedOfClient(Schema):
    """How many rows of each table were deleted or blanked."""

    success = fields.Constant(constant=True)
    rows = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Restored(Schema):
    """Whether there was anything to restore."""

    success = fields.Constant(constant=True)
    restored = fields.Boolean(required=True)


class Error(Schema):
    """Every error looks like this."""

    success = fields.Constant(constant=False, dump_only=True)
    error = fields.String(required=True, metadata={"example": "Проверьте поля запроса."})
    code = fields.String(required=True, metadata={"example": "invalid"})
    request_id = fields.String(required=True, metadata={"example": "5f0c9a5e8d6b4e0f9a3c1b2d4e6f8a01"})
    fields_ = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        data_key="fields",
        metadata={"description": "Что не так с отдельными полями", "example": {"salon_id": "Обязательное поле."}},
    )


_one = cache(lambda schema: schema())
"""Making a schema copies all its fields; using it changes nothing in it."""


def load(schema: type[Schema], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` as `schema` reads it. Raises marshmallow.ValidationError."""
    return dict(_one(schema).load(given))


def dump(schema: type[Schema], **values: Any) -> dict[str, Any]:
    """`values` as the JSON object of `schema`."""
    return dict(_one(schema).dump(values))
