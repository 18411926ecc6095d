"""Operators' browsers in the console: let in by the admin key, kept in by a secret of their own, let out by anybody.

The key itself is in no cookie and in no row: a new ADMIN_API_KEY ends every session that the old one has begun.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiadmin.domain.companies import audit
from aiadmin.domain.companies.owner_session import agent_name
from aiadmin.domain.console.operator_session import OperatorSession
from aiadmin.domain.errors import OperatorSessionError
from aiadmin.domain.ids import OperatorSessionId
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork

REFUSED = "refused"
NOBODY = "console"
"""The audit's name for who was not let in."""


@dataclass(frozen=True)
class OperatorSecret:
    """What an operator's cookie holds: 256 random bits. Only their hash is stored."""

    clear: str = field(repr=False)

    @classmethod
    def new(cls) -> OperatorSecret:
        return cls(secrets.token_urlsafe(32))

    @property
    def hashed(self) -> str:
        return hashlib.sha256(f"operator:{self.clear}".encode()).hexdigest()

    @property
    def form_token(self) -> str:
        """What each form of this browser's pages carries, and no other site can know."""
        return hmac.digest(self.clear.encode(), b"console form v1", "sha256").hex()


@dataclass(frozen=True, kw_only=True)
class OperatorService:
    """Lets operators in and out; each entry, each refusal and each exit is in the audit log.

    Attributes:
        key_fingerprint: of the admin key that is valid now.
    """

    uow: NewUnitOfWork
    clock: Clock
    key_fingerprint: str

    def let_in(self, secret: OperatorSecret, *, operator: str, user_agent: str) -> OperatorSessionId:
        """Begin a session of whoever has shown the key. Raises DependencyDownError."""
        now, agent = self.clock(), agent_name(user_agent)
        with self.uow() as work:
            number = work.operator_sessions.start(
                secret.hashed, key_fingerprint=self.key_fingerprint, operator=operator, agent=agent, at=now
            )
            details = {"session": number, "agent": agent}
            work.audit.add(
                None, actor=f"console:{operator}", action="console.login", details=details, at=now, outcome=audit.DONE
            )
            work.commit()
        return number

    def note_refusal(self, user_agent: str) -> None:
        """Keep that somebody has shown a wrong key. What they call themselves is not kept: it may be the key."""
        with self.uow() as work:
            details = {"agent": agent_name(user_agent)}
            work.audit.add(
                None, actor=NOBODY, action="console.login", details=details, at=self.clock(), outcome=REFUSED
            )
            work.commit()

    def enter(self, secret: OperatorSecret | None) -> OperatorSession:
        """The live session of a browser.

        Raises:
            OperatorSessionError: it has none.
            DependencyDownError: PostgreSQL does not answer.
        """
        if secret is None:
            raise OperatorSessionError
        now = self.clock()
        with self.uow() as work:
            session = work.operator_sessions.find_live(secret.hashed, key_fingerprint=self.key_fingerprint, now=now)
            if session is None:
                raise OperatorSessionError
            if session.is_due(now):
                work.operator_sessions.record_use(session, now)
                work.commit()
        return session

    def others(self) -> Sequence[OperatorSession]:
        """Everybody who is in now, last used first."""
        with self.uow() as work:
            return work.operator_sessions.list_live(key_fingerprint=self.key_fingerprint, now=self.clock())

    def end(self, session_id: OperatorSessionId, *, by: OperatorSession) -> bool:
        """End a session, one's own or another's; False where it has ended before."""
        now = self.clock()
        action = "console.logout" if session_id == by.session_id else "console.revoke"
        with self.uow() as work:
            was_live = work.operator_sessions.end(session_id, now)
            work.audit.add(
                None,
                actor=by.actor,
                action=action,
                details={"session": session_id},
                at=now,
                outcome=audit.DONE if was_live else REFUSED,
            )
            work.commit()
        return was_live
