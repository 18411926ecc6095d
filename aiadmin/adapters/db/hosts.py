"""Rows of `session_hosts`: the leases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from aiadmin.adapters.db.tables import DeviceRow, HostRow
from aiadmin.domain.host import NO_VITALS, Host, Vitals
from aiadmin.domain.ids import HostId


class SqlHosts:
    """`ports.Hosts` on SQLAlchemy."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, host: Host) -> None:
        self._session.add(
            HostRow(
                id=host.host_id,
                lease_until=host.lease_until,
                capacity=host.capacity,
                draining=host.draining,
                name=host.name,
            )
        )
        self._session.flush()

    def renew(self, host_id: HostId, *, lease_until: datetime, vitals: Vitals = NO_VITALS) -> bool:
        statement = (
            update(HostRow)
            .where(HostRow.id == host_id)
            .values(
                lease_until=lease_until,
                rss_bytes=vitals.rss_bytes,
                threads=vitals.threads,
                open_files=vitals.open_files,
            )
        )
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount == 1

    def set_draining(self, host_id: HostId) -> None:
        self._session.execute(update(HostRow).where(HostRow.id == host_id).values(draining=True))

    def is_draining(self, host_id: HostId) -> bool:
        return bool(self._session.scalar(select(HostRow.draining).where(HostRow.id == host_id)))

    def remove(self, host_id: HostId) -> None:
        self._session.execute(update(DeviceRow).where(DeviceRow.host_id == host_id).values(host_id=None))
        self._session.execute(delete(HostRow).where(HostRow.id == host_id))

    def remove_dead(self, now: datetime) -> int:
        statement = delete(HostRow).where(HostRow.lease_until <= now)
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount

    def list_alive(self, now: datetime) -> Sequence[Host]:
        held = select(func.count()).where(DeviceRow.host_id == HostRow.id).correlate(HostRow).scalar_subquery()
        statement = select(HostRow, held).where(HostRow.lease_until > now).order_by(HostRow.started_at, HostRow.id)
        return [_host_of(row, count) for row, count in self._session.execute(statement)]


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
