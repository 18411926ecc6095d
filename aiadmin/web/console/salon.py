"""One salon: how it stands, what an operator may do about it, and its chats, which open for a reason alone."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, request

from aiadmin.domain.companies.company import Company
from aiadmin.domain.console.operator_session import OPENED_FOR, reason_given
from aiadmin.domain.errors import ActivationStateError, CompanyNotFoundError, OperatorSessionError
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.manage.salon_state import states
from aiadmin.domain.messages.message_log import Cursor
from aiadmin.masking import mask_text
from aiadmin.services.manage.conversations import CHATS
from aiadmin.services.manage.overview import OwnerActions
from aiadmin.storage.console.feed import SentLine
from aiadmin.texts import ru
from aiadmin.texts.ru import chats
from aiadmin.texts.ru import console as texts
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.web.companies.registration import manage_url
from aiadmin.web.console import door
from aiadmin.web.console.frame import (
    CONSOLE,
    ConsoleSection,
    address,
    back_to,
    order_operation,
    page_operation,
    show,
)
from aiadmin.web.http import session_cookie
from aiadmin.web.http.redirects import see_other
from aiadmin.web.http.request_context import current_container, operator
from aiadmin.web.openapi.operation import documented

blueprint = Blueprint("console_salon", __name__)
blueprint.register_error_handler(OperatorSessionError, door.lead_to_login)

_SALON = f"{CONSOLE}/salons/<id:company_id>"
_CHAT = f"{_SALON}/chats/<id:contact_id>"


@blueprint.get(_SALON)
@documented(page_operation("Салон", said="Чем закончился приказ"))
def show_salon(company_id: int) -> str:
    """How the salon stands, and what we do for it; nothing that anybody has written."""
    company, container = _company(company_id), current_container()
    page = container.salon_desk.page(company)
    seen, now = page.seen, container.clock()
    return show(
        "salon",
        ConsoleSection.SALONS,
        page=page,
        company=company,
        path=f"{CONSOLE}/salons/{company_id}",
        can=seen.actions,
        states=[texts_manage.state(one, seen.zone) for one in states(seen.facts)],
        reasons=[(one, texts.reason(one, now)) for one in page.listed.reasons],
        session_text=texts_manage.session(seen.device.observed, seen.device.reason) if seen.device else None,
        activation=ru.ACTIVATION[company.integration_status],
        activation_error=ru.ACTIVATION_REASONS.get(company.activation_error or ""),
        webhooks=texts_manage.WEBHOOK_SETTINGS.get(seen.webhooks or ""),
        runs=[(texts.SYNCS[run.kind], texts_manage.SYNC_STATES[run.state], run) for run in seen.runs],
        is_reading=any(run.kind is SyncKind.FULL and run.state in {"waiting", "running"} for run in seen.runs),
        week=texts_manage.week({status.value: count for status, count in seen.statuses.items()}),
        sent=[(one, texts_manage.PURPOSES.get(one.purpose, one.purpose), _outcome(one)) for one in page.sent],
        callback=page.callback and texts.CALLBACKS[page.callback.state],
        events=[(one, texts_manage.session(one.observed, one.reason)) for one in seen.events],
        actions=[(one.at, texts.told(one)) for one in page.actions],
        queues=texts.QUEUES,
        sessions=texts.SESSIONS,
        statuses=texts.STATUSES,
    )


def _outcome(one: SentLine) -> tuple[str, str | None]:
    return texts_manage.MESSAGE_STATUSES[one.status], texts_manage.message_reason(one.reason)


@blueprint.post(f"{_SALON}/retry")
@documented(order_operation("Ещё раз сообщить YClients о салоне", refused=HTTPStatus.CONFLICT))
def retry(company_id: int) -> Response:
    """Tell YClients again, for another window."""
    try:
        _actions().retry(_known(company_id))
    except ActivationStateError:
        return _back(company_id, "retry-refused")
    return _back(company_id, "retrying")


@blueprint.post(f"{_SALON}/read")
@documented(order_operation("Прочитать журнал салона заново", refused=HTTPStatus.CONFLICT))
def read_again(company_id: int) -> Response:
    """Read the journal from the beginning, unless it is being read."""
    return _back(company_id, "reading" if _actions().read_again(_known(company_id)) else "in-hand")


@blueprint.post(f"{_SALON}/pause")
@documented(order_operation("Придержать сообщения салона", refused=HTTPStatus.CONFLICT))
def pause(company_id: int) -> Response:
    """Hold everything but what a human types."""
    _actions().pause(_known(company_id), is_paused=True)
    return _back(company_id, "paused")


@blueprint.post(f"{_SALON}/resume")
@documented(order_operation("Отпустить сообщения салона", refused=HTTPStatus.CONFLICT))
def resume(company_id: int) -> Response:
    """Let messages go on; what became worthless is not sent."""
    _actions().pause(_known(company_id), is_paused=False)
    return _back(company_id, "resumed")


@blueprint.post(f"{_SALON}/restart")
@documented(order_operation("Перезапустить связь салона с WhatsApp", refused=HTTPStatus.CONFLICT))
def restart(company_id: int) -> Response:
    """Disconnect the session and connect it afresh, also where it waits."""
    return _back(company_id, "restarting" if _actions().restart(_known(company_id)) else "no-phone")


@blueprint.post(f"{_SALON}/retry-rows")
@documented(order_operation("Обработать отложенное салона ещё раз", refused=HTTPStatus.CONFLICT))
def retry_rows(company_id: int) -> Response:
    """Have what was set aside tried again."""
    current_container().salon_desk.retry_rows(_known(company_id), by=operator())
    return _back(company_id, "rows-retried")


@blueprint.post(f"{_SALON}/enter")
@documented(order_operation("Открыть кабинет салона в этом браузере", refused=HTTPStatus.CONFLICT))
def enter(company_id: int) -> Response:
    """Open the salon's own pages for an hour, for a reason; the owner is told."""
    company, reason = _company(company_id), _reason()
    if reason is None:
        return _back(company_id, "reason-missing")
    browser = session_cookie.of_visitor()
    current_container().salon_desk.enter(company, browser, by=operator(), reason=reason)
    return session_cookie.put(see_other(manage_url(company)), browser)


