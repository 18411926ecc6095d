"""`python -m aiadmin sync`: have a salon's journal read, and see how far it is."""

from __future__ import annotations

import click

from aiadmin.cli.table import show_table, written
from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.sync_run import SyncKind, SyncRun
from aiadmin.domain.number import BIGGEST_INTEGER
from aiadmin.services.journal import sync as synchronisation

_COMPANY = click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER))
_HEADINGS = ("KIND", "STATE", "STAGE", "PAGE", "STARTED", "FINISHED", "NEXT", "ERROR", "COUNTS")


@click.group()
def sync() -> None:
    """Read salons' journals, and see how far that is."""


@sync.command()
@_COMPANY
@click.option("--forget", is_flag=True, help="Tell nobody what has changed since it was read last.")
def start(company_id: int, forget: bool) -> None:
    """Read a company's whole journal from the beginning, also where the last run failed."""
    container = Container.from_env()
    synchronisation.start(CompanyId(company_id), is_new=forget, uow=container.uow, clock=container.clock)
    click.echo(f"company {company_id}: reading begins; see `sync show {company_id}`")


@sync.command()
@_COMPANY
def show(company_id: int) -> None:
    """How far each kind of reading is, and whether YClients still sends the salon's webhooks to us."""
    container = Container.from_env()
    with container.uow() as work:
        company = work.companies.get(CompanyId(company_id))
        runs = [work.sync_runs.find(company.company_id, kind) for kind in SyncKind]
        webhooks = work.journal.webhooks_state(company.company_id)
        is_read = work.sync_runs.salon(company.company_id) is not None
    show_table(_HEADINGS, [_columns(run) for run in runs if run is not None])
    click.echo(f"\nwebhooks: {webhooks or 'not looked at yet'}")
    if not is_read:
        click.echo("nothing is read: the salon has left, has not paid, or its sync_enabled is off")


def _columns(run: SyncRun) -> tuple[str, ...]:
    return (
        run.kind.value,
        run.state.value,
        written(run.stage),
        "-" if run.stage is None else f"{run.page}/{written(run.total_pages)}",
        written(run.started_at),
        written(run.finished_at),
        written(run.next_at),
        written(run.error),
        " ".join(f"{name}={count}" for name, count in run.counts.items()),
    )
