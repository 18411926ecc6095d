"""`python -m aiadmin quarantine`: rows that raised and were set aside, and another try for them."""

from __future__ import annotations

import click

from aiadmin.cli.table import show_table, written
from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.number import BIGGEST_INTEGER
from aiadmin.domain.quarantine import QuarantinedRow, WorkQueue
from aiadmin.services import maintenance

_HEADINGS = ("QUEUE", "COMPANY", "ROW", "REASON", "TRIES", "SINCE", "NEXT TRY")
_MOST = 500
_QUEUE = click.option("--queue", type=click.Choice([queue.value for queue in WorkQueue]), help="only this queue")
_COMPANY = click.option("--company", type=click.IntRange(1, BIGGEST_INTEGER), help="only this company")


@click.group()
def quarantine() -> None:
    """Look at rows that were set aside because they raised, and try them again."""


@quarantine.command("list")
@_QUEUE
@_COMPANY
def list_rows(queue: str | None, company: int | None) -> None:
    """What is set aside, the longest first; a dash for the next try waits for `quarantine retry`."""
    with Container.from_env().uow() as work:
        rows = work.quarantine.listed(queue=_queue(queue), company_id=_company(company), limit=_MOST)
    if not rows:
        click.echo("nothing is set aside")
        return
    show_table(_HEADINGS, map(_columns, rows))
    if len(rows) == _MOST:
        click.echo(f"... the first {_MOST}")


@quarantine.command()
@_QUEUE
@_COMPANY
def retry(queue: str | None, company: int | None) -> None:
    """Have rows tried again now: after their cause is gone."""
    container = Container.from_env()
    with container.uow() as work:
        count = work.quarantine.retry(queue=_queue(queue), company_id=_company(company), at=container.clock())
        work.commit()
    maintenance.sweep(
        uow=container.uow, queue=container.queue, clock=container.clock, window=container.config.activation_window
    )
    click.echo(f"{count} rows are tried again within seconds; see `quarantine list`")


def _columns(row: QuarantinedRow) -> tuple[str, ...]:
    return (
        row.queue.value,
        str(row.row.company_id),
        row.row.key,
        row.reason,
        str(row.attempts),
        written(row.first_at),
        written(row.next_attempt_at),
    )


def _queue(given: str | None) -> WorkQueue | None:
    return None if given is None else WorkQueue(given)


def _company(given: int | None) -> CompanyId | None:
    return None if given is None else CompanyId(given)
