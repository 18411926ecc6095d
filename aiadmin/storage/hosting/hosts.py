"""Session hosts and their leases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from aiadmin.domain.hosting.host import NO_VITALS, Host, Vitals
from aiadmin.domain.ids import HostId
from aiadmin.storage.tables.core import DeviceRow, HostRow

_RENEW = text("""
UPDATE session_hosts SET
  lease_until = now() + CAST(:lease AS interval),
  clock_skew = COALESCE(EXTRACT(epoch FROM CAST(:clock AS timestamptz) - clock_timestamp()), 0),
  rss_bytes = :rss_bytes, threads = :threads, open_files = :open_files
WHERE id = :host_id
""")
_IS_DRAINING = text("SELECT draining FROM session_hosts WHERE id = :host_id")
"""Both are written out: every host asks them each five seconds, and building them anew took half of its time."""
_FREE_CONNECTIONS = text("""
WITH ours AS (
  SELECT count(*) AS in_all, count(*) FILTER (WHERE usename = current_user) AS of_role,
    count(*) FILTER (WHERE datname = current_database()) AS of_database
  FROM pg_stat_activity WHERE backend_type = 'client backend'
)
SELECT least(
  CAST(current_setting('max_connections') AS integer)
    - CAST(current_setting('superuser_reserved_connections') AS integer) - ours.in_all,
  CASE WHEN role.rolconnlimit >= 0 THEN role.rolconnlimit - ours.of_role END,
  CASE WHEN base.datconnlimit >= 0 THEN base.datconnlimit - ours.of_database END
)
FROM ours, pg_roles AS role, pg_database AS base
WHERE role.rolname = current_user AND base.datname = current_database()
""")


class Hosts:
    """Rows of `session_hosts`. Leases are of PostgreSQL's clock alone: the clocks of machines differ."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, host_id: HostId, *, lease: timedelta, capacity: int, name: str = "", draining: bool = False
    ) -> None:
        """Take a lease of that length from now on."""
        values = {"id": host_id, "capacity": capacity, "draining": draining, "name": name}
        self._session.execute(insert(HostRow).values(**values, lease_until=func.now() + lease))

    def renew(
        self, host_id: HostId, *, lease: timedelta, clock: datetime | None = None, vitals: Vitals = NO_VITALS
    ) -> bool:
        """Prolong the lease; False when the row is gone: the host must stop everything at once.

        Args:
            clock: what the host's own clock shows, to be held against PostgreSQL's.
        """
        given = {"host_id": host_id, "lease": lease, "clock": clock, **vars(vitals)}
        return cast("CursorResult[Any]", self._session.execute(_RENEW, given)).rowcount == 1

    def set_draining(self, host_id: HostId) -> None:
        self._session.execute(update(HostRow).where(HostRow.id == host_id).values(draining=True))

    def is_draining(self, host_id: HostId) -> bool:
        return bool(self._session.scalar(_IS_DRAINING, {"host_id": host_id}))

    def remove(self, host_id: HostId) -> None:
        """Give up the lease and every device that is still held."""
        self._session.execute(update(DeviceRow).where(DeviceRow.host_id == host_id).values(host_id=None))
        self._session.execute(delete(HostRow).where(HostRow.id == host_id))

    def remove_dead(self, dead_for: timedelta) -> int:
        """Remove the hosts whose lease was over so long ago; how many."""
        statement = delete(HostRow).where(HostRow.lease_until <= func.now() - dead_for)
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount

    def free_connections(self) -> int:
        """How many more connections PostgreSQL would take from us: of the server, our role and our database together
        the fewest."""
        return int(self._session.scalar(_FREE_CONNECTIONS) or 0)

    def list_alive(self) -> Sequence[Host]:
        """The hosts whose lease runs, oldest first, with the number of devices each holds."""
        held = select(func.count()).where(DeviceRow.host_id == HostRow.id).correlate(HostRow).scalar_subquery()
        statement = select(HostRow, held).where(HostRow.lease_until > func.now())
        found = self._session.execute(statement.order_by(HostRow.started_at, HostRow.id))
        return [_host_of(row, count) for row, count in found]


def _host_of(row: HostRow, held: int) -> Host:
    return Host(
        host_id=HostId(row.id),
        lease_until=row.lease_until,
        capacity=row.capacity,
        draining=row.draining,
        name=row.name,
        held=held,
        vitals=Vitals(rss_bytes=row.rss_bytes, threads=row.threads, open_files=row.open_files),
        started_at=row.started_at,
    )
