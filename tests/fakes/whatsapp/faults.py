"""Misbehaviour, armed ahead of time and taken when its moment comes.

Faults that strike open connections at once (drop, mute, stream errors) need no memory and are in ``strikes``.
"""

import time
from dataclasses import dataclass, field
from typing import Any

EVERYBODY = "*"

NEEDED = {
    "login-failure": ("reason",),
    "lost-after-pairing": ("mode",),
    "stream-error": ("error",),
    "slow-ack": ("delay",),
    "ack-error": ("error",),
}
"""Facts without which a fault means nothing."""

ARMED = {
    "refuse": "new connections are reset before the websocket opens; for `seconds`",
    "mute-new": "new connections are accepted and then never answered",
    "login-failure": "a login gets <failure reason=`reason` code=`code` expire=`expire`/>",
    "refs": "a new device gets `count` QR refs that live `lifetime` seconds each",
    "no-refs": "a new device is never sent any QR ref",
    "bad-hmac": "the phone signs with a wrong secret, the companion refuses the pairing",
    "passkey": "the server demands a passkey instead of linking",
    "lost-after-pairing": "`mode` no-restart: linked, then cut off; login-hangs or login-drops: the login after it",
    "no-ack": "a client's message is never acknowledged; with `lost` not delivered either",
    "slow-ack": "a client's message is delivered at once and acknowledged after `delay` seconds",
    "ack-error": "a client's message is refused with the number `error`",
    "undecryptable": "a message to this device is spoilt on the way",
    "duplicate": "a phone sends its message twice, to or from this number",
    "no-contacts": "a question whether numbers are on WhatsApp is answered with an empty list",
}
"""What can be armed, with the facts each kind reads."""


@dataclass
class Fault:
    """One armed fault.

    Attributes:
        scope: a phone number, a device JID or ``*``; only those are struck. A new connection is nobody
            yet and only struck by ``*``.
        times: how often it may strike; None is without end.
        until: a monotonic time after which it is over; None is never.
    """

    kind: str
    scope: str = EVERYBODY
    times: int | None = 1
    until: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def lasting(
        cls, kind: str, scope: str, times: int | None, seconds: float | None, facts: dict[str, Any]
    ) -> "Fault":
        """A fault for some *seconds*, or for some *times*; for the next time when neither is given."""
        if seconds is not None:
            return cls(kind, scope, times, time.monotonic() + seconds, facts)
        return cls(kind, scope, times or 1, None, facts)

    def strikes(self, kind: str, names: tuple[str, ...]) -> bool:
        return self.kind == kind and self.scope in (EVERYBODY, *names) and not self.spent

    @property
    def spent(self) -> bool:
        return self.times == 0 or (self.until is not None and time.monotonic() > self.until)


class Faults:
    """The armed faults, oldest first."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        self._armed.append(fault)

    def take(self, kind: str, *names: str) -> Fault | None:
        """The oldest fault of *kind* that may strike somebody with these *names*; it is used up by one."""
        self._armed = [fault for fault in self._armed if not fault.spent]
        fault = next((fault for fault in self._armed if fault.strikes(kind, names)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
        return fault

    def clear(self) -> None:
        self._armed.clear()

    def listed(self) -> list[dict[str, Any]]:
        return [
            {"kind": fault.kind, "scope": fault.scope, "times": fault.times, **fault.facts}
            for fault in self._armed
            if not fault.spent
        ]
