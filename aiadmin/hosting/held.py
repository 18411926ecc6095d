"""A device that this host holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiadmin.domain.device import Desired, Device
from aiadmin.domain.session import Session, adopted


@dataclass
class Held:
    """One held device and its session.

    Attributes:
        written: the last session that PostgreSQL knows of.
        run: counts starts, so that an echo of an earlier connection is told from the present one.
        logout_tries: logouts that WhatsApp refused.
        logging_out: whether a logout is on its way.
    """

    device: Device
    session: Session
    written: Session
    run: int = 0
    logout_tries: int = 0
    logging_out: bool = False

    @classmethod
    def adopt(cls, device: Device, now: datetime) -> Held:
        """A device that was just taken; its session starts at the next turn."""
        session = adopted(device.observed, now)
        return cls(device, session, written=session)

    @property
    def session_id(self) -> str:
        """The engine's name of the present connection."""
        return f"{self.device.device_id}.{self.device.epoch}.{self.run}"

    @property
    def is_to_remove(self) -> bool:
        """Whether the device is to be logged out and deleted."""
        return self.device.desired is Desired.REMOVED

    @property
    def is_unsaved(self) -> bool:
        """Whether PostgreSQL has yet to hear of the present state."""
        before, now = self.written, self.session
        return (before.observed, before.reason, before.retry_at) != (now.observed, now.reason, now.retry_at)
