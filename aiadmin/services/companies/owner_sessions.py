"""Sessions of owners' browsers: a browser has one secret, and with it a session of each salon it was let into."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aiadmin.domain.companies import audit
from aiadmin.domain.companies.company import Company
from aiadmin.domain.companies.owner_session import OwnerSession, SessionEnd, agent_name
from aiadmin.domain.errors import (
    SessionClosedError,
    SessionExpiredError,
    SessionLeftError,
    SessionMissingError,
)
from aiadmin.domain.ids import CompanyId, OwnerSessionId
from aiadmin.domain.number import whole_number
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.connect_links import Tokens
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

OWNER = "owner"
"""The audit's name for an owner."""
_JTI = "session-"
"""How the id of a page's token begins, which is good for as long as its session; no connect link has such an id."""


@dataclass(frozen=True)
class BrowserSecret:
    """What a browser's cookie holds: 256 random bits. Only their hash is stored."""

    clear: str = field(repr=False)

    @classmethod
    def new(cls) -> BrowserSecret:
        return cls(secrets.token_urlsafe(32))

    @property
    def hashed(self) -> str:
        return hashlib.sha256(self.clear.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Entered:
    """A browser that is in: the salon it looks at, and the others it may change to.

    Attributes:
        company: the salon.
        session: this browser's session of it.
        salons: all live sessions of this browser, by the salons' titles.
    """

    company: Company
    session: OwnerSession
    salons: Sequence[OwnerSession]


def start(
    company_id: CompanyId, browser: BrowserSecret, *, user_agent: str, uow: NewUnitOfWork, clock: Clock
) -> OwnerSessionId:
    """Let a browser that came by a link into a salon's pages."""
    with uow() as work:
        number = work.owner_sessions.start(
            company_id, browser.hashed, agent=agent_name(user_agent), user_id=None, at=clock()
        )
        work.commit()
    return number


def salons_of(browser: BrowserSecret, *, uow: NewUnitOfWork, clock: Clock) -> Sequence[OwnerSession]:
    """What a browser is let into now, last used first."""
    now = clock()
    with uow() as work:
        return [one for one in work.owner_sessions.of_browser(browser.hashed) if one.is_live(now)]


def enter(
    browser: BrowserSecret | None, company_id: CompanyId | None, *, uow: NewUnitOfWork, clock: Clock
) -> Entered:
    """The salon that a browser asks for; without a number the one that it used last.

    Raises:
        SessionMissingError: it was never let into that salon.
        SessionExpiredError, SessionClosedError, SessionLeftError: it was, and is no more.
        DependencyDownError: PostgreSQL does not answer.
    """
    if browser is None:
        raise SessionMissingError
    now = clock()
    with uow() as work:
        sessions = work.owner_sessions.of_browser(browser.hashed)
        live = [one for one in sessions if one.is_live(now)]
        asked = [one for one in sessions if one.company_id == company_id] if company_id else (live or sessions)
        session = _live(asked[0] if asked else None, now)
        if session.is_due(now):
            work.owner_sessions.record_use(session.company_id, session, now)
        company = work.companies.get(session.company_id)
        work.commit()
    return Entered(company=company, session=session, salons=sorted(live, key=lambda one: one.salon or ""))


def _live(session: OwnerSession | None, now: datetime) -> OwnerSession:
    if session is None:
        raise SessionMissingError
    if session.is_live(now):
        return session
    match session.ended_why:
        case None:
            raise SessionExpiredError
        case SessionEnd.UNINSTALLED:
            raise SessionLeftError
        case _:
            raise SessionClosedError


def page_token(session: OwnerSession, *, tokens: Tokens, clock: Clock) -> str:
    """A token for what a page of this session asks that takes no cookie: sockets, and the pictures of codes.

    It ends with the session, and no new connect link ends it.
    """
    return tokens.issue(session.company_id, f"{_JTI}{session.session_id}", clock())


def session_of(jti: str) -> OwnerSessionId | None:
    """The session whose page's token has this id; None for the id of a connect link.

    >>> session_of("session-7"), session_of("session-x"), session_of("8mZ3")
    (7, None, None)
    """
    number = whole_number(jti.removeprefix(_JTI)) if jti.startswith(_JTI) else None
    return None if number is None else OwnerSessionId(number)


def log_out(session: OwnerSession, *, uow: NewUnitOfWork, clock: Clock) -> None:
    """End this browser's session of one salon; its other salons stay open."""
    with uow() as work:
        work.owner_sessions.end(session.company_id, session.session_id, SessionEnd.LOGOUT, clock())
        work.commit()


def end_one(company_id: CompanyId, session_id: OwnerSessionId, *, uow: NewUnitOfWork, clock: Clock) -> bool:
    """End the session of another browser of this salon; False where there is none."""
    now = clock()
    with uow() as work:
        ended = work.owner_sessions.end(company_id, session_id, SessionEnd.EVERYWHERE, now)
        _audit(company_id, "session.end", ended, work, now)
        work.commit()
    return ended > 0


def end_all(company_id: CompanyId, *, uow: NewUnitOfWork, clock: Clock) -> int:
    """End the salon's sessions in all browsers, and its connect link; how many sessions there were."""
    now = clock()
    with uow() as work:
        work.companies.get(company_id, lock=True)
        ended = work.owner_sessions.end_all(company_id, SessionEnd.EVERYWHERE, now)
        work.companies.set_connect_jti(company_id, None)
        _audit(company_id, "session.end-all", ended, work, now)
        work.commit()
    return ended


def _audit(company_id: CompanyId, action: str, ended: int, work: UnitOfWork, now: datetime) -> None:
    work.audit.add(company_id, actor=OWNER, action=action, details={"ended": ended}, at=now, outcome=audit.DONE)
