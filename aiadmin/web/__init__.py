"""The web edge: parse, call one service, render. No view decides anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NoReturn, cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask_cors import CORS
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map, RequestRedirect, Rule

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.web.companies import connect_links, registration, statistics
from aiadmin.web.console import door, fleet, salon, salons
from aiadmin.web.http import company_slots, compression, errors, guards, headers, limits, origins, request_log
from aiadmin.web.http.fields import MAX_ID
from aiadmin.web.http.json_body import READ_BYTES
from aiadmin.web.http.real_ip import RealIp
from aiadmin.web.http.static_files import URL_PATH, VersionedStatic
from aiadmin.web.install import activation_requests, arrival, lifecycle
from aiadmin.web.journal import webhooks
from aiadmin.web.journal.webhook_door import WebhookDoor
from aiadmin.web.manage import api, bot, browsers, conversations, message_settings, pages, sending
from aiadmin.web.openapi import docs
from aiadmin.web.ops import health, metrics, root
from aiadmin.web.pairing import connect_page, qr, sockets, status
from aiadmin.web.partner import partner
from aiadmin.web.privacy import clients
from aiadmin.web.provider import orders

LOCK_SECONDS = 2.0
"""How long a request waits inside PostgreSQL for a lock; it holds one of few connections meanwhile."""
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def create_app(container: Container) -> Flask:
    """The whole web application over `container`: HTTP, Socket.IO, limits, headers."""
    app = _App(__name__, static_folder="static", static_url_path=URL_PATH, template_folder=str(TEMPLATES))
    app.extensions["aiadmin"] = container
    app.config["MAX_CONTENT_LENGTH"] = READ_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.globals["support"] = _support(container.config)
    app.jinja_env.globals["modules"] = app.modules
    app.jinja_env.globals["yclients_url"] = _yclients_page(container.config)
    request_log.attach(app)
    compression.attach(app)
    headers.attach(app, container.config)
    errors.attach(app)
    _add_routes(app)
    limits.attach(app, container)
    company_slots.attach(app, container.config.database_pool_size)
    _allow_origins(app, container)
    sockets.attach(app, container)
    app.wsgi_app = WebhookDoor(app.wsgi_app, container)  # type: ignore[method-assign]
    _trust_proxies(app, container.config)
    return app


def _support(config: Config) -> dict[str, str]:
    """Whom a salon writes to when something is wrong, as every page names it; Telegram's name is without the @."""
    return {"email": config.support_email, "telegram": config.support_telegram, "url": config.support_url}


def _yclients_page(config: Config) -> str:
    """Where an owner finds the application at YClients, or at what the settings name in its place (a fake)."""
    marketplace = urlsplit(config.yclients_marketplace_url)
    is_yclients = (marketplace.hostname or "").endswith(("yclients.com", "yclients.ru"))
    return "https://yclients.com/appstore" if is_yclients else f"{marketplace.scheme}://{marketplace.netloc}/"


class LazyRule(Rule):
    """A route whose function for `url_for` is made when it is first asked for: few are, and they take 30 ms."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made = lru_cache(partial(super()._compile_builder, append_unknown))
        return lambda rule, /, **values: made()(rule, **values)


class _App(VersionedStatic):
    url_rule_class = LazyRule

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view here is a coroutine, and Flask would ask that of every function at every request."""
        return func

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """No spelling of an address leads to another: Flask would name the host that the client has written."""
        if isinstance(request.routing_exception, RequestRedirect):
            raise NotFound
        super().raise_routing_exception(request)


class _IdConverter(IntegerConverter):
    """`<id:...>`: a number that a 32-bit column can hold."""

    regex = "[0-9]{1,10}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=MAX_ID)


def _add_routes(app: Flask) -> None:
    """Every blueprint with its guard, the public ones included. No address leads to another spelling of itself."""
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = _IdConverter
    guards.protect(app, registration.blueprint, guards.REGISTRAR)
    guards.protect(app, connect_links.blueprint, guards.COMPANY_OR_ADMIN)
    guards.protect(app, connect_page.blueprint, guards.OWNER_OF_PAGE)
    guards.protect(app, qr.blueprint, guards.LINK_HOLDER)
    guards.protect(app, status.blueprint, guards.READER)
    guards.protect(app, arrival.blueprint, guards.VISITOR)
    guards.protect(app, pages.blueprint, guards.OWNER_OF_PAGE)
    guards.protect(app, api.blueprint, guards.OWNER)
    guards.protect(app, conversations.blueprint, guards.OWNER)
    guards.protect(app, message_settings.blueprint, guards.OWNER)
    guards.protect(app, sending.blueprint, guards.OWNER)
    guards.protect(app, bot.blueprint, guards.OWNER)
    guards.protect(app, browsers.blueprint, guards.OWNER)
    guards.protect(app, door.blueprint, guards.CONSOLE_VISITOR)
    guards.protect(app, salons.blueprint, guards.OPERATOR)
    guards.protect(app, salon.blueprint, guards.OPERATOR)
    guards.protect(app, fleet.blueprint, guards.OPERATOR)
    guards.protect(app, lifecycle.blueprint, guards.MARKETPLACE)
    guards.protect(app, activation_requests.blueprint, guards.KEY_IN_BODY)
    guards.protect(app, webhooks.blueprint, guards.WEBHOOK_SENDER)
    guards.protect(app, orders.blueprint, guards.BEARER_KEY)
    guards.protect(app, statistics.blueprint, guards.ADMIN)
    guards.protect(app, partner.blueprint, guards.ADMIN)
    guards.protect(app, clients.blueprint, guards.ADMIN)
    guards.protect(app, metrics.blueprint, guards.SCRAPER)
    guards.protect(app, health.blueprint, guards.PUBLIC)
    guards.protect(app, root.blueprint, guards.PUBLIC)
    guards.protect(app, docs.blueprint, guards.READER_OF_DOCS)


def _allow_origins(app: Flask, container: Container) -> None:
    CORS(
        app,
        resources=r"/marketplace/.*",
        origins=origins.allowed(container.config),
        methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "X-API-Key", request_log.HEADER],
        expose_headers=["Retry-After", request_log.HEADER],
        supports_credentials=False,
        always_send=False,
        max_age=600,
    )
    answer = app.after_request_funcs[None].pop()

    def answer_browsers(response: Response) -> Response:
        """Only a page of another site sends an Origin; all else is spared the rules."""
        return cast("Response", answer(response)) if "Origin" in request.headers else response

    app.after_request(answer_browsers)


def _trust_proxies(app: Flask, config: Config) -> None:
    """Outermost, after Socket.IO: otherwise sockets see the proxy's address and all users share one limit."""
    hops = config.trusted_proxies
    if hops and config.client_ip_header == "X-Real-IP":
        proxied = ProxyFix(RealIp(app.wsgi_app), x_for=0, x_proto=hops, x_host=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    elif hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
