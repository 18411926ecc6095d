"""`python -m aiadmin hosts`: the processes that hold WhatsApp sessions."""

from __future__ import annotations

import click

from aiadmin.cli.table import show_table, written
from aiadmin.container import Container
from aiadmin.domain.hosting.host import Host

_HEADINGS = ("HOST", "NAME", "SESSIONS", "CAPACITY", "DRAINING", "MEMORY", "THREADS", "FILES", "UP SINCE")


@click.command()
def hosts() -> None:
    """Every living session host: what it holds, and what it takes of its machine."""
    container = Container.from_env()
    with container.uow() as work:
        alive = work.hosts.list_alive()
    show_table(_HEADINGS, map(_columns, alive))


def _columns(host: Host) -> tuple[str, ...]:
    vitals = host.vitals
    return (
        str(host.host_id),
        host.name,
        str(host.held),
        str(host.capacity),
        "yes" if host.draining else "no",
        f"{vitals.rss_bytes / 2**20:.0f} MB",
        str(vitals.threads),
        str(vitals.open_files),
        written(host.started_at),
    )
