"""An engine that connects at once, or as the test says; it keeps the same promises as the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from aiadmin.adapters.whatsapp.engine import EngineError, UnknownDeviceError
from aiadmin.domain.hosting.session_event import Connected, SessionEvent
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import SendOutcome, SendResult
from aiadmin.hosting.ports import Keys
from tests.support.fake_faults import Suffering


class FakeKeys:
    """The keys of linked devices."""

    dsn = "postgres://keys"

    def __init__(self) -> None:
        self.jids: set[str] = set()

    def exists(self, jid: str) -> bool:
        return jid in self.jids

    def delete(self, jid: str) -> bool:
        known = jid in self.jids
        self.jids.discard(jid)
        return known

    def orphan_jids(self) -> frozenset[str]:
        return frozenset()

    def delete_orphans(self, jids: Iterable[str]) -> int:
        return 0


class FakeEngine:
    """Sessions by id, each with its JID and listener. `first` is what a started session says."""

    def __init__(self, keys: FakeKeys) -> None:
        self._keys = keys
        self.first: list[SessionEvent] = [Connected()]
        self.refuses_logout = False
        self.live: dict[str, tuple[str, Callable[[SessionEvent], None]]] = {}
        self.started: list[str] = []
        self.logged_out: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.typed: list[str] = []
        self.on_send: Callable[[str, str, str], SendResult] = self._take
        self.numbers: dict[str, IdentityObservation | None] = {}
        self.sufferings: dict[str, Suffering] = {}

    def start(self, session_id: str, store: Keys, jid: str, on_event: Callable[[SessionEvent], None]) -> None:
        if not store.exists(jid):
            raise UnknownDeviceError
        self.live[session_id] = jid, on_event
        self.started.append(jid)
        suffering = self.sufferings.get(jid)
        for event in (suffering and suffering.at_start) or self.first:
            on_event(event)

    def stop(self, session_id: str) -> None:
        self.live.pop(session_id, None)

    def logout(self, session_id: str) -> None:
        if self.refuses_logout or session_id not in self.live:
            raise EngineError("refused")
        jid, _ = self.live[session_id]
        self.logged_out.append(jid)
        self._keys.delete(jid)

    def find_number(self, session_id: str, phone: str) -> IdentityObservation | None:
        if session_id not in self.live:
            raise EngineError("not live")
        return self.numbers.get(phone)

    def send(self, session_id: str, address: str, text: str, *, disappears_after: int = 0) -> SendResult:
        if session_id not in self.live:
            return SendResult(outcome=SendOutcome.NOT_TAKEN, reason="not_connected")
        return self.on_send(self.live[session_id][0], address, text)

    def show_typing(self, session_id: str, address: str) -> None:
        if session_id in self.live:
            self.typed.append(address)

    def flush(self, timeout: float) -> bool:
        return timeout > 0

    def jids(self) -> set[str]:
        """The devices that are connected here."""
        return {jid for jid, _ in self.live.copy().values()}

    def say(self, jid: str, event: SessionEvent) -> None:
        """Let WhatsApp say something to a device."""
        for known, listener in self.live.copy().values():
            if known == jid:
                listener(event)

    def strike(self, jid: str, suffering: Suffering) -> None:
        """Let a device suffer, from now on."""
        self.sufferings[jid] = suffering
        if suffering.loses_keys:
            self._keys.delete(jid)
        for event in suffering.events:
            self.say(jid, event)

    def _take(self, jid: str, address: str, text: str) -> SendResult:
        self.sent.append((address, text))
        return SendResult(outcome=SendOutcome.SENT, message_id=f"M{len(self.sent)}", sent_at=datetime.now(UTC))