@blueprint.get(f"{_SALON}/chats")
@documented(page_operation("Чаты салона без текстов", before="Продолжение: из ответа"))
def list_chats(company_id: int) -> str:
    """Who has written when and has the floor: no names, no words, masked numbers."""
    company = _company(company_id)
    found = current_container().salon_desk.chats(company.company_id, before=_moment(request.args.get("before")))
    return show(
        "chats",
        ConsoleSection.SALONS,
        company=company,
        path=f"{CONSOLE}/salons/{company_id}",
        chats=found,
        authors=texts.AUTHORS,
        minutes=int(OPENED_FOR.total_seconds() // 60),
        older=found
        and len(found) == CHATS
        and address(f"/salons/{company_id}/chats", before=found[-1].at.isoformat()),
    )


@blueprint.post(f"{_CHAT}/open")
@documented(order_operation("Открыть чат, назвав причину", refused=HTTPStatus.CONFLICT))
def open_chat(company_id: int, contact_id: int) -> Response:
    """Let this browser read a chat for half an hour; the reason is kept."""
    number, reason = _known(company_id), _reason()
    if reason is None:
        return back_to(f"/salons/{company_id}/chats", "reason-missing")
    current_container().salon_desk.open_chat(number, ContactId(contact_id), by=operator(), reason=reason)
    return see_other(address(f"/salons/{company_id}/chats/{contact_id}"))


@blueprint.get(_CHAT)
@documented(page_operation("Открытый чат", before="Продолжение: из ответа"))
def show_chat(company_id: int, contact_id: int) -> str | Response:
    """The words of a chat that this browser has opened; else the way to the list, where it is opened."""
    company, desk, contact = _company(company_id), current_container().salon_desk, ContactId(contact_id)
    if not desk.is_open(company.company_id, contact, by=operator()):
        return back_to(f"/salons/{company_id}/chats", "chat-closed")
    entries = desk.thread(company.company_id, contact, before=_cursor(request.args.get("before")))
    path = f"/salons/{company_id}/chats/{contact_id}"
    return show(
        "chat",
        ConsoleSection.SALONS,
        company=company,
        path=f"{CONSOLE}/salons/{company_id}",
        entries=[
            (one, chats.SPOKEN.format(words=one.text) if one.is_spoken else one.text) for one in reversed(entries)
        ],
        who=next((one.name for one in entries if one.name), None),
        statuses=texts_manage.MESSAGE_STATUSES,
        authors=texts.AUTHORS,
        reason_of=texts_manage.message_reason,
        older=entries and address(path, before=str(entries[-1].cursor)),
    )


def _company(company_id: int) -> Company:
    company = current_container().company_by_number(CompanyId(company_id))
    if company is None:
        raise CompanyNotFoundError
    return company


def _known(company_id: int) -> CompanyId:
    return _company(company_id).company_id


def _actions() -> OwnerActions:
    held = current_container()
    window = held.config.activation_window
    return OwnerActions(uow=held.uow, clock=held.clock, window=window, actor=operator().actor)


def _reason() -> str | None:
    """Why, without the phones and keys that it may hold: the audit log has none."""
    return reason_given(mask_text(request.form.get("reason", "")))


def _back(company_id: int, said: str) -> Response:
    return back_to(f"/salons/{company_id}", said)


def _moment(given: str | None) -> datetime | None:
    """A place in the list of chats; a wrong one is its beginning."""
    try:
        at = datetime.fromisoformat(given) if given else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def _cursor(given: str | None) -> Cursor | None:
    """A place in a chat; a wrong one is its end."""
    try:
        return Cursor.parse(given) if given else None
    except ValueError:
        return None
