"""What stands around every page of the console: its sections, who is in, and what an order has come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response, render_template, request

from aiadmin.domain.hosting.device import masked
from aiadmin.texts.ru import console as texts
from aiadmin.texts.ru import formatting as wording
from aiadmin.web.http.redirects import see_other
from aiadmin.web.http.request_context import current_container, form_token, operator
from aiadmin.web.openapi.operation import Operation

CONSOLE = "/console"


class ConsoleSection(StrEnum):
    """A part of the console, in the order of the bar; the words are `texts.ru.console.SECTIONS`."""

    SALONS = ""
    HOSTS = "/hosts"
    QUEUES = "/queues"
    TRAFFIC = "/traffic"
    PAIRINGS = "/pairings"
    EVENTS = "/events"

    @property
    def url(self) -> str:
        return f"{CONSOLE}{self.value}"


def page_operation(summary: str, **query: str) -> Operation:
    """How a page of the console is described."""
    answers = {200: "text/html", 303: "text/html"}
    return Operation(summary=summary, answers=answers, query=query, errors=(HTTPStatus.FORBIDDEN,))


def order_operation(summary: str, *, refused: HTTPStatus) -> Operation:
    """How an order is described that a form of the console gives; `refused` is where it cannot be done."""
    errors = (HTTPStatus.FORBIDDEN, refused, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return Operation(summary=summary, answers={303: "text/html"}, errors=errors)


def show(template: str, section: ConsoleSection, **shown: object) -> str:
    """A page of a section, for the operator who is in."""
    now = current_container().clock()
    return render_template(
        f"console/{template}.html",
        section=section.name.lower(),
        sections=[(one.name.lower(), texts.SECTIONS[one.name.lower()], one.url) for one in ConsoleSection],
        operator=operator(),
        form_token=form_token(),
        said=texts.SAID.get(request.args.get("said", "")),
        clock=texts.clock(now),
        **words(now),
        **shown,
    )


def words(now: datetime) -> Mapping[str, object]:
    """What every template says, and how it writes times, numbers and phones."""
    return {
        "words": texts.WORDS,
        "now": now,
        "passed": lambda at: texts.passed(now - at),
        "moment": texts.moment,
        "number": wording.number,
        "masked": masked,
    }


def back_to(path: str, said: str) -> Response:
    """Have the browser ask for a page of the console, which says what an order has come to."""
    return see_other(address(path, said=said))


def address(path: str, **query: object) -> str:
    """An address of the console with what of the query is not empty."""
    given = {name: value for name, value in query.items() if value not in {None, ""}}
    return f"{CONSOLE}{path}?{urlencode(given)}" if given else f"{CONSOLE}{path}"
