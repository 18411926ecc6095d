"""`python -m aiadmin sessions`: look at WhatsApp sessions, start one afresh, move those of a host elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from uuid import UUID

import click

from aiadmin.cli.table import show_facts, show_table, written
from aiadmin.container import Container
from aiadmin.domain.hosting.device import Device, Observed, SessionChange, masked
from aiadmin.domain.ids import CompanyId, DeviceId, HostId
from aiadmin.domain.manage.salon_state import session_state
from aiadmin.domain.number import BIGGEST_INTEGER
from aiadmin.services.hosting import sessions as service

_PAGE = 500
_CHANGES = 20
_HEADINGS = ("COMPANY", "WHATSAPP", "STATE", "SINCE", "REASON", "WANTED", "HOST")
_CHANGE_HEADINGS = ("AT", "STATE", "REASON", "HOST")
_COMPANY = click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER))


@click.group()
def sessions() -> None:
    """Look at WhatsApp sessions, and move them."""


@sessions.command("list")
@click.option("--state", type=click.Choice([state.value for state in Observed]), help="only those in this state")
def list_sessions(state: str | None) -> None:
    """Every session, one line each; phones are masked."""
    container = Container.from_env()
    show_table(_HEADINGS, _lines(container, _all(container, Observed(state) if state else None)))


@sessions.command()
@_COMPANY
def show(company_id: int) -> None:
    """A company's session and what became of it lately, the newest first."""
    container = Container.from_env()
    with container.uow() as work:
        company = work.companies.get(CompanyId(company_id))
        device = work.devices.find_current(company.company_id)
    if device is None:
        click.echo("no phone is linked")
    else:
        show_facts(
            [(name.lower(), text) for name, text in zip(_HEADINGS, next(_lines(container, [device])), strict=True)]
        )
    changes = service.recent_events(company.company_id, limit=_CHANGES, uow=container.uow)
    if changes:
        click.echo()
        show_table(_CHANGE_HEADINGS, map(_change_columns, changes))


@sessions.command()
@_COMPANY
def restart(company_id: int) -> None:
    """Disconnect a company's session and connect it afresh, also where it waits."""
    container = Container.from_env()
    if not service.restart(CompanyId(company_id), uow=container.uow, clock=container.clock):
        raise click.ClickException("no phone is linked; the salon has to link one on its page")
    click.echo(f"company {company_id}: restarts now; see `sessions show {company_id}`")


@sessions.command()
@click.argument("host", type=click.UUID)
@click.option("--force", is_flag=True, help="even if no other host can take the sessions")
def drain(host: UUID, force: bool) -> None:
    """Move every session off a host (an id from `hosts`), which takes nothing more until it is started again."""
    container = Container.from_env()
    held = service.drain_host(HostId(host), force=force, uow=container.uow, clock=container.clock)
    if isinstance(held, service.DrainRefused):
        raise click.ClickException(held)
    click.echo(f"{held} sessions move to other hosts within seconds; see `hosts`")


def _all(container: Container, observed: Observed | None) -> Iterator[Device]:
    last = DeviceId(0)
    while True:
        with container.uow() as work:
            page = work.devices.list_page(after=last, limit=_PAGE, observed=observed)
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1].device_id


def _lines(container: Container, devices: Iterable[Device]) -> Iterator[tuple[str, ...]]:
    """A page of them at a time; what a host saw last is not said of a device that no host has."""
    waiting = iter(devices)
    while page := list(itertools.islice(waiting, _PAGE)):
        facts = container.salon_states.facts({device.company_id for device in page})
        for device in page:
            yield _columns(device, session_state(facts[device.company_id]) or device.observed)


def _columns(device: Device, state: str) -> tuple[str, ...]:
    return (
        str(device.company_id),
        masked(device.phone),
        str(state),
        written(device.state_since),
        written(device.reason),
        device.desired.value,
        written(device.host_id),
    )


def _change_columns(change: SessionChange) -> tuple[str, ...]:
    return written(change.at), change.observed.value, written(change.reason), written(change.host_id)
