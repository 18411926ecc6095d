"""The management page of a salon that is set up."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template, request

from aiadmin.domain.companies.company import Company
from aiadmin.domain.errors import LinkError, LinkInvalidError
from aiadmin.services.manage import overview
from aiadmin.texts import ru
from aiadmin.texts.ru import bot as bot_texts
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.web.companies.registration import connect_url, manage_url
from aiadmin.web.http.errors import answer_to
from aiadmin.web.http.request_context import company, current_container
from aiadmin.web.openapi.operation import Operation, documented
from aiadmin.web.pairing.connect_page import SOCKET_PATH

blueprint = Blueprint("manage", __name__)

COUNTED = timedelta(days=30)
"""How far back the bot's doings are counted."""
YCLIENTS_JOURNAL = "https://yclients.com/timetable/{salon_id}"
"""Where an owner sees the salon's bookings there; no address of its settings is documented."""


@blueprint.get("/marketplace/manage")
@documented(
    Operation(
        summary="Страница управления салоном",
        answers={200: "text/html"},
        query={"token": "Токен из ссылки", "company": "Номер компании"},
        needed=("token",),
        errors=(401,),
    )
)
def page() -> str:
    """The page of the company that the token opens; `company` must not contradict it."""
    owner = _owner()
    token = request.args["token"]
    return render_template(
        "marketplace/manage.html",
        owner=owner,
        zone=overview.zone(owner.company_id, uow=current_container().uow),
        token=token,
        connect_url=connect_url(owner, token),
        bot_url=manage_url(owner, token, "/bot"),
        journal_url=YCLIENTS_JOURNAL.format(salon_id=owner.salon_id),
        words=texts_manage.PAGE,
        socket_url_path=SOCKET_PATH,
    )


@blueprint.get("/marketplace/manage/bot")
@documented(
    Operation(
        summary="Страница бота",
        answers={200: "text/html"},
        query={"token": "Токен из ссылки", "company": "Номер компании"},
        needed=("token",),
        errors=(401,),
    )
)
def bot() -> str:
    """The bot of the salon that the token opens: a chat to try it out in, and its settings."""
    owner, token, container = _owner(), request.args["token"], current_container()
    with container.uow() as work:
        view = container.views.salon(work, owner.company_id).view
        counts = work.bot_reports.counts(owner.company_id, since=container.clock() - COUNTED, zone=view.zone)
    model = container.language_model
    return render_template(
        "marketplace/bot.html",
        owner=owner,
        token=token,
        manage_url=manage_url(owner, token),
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


def _owner() -> Company:
    """The company that the token opens; the number in the address must not contradict it."""
    owner = company()
    if request.args.get("company", str(owner.company_id)) != str(owner.company_id):
        raise LinkInvalidError
    return owner


@blueprint.errorhandler(LinkError)
def closed(error: LinkError) -> Response:
    """A page for people, with what this tab remembers of links that work."""
    answer = answer_to(error)
    words = {"title": texts_manage.REFUSED_TITLE, "text": ru.ERRORS[answer.code], "code": answer.code}
    page = render_template("marketplace/install.html", **words)
    return Response(page, status=answer.status, mimetype="text/html")
