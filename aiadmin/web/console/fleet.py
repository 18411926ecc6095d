"""Hosts, queues, traffic, salons on their way in, what happened, and who else is in the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request

from aiadmin.domain.console import traffic
from aiadmin.domain.errors import OperatorSessionError
from aiadmin.domain.ids import CompanyId, HostId, OperatorSessionId
from aiadmin.domain.number import whole_number
from aiadmin.services.console.fleet import NEWS
from aiadmin.services.hosting.sessions import DrainRefused
from aiadmin.texts import ru
from aiadmin.texts.ru import console as texts
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.web.console import door, hour_chart
from aiadmin.web.console.frame import (
    CONSOLE,
    ConsoleSection,
    address,
    back_to,
    order_operation,
    page_operation,
    show,
)
from aiadmin.web.http.request_context import current_container, operator
from aiadmin.web.openapi.operation import documented

blueprint = Blueprint("console_fleet", __name__)
blueprint.register_error_handler(OperatorSessionError, door.lead_to_login)

_ACTIONS = "actions"
_REFUSALS = {DrainRefused.NO_HOST: "no-host", DrainRefused.NO_ROOM: "no-room"}


@blueprint.get(f"{CONSOLE}/hosts")
@documented(page_operation("Хосты сессий WhatsApp", said="Чем закончился приказ"))
def show_hosts() -> str:
    """Every living host: what it holds, and what it takes of its machine."""
    return show("hosts", ConsoleSection.HOSTS, hosts=current_container().fleet_desk.hosts())


@blueprint.post(f"{CONSOLE}/hosts/<uuid:host_id>/drain")
@documented(order_operation("Разгрузить хост", refused=HTTPStatus.NOT_FOUND))
def drain(host_id: UUID) -> Response:
    """Move every session off a host, which takes nothing more until it is started again."""
    force = request.form.get("force") == "1"
    held = current_container().fleet_desk.drain(HostId(host_id), force=force, by=operator())
    return back_to("/hosts", _REFUSALS[held] if isinstance(held, DrainRefused) else "draining")


@blueprint.get(f"{CONSOLE}/queues")
@documented(page_operation("Очереди и обращения к YClients", said="Чем закончился приказ"))
def show_queues() -> str:
    """What waits and since when, what was set aside, and what is left of YClients' budget."""
    page = current_container().fleet_desk.queue_page()
    return show(
        "queues",
        ConsoleSection.QUEUES,
        page=page,
        names=texts.QUEUES,
        span=texts.passed,
        per_minute=current_container().config.yclients_per_minute,
    )


@blueprint.post(f"{CONSOLE}/queues/retry")
@documented(order_operation("Обработать всё отложенное ещё раз", refused=HTTPStatus.NOT_FOUND))
def retry_rows() -> Response:
    """Have what was set aside of all salons tried again."""
    current_container().salon_desk.retry_rows(None, by=operator())
    return back_to("/queues", "rows-retried")


@blueprint.get(f"{CONSOLE}/pairings")
@documented(page_operation("Подключения за неделю"))
def show_pairings() -> str:
    """How far those have come that registered within a week, and where the others have stopped."""
    page = current_container().fleet_desk.funnel_page()
    reading = page.reading
    counts = reading.registered, reading.consented, reading.shown, reading.linked, reading.activated
    return show(
        "pairings",
        ConsoleSection.PAIRINGS,
        page=page,
        steps=list(zip(texts.FUNNEL.values(), counts, strict=True)),
        stopped=[(one, texts.stopped(one)) for one in page.stopped],
        why=lambda error: ru.ACTIVATION_REASONS.get(error or ""),
        statuses=texts.STATUSES,
    )


@blueprint.get(f"{CONSOLE}/traffic")
@documented(page_operation("Сообщения по часам и платежи"))
def show_traffic() -> str:
    """How many messages went out, failed and came in each hour of the last day; and what was last paid."""
    page = current_container().fleet_desk.traffic_page()
    whole = traffic.total(page.hours)
    return show(
        "traffic",
        ConsoleSection.TRAFFIC,
        hours=page.hours,
        columns=hour_chart.columns(page.hours),
        chart_width=hour_chart.WIDTH,
        chart_height=hour_chart.HEIGHT,
        whole=whole,
        last=page.hours[-1],
        failed=texts.share(traffic.failed_share(whole)),
        hour_name=texts.hour_name,
        hour_words=texts.hour_words,
        money=[(one, texts.told(one.entry)) for one in page.money],
    )


@blueprint.get(f"{CONSOLE}/events")
@documented(page_operation("События", what="sessions или actions", before="Продолжение: из ответа"))
def show_events() -> str:
    """What became of sessions, or what people did on purpose, of all salons, the newest first."""
    before, of_people = whole_number(request.args.get("before"), most=2**62), request.args.get("what") == _ACTIONS
    what = _ACTIONS if of_people else ""
    lines = _actions(before) if of_people else _sessions(before)
    return show(
        "events",
        ConsoleSection.EVENTS,
        lines=lines,
        what=what,
        kinds=[
            ("", texts.WORDS["of_sessions"], address("/events")),
            (_ACTIONS, texts.WORDS["of_people"], address("/events", what=_ACTIONS)),
        ],
        older=len(lines) == NEWS and address("/events", what=what, before=lines[-1].number),
    )


@dataclass(frozen=True)
class _Line:
    """A line of the feed."""

    number: int
    at: datetime
    company_id: CompanyId | None
    salon: str | None
    text: str


def _actions(before: int | None) -> Sequence[_Line]:
    found = current_container().fleet_desk.action_news(before)
    return [
        _Line(one.entry.audit_id, one.entry.at, one.entry.company_id, one.salon, texts.told(one.entry))
        for one in found
    ]


def _sessions(before: int | None) -> Sequence[_Line]:
    found = current_container().fleet_desk.session_news(before)
    return [
        _Line(
            one.number,
            one.change.at,
            one.company_id,
            one.salon,
            texts_manage.session(one.change.observed, one.change.reason),
        )
        for one in found
    ]


@blueprint.get(f"{CONSOLE}/operators")
@documented(page_operation("Кто вошёл в консоль", said="Чем закончился приказ"))
def show_operators() -> str:
    """The browsers that the console is open in."""
    return show("operators", ConsoleSection.EVENTS, sessions=current_container().operators.others())


@blueprint.post(f"{CONSOLE}/operators/<id:session_id>/end")
@documented(order_operation("Закрыть вход в консоль в другом браузере", refused=HTTPStatus.NOT_FOUND))
def end_session(session_id: int) -> Response:
    """End a session of the console: whoever had it is at the door again."""
    was_live = current_container().operators.end(OperatorSessionId(session_id), by=operator())
    return back_to("/operators", "session-ended" if was_live else "session-over")
