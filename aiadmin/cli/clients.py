"""`python -m aiadmin clients`: what a salon's client may ask for (152-FZ). All of it is in the audit log."""

from __future__ import annotations

import json
import os
import re

import click

from aiadmin.cli.table import show_table
from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId

_ACTOR = "cli"
_PHONE = re.compile(r"\d{10,15}")
_COMPANY = click.argument("company_id", type=click.IntRange(min=1))


class _Phone(click.ParamType[str]):
    """A phone with its country code, as digits."""

    name = "phone"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        digits = re.sub(r"[+\s()-]", "", str(value))
        if not _PHONE.fullmatch(digits):
            self.fail("10 to 15 digits, country code first", param, ctx)
        return digits


_PHONE_ARGUMENT = click.argument("phone", type=_Phone())


@click.group()
def clients() -> None:
    """Give a client what is held of them, or erase it."""


@clients.command()
@_COMPANY
@_PHONE_ARGUMENT
def export(company_id: int, phone: str) -> None:
    """Print all that a company holds of the client of PHONE, as JSON."""
    held = _container().privacy_desk.export(CompanyId(company_id), phone, actor=_ACTOR)
    click.echo(json.dumps(held, ensure_ascii=False, indent=2, default=str))


@clients.command()
@_COMPANY
@_PHONE_ARGUMENT
@click.confirmation_option(prompt="All that is held of this client goes for good. Go on?")
def erase(company_id: int, phone: str) -> None:
    """Erase the client of PHONE, and never keep or write to them again."""
    counts = _container().privacy_desk.erase(CompanyId(company_id), phone, actor=_ACTOR)
    show_table(("TABLE", "ROWS"), [(table, str(rows)) for table, rows in counts.items()])
    click.echo("The client is still in YClients: the salon erases it there itself.")


@clients.command()
@_COMPANY
@_PHONE_ARGUMENT
def restore(company_id: int, phone: str) -> None:
    """Let a client who was erased come back, as somebody new."""
    if not _container().privacy_desk.restore(CompanyId(company_id), phone, actor=_ACTOR):
        raise click.ClickException("nobody of this phone was erased")
    click.echo("the next synchronisation brings the client back; `sync start` does so now")


def _container() -> Container:
    return Container(Config.from_env(os.environ))
