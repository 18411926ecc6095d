"""Who may call: every blueprint names its guard where it is registered, public ones say so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import structlog
from flask import Blueprint, Flask, current_app, g, request

from aiadmin.domain.companies.company import Company
from aiadmin.domain.errors import (
    CompanyNotFoundError,
    ConsoleClosedError,
    CrossSiteError,
    LinkInvalidError,
    RegistrationClosedError,
    SessionMissingError,
    UnauthorizedError,
    WrongAppError,
)
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.install import signed_user
from aiadmin.domain.number import BIGGEST_INTEGER, whole_number
from aiadmin.services.companies import owner_sessions
from aiadmin.web.http import company_slots, operator_cookie, session_cookie
from aiadmin.web.http.json_body import body_of, read_object
from aiadmin.web.http.keys import is_same
from aiadmin.web.http.request_context import current_container, key_limits, lifecycle_guesses, peer

REFUSAL = "aiadmin.webhook.refusal"
"""Where Flask finds in the request's environ why a webhook was not taken in."""


@dataclass(frozen=True)
class Guard:
    """A check before every view of a blueprint, and the OpenAPI names of what it accepts, any one of them."""

    check: Callable[[], None]
    accepts: tuple[str, ...]


def protect(app: Flask, blueprint: Blueprint, guard: Guard) -> None:
    """Register `blueprint` and run `guard` before its views. OPTIONS passes: it carries no key and learns nothing."""

    def check() -> None:
        if request.method != "OPTIONS":
            guard.check()

    app.register_blueprint(blueprint)
    app.before_request_funcs.setdefault(blueprint.name, []).append(check)
    app.extensions.setdefault("guards", {})[blueprint.name] = guard


def _api_key() -> str:
    return request.headers.get("X-API-Key", "")


def _bearer() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _is_admin() -> bool:
    return is_same(_api_key(), current_container().config.admin_api_key)


def _enter(company: Company) -> None:
    company_slots.take(current_app.extensions["company_slots"], company.company_id)
    g.company = company
    g.company_id = company.company_id
    structlog.contextvars.bind_contextvars(company_id=company.company_id)


def _asked_company() -> CompanyId:
    return CompanyId((request.view_args or {})["company_id"])


def _company_by_key(api_key: str) -> Company:
    if not api_key:
        raise UnauthorizedError
    company = current_container().company_by_api_key(api_key)
    if company is None:
        raise UnauthorizedError
    return company


def _company_by_link(token: str) -> Company:
    return current_container().open_link(token)


def _nobody() -> None:
    """Anybody may call."""


def _registrar() -> None:
    if not current_container().config.open_registration and not _is_admin():
        raise RegistrationClosedError


def _reader_of_docs() -> None:
    if not current_container().config.open_docs:
        _admin()


def _admin() -> None:
    if not _is_admin():
        raise UnauthorizedError


def _scraper() -> None:
    given, config = _bearer() or _api_key(), current_container().config
    if not (is_same(given, config.metrics_token) or is_same(given, config.admin_api_key)):
        raise UnauthorizedError


def _link_holder() -> None:
    token = (request.view_args or {}).get("token") or request.args.get("token", "")
    _enter(_company_by_link(token))


def _company_or_admin() -> None:
    """The company's own key, or the admin's. Another company's key does not even learn that the company exists."""
    if _is_admin():
        company = current_container().company_by_number(_asked_company())
        if company is None:
            raise CompanyNotFoundError
        return _enter(company)
    return _enter_own(_company_by_key(_api_key()))


def _reader() -> None:
    token = _bearer()
    return _company_or_admin() if token is None else _enter_own(_company_by_link(token))


def _enter_own(company: Company) -> None:
    if company.company_id != _asked_company():
        raise CompanyNotFoundError
    _enter(company)


def _key_in_body() -> None:
    """The specification's callback carries its key in the body; the header does as well."""
    given = read_object().get("api_key") or _api_key()
    if not isinstance(given, str) or not given.isascii():
        raise UnauthorizedError
    _enter(_company_by_key(given))


def _visitor() -> None:
    """YClients' signature of who came; without our partner token no signature is valid."""
    given = request.args
    partner_token = current_container().config.yclients_api_key
    g.yclients_user = signed_user.verify(given.get("user_data", ""), given.get("user_data_sign", ""), partner_token)


