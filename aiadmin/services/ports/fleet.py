"""What the services need to know of devices, the hosts that hold them, and what became of their sessions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from aiadmin.domain.hosting.circuit_breaker import FleetView, PeerReport
from aiadmin.domain.ids import DeviceId


class Fleet(Protocol):
    """What session hosts tell one another. Every method raises DependencyDownError."""

    def exchange(self, report: PeerReport, refused: Iterable[DeviceId] = ()) -> FleetView:
        """Tell the others our breaker, and the devices that WhatsApp calls outdated; hear the same of them."""
        ...

    def leave(self, host_id: str) -> None: ...
