"""The management page of a salon that is set up."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from aiadmin.services.companies import owner_sessions
from aiadmin.services.manage import overview
from aiadmin.texts.ru import bot as bot_texts
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.web.companies.registration import connect_url, manage_url
from aiadmin.web.http.request_context import company, current_container, session
from aiadmin.web.manage import entry
from aiadmin.web.openapi.operation import Operation, documented
from aiadmin.web.pairing.connect_page import SOCKET_PATH

blueprint = Blueprint("manage", __name__)
entry.answer_closed(blueprint)

COUNTED = timedelta(days=30)
"""How far back the bot's doings are counted."""
YCLIENTS_JOURNAL = "https://yclients.com/timetable/{salon_id}"
"""Where an owner sees the salon's bookings there; no address of its settings is documented."""


@blueprint.get("/marketplace/manage")
@documented(
    Operation(
        summary="Страница управления салоном",
        answers={200: "text/html", 303: "text/html"},
        query={"company": "Номер компании", "token": "Токен из ссылки: браузер получает вход"},
    )
)
def page() -> ResponseReturnValue:
    """The page of a salon that this browser is let into; a link lets it in."""
    if door := entry.by_link():
        return door
    owner, container = company(), current_container()
    return render_template(
        "marketplace/manage.html",
        owner=owner,
        zone=overview.zone(owner.company_id, uow=container.uow),
        token=owner_sessions.page_token(session(), tokens=container.tokens, clock=container.clock),
        connect_url=connect_url(owner),
        bot_url=manage_url(owner, "/bot"),
        journal_url=YCLIENTS_JOURNAL.format(salon_id=owner.salon_id),
        words=texts_manage.PAGE,
        socket_url_path=SOCKET_PATH,
    )


@blueprint.get("/marketplace/manage/bot")
@documented(
    Operation(
        summary="Страница бота",
        answers={200: "text/html", 303: "text/html"},
        query={"company": "Номер компании", "token": "Токен из ссылки: браузер получает вход"},
    )
)
def bot() -> ResponseReturnValue:
    """The bot of a salon: a chat to try it out in, and its settings."""
    if door := entry.by_link("/bot"):
        return door
    owner, container = company(), current_container()
    with container.uow() as work:
        view = container.views.salon(work, owner.company_id).view
        counts = work.bot_reports.counts(owner.company_id, since=container.clock() - COUNTED, zone=view.zone)
    model = container.language_model
    return render_template(
        "marketplace/bot.html",
        owner=owner,
        manage_url=manage_url(owner),
        zone=view.zone,
        bot=container.bot_settings.get(owner.company_id),
        counts=bot_texts.counts(counts, counts.outside(view.hours)),
        modes=bot_texts.MODES,
        abilities=bot_texts.ABILITIES,
        rules=bot_texts.RULES,
        words=bot_texts.WORDS,
        off=bot_texts.OFF,
        nothing_sent=bot_texts.NOTHING_SENT,
        no_right=bot_texts.NO_RIGHT,
        asks_model=model is not None and model.is_abroad,
        model_words=bot_texts.MODEL_ABROAD,
    )
