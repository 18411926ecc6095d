"""Connect links: one is valid per company, and a new one revokes the old. Pages of a session have tokens as well."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable

from aiadmin.domain.companies.company import Company
from aiadmin.domain.errors import LinkInvalidError, LinkRevokedError
from aiadmin.domain.ids import CompanyId, OwnerSessionId
from aiadmin.services.companies.owner_sessions import session_of
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.connect_links import LinkCache, Tokens
from aiadmin.storage.unit_of_work import NewUnitOfWork


def new_jti() -> str:
    """The id of a link: 128 random bits."""
    return secrets.token_urlsafe(16)


def issue(company_id: CompanyId, *, uow: NewUnitOfWork, tokens: Tokens, links: LinkCache, clock: Clock) -> str:
    """A fresh token for `company_id`, valid for 24 hours; the link before it stops working.

    Raises:
        CompanyNotFoundError: no such company.
    """
    jti = new_jti()
    with uow() as work:
        old = work.companies.get(company_id, lock=True).connect_jti
        work.companies.set_connect_jti(company_id, jti)
        work.commit()
    if old is not None:
        links.forget(old)
    links.remember({company_id: jti})
    return tokens.issue(company_id, jti, clock())


def open_link(
    token: str,
    *,
    find: Callable[[CompanyId], Company | None],
    is_session: Callable[[CompanyId, OwnerSessionId], bool],
    tokens: Tokens,
    clock: Clock,
) -> Company:
    """The company that `token` opens: one of a link, or of a page whose session is live.

    Args:
        find: looks a company up.
        is_session: whether a session of a company is live.

    Raises:
        LinkInvalidError: not ours, damaged, or its company is gone.
        LinkExpiredError: older than 24 hours.
        LinkRevokedError: replaced by a newer link, or its session has ended.
    """
    claims = tokens.verify(token, clock())
    company = find(claims.company_id)
    if company is None:
        raise LinkInvalidError
    session_id = session_of(claims.jti)
    if session_id is not None and is_session(claims.company_id, session_id):
        return company
    if not hmac.compare_digest((company.connect_jti or "").encode(), claims.jti.encode()):
        raise LinkRevokedError
    return company
