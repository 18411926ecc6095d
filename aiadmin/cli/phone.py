"""A phone number on the command line: read as one is in the country of the company that it is about."""

from __future__ import annotations

import click

from aiadmin.container import Container
from aiadmin.domain.errors import CompanyNotFoundError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.phone_numbers import read_phone


def phone_in(container: Container, company_id: int, typed: str) -> str:
    """The digits of `typed` with the country code.

    Raises:
        click.BadParameter: no such number can exist.
        click.ClickException: no such company.
    """
    try:
        with container.uow() as work:
            country = work.companies.get(CompanyId(company_id)).country
    except CompanyNotFoundError as error:
        raise click.ClickException(f"no company {company_id}") from error
    digits = read_phone(typed, country)
    if digits is None:
        raise click.BadParameter("no such number can exist; write it with its country code", param_hint="PHONE")
    return digits
