"""`companies show`: all that is known of one salon."""

from __future__ import annotations

from collections.abc import Sequence

import click

from aiadmin.cli.table import show_facts, written
from aiadmin.container import Container
from aiadmin.domain.companies.company import Company
from aiadmin.domain.companies.outbox import OutboxRow
from aiadmin.domain.hosting.device import Device, SessionChange, masked
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.manage.salon_state import SalonState
from aiadmin.domain.number import BIGGEST_INTEGER
from aiadmin.services.hosting import sessions
from aiadmin.services.provider import orders
from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from aiadmin.texts.ru import manage as texts_manage

_CHANGES = 5
_DOUBLE = "clients may hear everything twice: our notices are on, and YClients sends its own through us as well"


@click.command()
@click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER))
def show(company_id: int) -> None:
    """All that is known of one company: its status, its device, its activation, the last errors."""
    container = Container.from_env()
    with container.uow() as work:
        company = work.companies.get(CompanyId(company_id))
        device = work.devices.find_current(company.company_id)
        row = work.outbox.find_by_key(company.company_id, ACTIVATION_KEY)
        zone = work.journal.zone(company.company_id) or DEFAULT_ZONE
    states = container.salon_states.of([company.company_id])[company.company_id]
    changes = sessions.recent_events(company.company_id, limit=_CHANGES, uow=container.uow)
    facts = [
        *_company_facts(company),
        *_state_facts(states, zone),
        *_device_facts(device),
        *_change_facts(changes),
        *_activation_facts(row),
    ]
    if orders.double_notices(company.company_id, uow=container.uow, clock=container.clock):
        facts.append(("warning", _DOUBLE))
    show_facts(facts)


def _company_facts(company: Company) -> list[tuple[str, object]]:
    return [
        ("company", company.company_id),
        ("salon", company.salon_id),
        ("title", company.title),
        ("phone", masked(company.phone) if company.phone else None),
        ("status", company.integration_status.value),
        ("registered", company.created_at),
        ("consented", company.consented_at),
        ("activation error", company.activation_error),
        ("activation deadline", company.activation_deadline_at),
        ("activated", company.activated_at),
        ("whatsapp connected", company.whatsapp_connected),
        ("whatsapp phone", masked(company.whatsapp_phone) if company.whatsapp_phone else None),
        ("whatsapp since", company.whatsapp_connected_at),
    ]


def _state_facts(states: Sequence[SalonState], zone: str) -> list[tuple[str, object]]:
    """In the words of the salon's page, so that both speak of the same."""
    return [("state", f"{one.kind}: {texts_manage.state(one, zone)}") for one in states] or [("state", "well")]


def _device_facts(device: Device | None) -> list[tuple[str, object]]:
    if device is None:
        return [("device", None)]
    return [
        ("device", device.device_id),
        ("device wanted", device.desired.value),
        ("device seen", device.observed.value),
        ("device since", device.state_since),
        ("device reason", device.reason),
        ("device host", device.host_id),
        ("device epoch", device.epoch),
    ]


def _change_facts(changes: Sequence[SessionChange]) -> list[tuple[str, object]]:
    return [
        (
            "session event",
            f"{written(change.at)}  {change.observed}  {written(change.reason)}  on {written(change.host_id)}",
        )
        for change in changes
    ]


def _activation_facts(row: OutboxRow | None) -> list[tuple[str, object]]:
    if row is None:
        return [("callback", None)]
    return [
        ("callback", row.outbox_id),
        ("callback state", "held until a phone is linked" if row.is_held else row.state.value),
        ("callback attempts", row.attempts),
        ("callback next", row.next_attempt_at),
        ("callback deadline", row.deadline_at),
        ("callback last error", row.last_error),
    ]
