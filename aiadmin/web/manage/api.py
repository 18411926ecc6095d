"""What the management page asks and orders. The link's token comes in a header: addresses end in logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from operator import itemgetter

from flask import Blueprint

from aiadmin.adapters.sockets import page_events
from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.hosting.device import Device
from aiadmin.domain.install.lifecycle import LifecycleChange
from aiadmin.domain.manage.salon_state import session_state, states
from aiadmin.domain.partner.partner import paid_until
from aiadmin.services.manage import overview as management
from aiadmin.services.manage.overview import OwnerActions, SalonOverview
from aiadmin.storage.unit_of_work import UnitOfWork
from aiadmin.texts import ru
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.texts.ru import overview as overview_texts
from aiadmin.web.http import schemas
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import company, current_container, key_limits
from aiadmin.web.manage import schemas as manage_schemas
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("manage_api", __name__)


@blueprint.get("/marketplace/manage/overview")
@documented(Operation(summary="Всё о салоне, кроме переписки", answers={200: manage_schemas.Overview}))
def overview() -> dict[str, object]:
    """WhatsApp, YClients, the reading of the journal, and what happened lately."""
    with current_container().uow() as work:
        return overview_of(company(), work)


@blueprint.post("/marketplace/manage/disconnect")
@documented(Operation(summary="Отключить WhatsApp салона", answers={200: manage_schemas.Ordered}))
def disconnect() -> dict[str, object]:
    """The phone is logged out; settings and messages stay."""
    was_linked = _owner().disconnect(company().company_id)
    return _done("disconnected" if was_linked else "not-linked")


@blueprint.post("/marketplace/manage/activation")
@documented(Operation(summary="Ещё раз сообщить YClients", answers={202: manage_schemas.Ordered}, errors=(409,)))
def retry() -> tuple[dict[str, object], int]:
    """Send the activation to YClients again, for another window."""
    key_limits().count_errand(company().company_id)
    _owner().retry(company().company_id)
    return _done("retrying"), HTTPStatus.ACCEPTED


@blueprint.post("/marketplace/manage/sync")
@documented(Operation(summary="Прочитать журнал салона заново", answers={202: manage_schemas.Ordered}))
def read_again() -> tuple[dict[str, object], int]:
    """Read everything from the beginning, unless it is being read; no notice is sent twice."""
    key_limits().count_errand(company().company_id)
    has_begun = _owner().read_again(company().company_id)
    return _done("reading" if has_begun else "in-hand"), HTTPStatus.ACCEPTED


@blueprint.post("/marketplace/manage/pause")
@documented(
    Operation(
        summary="Придержать сообщения салона или отпустить",
        answers={200: manage_schemas.Ordered},
        body=manage_schemas.Pause,
    )
)
def pause() -> dict[str, object]:
    """Everything but what a human types is held; what becomes worthless meanwhile is not sent afterwards."""
    is_paused = manage_schemas.Pause().load(read_object())["paused"]
    _owner().pause(company().company_id, is_paused=is_paused)
    return _done("paused" if is_paused else "resumed")


@blueprint.post("/marketplace/manage/payment")
@documented(
    Operation(summary="Где оплатить приложение", answers={200: manage_schemas.Payment}, errors=(409, 422, 502))
)
def payment() -> dict[str, object]:
    """A page of YClients' own; it is signed there for this salon."""
    owner = company().company_id
    key_limits().count_errand(owner)
    url = current_container().partner_service.payment_link(owner, None, actor=management.OWNER)
    return schemas.dump(manage_schemas.Payment, url=url)


@blueprint.post("/marketplace/manage/payment/state")
@documented(
    Operation(summary="До какого числа оплачено", answers={200: manage_schemas.Ordered}, errors=(409, 422, 502))
)
def payment_state() -> dict[str, object]:
    """As YClients has it now: it tells us of no payment by itself. A salon that was frozen and has paid goes on."""
    owner, container = company(), current_container()
    key_limits().count_errand(owner.company_id)
    seen = container.partner_service.installation(owner.company_id, actor=management.OWNER)
    text = texts_manage.paid_until(paid_until(seen.payments))
    if owner.integration_status is IntegrationStatus.FROZEN:
        change = container.lifecycle_service.recheck(owner.company_id)
        text = f"{text} {texts_manage.AFTER_FROZEN[change is LifecycleChange.RESUME]}"
    return schemas.dump(manage_schemas.Ordered, text=text)


def overview_of(owner: Company, work: UnitOfWork) -> dict[str, object]:
    """The answer of `overview`, for the pages as well, which show it before their script has asked."""
    container = current_container()
    held_all = container.config.messages_paused
    now = container.clock()
    seen = management.overview(owner, work=work, now=now, is_never_sending=held_all)
    shown = schemas.dump(
        manage_schemas.Overview,
        whatsapp=_whatsapp(seen),
        yclients=_yclients(seen),
        sync=[{**page_events.sync(run), "finished_at": run.finished_at} for run in seen.runs],
        actions=sorted(seen.actions),
        warning=texts_manage.DOUBLE_NOTICES if seen.is_double else None,
        states=[{"kind": one.kind.value, "text": texts_manage.state(one, seen.zone)} for one in states(seen.facts)],
        paused_at=seen.facts.paused_at,
        zone=seen.zone,
        events=_events(seen),
        statuses={status.value: count for status, count in seen.statuses.items()},
    )
    headline = overview_texts.headline(shown, now)
    return {**shown, "headline": headline, "others": overview_texts.others(shown)}


def _owner() -> OwnerActions:
    container = current_container()
    return OwnerActions(uow=container.uow, clock=container.clock, window=container.config.activation_window)


def _done(what: str) -> dict[str, object]:
    return schemas.dump(manage_schemas.Ordered, text=texts_manage.DONE[what])


def _whatsapp(seen: SalonOverview) -> Mapping[str, object]:
    owner, device = seen.company, seen.device
    kind = session_state(seen.facts)
    return {
        "connected": owner.whatsapp_connected,
        "phone": owner.whatsapp_phone,
        "connected_at": owner.whatsapp_connected_at,
        "state": kind or (device.observed.value if device else "none"),
        "text": texts_manage.STATES[kind] if kind else _session(device),
        "since": device.state_since if device else None,
    }


def _session(device: Device | None) -> str:
    return texts_manage.session(device.observed, device.reason) if device else texts_manage.NO_PHONE


def _events(seen: SalonOverview) -> Sequence[Mapping[str, object]]:
    """What became of the session and who came in, newest first."""
    happened = [(event.at, texts_manage.session(event.observed, event.reason)) for event in seen.events]
    happened += [(entry.at, texts_manage.new_entry(entry.details)) for entry in seen.entries]
    return [{"at": at, "text": text} for at, text in sorted(happened, key=itemgetter(0), reverse=True)]


def _yclients(seen: SalonOverview) -> Mapping[str, object]:
    owner = seen.company
    return {
        "status": owner.integration_status.value,
        "text": ru.ACTIVATION[owner.integration_status],
        "reason": ru.ACTIVATION_REASONS.get(owner.activation_error or ""),
        "webhooks": texts_manage.WEBHOOK_SETTINGS.get(seen.webhooks or ""),
    }
