"""The sections of a salon's pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint

from aiadmin.domain.chat.situation import BotMode
from aiadmin.domain.companies.company import Company
from aiadmin.domain.manage.conversation import LONGEST_REPLY
from aiadmin.domain.manage.figures import Attention
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.services.manage import figures
from aiadmin.services.notices.settings import MessageSettingsService
from aiadmin.texts.ru import bot as bot_texts
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.texts.ru import notices as notice_texts
from aiadmin.texts.ru import overview as words
from aiadmin.web.http.request_context import current_container, session
from aiadmin.web.manage import chart, entry
from aiadmin.web.manage.api import overview_of
from aiadmin.web.manage.frame import Section, Shown, section

blueprint = Blueprint("manage", __name__)
entry.answer_closed(blueprint)

COUNTED = timedelta(days=30)
"""How far back the bot's doings are counted."""
_BOT_ON = frozenset({BotMode.CLOSED_HOURS, BotMode.ALWAYS})


@section(blueprint, Section.OVERVIEW)
def show_overview(owner: Company) -> Shown:
    """How things stand in a sentence, what the messages have brought, who waits, and what is sent next."""
    container, seen = current_container(), overview_of(owner)
    zone, now = ZoneInfo(str(seen["zone"])), container.clock()
    mode = container.bot_settings.get(owner.company_id).settings.mode
    summary = figures.summary(
        owner.company_id, zone=zone.key, is_bot_on=mode in _BOT_ON, uow=container.uow, clock=container.clock
    )
    return {
        "seen": seen,
        "cards": words.cards(summary.figures),
        "bars": chart.bars(summary.days),
        "asked_any": any(day.asked for day in summary.days),
        "chart_width": chart.WIDTH,
        "chart_height": chart.HEIGHT,
        "day_name": words.day_name,
        "attention": [_attention(one, zone) for one in summary.attention],
        "upcoming": [
            (words.upcoming_when(one, now, zone), words.upcoming_what(one), words.upcoming_names(one))
            for one in summary.upcoming
        ],
        "steps": words.steps(summary.steps),
        "steps_over": summary.steps.is_over,
    }


def _attention(one: Attention, zone: ZoneInfo) -> Mapping[str, str]:
    return {
        "kind": one.kind.value,
        "contact": str(one.contact_id),
        "who": one.name or wording.phone(one.phone) or words.SOMEBODY,
        "words": words.attention(one, zone),
        "mark": words.ATTENTION_MARKS[one.kind],
    }


@section(blueprint, Section.CHATS)
def show_chats(owner: Company) -> Shown:
    """What was written, by either side, and a place to answer; the page's script asks for the chats."""
    return {
        "statuses": texts_manage.week(overview_of(owner)["statuses"]),
        "connected": owner.whatsapp_connected,
        "longest_reply": LONGEST_REPLY,
    }


@section(blueprint, Section.SENDING)
def show_sending(owner: Company) -> Shown:
    """Which messages are sent, when, and how many at most."""
    container = current_container()
    service = MessageSettingsService(uow=container.uow, clock=container.clock)
    seen = overview_of(owner)
    return {
        "kinds": [(kind, texts_manage.PURPOSES[kind]) for kind in NoticeKind],
        "languages": texts_manage.LANGUAGES,
        "settings": service.settings(owner.company_id).to_json(),
        "warning": seen["warning"],
    }


@section(blueprint, Section.TEXTS)
def show_texts(owner: Company) -> Shown:
    """What each kind of message says."""
    container = current_container()
    service = MessageSettingsService(uow=container.uow, clock=container.clock)
    settings = service.settings(owner.company_id).to_json()
    return {
        "texts": [(one, texts_manage.PURPOSES[one.kind], settings[one.kind]) for one in service.texts(owner)],
        "variables": notice_texts.VARIABLE_MEANINGS,
    }


@section(blueprint, Section.BOT)
def show_bot(owner: Company) -> Shown:
    """A chat to try the bot out in, its settings, and what it has talked about."""
    container = current_container()
    with container.uow() as work:
        view = container.views.salon(work, owner.company_id).view
        counts = work.bot_reports.counts(owner.company_id, since=container.clock() - COUNTED, zone=view.zone)
    model, speech = container.language_model, container.speech
    return {
        "bot": container.bot_settings.get(owner.company_id),
        "counts": bot_texts.counts(counts, counts.outside(view.hours)),
        "modes": bot_texts.MODES,
        "abilities": bot_texts.ABILITIES,
        "rules": bot_texts.RULES,
        "bot_words": bot_texts.WORDS,
        "off": bot_texts.OFF,
        "nothing_sent": bot_texts.NOTHING_SENT,
        "no_right": bot_texts.NO_RIGHT,
        "asks_model": model is not None and model.is_abroad,
        "model_words": bot_texts.MODEL_ABROAD,
        "asks_speech": speech is not None and speech.is_abroad,
        "speech_words": bot_texts.SPEECH_ABROAD,
    }


@section(blueprint, Section.CONNECTION)
def show_connection(owner: Company) -> Shown:
    """The phone, YClients, the journal, and the browsers that these pages are open in."""
    container = current_container()
    with container.uow() as work:
        browsers = work.owner_sessions.list_live(owner.company_id, container.clock())
    return {
        "seen": overview_of(owner),
        "browsers": [(one, one.session_id == session().session_id) for one in browsers],
    }


@section(blueprint, Section.HELP)
def show_help(owner: Company) -> Shown:
    """Answers to what owners ask, and whom they may write to."""
    return {"answers": texts_manage.HELP, "is_connected": owner.whatsapp_connected}
