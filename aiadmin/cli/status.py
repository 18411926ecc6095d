"""`python -m aiadmin status`: how everything stands, on one screen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from aiadmin.cli.table import show_facts, show_table
from aiadmin.container import Container
from aiadmin.domain.console.directory import SalonFilter
from aiadmin.domain.hosting.host import Host
from aiadmin.storage.console.work_queues import QueueReading

_SHOWN = 10
_HOST_HEADINGS = ("HOST", "SESSIONS", "MEMORY", "DRAINING")
_QUEUE_HEADINGS = ("QUEUE", "WAITING", "OLDEST", "SET ASIDE")
_SALON_HEADINGS = ("ID", "TITLE", "ATTENTION")


@click.command()
@click.option("--json", "is_json", is_flag=True, help="As JSON, for programs.")
def status(is_json: bool) -> None:
    """How everything stands, on one screen: salons, hosts, queues, and who needs attention."""
    container = Container.from_env()
    told = _read(container)
    if is_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    show_facts(
        [
            ("salons", ", ".join(f"{count} {part}" for part, count in told["salons"].items())),
            ("online", f"{told['online']} of {told['linked']} linked"),
        ]
    )
    _show("no session host is alive", _HOST_HEADINGS, told["hosts"])
    _show("nothing waits", _QUEUE_HEADINGS, told["queues"])
    _show("no salon needs attention", _SALON_HEADINGS, told["attention"][:_SHOWN])
    if len(told["attention"]) > _SHOWN:
        click.echo(f"... and {len(told['attention']) - _SHOWN} more: `companies list --attention`")


def _read(container: Container) -> Mapping[str, Any]:
    found = container.salon_directory.page(chosen=SalonFilter.ATTENTION)
    now = container.clock()
    with container.uow() as work:
        hosts, queues = work.hosts.list_alive(), work.work_queues.read(now)
    return {
        "salons": {part.value: count for part, count in found.counts.items()},
        "online": found.online,
        "linked": found.linked,
        "hosts": [_host(one) for one in hosts],
        "queues": [_queue(one, now.timestamp()) for one in queues if one.waiting or one.retried or one.given_up],
        "attention": [
            {"id": one.company_id, "title": one.title or "", "attention": ",".join(why.kind for why in one.reasons)}
            for one in found.salons
        ],
    }


def _host(host: Host) -> Mapping[str, object]:
    return {
        "host": host.name or str(host.host_id),
        "sessions": f"{host.held}/{host.capacity}",
        "memory": f"{host.vitals.rss_bytes / 2**20:.0f} MB",
        "draining": "yes" if host.draining else "no",
    }


def _queue(queue: QueueReading, now: float) -> Mapping[str, object]:
    return {
        "queue": queue.queue.value,
        "waiting": queue.waiting or 0,
        "oldest": f"{max(now - queue.oldest.timestamp(), 0):.0f} s" if queue.oldest else "-",
        "set aside": queue.retried + queue.given_up,
    }


def _show(nothing: str, headings: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    click.echo()
    if rows:
        show_table(headings, [[str(value) for value in row.values()] for row in rows])
    else:
        click.echo(nothing)
