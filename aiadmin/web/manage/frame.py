"""What stands around every section of a salon's pages: where one is, where one may go, and which salon it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial, wraps
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.services.companies import owner_sessions
from aiadmin.storage.unit_of_work import UnitOfWork
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.web.companies.registration import connect_url, manage_url
from aiadmin.web.http.origins import is_framed
from aiadmin.web.http.request_context import company, current_container, entered
from aiadmin.web.manage import entry
from aiadmin.web.openapi.operation import Operation, documented
from aiadmin.web.pairing.connect_page import SOCKET_PATH

JOURNAL = "https://yclients.com/timetable/{salon_id}"
"""Where an owner sees the salon's bookings at YClients; no address of its settings is documented."""


class Section(StrEnum):
    """A part of a salon's pages, in the order of the bar; the words are `texts.ru.manage.SECTIONS`."""

    OVERVIEW = ""
    CHATS = "/chats"
    SENDING = "/sending"
    TEXTS = "/texts"
    BOT = "/bot"
    CONNECTION = "/connection"
    HELP = "/help"


Shown = Mapping[str, object]


View = Callable[[Company, UnitOfWork], Shown]
"""What a section shows of a salon; it reads within the one transaction of its page."""


def section(blueprint: Blueprint, which: Section) -> Callable[[View], object]:
    """Serve a section under its address: the view gives what its template shows, all else is here."""
    summary = f"{texts_manage.SECTIONS[which.name.lower()]}: страница кабинета"
    operation = Operation(
        summary=summary,
        answers={200: "text/html", 303: "text/html"},
        query={"company": "Номер компании", "token": "Токен из ссылки: браузер получает вход"},
    )

    def serve(view: View) -> object:
        @documented(operation)
        @wraps(view)
        def answer() -> ResponseReturnValue:
            """The section, or the way to it for a browser that comes by a link."""
            if door := entry.by_link(which):
                return door
            owner = company()
            with current_container().uow() as work:
                shown = {**_frame(owner, which, work), **view(owner, work)}
            return render_template(_template(which), **shown)

        return blueprint.get(f"/marketplace/manage{which}", endpoint=which.name.lower())(answer)

    return serve


def _template(which: Section) -> str:
    return f"marketplace/manage/{which.name.lower()}.html"


def _frame(owner: Company, which: Section, work: UnitOfWork) -> Shown:
    container, seen = current_container(), entered()
    salons = () if seen is None else seen.salons
    token = seen and owner_sessions.page_token(seen.session, tokens=container.tokens, clock=container.clock)
    zone = work.journal.zone(owner.company_id) or DEFAULT_ZONE
    names = [one.name.lower() for one in Section]
    urls = {name: manage_url(owner, one) for name, one in zip(names, Section, strict=True)}
    return {
        "owner": owner,
        "section": which.name.lower(),
        "sections": [(name, texts_manage.SECTIONS[name], urls[name]) for name in names],
        "salons": [(one, f"/marketplace/manage{which}?company={one.company_id}") for one in salons],
        "urls": urls,
        "connect_url": connect_url(owner),
        "is_frozen": owner.integration_status is IntegrationStatus.FROZEN,
        "journal_url": JOURNAL.format(salon_id=owner.salon_id),
        "embedded": is_framed(),
        "zone": zone,
        "moment": partial(_moment, ZoneInfo(zone)),
        "number": wording.number,
        "phone": wording.phone,
        "token": token,
        "words": texts_manage.PAGE,
        "socket_url_path": SOCKET_PATH,
    }


def _moment(zone: ZoneInfo, at: datetime | str) -> str:
    """A time by the salon's clock; our own JSON has it as text."""
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    return wording.moment(when.astimezone(zone))
