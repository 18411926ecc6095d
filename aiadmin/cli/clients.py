"""`python -m aiadmin clients`: what a salon's client may ask for (152-FZ). All of it is in the audit log."""

from __future__ import annotations

import json

import click

from aiadmin.cli.phone import phone_in
from aiadmin.cli.table import show_table
from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.number import BIGGEST_INTEGER

_ACTOR = "cli"
_COMPANY = click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER))


_PHONE = click.argument("phone")


@click.group()
def clients() -> None:
    """Give a client what is held of them, or erase it."""


@clients.command()
@_COMPANY
@_PHONE
def export(company_id: int, phone: str) -> None:
    """Print all that a company holds of the client of PHONE, as JSON."""
    container = Container.from_env()
    held = container.privacy_service.export(
        CompanyId(company_id), phone_in(container, company_id, phone), actor=_ACTOR
    )
    click.echo(json.dumps(held, ensure_ascii=False, indent=2, default=str))


@clients.command()
@_COMPANY
@_PHONE
@click.confirmation_option(prompt="All that is held of this client goes for good. Go on?")
def erase(company_id: int, phone: str) -> None:
    """Erase the client of PHONE, and never keep or write to them again."""
    container = Container.from_env()
    counts = container.privacy_service.erase(
        CompanyId(company_id), phone_in(container, company_id, phone), actor=_ACTOR
    )
    show_table(("TABLE", "ROWS"), [(table, str(rows)) for table, rows in counts.items()])
    click.echo("The client is still in YClients: the salon erases it there itself.")


@clients.command()
@_COMPANY
@_PHONE
def restore(company_id: int, phone: str) -> None:
    """Let a client who was erased come back, as a new client."""
    container = Container.from_env()
    if not container.privacy_service.restore(
        CompanyId(company_id), phone_in(container, company_id, phone), actor=_ACTOR
    ):
        raise click.ClickException("nobody of this phone was erased")
    click.echo("the next synchronisation brings the client back; `sync start` does so now")
