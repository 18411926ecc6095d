"""The list of salons."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request

from aiadmin.domain.console.directory import SalonFilter
from aiadmin.domain.errors import OperatorSessionError
from aiadmin.domain.number import whole_number
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.texts.ru import console as texts
from aiadmin.web.console import door
from aiadmin.web.console.frame import CONSOLE, ConsoleSection, address, show
from aiadmin.web.http import operator_cookie
from aiadmin.web.http.redirects import see_other
from aiadmin.web.http.request_context import current_container, operator
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("console", __name__)
blueprint.register_error_handler(OperatorSessionError, door.lead_to_login)

_OF_HOSTS = frozenset({WorkQueue.OUTBOX_MESSAGES})
"""These wait for the pace of their number, mostly."""
MOST_SEARCH, MOST_PAGES = 60, 100_000


@blueprint.get(CONSOLE)
@documented(
    Operation(
        summary="Салоны",
        answers={200: "text/html", 303: "text/html"},
        query={"part": "Часть списка", "search": "Название, номер, последние цифры телефона", "page": "Страница"},
        errors=(HTTPStatus.FORBIDDEN,),
    )
)
def list_salons() -> str:
    """A page of the list, who needs an operator first, and how all of them stand."""
    part, search = _part(), " ".join(request.args.get("search", "")[:MOST_SEARCH].split())
    page = whole_number(request.args.get("page"), most=MOST_PAGES) or 1
    container = current_container()
    found = container.salon_directory.page(chosen=part, search=search, page=page)

    def url_of(one: SalonFilter, number: int | None = None) -> str:
        return address("", part="" if one is SalonFilter.ALL else one.value, search=search, page=number)

    waiting = [one for one in container.fleet_desk.queues() if one.oldest and one.queue not in _OF_HOSTS]
    return show(
        "salons",
        ConsoleSection.SALONS,
        slowest=min(waiting, key=lambda one: one.oldest or container.clock(), default=None),
        queues=texts.QUEUES,
        funnel=container.fleet_desk.funnel(),
        found=found,
        part=part,
        search=search,
        parts=[(one, texts.FILTERS[one], found.counts[one], url_of(one)) for one in SalonFilter],
        page_url=lambda number: url_of(part, number),
        unsearched=address("", part="" if part is SalonFilter.ALL else part.value),
        reason=lambda one: texts.reason(one, container.clock()),
        sessions=texts.SESSIONS,
        statuses=texts.STATUSES,
    )


@blueprint.post(f"{CONSOLE}/logout")
@documented(Operation(summary="Выйти из консоли", answers={303: "text/html"}, errors=(HTTPStatus.FORBIDDEN,)))
def log_out() -> Response:
    """End this browser's session."""
    session = operator()
    current_container().operators.end(session.session_id, by=session)
    return operator_cookie.remove(see_other(address("/login", said="left")))


def _part() -> SalonFilter:
    asked = request.args.get("part", "")
    return SalonFilter(asked) if asked in set(SalonFilter) else SalonFilter.ALL
