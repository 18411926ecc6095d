"""`python -m aiadmin reconcile`: the coming week as we and as clients know it, against YClients."""

from __future__ import annotations

from collections.abc import Iterator

import click

from aiadmin.cli.table import show_table
from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.notices.reconciliation import Difference
from aiadmin.domain.number import BIGGEST_INTEGER
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.services.journal.reconciliation import Compared

_PAGE = 500
_HEADINGS = ("COMPANY", "VISITS", *(kind.replace("_", " ").upper() for kind in Difference))


@click.command()
@click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER), required=False)
def reconcile(company_id: int | None) -> None:
    """Compare the coming week of a company, or of all, with YClients; zero differences is the aim.

    What differs is mended as any reading is, and clients hear of it what the planner decides.
    """
    container = Container.from_env()
    found: dict[CompanyId, Compared | str] = {}
    for number in _all(container) if company_id is None else [_existing(container, company_id)]:
        try:
            compared = container.reconciliation.compare(number)
        except YClientsError as error:
            found[number] = f"not compared: {error}"
            continue
        found[number] = compared or "not read: see `sync show`"
    show_table(_HEADINGS, _lines(found))
    for number, said in found.items():
        if isinstance(said, str):
            click.echo(f"company {number}: {said}")


def _existing(container: Container, company_id: int) -> CompanyId:
    with container.uow() as work:
        return work.companies.get(CompanyId(company_id)).company_id


def _all(container: Container) -> Iterator[CompanyId]:
    last: CompanyId | None = None
    while True:
        with container.uow() as work:
            page = work.companies.list_all(limit=_PAGE, after=last)
        yield from (company.company_id for company in page)
        if len(page) < _PAGE:
            return
        last = page[-1].company_id


def _lines(found: dict[CompanyId, Compared | str]) -> Iterator[tuple[str, ...]]:
    done = {number: one for number, one in found.items() if isinstance(one, Compared)}
    for number, one in done.items():
        yield (str(number), str(one.visits), *(str(one.differences[kind]) for kind in Difference))
    sums = [sum(one.differences[kind] for one in done.values()) for kind in Difference]
    yield ("all", str(sum(one.visits for one in done.values())), *map(str, sums))
