"""Unlinks devices for good: at WhatsApp, then their keys, then their rows."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from aiadmin.adapters.whatsapp.engine import EngineError
from aiadmin.domain.hosting.session import Removal, removal
from aiadmin.hosting.hosted_device import HostedDevice
from aiadmin.hosting.ports import Keys, SessionEngine
from aiadmin.services.hosting import sessions
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork

log = structlog.get_logger(__name__)


class Unlinking:
    """Goes one step at a time, when its host looks at the device.

    Args:
        on_progress: called from another thread when WhatsApp knows, and the next step can be taken.
    """

    def __init__(
        self, *, engine: SessionEngine, keys: Keys, uow: NewUnitOfWork, clock: Clock, on_progress: Callable[[], None]
    ) -> None:
        self._engine, self._keys, self._uow, self._clock = engine, keys, uow, clock
        self._on_progress = on_progress

    def advance(self, held: HostedDevice) -> bool:
        """Take the next step; True when the device is gone. Raises DependencyDownError."""
        if held.logging_out:
            return False
        has_keys = self._keys.exists(held.device.jid)
        match removal(held.session, has_keys=has_keys, tries=held.logout_tries, now=self._clock()):
            case Removal.WAIT:
                return False
            case Removal.LOG_OUT:
                held.logging_out = True
                threading.Thread(target=self._log_out, args=[held], name="logout", daemon=True).start()
                return False
            case Removal.ABANDON:
                log.warning("WhatsApp could not be told of a removal", device_id=held.device.device_id)
            case Removal.FORGET:
                log.info("a device is removed", device_id=held.device.device_id)
        self._engine.stop(held.session_id)
        self._keys.delete(held.device.jid)
        sessions.forget(held.device, uow=self._uow)
        return True

    def _log_out(self, held: HostedDevice) -> None:
        try:
            self._engine.logout(held.session_id)
        except EngineError as error:
            held.logout_tries += 1  # the next tick tries again
            held.logging_out = False
            log.warning("WhatsApp refused a logout", device_id=held.device.device_id, error=str(error))
        else:
            held.logging_out = False
            self._on_progress()
