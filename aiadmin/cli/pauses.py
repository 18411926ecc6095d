"""`python -m aiadmin messages`: hold messages to clients, and let them go."""

from __future__ import annotations

import click

from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.number import BIGGEST_INTEGER
from aiadmin.services.messages import pauses

_COMPANY = click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER), required=False)


@click.group()
def messages() -> None:
    """Hold messages to clients, and let them go on."""


@messages.command()
@_COMPANY
def pause(company_id: int | None) -> None:
    """Send nothing of a company's, or of anybody's, but what a human has just typed."""
    container = Container.from_env()
    pauses.pause(_id(company_id), uow=container.uow, clock=container.clock)
    click.echo(f"{_whose(company_id)}: messages are paused; `messages resume` lets them go on")


@messages.command()
@_COMPANY
def resume(company_id: int | None) -> None:
    """Let messages go on; what became worthless in the pause is not sent."""
    container = Container.from_env()
    is_free = pauses.resume(_id(company_id), uow=container.uow)
    click.echo(f"{_whose(company_id)}: messages go on" + ("" if is_free else " when those of everybody do"))
    if container.config.messages_paused:
        click.echo("MESSAGES_PAUSED is set: processes that were started with it send nothing")


def _id(company_id: int | None) -> CompanyId | None:
    return None if company_id is None else CompanyId(company_id)


def _whose(company_id: int | None) -> str:
    return "everybody" if company_id is None else f"company {company_id}"
