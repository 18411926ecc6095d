"""What WhatsApp may do to a linked device, and what a host makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiadmin.domain.hosting.device import Observed


@dataclass(frozen=True)
class Case:
    """One fault of the fake WhatsApp, and the row and the keys that come of it.

    Attributes:
        facts: of the fault; one at login strikes when the connection is cut.
        away: between what a session that is kept away waits, at least and at most.
    """

    name: str
    kind: str
    observed: Observed
    facts: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    keeps_keys: bool = True
    away: tuple[timedelta, timedelta] | None = None

    def __str__(self) -> str:
        return self.name


def _seconds(least: int, most: int) -> tuple[timedelta, timedelta]:
    return timedelta(seconds=least), timedelta(seconds=most)


def _login(reason: str, observed: Observed, slug: str | None = None, **more: Any) -> Case:
    facts = {"reason": reason, **more.pop("facts", {})}
    return Case(f"login refused with {reason}", "login-failure", observed, facts, slug, **more)


def _stream(error: str, observed: Observed, slug: str | None = None, **more: Any) -> Case:
    return Case(f"stream error {error}", "stream-error", observed, {"error": error}, slug, **more)


BACK = [
    Case("connection cut", "drop", Observed.ONLINE),
    _login("500", Observed.ONLINE),
    _login("503", Observed.ONLINE),
    _stream("500", Observed.ONLINE),
    _stream("503", Observed.ONLINE),
    _stream("515", Observed.ONLINE),
]
"""The library connects again by itself."""

_HELD = {"seconds": 30}
"""Our own tries meet it, too."""
AWAY = [
    _stream("replaced", Observed.CONFLICT, "stream_replaced", away=_seconds(5, 10)),
    Case("a second client on the same keys", "rival", Observed.CONFLICT, {}, "stream_replaced"),
    _login(
        "402",
        Observed.BANNED,
        "send_to_too_many_people",
        facts={"code": 101, "expire": 3600},
        away=_seconds(3600, 4200),
    ),
    Case(
        "a ban for a reason the library does not know",
        "login-failure",
        Observed.BANNED,
        {"reason": "402", "code": 999, "expire": 3600},
        "unknown",
        away=_seconds(3600, 4200),
    ),
    _login("405", Observed.OUTDATED, "client_outdated", away=_seconds(900, 1800)),
    _login("409", Observed.BACKOFF, "bad_user_agent", facts=_HELD),
    _login("415", Observed.BACKOFF, "ended", facts=_HELD),
]
"""It stays away, and a host decides when to try again."""

UNLINKED = [
    _login("401", Observed.LOGGED_OUT, "logged_out", keeps_keys=False),
    _login("403", Observed.LOGGED_OUT, "main_device_gone", keeps_keys=False),
    _login("406", Observed.LOGGED_OUT, "unknown_logout", keeps_keys=False),
    _stream("device_removed", Observed.LOGGED_OUT, "logged_out", keeps_keys=False),
]
"""The salon has to link its phone again."""

GROUPS = {"first": [*BACK, UNLINKED[0], UNLINKED[3]], "second": [*AWAY, UNLINKED[1], UNLINKED[2]]}
"""Cases of one host: few enough that it does not take them for an outage, or for a wave of logouts."""
