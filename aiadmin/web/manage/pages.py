"""The sections of a salon's pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint

from aiadmin.domain.chat.bot_settings import BotMode
from aiadmin.domain.companies.company import Company
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.manage import uptime
from aiadmin.domain.manage.conversation import LONGEST_REPLY
from aiadmin.domain.manage.figures import Attention
from aiadmin.domain.notices.upcoming import together
from aiadmin.services.manage import figures, overview
from aiadmin.services.notices import upcoming
from aiadmin.services.notices.settings import MessageSettingsService
from aiadmin.services.provider import orders
from aiadmin.storage.unit_of_work import UnitOfWork
from aiadmin.texts.ru import bot as bot_texts
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.texts.ru import notices as notice_texts
from aiadmin.texts.ru import overview as words
from aiadmin.texts.ru import sending as sending_words
from aiadmin.web.http.request_context import current_container, session
from aiadmin.web.manage import chart, entry
from aiadmin.web.manage.api import overview_of
from aiadmin.web.manage.frame import Section, Shown, section

blueprint = Blueprint("manage", __name__)
entry.answer_closed(blueprint)

COUNTED = timedelta(days=30)
"""How far back the bot's doings are counted."""
MOST_UPCOMING = 4
_BOT_ON = frozenset({BotMode.CLOSED_HOURS, BotMode.ALWAYS})


@section(blueprint, Section.OVERVIEW)
def show_overview(owner: Company, work: UnitOfWork) -> Shown:
    """How things stand in a sentence, what the messages have brought, who waits, and what is sent next."""
    container, seen = current_container(), overview_of(owner, work)
    zone, now = ZoneInfo(str(seen["zone"])), container.clock()
    mode = container.bot_settings.read(owner.company_id, work).settings.mode
    summary = figures.summary(owner.company_id, zone=zone.key, is_bot_on=mode in _BOT_ON, work=work, now=now)
    plan = upcoming.plan(owner.company_id, work=work, now=now)
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
            for one in together(plan.upcoming, most=MOST_UPCOMING)
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
def show_chats(owner: Company, work: UnitOfWork) -> Shown:
    """What was written, by either side, and a place to answer; the page's script asks for the chats."""
    since = current_container().clock() - overview.COUNTED
    return {
        "statuses": texts_manage.week(work.message_log.count_by_status(owner.company_id, since)),
        "connected": owner.whatsapp_connected,
        "longest_reply": LONGEST_REPLY,
    }


@section(blueprint, Section.SENDING)
def show_sending(owner: Company, work: UnitOfWork) -> Shown:
    """What is sent to whom when, what was not sent and why, and how much the salon wants to send."""
    now = current_container().clock()
    plan = upcoming.plan(owner.company_id, work=work, now=now)
    double = orders.hears_twice(owner.company_id, work=work, now=now)
    return {
        "plan": plan,
        "days": sending_words.days(plan),
        "more": max(len(plan.upcoming) - sending_words.MOST_LISTED, 0),
        "hours": chart.hour_bars(plan.hours),
        "any_hour": any(one.count for one in plan.hours),
        "hour_name": sending_words.hour_name,
        "chart_width": chart.WIDTH,
        "chart_height": chart.HOURS_HEIGHT,
        "loads": [(sending_words.day_name(one, plan), one, chart.meter(one)) for one in plan.days],
        "meter_width": chart.METER_WIDTH,
        "dropped": [sending_words.dropped(one, plan) for one in plan.dropped],
        "settings": plan.settings.to_json(),
        "warning": texts_manage.DOUBLE_NOTICES if double else None,
    }


@section(blueprint, Section.TEXTS)
def show_texts(owner: Company, work: UnitOfWork) -> Shown:
    """Each kind of message: whether it is sent, when, and what it says."""
    container = current_container()
    service = MessageSettingsService(uow=container.uow, clock=container.clock)
    return {
        "texts": [(one, texts_manage.PURPOSES[one.kind]) for one in service.read_texts(owner, work)],
        "settings": work.message_settings.settings(owner.company_id).to_json(),
        "languages": texts_manage.LANGUAGES,
        "when": texts_manage.WHEN,
        "at_once": texts_manage.AT_ONCE,
        "variables": notice_texts.VARIABLE_MEANINGS,
    }


@section(blueprint, Section.BOT)
def show_bot(owner: Company, work: UnitOfWork) -> Shown:
    """A chat to try the bot out in, its settings, and what it has talked about."""
    container = current_container()
    view = container.salon_views.read(work, owner.company_id).view
    counts = work.bot_reports.counts(owner.company_id, since=container.clock() - COUNTED, zone=view.zone)
    model, speech = container.language_model, container.speech
    return {
        "bot": container.bot_settings.read(owner.company_id, work),
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
def show_connection(owner: Company, work: UnitOfWork) -> Shown:
    """The phone, YClients, the journal, and the browsers that these pages are open in."""
    now = current_container().clock()
    browsers = work.owner_sessions.list_live(owner.company_id, now)
    days = uptime.uptime(
        work.session_events.since(owner.company_id, now - timedelta(days=uptime.DAYS)),
        work.devices.find_current(owner.company_id),
        now=now,
        zone=work.journal.zone(owner.company_id) or DEFAULT_ZONE,
    )
    return {
        "seen": overview_of(owner, work),
        "strip": chart.strip(days),
        "chart_width": chart.WIDTH,
        "chart_height": chart.STRIP_HEIGHT,
        "uptime": words.uptime(days),
        "uptime_day": words.uptime_day,
        "uptime_words": words.uptime_words,
        "browsers": [(one, one.session_id == session().session_id) for one in browsers],
    }


@section(blueprint, Section.HELP)
def show_help(owner: Company, _work: UnitOfWork) -> Shown:
    """Answers to what owners ask, and whom they may write to."""
    return {"answers": texts_manage.HELP, "is_connected": owner.whatsapp_connected}
