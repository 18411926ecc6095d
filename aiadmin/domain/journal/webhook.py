"""A webhook: HTTP from YClients to us, stored raw before it is understood."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from aiadmin.domain.errors import SalonNumberError
from aiadmin.domain.ids import CompanyId, WebhookId
from aiadmin.domain.number import BIGGEST_INTEGER, whole_number


class WebhookState(StrEnum):
    """`ignored` is understood and of no use to us; `unreadable` is kept for a human."""

    RECEIVED = "received"
    PROCESSED = "processed"
    IGNORED = "ignored"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True)
class NewWebhook:
    """A body as it came, under the key that makes a repeat the same row."""

    company_id: CompanyId
    dedup_key: str
    body: bytes
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class StoredWebhook:
    """A row of the inbox."""

    webhook_id: WebhookId
    company_id: CompanyId
    body: bytes
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class WebhookKind:
    """What a body is about: `record`/`create`, or the seed's `booking_created` as `record`/`create`."""

    resource: str
    status: str
    resource_id: int | None


@dataclass(frozen=True, kw_only=True)
class UnderstoodWebhook:
    """What became of a row of the inbox; of a body of neither shape there is no kind."""

    webhook_id: WebhookId
    state: WebhookState
    kind: WebhookKind | None


_SEED_TYPES = {
    "booking_created": ("record", "create"),
    "booking_updated": ("record", "update"),
    "booking_cancelled": ("record", "delete"),
    "booking_deleted": ("record", "delete"),
}


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


AGAIN = "again:"
"""Begins the key of a body that may be of more events than one."""
_LENGTH = 64


def dedup_key(payload: dict[str, Any], *, body: bytes) -> str:
    """The key that a repeat of `body` shares: SHA-256 of its JSON, `payload`, in canonical form.

    YClients signs nothing and numbers nothing, and may send the same event again; key order may differ. Its own shape
    says when the change was made, so an equal body is the same change. A body that does not, such as that of the
    specification, may tell of another change in the same words: its key begins with `AGAIN`, and once it was
    understood an equal one is understood again.
    """
    try:
        canonical = _canonical(payload).encode()
    except RecursionError:
        canonical = body
    digest = hashlib.sha256(canonical).hexdigest()
    data = payload.get("data")
    says_when = isinstance(data, dict) and bool(data.get("last_change_date"))
    return digest if says_when else (AGAIN + digest)[:_LENGTH]


def kind_of(payload: dict[str, Any]) -> WebhookKind | None:
    """What `payload` is about, in either shape, or None when it is neither."""
    resource, status = payload.get("resource"), payload.get("status")
    if isinstance(resource, str) and isinstance(status, str):
        return WebhookKind(resource=resource, status=status, resource_id=whole_number(payload.get("resource_id")))
    seed_type = payload.get("type")
    if isinstance(seed_type, str):
        data = payload.get("data")
        number = whole_number(data.get("id")) if isinstance(data, dict) else None
        named = _SEED_TYPES.get(seed_type, (seed_type, "unknown"))
        return WebhookKind(resource=named[0], status=named[1], resource_id=number)
    return None


@dataclass(frozen=True, kw_only=True)
class WebhookPhone:
    """What a webhook says of the phone of a booking's client, as it came; empty where the client has none."""

    company_id: CompanyId
    record_id: int
    client_id: int
    phone: str | int = field(repr=False)
    received_at: datetime


def heard_phone(stored: StoredWebhook) -> WebhookPhone | None:
    """The phone in a webhook about a booking, or None where the body is about something else.

    A body is not signed and only a hint. Its phone is used for one thing: for this booking, where YClients
    itself says that the booking is this client's and leaves the phone empty because the salon has not given our
    application the right to see phones (webhooks carry them whatever the rights are).
    """
    payload = _object(stored.body)
    kind = None if payload is None else kind_of(payload)
    if payload is None or kind is None or kind.resource != "record" or kind.resource_id is None:
        return None
    data = payload.get("data")
    client = data.get("client") if isinstance(data, dict) else None
    number = whole_number(client.get("id")) if isinstance(client, dict) else None
    if number is None or not isinstance(client, dict):
        return None
    phone = client.get("phone")
    return WebhookPhone(
        company_id=stored.company_id,
        record_id=kind.resource_id,
        client_id=number,
        phone=phone if isinstance(phone, str | int) else "",
        received_at=stored.received_at,
    )


_OF_USE = frozenset(
    {"client", "company", "master", "record", "salon", "schedule", "service", "service_category", "staff"}
)


def state_after_reading(kind: WebhookKind | None) -> WebhookState:
    """Money and goods are none of our business; what is neither shape is kept for a human."""
    if kind is None:
        return WebhookState.UNREADABLE
    return WebhookState.PROCESSED if kind.resource in _OF_USE else WebhookState.IGNORED


def read(body: bytes) -> WebhookKind | None:
    """What a stored body is about; None when it is no JSON object, or of neither shape."""
    payload = _object(body)
    kind = None if payload is None else kind_of(payload)
    if kind is None:
        return None
    return WebhookKind(resource=_name(kind.resource), status=_name(kind.status), resource_id=kind.resource_id)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


_NAME_LENGTH = 100


def _name(text: str) -> str:
    """A name that any database takes: no NUL, no half of a surrogate pair, not too long."""
    return re.sub(r"[^\w.:-]", "", text)[:_NAME_LENGTH]


def claimed_salon(payload: dict[str, Any]) -> int | None:
    """The salon that YClients' own shape names: its `company_id` is the salon's number, not ours.

    Raises:
        SalonNumberError: there is a `company_id`, and no salon can have it.
    """
    given = payload.get("company_id")
    if given is None or not (isinstance(payload.get("resource"), str) and isinstance(payload.get("status"), str)):
        return None
    number = whole_number(given, most=BIGGEST_INTEGER)
    if number is None:
        raise SalonNumberError
    return number
