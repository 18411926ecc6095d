"""Sessions of owners' browsers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Row, Select, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.companies.owner_session import MOST, OwnerSession, SessionEnd, expiry
from aiadmin.domain.ids import CompanyId, OwnerSessionId
from aiadmin.storage.tables.core import CompanyRow, OwnerSessionRow

_LIVE = OwnerSessionRow.ended_why.is_(None)


class OwnerSessions:
    """Rows of `owner_sessions`: one for each salon that a browser was let into."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def start(
        self,
        company_id: CompanyId,
        browser_hash: str,
        *,
        agent: str,
        user_id: int | None,
        at: datetime,
        is_support: bool = False,
    ) -> OwnerSessionId:
        """Begin a browser's session, or begin it anew; those beyond `MOST`, longest unused first, are ended.

        Args:
            user_id: of the YClients user who came; None for one who came by a link, which changes nobody's name.
            is_support: whether it is an operator who came.
        """
        begun = {
            "agent": agent[:60],
            "created_at": at,
            "seen_at": at,
            "expires_at": expiry(at, at, is_support=is_support),
            "is_support": is_support,
            "ended_at": None,
            "ended_why": None,
        }
        statement = insert(OwnerSessionRow).values(
            company_id=company_id, browser_hash=browser_hash, user_id=user_id, **begun
        )
        known = func.coalesce(statement.excluded.user_id, OwnerSessionRow.user_id)
        key = [OwnerSessionRow.company_id, OwnerSessionRow.browser_hash]
        statement = statement.on_conflict_do_update(
            index_elements=key, set_={**begun, "user_id": known, "has_returned": True}
        )
        number = self._session.execute(statement.returning(OwnerSessionRow.id)).scalar_one()
        self._end(self._is_beyond(company_id, at), SessionEnd.CROWDED, at)
        return OwnerSessionId(number)

    def _is_beyond(self, company_id: CompanyId, at: datetime) -> ColumnElement[bool]:
        kept = (
            select(OwnerSessionRow.id)
            .where(OwnerSessionRow.company_id == company_id, _LIVE, OwnerSessionRow.expires_at > at)
            .order_by(OwnerSessionRow.seen_at.desc(), OwnerSessionRow.id.desc())
            .limit(MOST)
        )
        return (OwnerSessionRow.company_id == company_id) & OwnerSessionRow.id.not_in(kept)

    def find(self, company_id: CompanyId, browser_hash: str) -> OwnerSession | None:
        """A browser's session of a salon, live or not."""
        row = self._session.execute(
            _selected().where(OwnerSessionRow.company_id == company_id, OwnerSessionRow.browser_hash == browser_hash)
        ).one_or_none()
        return _session_of(row) if row else None

    def of_browser(self, browser_hash: str) -> Sequence[OwnerSession]:
        """Everything that a browser was let into and that is remembered, last used first."""
        rows = self._session.execute(
            _selected()
            .where(OwnerSessionRow.browser_hash == browser_hash)
            .order_by(OwnerSessionRow.seen_at.desc(), OwnerSessionRow.id.desc())
        )
        return [_session_of(row) for row in rows]

    def list_live(self, company_id: CompanyId, now: datetime) -> Sequence[OwnerSession]:
        """The browsers that a salon's pages are open to, last used first."""
        rows = self._session.execute(
            _selected()
            .where(OwnerSessionRow.company_id == company_id, _LIVE, OwnerSessionRow.expires_at > now)
            .order_by(OwnerSessionRow.seen_at.desc(), OwnerSessionRow.id.desc())
        )
        return [_session_of(row) for row in rows]

    def is_live(self, company_id: CompanyId, session_id: OwnerSessionId, now: datetime) -> bool:
        statement = exists().where(
            OwnerSessionRow.id == session_id,
            OwnerSessionRow.company_id == company_id,
            _LIVE,
            OwnerSessionRow.expires_at > now,
        )
        return bool(self._session.scalar(select(statement)))

    def has_returned(self, company_id: CompanyId, user_id: int, now: datetime) -> bool:
        """Whether a user has a live session of the salon in a browser that has shown its cookie once."""
        statement = exists().where(
            OwnerSessionRow.company_id == company_id,
            OwnerSessionRow.user_id == user_id,
            _LIVE,
            OwnerSessionRow.expires_at > now,
            OwnerSessionRow.has_returned,
        )
        return bool(self._session.scalar(select(statement)))

    def record_use(self, company_id: CompanyId, session: OwnerSession, at: datetime) -> None:
        """Keep that a session was used; one that has ended meanwhile stays ended."""
        self._session.execute(
            update(OwnerSessionRow)
            .where(
                OwnerSessionRow.company_id == company_id,
                OwnerSessionRow.id == session.session_id,
                _LIVE,
            )
            .values(
                has_returned=True,
                seen_at=func.greatest(OwnerSessionRow.seen_at, at),
                expires_at=expiry(session.created_at, at, is_support=session.is_support),
            )
        )

    def end(self, company_id: CompanyId, session_id: OwnerSessionId, why: SessionEnd, at: datetime) -> int:
        """End one session of a salon; how many were live."""
        is_meant = (OwnerSessionRow.company_id == company_id) & (OwnerSessionRow.id == session_id)
        return self._end(is_meant, why, at)

    def end_all(self, company_id: CompanyId, why: SessionEnd, at: datetime) -> int:
        """End every session of a salon; how many were live."""
        return self._end(OwnerSessionRow.company_id == company_id, why, at)

    def forget(self, before: datetime) -> int:
        """Delete sessions that ended before this moment."""
        is_over = or_(OwnerSessionRow.expires_at < before, OwnerSessionRow.ended_at < before)
        return self._changed(delete(OwnerSessionRow).where(is_over))

    def _end(self, is_meant: ColumnElement[bool], why: SessionEnd, at: datetime) -> int:
        return self._changed(update(OwnerSessionRow).where(is_meant, _LIVE).values(ended_at=at, ended_why=why))

    def _changed(self, statement: Any) -> int:
        answer = self._session.execute(statement.execution_options(synchronize_session=False))
        return cast("CursorResult[Any]", answer).rowcount


def _selected() -> Select[OwnerSessionRow, str | None]:
    return (
        select(OwnerSessionRow, CompanyRow.title)
        .join(CompanyRow, CompanyRow.id == OwnerSessionRow.company_id)
        .execution_options(populate_existing=True)
    )


def _session_of(found: Row[OwnerSessionRow, str | None]) -> OwnerSession:
    row, title = found
    return OwnerSession(
        session_id=OwnerSessionId(row.id),
        company_id=CompanyId(row.company_id),
        agent=row.agent,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        has_returned=row.has_returned,
        ended_why=SessionEnd(row.ended_why) if row.ended_why else None,
        salon=title,
        is_support=row.is_support,
    )
