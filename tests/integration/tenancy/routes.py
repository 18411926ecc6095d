"""What every route is asked, by whom, and for what. A route without a case here fails the walk.

A case for a new route is one line of `CASES`: its endpoint, the badge that opens it for the salon itself (see
`badges`), and, where it takes a body, the body that its page or program would send.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.routing import Rule

from tests.integration.tenancy.salons import Tenant
from tests.support.site import ADMIN_KEY, METRICS_TOKEN

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Badge:
    """One way to say who one is."""

    name: str
    token: str = "nothing"
    """What stands in a path that holds a token."""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Fields = field(default_factory=dict)


def badges(of: Tenant, *, forged_for: Tenant) -> Iterator[Badge]:
    """Every credential that a salon holds in every place that any route reads one from, and none at all."""
    key, token, hook = of.salon.api_key, of.salon.token, of.webhook_key
    forged = _forged(token, forged_for.company_id)
    yield Badge("nobody")
    yield Badge("link", token=token, query={"token": token})
    yield Badge("bearer", token=token, headers={"Authorization": f"Bearer {token}"})
    yield Badge("api key", token=key, headers={"X-API-Key": key})
    yield Badge("webhook key", token=hook, query={"key": hook})
    yield Badge("signature", query=of.signature())
    yield Badge("api key in the body", body={"api_key": key})
    yield Badge("api key in the query", query={"key": key, "api_key": key, "token": key})
    yield Badge("api key as a bearer", headers={"Authorization": f"Bearer {key}"})
    yield Badge("link as a key", headers={"X-API-Key": token}, body={"api_key": token, "partner_token": token})
    yield Badge("webhook key as a key", headers={"X-API-Key": hook}, body={"api_key": hook, "partner_token": hook})
    yield Badge("session", headers=of.session())
    yield Badge("session that names another", headers=of.session(forged_for.company_id))
    yield Badge("forged link", token=forged, headers={"Authorization": f"Bearer {forged}"}, query={"token": forged})


def owner_badges(of: Tenant) -> dict[str, Badge]:
    """By name: a salon's own, those of the people who run us, and YClients' own."""
    ours = [
        Badge("admin", headers={"X-API-Key": ADMIN_KEY}),
        Badge("metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}),
        Badge("partner", body={"partner_token": of.partner_token}),
        Badge("operator", headers=of.operator_headers(), body={"form_token": of.operator.form_token}),
    ]
    return {badge.name: badge for badge in (*badges(of, forged_for=of), *ours)}


def _forged(token: str, company_id: int) -> str:
    """The same signature under another company's number."""
    header, payload, sign = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    changed = json.dumps(claims | {"sub": str(company_id)}).encode()
    return ".".join((header, base64.urlsafe_b64encode(changed).decode().rstrip("="), sign))


@dataclass(frozen=True)
class Case:
    """How one endpoint is used by those whom it is for.

    Attributes:
        opens: the name of the badge that opens it for the salon itself.
        body: what its caller would send for a salon.
        query: the same in the address.
        answers: what the salon itself may get; shows that the case asks something sensible.
        shows: whether the salon itself sees something that nobody else may.
        form: what the form of a page holds, in the place of a JSON body.
        ends: whether it undoes what other routes need; such a route is asked last.
    """

    opens: str = "nobody"
    body: Callable[[Tenant], Fields] = lambda _of: {}
    query: Callable[[Tenant], Fields] = lambda _of: {}
    answers: frozenset[int] = frozenset({200})
    form: Callable[[Tenant], Fields] | None = None
    shows: bool = False
    ends: bool = False


_AT_YCLIENTS = frozenset({200, 201, 202, 409, 422, 502})
"""An order of the operator that reaches YClients, whatever that says of it."""
_PAYMENT = {"amount": "990", "currency": "RUB", "period_from": "2026-01-01", "period_to": "2026-02-01"}


def _event(of: Tenant) -> Fields:
    return {"company_id": of.salon.salon_id, "resource": "record", "resource_id": 1, "status": "update", "data": {}}


def _uninstalled(of: Tenant) -> Fields:
    return {"salon_id": of.salon.salon_id, "application_id": 1, "event": "uninstall"}


def _order(_of: Tenant) -> Fields:
    return {"destination_params": [{"id": "1", "phone": "79161234567"}], "text": "Ждём вас завтра"}


def _person(of: Tenant) -> Fields:
    return {"phone": of.phone}


def _why(_of: Tenant) -> Fields:
    """What a form of the console holds beside its token."""
    return {"reason": "жалоба клиента"}


def _draft(_of: Tenant) -> Fields:
    """Whose name it is, is for the company to say: its owner is shown what they typed."""
    return {"kind": "booked", "template": "Ждём вас, {name}"}


CASES: Mapping[str, Case] = {
    "static": Case(),
    "root.root": Case(),
    "health.live": Case(),
    "health.ready": Case(answers=frozenset({503})),
    "docs.page": Case(),
    "docs.openapi": Case(),
    "metrics.page": Case("metrics"),
    "companies.stats": Case("admin"),
    "registration.register": Case(body=lambda of: {"salon_id": of.salon.salon_id}, answers=frozenset({409})),
    "links.renew_link": Case("api key", answers=frozenset({201})),
    "connect.page": Case("link", shows=True),
    **{
        f"manage.{section}": Case("session", shows=True)
        for section in ("overview", "chats", "sending", "texts", "bot", "connection", "help")
    },
    "console_door.show_login": Case(),
    "console_door.log_in": Case(form=lambda _of: {"key": "wrong"}, answers=frozenset({401, 403})),
    "console.list_salons": Case("operator", shows=True),
    **{
        f"console_salon.{page}": Case("operator", shows=page != "show_chat", answers=frozenset({200, 303}))
        for page in ("show_salon", "list_chats", "show_chat")
    },
    **{
        f"console_salon.{order}": Case("operator", form=_why, answers=frozenset({303}))
        for order in ("retry", "read_again", "pause", "resume", "restart", "retry_rows", "enter", "open_chat")
    },
    **{f"console_fleet.show_{page}": Case("operator") for page in ("hosts", "queues", "operators", "pairings")},
    "console_fleet.show_events": Case("operator", shows=True),
    "console_fleet.show_traffic": Case("operator"),
    **{
        f"console_fleet.{order}": Case("operator", form=_why, answers=frozenset({303}))
        for order in ("drain", "retry_rows", "end_session")
    },
    "console.log_out": Case("operator", form=lambda _of: {}, answers=frozenset({303}), ends=True),
    "manage_api.pause": Case("bearer", body=lambda _of: {"paused": True}),
    "browsers.log_out": Case("session", ends=True),
    "browsers.end_one": Case("session"),
    "browsers.end_all": Case("session", ends=True),
    "browsers.make_link": Case("session", answers=frozenset({201})),
    "bot.show": Case("bearer"),
    "bot.change": Case("bearer", body=lambda _of: {"settings": {"greeting": "Добрый день!"}}),
    "bot.chats": Case("bearer", shows=True),
    "bot.turns": Case("bearer"),
    "bot.give_floor": Case(
        "bearer", body=lambda _of: {"contact_id": 1, "to_human": False}, answers=frozenset({200, 404})
    ),
    "bot.try_out": Case("bearer", body=lambda _of: {"chat": "11111111", "words": "спасибо"}),
    "manage_api.overview": Case("bearer", shows=True),
    "conversations.messages": Case("bearer", query=lambda of: {"phone": of.phone[-7:]}, shows=True),
    "conversations.conversations": Case("bearer", shows=True),
    "conversations.card": Case("bearer", answers=frozenset({200, 404})),
    "conversations.mark_seen": Case(
        "bearer",
        body=lambda _of: {"contact_id": 1, "up_to": "2026-01-01T00:00:00Z"},
        answers=frozenset({200, 404}),
    ),
    "conversations.reply": Case(
        "bearer",
        body=lambda of: {"contact_id": 1, "text": of.word, "key": "11111111"},
        answers=frozenset({202, 404, 409}),
    ),
    "manage_api.disconnect": Case("bearer", ends=True),
    "manage_api.retry": Case("bearer", answers=frozenset({202, 409})),
    "manage_api.read_again": Case("bearer", answers=frozenset({202})),
    "manage_api.payment": Case("bearer", answers=_AT_YCLIENTS),
    "manage_api.payment_state": Case("bearer", answers=_AT_YCLIENTS),
    "sending.withdraw": Case(
        "bearer", body=lambda _of: {"record_id": 1, "kind": "reminder_day"}, answers=frozenset({200, 404, 409})
    ),
    "message_settings.show": Case("bearer", shows=True),
    "message_settings.change": Case("bearer", body=lambda _of: {"settings": {"review": True}}),
    "message_settings.change_text": Case("bearer", body=_draft),
    "message_settings.preview": Case("bearer", body=_draft),
    "message_settings.try_out": Case(
        "bearer", body=lambda of: _draft(of) | {"phone": of.phone}, answers=frozenset({202})
    ),
    "qr.text": Case("link", query=lambda _of: {"relink": "1"}, shows=True),
    "qr.svg": Case("link", query=lambda _of: {"relink": "1"}),
    "qr.png": Case("link", query=lambda _of: {"relink": "1"}),
    "status.show": Case("bearer", shows=True),
    "install.arrive": Case("signature", answers=frozenset({303})),
    "lifecycle.receive": Case("partner", body=_uninstalled, answers=frozenset({200, 403})),
    "activation_requests.ask": Case(
        "api key in the body", body=lambda of: {"status": "connected", "whatsapp_phone": of.phone}
    ),
    "webhooks.receive": Case("webhook key", body=_event),
    "provider.take": Case("api key as a bearer", body=_order),
    "clients.export": Case("admin", body=_person, shows=True),
    "clients.erase": Case("admin", body=_person, ends=True),
    "clients.restore": Case("admin", body=_person),
    "partner.pay": Case("admin", body=lambda _of: _PAYMENT, answers=_AT_YCLIENTS),
    "partner.refund": Case("admin", answers=_AT_YCLIENTS),
    "partner.set_short_names": Case("admin", body=lambda of: {"names": [of.word]}, answers=_AT_YCLIENTS),
    "partner.set_channel": Case(
        "admin", body=lambda _of: {"channel": "whatsapp", "is_available": True}, answers=_AT_YCLIENTS
    ),
    "partner.payment_link": Case("admin", answers=_AT_YCLIENTS),
    "partner.add_discount": Case("admin", body=lambda _of: {"discount": "10"}, answers=_AT_YCLIENTS),
    "partner.installation": Case("admin", answers=_AT_YCLIENTS),
    "partner.audit": Case("admin", shows=True),
    "partner.uninstall": Case("admin", answers=_AT_YCLIENTS),
    "partner.tariffs": Case("admin", answers=_AT_YCLIENTS),
    "partner.salons": Case("admin", answers=_AT_YCLIENTS),
}

