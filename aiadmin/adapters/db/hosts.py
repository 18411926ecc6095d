"""Rows of `session_hosts`: the leases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from aiadmin.adapters.db.tables import DeviceRow, HostRow
from aiadmin.domain.host import Host
from aiadmin.domain.ids import HostId


class SqlHosts:
    """`ports.Hosts` on SQLAlchemy."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, host: Host) -> None:
        self._session.add(
            HostRow(id=host.host_id, lease_until=host.lease_until, capacity=host.capacity, draining=host.draining)
        )
        self._session.flush()

    def renew(self, host_id: HostId, *, lease_until: datetime) -> bool:
        statement = update(HostRow).where(HostRow.id == host_id).values(lease_until=lease_until)
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount == 1

    def set_draining(self, host_id: HostId) -> None:
        self._session.execute(update(HostRow).where(HostRow.id == host_id).values(draining=True))

    def remove(self, host_id: HostId) -> None:
        self._session.execute(update(DeviceRow).where(DeviceRow.host_id == host_id).values(host_id=None))
        self._session.execute(delete(HostRow).where(HostRow.id == host_id))

    def remove_dead(self, now: datetime) -> int:
        statement = delete(HostRow).where(HostRow.lease_until <= now)
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount

    def list_alive(self, now: datetime) -> Sequence[Host]:
        rows = self._session.scalars(select(HostRow).where(HostRow.lease_until > now).order_by(HostRow.started_at))
        return [
            Host(host_id=HostId(r.id), lease_until=r.lease_until, capacity=r.capacity, draining=r.draining)
            for r in rows
        ]
