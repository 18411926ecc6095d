"""What a host needs of WhatsApp; `aiadmin.adapters.whatsapp` has the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from aiadmin.domain.hosting.session_event import SessionEvent
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import SendResult


class Keys(Protocol):
    """The keys of linked devices. Every method raises DependencyDownError when PostgreSQL does not answer."""

    @property
    def dsn(self) -> str: ...

    def exists(self, jid: str) -> bool: ...

    def delete(self, jid: str) -> bool: ...

    def orphan_jids(self) -> frozenset[str]: ...

    def delete_orphans(self, jids: Iterable[str]) -> int: ...


class SessionEngine(Protocol):
    """`engine.Engine`, as far as a host uses it."""

    def start(self, session_id: str, store: Keys, jid: str, on_event: Callable[[SessionEvent], None]) -> None:
        """Raises UnknownDeviceError, EngineError, DependencyDownError."""
        ...

    def stop(self, session_id: str) -> None: ...

    def logout(self, session_id: str) -> None:
        """Raises EngineError."""
        ...

    def find_number(self, session_id: str, phone: str) -> IdentityObservation | None:
        """Ask WhatsApp whose a number is, as a person would type it; None without an account. Raises EngineError."""
        ...

    def send(self, session_id: str, address: str, text: str, *, disappears_after: int = 0) -> SendResult:
        """Send a text and wait for what becomes of it; never raises for that."""
        ...

    def show_typing(self, session_id: str, address: str) -> None:
        """Show "typing" to the client; it does not matter whether that works, so it never raises."""
        ...

    def flush(self, timeout: float) -> bool:
        """Wait until every listener has got all that was said; False when that takes too long."""
        ...
