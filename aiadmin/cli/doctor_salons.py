"""What `doctor` says of salons: the words of their own pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg2

from aiadmin.cli.finding import Finding
from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.manage.salon_state import OURS, SalonState, StateKind
from aiadmin.masking import reason_of
from aiadmin.storage.connection import connect
from aiadmin.texts.ru import manage as texts_manage

_PAGE = 500
_SHOWN = 20
_UPDATE = "update AI Admin, or the library `neonize` alone: WhatsApp lets no version in that is as old as this one"
_SERVED = frozenset({IntegrationStatus.ACTIVE, IntegrationStatus.FROZEN, IntegrationStatus.ACTIVATION_FAILED})
"""States of salons that are as they should be: those that are just connecting, or have left."""


def salons(config: Config) -> Iterator[Finding]:
    """What stands between salons and their clients, salon by salon; at most twenty lines."""
    try:
        _require_tables(config.database_url)
        found = list(_states(config))
    except (psycopg2.Error, DependencyDownError) as error:
        yield Finding(name="salons", text=f"not known ({reason_of(error)})")
        return
    if not found:
        yield Finding(name="salons", text="nothing stands in the way of any")
    for company_id, one, text in found[:_SHOWN]:
        yield Finding(
            name=f"salon {company_id}",
            text=f"{one.kind}: {text}",
            fix=_fix(company_id, one.kind),
            is_optional=one.kind not in OURS,
        )
    if len(found) > _SHOWN:
        more = f"{len(found) - _SHOWN} more things stand in the way of salons"
        yield Finding(name="salons", text=more, fix="see `companies list`", is_optional=True)


def _fix(company_id: CompanyId, kind: StateKind) -> str:
    if kind is StateKind.OUTDATED:
        return _UPDATE
    return "see `hosts` and `messages`" if kind in OURS else f"see `companies show {company_id}`"


def _require_tables(url: str) -> None:
    """An empty database is no salon's fault, and said elsewhere."""
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(rights_missing) FROM companies")


def _states(config: Config) -> Iterator[tuple[CompanyId, SalonState, str]]:
    container = Container(config)
    try:
        for page in _pages(container):
            found = container.salon_states.of([company.company_id for company in page])
            for company in page:
                for one in found[company.company_id] if company.integration_status in _SERVED else ():
                    yield company.company_id, one, texts_manage.state(one, _zone(container, company))
    finally:
        container.close()


def _zone(container: Container, company: Company) -> str:
    with container.uow() as work:
        return work.journal.zone(company.company_id) or DEFAULT_ZONE


def _pages(container: Container) -> Iterator[list[Company]]:
    last: CompanyId | None = None
    while True:
        with container.uow() as work:
            page = list(work.companies.list_all(limit=_PAGE, after=last))
        yield page
        if len(page) < _PAGE:
            return
        last = page[-1].company_id
