"""A device that this host holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiadmin.domain.hosting.device import Desired, Device, Observed
from aiadmin.domain.hosting.session import Session, adopted


@dataclass
class HostedDevice:
    """One held device and its session.

    Attributes:
        written: the last session that PostgreSQL knows of.
        run: counts starts, so that an echo of an earlier connection is not taken for the present one.
        logout_tries: logouts that WhatsApp refused.
        logging_out: whether a logout is on its way.
        adopted_at: when the host took it, until it is online for the first time.
        obeyed_restart: the last restart that was asked for and done.
    """

    device: Device
    session: Session
    written: Session
    run: int = 0
    logout_tries: int = 0
    logging_out: bool = False
    adopted_at: datetime | None = None
    obeyed_restart: datetime | None = None

    @classmethod
    def adopt(cls, device: Device, now: datetime) -> HostedDevice:
        """A device that was just taken; its session starts at the next turn."""
        session = adopted(device.observed, now)
        asked = device.restart_asked_at
        return cls(device, session, written=session, adopted_at=now, obeyed_restart=asked)

    @property
    def session_id(self) -> str:
        """The engine's name of the present connection."""
        return f"{self.device.device_id}.{self.device.epoch}.{self.run}"

    @property
    def is_starting(self) -> bool:
        """Whether it was started, and has neither connected nor failed so far."""
        return self.session.observed is Observed.STARTING and self.session.retry_at is None

    @property
    def can_send(self) -> bool:
        """Whether messages may go out through it now."""
        return self.session.observed is Observed.ONLINE and self.device.desired is Desired.ON

    @property
    def is_to_remove(self) -> bool:
        """Whether the device is to be logged out and deleted."""
        return self.device.desired is Desired.REMOVED

    @property
    def is_to_restart(self) -> bool:
        """Whether a fresh start was asked for since the last one."""
        return self.device.restart_asked_at not in {None, self.obeyed_restart}

    @property
    def is_unsaved(self) -> bool:
        """Whether PostgreSQL has yet to hear of the present state."""
        before, now = self.written, self.session
        return (before.observed, before.reason, before.retry_at) != (now.observed, now.reason, now.retry_at)

    def is_settled(self, now: datetime) -> bool:
        """Whether nothing of it is on its way: it is where it is wanted, and PostgreSQL knows."""
        is_waiting = self.session.retry_at is not None and self.session.retry_at <= now
        is_ordered = self.device.desired is not Desired.ON or self.is_to_restart
        return not (is_waiting or is_ordered or self.is_starting or self.is_unsaved)

    def begin_anew(self, now: datetime) -> None:
        """Its connection was stopped for no reason of its own: it is due to start."""
        if self.session.retry_at is None:
            self.session = adopted(self.session.observed, now)
