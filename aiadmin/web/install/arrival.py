"""Where YClients sends an owner's browser: to be set up, or to the page of a salon that is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from aiadmin.domain.companies.company import Company
from aiadmin.domain.companies.owner_session import agent_name
from aiadmin.domain.errors import SalonsInvalidError, SignatureInvalidError
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.arrival import Admission, Arrival
from aiadmin.domain.install.signed_user import salons_of
from aiadmin.services.companies import owner_sessions
from aiadmin.services.companies.owner_sessions import BrowserSecret
from aiadmin.services.install.arrivals import InstallOutcome
from aiadmin.texts import ru
from aiadmin.web.companies.registration import connect_url, entry_url
from aiadmin.web.http import session_cookie
from aiadmin.web.http.errors import RETRY_SOON_SECONDS, answer_to
from aiadmin.web.http.origins import is_of_yclients
from aiadmin.web.http.redirects import see_other
from aiadmin.web.http.request_context import current_container, yclients_user
from aiadmin.web.openapi.operation import Operation, documented

log = structlog.get_logger(__name__)
blueprint = Blueprint("install", __name__)

PATIENCE_SECONDS = 20.0
"""For all salons together: what is not asked about by then is left for another try."""
_OF_THE_BROWSER = ("User-Agent", "Accept-Language", "Sec-CH-UA-Platform")
"""The same in every request of a browser, whatever network it is in."""
_STATUS: Mapping[Admission, int] = {
    Admission.AGAIN: HTTPStatus.CONFLICT,
    Admission.PAUSED: HTTPStatus.CONFLICT,
    Admission.USED: HTTPStatus.GONE,
    Admission.STRANGER: HTTPStatus.FORBIDDEN,
    Admission.LATER: HTTPStatus.SERVICE_UNAVAILABLE,
}


@blueprint.get("/marketplace/install")
@documented(
    Operation(
        summary="Вход из YClients: установка или управление",
        answers={200: "text/html", 303: "text/html"},
        query={
            "salon_id": "Номер салона; несколько: salon_ids[]=1&salon_ids[]=2, salon_ids[0]=1 или salon_ids=1,2",
            "user_data": "Кто пришёл: JSON в base64",
            "user_data_sign": "Подпись YClients",
        },
        needed=("user_data", "user_data_sign"),
        errors=(401, 403, 409, 410),
    )
)
def arrive() -> ResponseReturnValue:
    """One salon goes straight to its page, several to a list of theirs. A HEAD uses nothing up."""
    salons = salons_of(request.args.items(multi=True))
    if request.method == "HEAD":
        return ""
    browser = session_cookie.of_visitor()
    arrivals = list(_arrive_all(salons, browser))
    response = _open(arrivals[0]) if len(arrivals) == 1 else _list(arrivals)
    is_in = any(outcome.token is not None for outcome in arrivals)
    return session_cookie.put(response, browser) if is_in else response


@blueprint.errorhandler(SignatureInvalidError)
@blueprint.errorhandler(SalonsInvalidError)
def refused(error: Exception) -> Response:
    """A page for people: its reader is a browser."""
    answer = answer_to(error)
    return _notice(answer.code, answer.status)


def _arrive_all(salons: tuple[SalonId, ...], browser: BrowserSecret) -> Iterator[InstallOutcome]:
    """YClients is asked about one salon after another, as its limits want it."""
    ends = time.monotonic() + PATIENCE_SECONDS
    for salon_id in salons:
        if time.monotonic() > ends:
            yield InstallOutcome(salon_id=salon_id, admission=Admission.LATER)
        else:
            outcome = current_container().arrival_service.handle_arrival(_arrival(salon_id, browser))
            company_id = outcome.company.company_id if outcome.company else None
            log.info("salon arrived", company_id=company_id, salon_id=salon_id, admission=outcome.admission.value)
            yield outcome


def _arrival(salon_id: SalonId, browser: BrowserSecret) -> Arrival:
    who = yclients_user()
    return Arrival(
        salon_id=salon_id,
        user_id=who.user_id,
        sign=who.sign,
        is_from_yclients=_is_from_yclients(),
        browser="\n".join(request.headers.get(name, "") for name in _OF_THE_BROWSER),
        browser_hash=browser.hashed,
        agent=agent_name(request.headers.get("User-Agent", "")),
    )


def _is_from_yclients() -> bool:
    """Whether the browser says that it follows a link of YClients, or of another site that hides its name."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    if referrer.netloc:
        return is_of_yclients(f"{referrer.scheme}://{referrer.netloc}", current_container().config)
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


def _open(outcome: InstallOutcome) -> Response:
    if outcome.company is None or outcome.token is None:
        return _notice(outcome.admission.value, _STATUS[outcome.admission])
    return see_other(page_url(outcome.admission, outcome.company, outcome.token))


def page_url(admission: Admission, owner: Company, token: str) -> str:
    """The connect page for a salon that begins, the management page for one that is set up; without the host."""
    return connect_url(owner, token) if admission is Admission.ONBOARD else entry_url(owner, token)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """One of several salons, as the list shows it."""

    name: str
    words: str
    company_id: int | None
    token: str | None = field(repr=False)
    url: str | None = field(repr=False)


def _list(arrivals: list[InstallOutcome]) -> Response:
    if all(outcome.admission is Admission.LATER for outcome in arrivals):
        return _notice(Admission.LATER.value, _STATUS[Admission.LATER])
    is_incomplete = any(outcome.admission is Admission.LATER for outcome in arrivals)
    lines = [_line(outcome) for outcome in arrivals]
    return Response(render_template("marketplace/salons.html", lines=lines, is_incomplete=is_incomplete))


def _line(outcome: InstallOutcome) -> _Line:
    owner, token = outcome.company, outcome.token
    is_in = owner is not None and token is not None
    return _Line(
        name=(owner.title if owner else None) or f"Салон {outcome.salon_id}",
        words=ru.INSTALLATION_STATES[outcome.admission],
        company_id=owner.company_id if owner else None,
        token=token,
        url=page_url(outcome.admission, owner, token) if owner and token and is_in else None,
    )


def _notice(code: str, status: int) -> Response:
    title, text = ru.INSTALLATION[code]
    browser, container = session_cookie.read(), current_container()
    salons = owner_sessions.salons_of(browser, uow=container.uow, clock=container.clock) if browser else []
    page = render_template("marketplace/install.html", title=title, text=text, code=code, salons=salons)
    response = Response(page, status=status, mimetype="text/html")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_SOON_SECONDS)
    return response
