"""What belongs to the request in hand."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, request

from aiadmin.container import Container
from aiadmin.domain.companies.company import DEFAULT_COUNTRY, Company
from aiadmin.domain.companies.owner_session import OwnerSession
from aiadmin.domain.console.operator_session import OperatorSession
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.install.signed_user import YClientsUser
from aiadmin.edge.peers import peer_of
from aiadmin.services.companies.owner_sessions import Entered
from aiadmin.web.http.guesses import Guesses
from aiadmin.web.http.key_limits import KeyLimits


def current_container() -> Container:
    """This app's adapters."""
    return cast("Container", current_app.extensions["aiadmin"])


def peer() -> str:
    """The caller's name in limits: an address or a network."""
    return peer_of(request.remote_addr or "")


def key_limits() -> KeyLimits:
    """This app's limits of keys."""
    return cast("KeyLimits", current_app.extensions["key_limits"])


def lifecycle_guesses() -> Guesses:
    """Wrong keys of this app's lifecycle route."""
    return cast("Guesses", current_app.extensions["lifecycle_guesses"])


def company() -> Company:
    """The company that the guard let in."""
    return cast("Company", g.company)


def entered() -> Entered | None:
    """This browser's session of the company; None where it came by a link."""
    return cast("Entered | None", g.get("entered"))


def session() -> OwnerSession:
    """The same, for a page that leads those who come by a link elsewhere."""
    return cast("Entered", g.entered).session


def operator() -> OperatorSession:
    """The operator that the guard let into the console."""
    return cast("OperatorSession", g.operator)


def form_token() -> str:
    """What the forms of this operator's pages carry."""
    return cast("str", g.form_token)


def country() -> str:
    """Where the salon is that this request is about, ISO 3166 code; the default where it is about none."""
    known: Company | None = g.get("company")
    return DEFAULT_COUNTRY if known is None else known.country


def yclients_user() -> YClientsUser:
    """Who came from YClients, as the guard has verified."""
    return cast("YClientsUser", g.yclients_user)


def company_id() -> CompanyId:
    """The id of the company that the guard let in; webhooks know no more than this."""
    return cast("CompanyId", g.company_id)


def request_id() -> str:
    """The id that the answer and every log line of this request carry."""
    return cast("str", g.get("request_id", ""))


def wants_html() -> bool:
    """Whether a browser is asking for a page, rather than a program for JSON."""
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