def _marketplace() -> None:
    """YClients itself: the partner token in the body, always, and the number of our application."""
    config, guesses = current_container().config, lifecycle_guesses()
    if not _names_token(config.yclients_api_key):
        guesses.check(peer())
    with guesses.counted(peer()):
        body = read_object()
        given = body.get("partner_token")
        if not isinstance(given, str) or not is_same(given, config.yclients_api_key):
            raise UnauthorizedError
    if config.yclients_app_id is None or whole_number(body.get("application_id")) != config.yclients_app_id:
        raise WrongAppError


_PARTNER_TOKEN = re.compile(rb'"partner_token"\s*:\s*"([^"\\]*)"')


def _names_token(wanted: str) -> bool:
    """Whether the body holds our token at first sight: YClients is heard, whatever comes from its address."""
    shown = _PARTNER_TOKEN.findall(body_of(request))
    return any(is_same(one.decode(errors="replace"), wanted) for one in shown[:3])


def _bearer_key() -> None:
    """The salon's own key, as YClients was given it at the activation."""
    given, limits, address = _bearer() or "", key_limits(), peer()
    key_hash = current_container().secrets.hash_api_key(given)
    limits.check(address, key_hash)
    try:
        company = _company_by_key(given if given.isascii() else "")
    except UnauthorizedError:
        limits.note_wrong_key(address, key_hash)
        raise
    limits.count_order(company.company_id)
    _enter(company)


COMPANY_HEADER = "X-Company-Id"
"""Which of the browser's salons a script of ours means. A page of another site may not send it at all."""


def _owner() -> None:
    """A link's token in the header; else the session of this browser, asked by a page of ours."""
    token, browser = _bearer(), session_cookie.read()
    if token is not None or browser is None:
        return _enter(_company_by_link(token or ""))
    session_cookie.check_same_origin()
    number = whole_number(request.headers.get(COMPANY_HEADER), most=BIGGEST_INTEGER)
    if number is None:
        raise LinkInvalidError
    return _enter_session(CompanyId(number))


def _owner_of_page() -> None:
    """A link, whose bearer then gets a session; else the session of this browser."""
    if "token" in request.args:
        return _enter(_company_by_link(request.args["token"]))
    number = whole_number(request.args.get("company"), most=BIGGEST_INTEGER)
    if number is None and "company" in request.args:
        raise SessionMissingError
    return _enter_session(None if number is None else CompanyId(number))


def _enter_session(company_id: CompanyId | None) -> None:
    container = current_container()
    g.entered = owner_sessions.enter(session_cookie.read(), company_id, uow=container.uow, clock=container.clock)
    _enter(g.entered.company)


def _console_visitor() -> None:
    if not current_container().config.admin_api_key:
        raise ConsoleClosedError


def _operator() -> None:
    """The session of this browser; for a change, a form of a page of ours that this very browser was given."""
    _console_visitor()
    secret = operator_cookie.read()
    g.operator = current_container().operators.enter(secret)
    g.form_token = secret.form_token if secret else ""
    structlog.contextvars.bind_contextvars(operator=g.operator.operator)
    if request.method not in session_cookie.SAFE:
        session_cookie.check_same_origin()
        body_of(request)
        if not is_same(request.form.get("form_token", ""), g.form_token):
            raise CrossSiteError


def _webhook_sender() -> None:
    """What comes as far as this was refused at `webhook_door`, which has checked the key first of all."""
    raise cast("Exception", request.environ.get(REFUSAL, UnauthorizedError()))


PUBLIC = Guard(_nobody, ())
REGISTRAR = Guard(_registrar, ("", "apiKey"))
ADMIN = Guard(_admin, ("apiKey",))
READER_OF_DOCS = Guard(_reader_of_docs, ("", "apiKey"))
SCRAPER = Guard(_scraper, ("bearer", "apiKey"))
LINK_HOLDER = Guard(_link_holder, ())
COMPANY_OR_ADMIN = Guard(_company_or_admin, ("apiKey",))
READER = Guard(_reader, ("bearer", "apiKey"))
KEY_IN_BODY = Guard(_key_in_body, ("", "apiKey"))
VISITOR = Guard(_visitor, ())
MARKETPLACE = Guard(_marketplace, ("",))
BEARER_KEY = Guard(_bearer_key, ("bearer",))
OWNER = Guard(_owner, ("bearer", "session"))
CONSOLE_VISITOR = Guard(_console_visitor, ("",))
OPERATOR = Guard(_operator, ("operator",))
OWNER_OF_PAGE = Guard(_owner_of_page, ("session",))
WEBHOOK_SENDER = Guard(_webhook_sender, ("webhookKey", "apiKey"))
