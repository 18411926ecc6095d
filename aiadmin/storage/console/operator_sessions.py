"""Sessions of operators' browsers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from aiadmin.domain.console.operator_session import OperatorSession, expiry
from aiadmin.domain.ids import OperatorSessionId
from aiadmin.storage.tables.core import OperatorSessionRow as Row


class OperatorSessions:
    """Rows of `operator_sessions`, which are of no salon."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def start(
        self, secret_hash: str, *, key_fingerprint: str, operator: str, agent: str, at: datetime
    ) -> OperatorSessionId:
        statement = insert(Row).values(
            secret_hash=secret_hash,
            key_fingerprint=key_fingerprint,
            operator=operator,
            agent=agent[:60],
            created_at=at,
            seen_at=at,
            expires_at=expiry(at, at),
        )
        return OperatorSessionId(self._session.execute(statement.returning(Row.id)).scalar_one())

    def find_live(self, secret_hash: str, *, key_fingerprint: str, now: datetime) -> OperatorSession | None:
        """The session of a browser, begun with the key that is valid now."""
        statement = select(Row).where(Row.secret_hash == secret_hash, *_live(key_fingerprint, now))
        row = self._session.scalars(statement).one_or_none()
        return None if row is None else _session_of(row)

    def list_live(self, *, key_fingerprint: str, now: datetime) -> Sequence[OperatorSession]:
        """Everybody who is in, last used first."""
        statement = select(Row).where(*_live(key_fingerprint, now)).order_by(Row.seen_at.desc(), Row.id.desc())
        return [_session_of(row) for row in self._session.scalars(statement)]

    def record_use(self, session: OperatorSession, at: datetime) -> None:
        """Keep that a session was used; one that has ended meanwhile stays ended."""
        self._session.execute(
            update(Row)
            .where(Row.id == session.session_id, Row.ended_at.is_(None))
            .values(seen_at=at, expires_at=expiry(session.created_at, at))
        )

    def end(self, session_id: OperatorSessionId, at: datetime) -> bool:
        """End a session; False where it has ended before."""
        statement = update(Row).where(Row.id == session_id, Row.ended_at.is_(None)).values(ended_at=at)
        return cast("CursorResult[tuple[()]]", self._session.execute(statement)).rowcount == 1

    def forget(self, before: datetime) -> int:
        """Delete sessions that ended before this moment."""
        statement = delete(Row).where(or_(Row.expires_at < before, Row.ended_at < before))
        return cast("CursorResult[tuple[()]]", self._session.execute(statement)).rowcount


def _live(key_fingerprint: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Row.key_fingerprint == key_fingerprint, Row.ended_at.is_(None), Row.expires_at > now


def _session_of(row: Row) -> OperatorSession:
    return OperatorSession(
        session_id=OperatorSessionId(row.id),
        operator=row.operator,
        agent=row.agent,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )
