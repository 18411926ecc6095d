"""What the services need to know of devices, the hosts that hold them, and what became of their sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from aiadmin.domain.hosting.circuit_breaker import FleetView, PeerReport
from aiadmin.domain.hosting.device import Device, LinkedAccount, Observed, SessionChange
from aiadmin.domain.hosting.host import NO_VITALS, Host, Vitals
from aiadmin.domain.ids import CompanyId, DeviceId, HostId


class Devices(Protocol):
    """Rows of `devices`."""

    def add(self, company_id: CompanyId, account: LinkedAccount, at: datetime) -> Device:
        """Store a linked device. Raises NumberTakenError when its number serves another company."""
        ...

    def add_removed(self, company_id: CompanyId, account: LinkedAccount, at: datetime) -> None:
        """Store a device that must not stay: a host logs it out and deletes it. A known JID is left alone."""
        ...

    def retire_current(self, company_id: CompanyId, at: datetime) -> Sequence[DeviceId]:
        """Ask the hosts to log the company's devices out and to delete them."""
        ...

    def switch(self, company_id: CompanyId, *, is_on: bool) -> None:
        """Have the company's device held, or kept without a session; one that is being removed is left alone."""
        ...

    def find_current(self, company_id: CompanyId) -> Device | None: ...

    def adopt(self, host_id: HostId, *, limit: int, now: datetime) -> Sequence[Device]:
        """Take up to `limit` devices whose host is gone, raising their epoch; two hosts never take one."""
        ...

    def count_orphans(self, host_id: HostId, now: datetime) -> int:
        """How many devices `adopt` could take."""
        ...

    def list_page(self, *, after: DeviceId, limit: int, observed: Observed | None = None) -> Sequence[Device]:
        """Devices with an id above `after`, by id."""
        ...

    def ask_restart(self, company_id: CompanyId, at: datetime) -> bool:
        """Have the company's session started afresh; False when none is linked that could."""
        ...

    def held_by(self, host_id: HostId) -> Sequence[Device]: ...

    def version_of(self, host_id: HostId) -> str:
        """Another one after any change to a row that the host holds."""
        ...

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
        ...

    def release(self, device_id: DeviceId, *, epoch: int) -> bool: ...

    def delete(self, device_id: DeviceId, *, epoch: int) -> bool: ...

    def known_jids(self) -> frozenset[str]: ...


class Hosts(Protocol):
    """Rows of `session_hosts`. Leases are of PostgreSQL's clock alone: the clocks of machines differ."""

    def add(
        self, host_id: HostId, *, lease: timedelta, capacity: int, name: str = "", draining: bool = False
    ) -> None:
        """Take a lease of that length from now on."""
        ...

    def renew(
        self, host_id: HostId, *, lease: timedelta, clock: datetime | None = None, vitals: Vitals = NO_VITALS
    ) -> bool:
        """Prolong the lease; False when the row is gone: the host must stop everything at once.

        Args:
            clock: what the host's own clock shows, to be held against PostgreSQL's.
        """
        ...

    def set_draining(self, host_id: HostId) -> None: ...

    def is_draining(self, host_id: HostId) -> bool: ...

    def remove(self, host_id: HostId) -> None:
        """Give up the lease and every device that is still held."""
        ...

    def remove_dead(self, dead_for: timedelta) -> int:
        """Remove the hosts whose lease was over so long ago; how many."""
        ...

    def list_alive(self) -> Sequence[Host]:
        """The hosts whose lease runs, oldest first, with the number of devices each holds."""
        ...


class SessionEvents(Protocol):
    """Rows of `session_events`."""

    def add(self, company_id: CompanyId, change: SessionChange) -> None: ...

    def recent(self, company_id: CompanyId, *, limit: int) -> Sequence[SessionChange]:
        """The last changes, newest first."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete what is older; how many there were."""
        ...


class Fleet(Protocol):
    """What session hosts tell one another. Every method raises DependencyDownError."""

    def exchange(self, report: PeerReport, refused: Iterable[DeviceId] = ()) -> FleetView:
        """Tell the others our breaker, and the devices that WhatsApp calls outdated; hear the same of them."""
        ...

    def leave(self, host_id: str) -> None: ...
