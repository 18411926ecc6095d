"""What the tables say about sessions and their hosts, for the metrics page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from aiadmin.domain.hosting.device import Desired, Observed
from aiadmin.storage.tables.core import DeviceRow, HostRow

_CONNECTIONS = text(
    "SELECT application_name, count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() GROUP BY application_name ORDER BY application_name"
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One gauge value."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def sessions(connection: Connection) -> Iterator[Reading]:
    """Sessions of devices that are to stay, by state; an empty state is 0, so that alerts can be written."""
    statement = select(DeviceRow.observed, func.count()).where(DeviceRow.desired == Desired.ON)
    counts = dict(connection.execute(statement.group_by(DeviceRow.observed)).all())
    for state in Observed:
        labels = (("state", state.value),)
        yield Reading(name="wa_sessions", help="Sessions by state", labels=labels, value=counts.get(state, 0))


def hosts(connection: Connection) -> Iterator[Reading]:
    """The hosts whose lease runs, and what each takes of its machine."""
    held = select(func.count()).where(DeviceRow.host_id == HostRow.id).correlate(HostRow).scalar_subquery()
    row = HostRow
    columns = row.name, row.capacity, held, row.rss_bytes, row.threads, row.open_files, row.clock_skew
    rows = connection.execute(select(*columns).where(HostRow.lease_until > func.now()).order_by(HostRow.name)).all()
    yield Reading(name="aiadmin_hosts_alive", help="Session hosts with a lease", value=len(rows))
    names = {
        "wa_host_capacity": "Sessions a host may hold",
        "wa_host_sessions": "Sessions a host holds",
        "wa_host_rss_bytes": "Resident memory of a session host",
        "wa_host_threads": "Threads of a session host",
        "wa_host_open_files": "Open files of a session host",
        "wa_host_clock_skew_seconds": "How far a session host's clock is ahead of PostgreSQL's",
    }
    for host, *values in rows:
        for (name, meaning), value in zip(names.items(), values, strict=True):
            yield Reading(name=name, help=meaning, labels=(("host", host),), value=value)


def connections(connection: Connection) -> Iterator[Reading]:
    """PostgreSQL connections by who opened them; `aiadmin-sessions` are the WhatsApp library's."""
    for application, count in connection.execute(_CONNECTIONS):
        labels = (("application", application or "-"),)
        yield Reading(name="wa_pg_connections", help="PostgreSQL connections", labels=labels, value=count)
