"""`companies list`: all salons, or those that are searched for, stand somewhere, or need somebody."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from aiadmin.cli.table import show_table
from aiadmin.container import Container
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.console.directory import ListedSalon, is_found
from aiadmin.domain.hosting.device import masked
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.manage.salon_state import SalonState

_PAGE = 500
_HEADINGS = ("ID", "SALON", "STATUS", "WHATSAPP", "STATES", "ATTENTION", "REGISTERED", "TITLE")


@click.command("list")
@click.option("--search", default="", help="A part of the title, either number, or a phone's last digits.")
@click.option(
    "--status", type=click.Choice([one.value for one in IntegrationStatus]), help="Only those that stand so."
)
@click.option("--attention", is_flag=True, help="Only those that need whoever hosts AI Admin.")
@click.option("--json", "is_json", is_flag=True, help="As JSON, for programs.")
def list_companies(search: str, status: str | None, attention: bool, is_json: bool) -> None:
    """Every company, or those that are asked for; phones are masked."""
    container = Container.from_env()
    chosen = [
        one
        for one in sorted(container.salon_directory.listed(), key=lambda one: one.company_id)
        if is_found(one, search) and (status is None or one.status == status) and (one.reasons or not attention)
    ]
    states = _states(container, chosen)
    if is_json:
        click.echo(
            json.dumps([_as_json(one, states[one.company_id]) for one in chosen], ensure_ascii=False, indent=2)
        )
    else:
        show_table(_HEADINGS, [_columns(one, states[one.company_id]) for one in chosen])


def _states(container: Container, chosen: Sequence[ListedSalon]) -> Mapping[CompanyId, Sequence[SalonState]]:
    found: dict[CompanyId, Sequence[SalonState]] = {one.company_id: () for one in chosen}
    for page in _pages(chosen):
        found |= container.salon_states.of([one.company_id for one in page])
    return found


def _pages(chosen: Sequence[ListedSalon]) -> Iterator[Sequence[ListedSalon]]:
    yield from (chosen[start : start + _PAGE] for start in range(0, len(chosen), _PAGE))


def _phone(salon: ListedSalon) -> str | None:
    return masked(salon.phone) if salon.phone and salon.facts.is_linked else None


def _columns(salon: ListedSalon, states: Sequence[SalonState]) -> tuple[str, ...]:
    return (
        str(salon.company_id),
        str(salon.salon_id),
        salon.status.value,
        _phone(salon) or "-",
        ",".join(one.kind for one in states) or "-",
        ",".join(one.kind for one in salon.reasons) or "-",
        f"{salon.registered_at:%Y-%m-%d %H:%M} UTC",
        salon.title or "",
    )


def _as_json(salon: ListedSalon, states: Sequence[SalonState]) -> Mapping[str, Any]:
    return {
        "id": salon.company_id,
        "salon": salon.salon_id,
        "title": salon.title,
        "status": salon.status,
        "whatsapp": _phone(salon),
        "session": salon.session,
        "host": salon.host,
        "registered": salon.registered_at.isoformat(),
        "states": [one.kind for one in states],
        "attention": [
            {"kind": one.kind, "level": one.level, "since": one.since and one.since.isoformat(), "count": one.count}
            for one in salon.reasons
        ],
    }
