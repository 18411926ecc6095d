"""`python -m aiadmin keys`: the API keys of companies."""

from __future__ import annotations

import click

from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.number import BIGGEST_INTEGER
from aiadmin.services.companies.registration import rotate_api_key


@click.group()
def keys() -> None:
    """The API keys of companies."""


@keys.command()
@click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER))
def rotate(company_id: int) -> None:
    """Give a company a new API key, printed once here; the old one stops working at once."""
    container = Container.from_env()
    click.echo(rotate_api_key(CompanyId(company_id), uow=container.uow, secrets=container.secrets))
