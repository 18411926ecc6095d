"""Linked devices, and which host holds each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Text,
    delete,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import Session

from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.errors import NumberTakenError
from aiadmin.domain.hosting.device import Desired, Device, LinkedAccount, Observed
from aiadmin.domain.ids import CompanyId, DeviceId, HostId
from aiadmin.domain.quarantine import reason_of
from aiadmin.storage.tables.core import DeviceRow, HostRow
from aiadmin.storage.tables.messages import OutboxMessageRow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Orphans:
    """Devices that no living host holds: how many a host could take now, and in how many seconds there may be more.

    By then the lease of another host has run out, unless that host renews it, or a device's back-off has passed.
    """

    count: int
    more_in: float | None


_RUNNABLE = "desired IN ('on', 'removed') AND (observed <> 'logged_out' OR desired = 'removed')"
_ORPHANS = text(f"""
WITH dead AS (
  SELECT id FROM session_hosts WHERE lease_until <= now() AND id <> :host_id
), orphans AS (
  SELECT next_attempt_at FROM devices WHERE host_id IS NULL AND {_RUNNABLE}
  UNION ALL
  SELECT held.next_attempt_at FROM dead CROSS JOIN LATERAL (
    SELECT next_attempt_at FROM devices WHERE host_id = dead.id AND {_RUNNABLE} LIMIT 1000
  ) AS held
)
SELECT
  count(*) FILTER (WHERE next_attempt_at IS NULL OR next_attempt_at <= :now),
  extract(epoch FROM least(
    min(next_attempt_at) FILTER (WHERE next_attempt_at > :now) - :now,
    (SELECT min(lease_until) - now() FROM session_hosts WHERE lease_until > now() AND id <> :host_id)
  ))
