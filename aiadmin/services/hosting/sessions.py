"""Sessions: what hosts see of devices, and what follows for their companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from aiadmin.domain.hosting.device import Device, Observed, SessionChange
from aiadmin.domain.hosting.host import adoptable, free_places
from aiadmin.domain.hosting.session import Session
from aiadmin.domain.ids import CompanyId, DeviceId, HostId
from aiadmin.domain.job import Job
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork


def observe(device: Device, session: Session, *, uow: NewUnitOfWork) -> bool:
    """Write where the device's session stands; a device that WhatsApp unlinked leaves its host and its company.

    A device that is being removed leaves nothing: its company may be linked to another by now.

    Returns False when the device is in other hands by now: nothing was written.

    Raises:
        DependencyDownError: PostgreSQL does not answer; try again later.
    """
    is_unlinked = session.observed is Observed.LOGGED_OUT
    with uow() as work:
        if is_unlinked:
            work.companies.find(device.company_id, lock=True)  # before the device, as pairings do
        written = work.devices.observe(
            device.device_id,
            epoch=device.epoch,
            observed=session.observed,
            reason=session.reason,
            at=session.since,
            next_attempt_at=session.retry_at,
        )
        if written:
            work.session_events.add(device.company_id, _change(device, session))
        if written and is_unlinked:
            _unlink(device, work)
        work.commit()
    return written


def _change(device: Device, session: Session) -> SessionChange:
    return SessionChange(
        device_id=device.device_id,
        observed=session.observed,
        reason=session.reason,
        host_id=device.host_id,
        at=session.since,
    )


def recent_events(company_id: CompanyId, *, limit: int = 3, uow: NewUnitOfWork) -> Sequence[SessionChange]:
    """What the company's sessions went through lately, newest first."""
    with uow() as work:
        return work.session_events.recent(company_id, limit=limit)


def _unlink(device: Device, work: UnitOfWork) -> None:
    current = work.devices.find_current(device.company_id)
    if current is not None and current.device_id == device.device_id:
        work.companies.set_unlinked(device.company_id)
        work.devices.release(device.device_id, epoch=device.epoch)


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """What a host holds, and the version of those rows: as long as it stays the same, they are unchanged.

    Attributes:
        more_in: in how many seconds there may be more to take; None when nothing says so.
        free_connections: that PostgreSQL would take; None where nothing is about to start.
    """

    host_id: HostId
    version: str
    devices: Mapping[DeviceId, Device]
    more_in: float | None = None
    free_connections: int | None = None


def adopt(
    host_id: HostId,
    *,
    startable: int,
    is_starting: bool = False,
    known: Holdings | None = None,
    uow: NewUnitOfWork,
    clock: Clock,
) -> Holdings:
    """Take the host's part of the orphans, at most `startable`; returns all that it holds.

    Args:
        is_starting: whether some of them wait for their start already.
        known: what the last call returned; hundreds of rows are not read again while they are the same.

    Raises:
        DependencyDownError: PostgreSQL does not answer.
    """
    now = clock()
    with uow() as work:
        part, more_in = _part_of(host_id, startable, work, now) if startable > 0 else (0, None)
        if part:
            work.devices.adopt(host_id, limit=part, now=now)
        free = work.hosts.free_connections() if part or is_starting else None
        version = work.devices.version_of(host_id)
        is_known = known is not None and (known.host_id, known.version) == (host_id, version)
        rows = [] if is_known else work.devices.held_by(host_id)
        work.commit()
    if known is not None and is_known:
        return replace(known, more_in=more_in, free_connections=free)
    devices = {row.device_id: row for row in rows}
    return Holdings(host_id=host_id, version=version, devices=devices, more_in=more_in, free_connections=free)


def _part_of(host_id: HostId, startable: int, work: UnitOfWork, now: datetime) -> tuple[int, float | None]:
    """How many orphans the host takes, and in how many seconds it may take more."""
    orphans = work.devices.orphans(host_id, now)
    if not orphans.count:
        return 0, orphans.more_in
    living = {host.host_id: host for host in work.hosts.list_alive()}
    me = living.pop(host_id, None)
    if me is None:
        return 0, orphans.more_in
    part = adoptable(me, list(living.values()), orphans=orphans.count, startable=startable)
    return part, 0.0 if 0 < part < orphans.count else orphans.more_in


def release(device: Device, *, uow: NewUnitOfWork) -> bool:
    """Leave a device to any host; False when it is in other hands already."""
    with uow() as work:
        released = work.devices.release(device.device_id, epoch=device.epoch)
        work.commit()
    return released


def forget(device: Device, *, uow: NewUnitOfWork) -> bool:
    """Delete the row of a device whose keys are gone; False when it is in other hands."""
    with uow() as work:
        deleted = work.devices.delete(device.device_id, epoch=device.epoch)
        work.commit()
    return deleted


def restart(company_id: CompanyId, *, uow: NewUnitOfWork, clock: Clock) -> bool:
    """Have the company's session started afresh by its host; False when no phone is linked.

    Raises:
        CompanyNotFoundError: no such company.
    """
    with uow() as work:
        work.companies.get(company_id)
        is_asked = work.devices.ask_restart(company_id, clock())
        work.nudge(Job.WAKE_HOSTS)
        work.commit()
    return is_asked


class DrainRefused(StrEnum):
    """Why a host keeps what it has."""

    NO_HOST = "no living host has this id; see `hosts`"
    NO_ROOM = "the other hosts have no room for its sessions; --force disconnects them all the same"


def drain_host(host_id: HostId, *, force: bool, uow: NewUnitOfWork, clock: Clock) -> int | DrainRefused:
    """Have a host hand everything over to others; returns how many devices it held."""
    with uow() as work:
        living = {host.host_id: host for host in work.hosts.list_alive()}
        host = living.pop(host_id, None)
        if host is None:
            return DrainRefused.NO_HOST
        if not force and sum(free_places(other) for other in living.values()) < max(host.held, 1):
            return DrainRefused.NO_ROOM
        work.hosts.set_draining(host_id)
        work.commit()
    return host.held


def disconnect(company_id: CompanyId, *, uow: NewUnitOfWork, clock: Clock) -> bool:
    """Unlink the company's phone: the company is unlinked at once, a host logs the device out soon after.

    Returns False when no phone was linked.

    Raises:
        CompanyNotFoundError: no such company.
    """
    now: datetime = clock()
    with uow() as work:
        work.companies.get(company_id, lock=True)
        retired = work.devices.retire_current(company_id, now)
        work.companies.set_unlinked(company_id)
        work.nudge(Job.WAKE_HOSTS)
        work.commit()
    return bool(retired)
