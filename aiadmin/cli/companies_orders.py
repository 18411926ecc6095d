"""`companies retry-activation`, `disconnect` and `link`: what an operator does for one salon."""

from __future__ import annotations

from urllib.parse import urlencode

import click

from aiadmin.container import Container
from aiadmin.domain.companies import audit
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.number import BIGGEST_INTEGER
from aiadmin.services.companies import connect_links
from aiadmin.services.hosting import sessions
from aiadmin.services.install import activations
from aiadmin.texts import ru

_COMPANY = click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER))


@click.command("retry-activation")
@_COMPANY
def retry_activation(company_id: int) -> None:
    """Tell YClients again that a company is connected, for another activation window."""
    container = Container.from_env()
    activations.retry(
        CompanyId(company_id), uow=container.uow, clock=container.clock, window=container.config.activation_window
    )
    click.echo(f"company {company_id}: YClients is told now; see `companies show {company_id}`")


@click.command()
@_COMPANY
def disconnect(company_id: int) -> None:
    """Unlink a company's phone: it is logged out at WhatsApp and has to be linked again."""
    container = Container.from_env()
    if not sessions.disconnect(CompanyId(company_id), uow=container.uow, clock=container.clock):
        click.echo(f"company {company_id}: no phone is linked")
        return
    container.page_events.status(CompanyId(company_id), state="logged-out", text=ru.DISCONNECTED)
    click.echo(f"company {company_id}: unlinked; its device is logged out at WhatsApp within seconds")


@click.command()
@_COMPANY
def link(company_id: int) -> None:
    """Make a connect link for a company; it works for 24 hours, and the one before it stops working."""
    container = Container.from_env()
    number = CompanyId(company_id)
    with container.uow() as work:
        company = work.companies.get(number)
        work.audit.add(number, actor="cli", action="link.issue", details={}, at=container.clock(), outcome=audit.DONE)
        work.commit()
    token = connect_links.issue(
        number, uow=container.uow, tokens=container.tokens, links=container.links, clock=container.clock
    )
    query = urlencode({"token": token, "company": company.company_id, "salon": company.salon_id})
    click.echo(f"{container.config.public_url.rstrip('/')}/marketplace/connect?{query}")