FROM orphans
""")  # noqa: S608 - our own words
"""The limit, which no host reaches, has the dead asked one by one: the planner would rather read all devices."""


class Devices:
    """Rows of `devices`. Every write about a session is fenced by the epoch under which its host took it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, company_id: CompanyId, account: LinkedAccount, at: datetime) -> Device:
        """Store a linked device. Raises NumberTakenError when its number serves another company."""
        self._free_number(account.phone)
        self._forget_former(account.jid)
        statement = (
            insert(DeviceRow)
            .values(
                company_id=company_id,
                jid=account.jid,
                lid=account.lid,
                phone=account.phone,
                platform=account.platform,
                business_name=account.business_name,
                linked_at=at,
                state_since=at,
            )
            .on_conflict_do_nothing()
            .returning(DeviceRow)
        )
        row = self._session.scalars(statement).one_or_none()
        if row is None:
            raise NumberTakenError
        return device_of(row)

    def _free_number(self, phone: str) -> None:
        """Free a number that WhatsApp unlinked from a company: the company that links it next may have it."""
        self._session.execute(
            update(DeviceRow)
            .where(DeviceRow.phone == phone, DeviceRow.observed == Observed.LOGGED_OUT)
            .values(desired=Desired.REMOVED, next_attempt_at=None)
        )

    def _forget_former(self, jid: str) -> None:
        """An account that is registered anew numbers its devices anew: what had this JID is gone at WhatsApp.

        Its row must not stand in the way, nor have a host log the new device out, which is known by the same JID.
        """
        self._session.execute(delete(DeviceRow).where(DeviceRow.jid == jid, DeviceRow.desired == Desired.REMOVED))

    def add_removed(self, company_id: CompanyId, account: LinkedAccount, at: datetime) -> None:
        """Store a device that must not stay: a host logs it out and deletes it. A known JID is left alone."""
        values = {"jid": account.jid, "lid": account.lid, "phone": account.phone, "linked_at": at, "state_since": at}
        statement = insert(DeviceRow).values(company_id=company_id, desired=Desired.REMOVED, **values)
        self._session.execute(statement.on_conflict_do_nothing())

    def retire_current(self, company_id: CompanyId, at: datetime) -> Sequence[DeviceId]:
        """Ask the hosts to log the company's devices out and to delete them."""
        statement = (
            update(DeviceRow)
            .where(DeviceRow.company_id == company_id, DeviceRow.desired != Desired.REMOVED)
            .values(desired=Desired.REMOVED, next_attempt_at=None)
            .returning(DeviceRow.id)
        )
        return [DeviceId(number) for number in self._session.scalars(statement)]

    def switch(self, company_id: CompanyId, *, is_on: bool) -> None:
        """Have the company's device held, or kept without a session; one that is being removed is left alone."""
        statement = update(DeviceRow).where(DeviceRow.company_id == company_id, DeviceRow.desired != Desired.REMOVED)
        desired = Desired.ON if is_on else Desired.OFF
        self._session.execute(statement.values(desired=desired, next_attempt_at=None))

    def find_current(self, company_id: CompanyId) -> Device | None:
        statement = select(DeviceRow).where(DeviceRow.company_id == company_id, DeviceRow.desired != Desired.REMOVED)
        row = self._session.scalars(statement).one_or_none()
        return device_of(row) if row else None

    def adopt(self, host_id: HostId, *, limit: int, now: datetime) -> Sequence[Device]:
        """Take up to `limit` devices whose host is gone, raising their epoch; two hosts never take one.

        Those that owe a message go first, then those that have waited longest.
        """
        owes = exists().where(
            OutboxMessageRow.company_id == DeviceRow.company_id,
            OutboxMessageRow.state == OutboxState.PENDING,
            OutboxMessageRow.next_attempt_at <= now,
        )
        orphans = (
            select(DeviceRow.id)
            .where(*_orphaned(host_id, now))
            .order_by(owes.desc(), DeviceRow.state_since, DeviceRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("orphans")  # once: a subquery may be asked again, and then passes by what it has just taken
        )
        statement = (
            update(DeviceRow)
            .where(DeviceRow.id.in_(select(orphans.c.id)))
            .values(host_id=host_id, epoch=DeviceRow.epoch + 1)
            .returning(DeviceRow)
        )
        rows = self._session.scalars(statement, execution_options={"populate_existing": True}).all()
        return _readable(rows)

    def orphans(self, host_id: HostId, now: datetime) -> Orphans:
        """What `adopt` could take. It reads what is free and what the dead had, and nothing of what is held."""
        count, seconds = self._session.execute(_ORPHANS, {"host_id": host_id, "now": now}).one()
        return Orphans(count=count, more_in=None if seconds is None else float(seconds))

    def list_page(self, *, after: DeviceId, limit: int, observed: Observed | None = None) -> Sequence[Device]:
        """Devices with an id above `after`, by id."""
        statement = select(DeviceRow).where(DeviceRow.id > after).order_by(DeviceRow.id).limit(limit)
        if observed is not None:
            statement = statement.where(DeviceRow.observed == observed)
        return _readable(self._session.scalars(statement))

    def ask_restart(self, company_id: CompanyId, at: datetime) -> bool:
        """Have the company's session started afresh; False when none is linked that could."""
        statement = (
            update(DeviceRow)
            .where(
                DeviceRow.company_id == company_id,
                DeviceRow.desired == Desired.ON,
                DeviceRow.observed != Observed.LOGGED_OUT,
            )
            .values(restart_asked_at=at, next_attempt_at=None)
        )
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount == 1

    def held_by(self, host_id: HostId) -> Sequence[Device]:
        rows = self._session.scalars(select(DeviceRow).where(DeviceRow.host_id == host_id))
        return _readable(rows)

    def version_of(self, host_id: HostId) -> str:
        """A text that changes with any row that the host holds.

        PostgreSQL numbers the transaction that wrote a row last; which rows, and which numbers, make a version.
        """
        numbered = DeviceRow.id.cast(Text) + "." + literal_column("devices.xmin::text")
        listed = func.string_agg(numbered, aggregate_order_by(literal(","), DeviceRow.id))
        found = self._session.scalar(select(func.md5(listed)).where(DeviceRow.host_id == host_id))
        return found or ""

    def observe(
        self,
        device_id: DeviceId,
        *,
        epoch: int,
        observed: Observed,
        reason: str | None,
        at: datetime,
        next_attempt_at: datetime | None = None,
    ) -> bool:
        """Write what the host saw; False when the epoch has moved on and nothing was written.

        Args:
            next_attempt_at: no host adopts the device before this.
        """
        return self._fenced(
            device_id, epoch, observed=observed, reason=reason, state_since=at, next_attempt_at=next_attempt_at
        )

    def release(self, device_id: DeviceId, *, epoch: int) -> bool:
        return self._fenced(device_id, epoch, host_id=None)

    def delete(self, device_id: DeviceId, *, epoch: int) -> bool:
        statement = delete(DeviceRow).where(DeviceRow.id == device_id, DeviceRow.epoch == epoch)
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount == 1

    def _fenced(self, device_id: DeviceId, epoch: int, **values: Any) -> bool:
        statement = update(DeviceRow).where(DeviceRow.id == device_id, DeviceRow.epoch == epoch).values(**values)
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount == 1


def _orphaned(host_id: HostId, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Devices to run or to remove, whose host is gone by PostgreSQL's clock and whose back-off has passed."""
    living = select(HostRow.id).where(HostRow.lease_until > func.now())
    return (
        DeviceRow.desired.in_([Desired.ON, Desired.REMOVED]),
        or_(DeviceRow.host_id.is_(None), DeviceRow.host_id.not_in(living)),
        DeviceRow.host_id.is_distinct_from(host_id),  # a late host must not take its own
        or_(DeviceRow.next_attempt_at.is_(None), DeviceRow.next_attempt_at <= now),
        or_(DeviceRow.observed != Observed.LOGGED_OUT, DeviceRow.desired == Desired.REMOVED),
    )


def _readable(rows: Iterable[DeviceRow]) -> list[Device]:
    """A host reads all its devices at once: one that holds a word of another version must not stop the others."""
    found = []
    for row in rows:
        try:
            found.append(device_of(row))
        except ValueError as error:
            log.error("device cannot be read", device_id=row.id, company_id=row.company_id, reason=reason_of(error))  # noqa: TRY400
    return found


def device_of(row: DeviceRow) -> Device:
    """The domain's view of a row."""
    return Device(
        device_id=DeviceId(row.id),
        company_id=CompanyId(row.company_id),
        jid=row.jid,
        lid=row.lid,
        phone=row.phone,
        desired=Desired(row.desired),
        observed=Observed(row.observed),
        reason=row.reason,
        host_id=HostId(row.host_id) if row.host_id else None,
        epoch=row.epoch,
        state_since=row.state_since,
        linked_at=row.linked_at,
        restart_asked_at=row.restart_asked_at,
    )
