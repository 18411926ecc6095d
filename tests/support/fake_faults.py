"""What the library says when the fake WhatsApp misbehaves, as seen with neonize 0.5.2; `tests/contract` compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from aiadmin.domain.hosting.session_event import (
    ClientOutdated,
    Connected,
    ConnectFailure,
    Disconnected,
    Ended,
    LoggedOut,
    SessionEvent,
    StreamError,
    StreamReplaced,
    TemporaryBan,
)


@dataclass(frozen=True)
class Suffering:
    """What a device goes through.

    Attributes:
        events: what a connected session says.
        at_start: what a session that starts meanwhile says, or None when it starts as usual.
        loses_keys: whether the library deletes the keys.
    """

    events: tuple[SessionEvent, ...]
    at_start: tuple[SessionEvent, ...] | None = None
    loses_keys: bool = False


_BACK = (Disconnected(), Connected())


def _refused(event: SessionEvent, *, loses_keys: bool = False) -> Suffering:
    return Suffering((Disconnected(), event), at_start=(event,), loses_keys=loses_keys)


def _unlinked(reason: str) -> Suffering:
    return _refused(LoggedOut(reason=reason), loses_keys=True)


def _unreadable(message: str, field: str) -> Ended:
    """The library gives up where its messages lack a number."""
    return Ended(error=f"proto: required field neonize.{message}.{field} not set")


_AT_LOGIN: Mapping[str, Suffering] = {
    "401": _unlinked("logged_out"),
    "402": _refused(TemporaryBan(reason="send_to_too_many_people", expires_in=timedelta(hours=1))),
    "402/999": _refused(_unreadable("TemporaryBan", "Code")),
    "403": _unlinked("main_device_gone"),
    "405": _refused(ClientOutdated()),
    "406": _unlinked("unknown_logout"),
    "409": _refused(ConnectFailure(reason="bad_user_agent")),
    "415": _refused(_unreadable("ConnectFailure", "Reason")),
    "500": Suffering(_BACK),
    "503": Suffering(_BACK),
}
_ON_THE_WAY: Mapping[str, Suffering] = {
    "replaced": Suffering((StreamReplaced(),)),
    "device_removed": Suffering((LoggedOut(reason="logged_out"),), loses_keys=True),
    "500": Suffering((StreamError(code="500"),)),
    "503": Suffering(_BACK),
    "515": Suffering((Connected(),)),
}
_OTHERS: Mapping[str, Suffering] = {
    "drop": Suffering(_BACK),
    "rival": Suffering((StreamReplaced(),)),
}


def suffering(kind: str, **facts: object) -> Suffering:
    """What the fake WhatsApp's fault `kind` does to a connected device; `rival` is a second client on its keys."""
    if kind == "login-failure":
        code = f"/{facts['code']}" if facts.get("code") == 999 else ""
        return _AT_LOGIN[f"{facts['reason']}{code}"]
    if kind == "stream-error":
        return _ON_THE_WAY[str(facts["error"])]
    return _OTHERS[kind]