OURS = frozenset({"admin", "metrics", "partner", "operator"})
"""Badges that no salon has: what they open is open to none of them."""
_PATHS: Mapping[str, Callable[[Tenant, Badge], object]] = {
    "company_id": lambda aim, _badge: aim.company_id,
    "token": lambda _aim, badge: badge.token,
    "payment_id": lambda _aim, _badge: 1,
    "host_id": lambda _aim, _badge: uuid.UUID(int=1),
    "contact_id": lambda _aim, _badge: 1,
    "session_id": lambda aim, _badge: aim.other_session,
    "filename": lambda _aim, _badge: "connect/main.js",
    "version": lambda _aim, _badge: "today",
}
"""What stands in a path: numbers of the salon that is aimed at, and tokens of whoever asks."""


def how_to_add(endpoint: str) -> str:
    """What somebody has to do whose new route the walk does not know."""
    return f"no tenancy case for the route {endpoint!r}: add one to CASES in {__name__}"


def path_of(rule: Rule, aim: Tenant, badge: Badge) -> dict[str, object]:
    """The arguments of a rule's path."""
    unknown = rule.arguments - set(_PATHS)
    assert not unknown, f"the path {rule.rule} holds {unknown}: say in _PATHS of {__name__} what stands there"
    return {name: _PATHS[name](aim, badge) for name in rule.arguments}


def named(aim: Tenant) -> Fields:
    """A salon by every number it has, under every name that a query or a body gives it."""
    return {"company": aim.company_id, "companyId": aim.company_id, "company_id": aim.company_id} | {
        "salon": aim.salon.salon_id,
        "salon_id": aim.salon.salon_id,
    }


def sent(case: Case, aim: Tenant, badge: Badge) -> dict[str, Any]:
    """The body of a POST, as Flask's client takes it: a form where a page has one, else JSON."""
    of_case = case.body if case.form is None else case.form
    return {"json" if case.form is None else "data": {**named(aim), **of_case(aim), **badge.body}}
