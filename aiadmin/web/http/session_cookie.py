"""The cookie of an owner's browser: one secret, on which its sessions of salons hang.

YClients shows our pages in a frame, hence `SameSite=None` and `Partitioned` (CHIPS): a browser that lets no other
site's cookies through keeps this one for us within YClients, apart from the one it has for us in a tab of our own.
`SameSite=None` also sends it with requests that any page makes, hence `check_same_origin`. On a developer's machine,
without https, a page in a frame has such a cookie as well: browsers trust loopback with it.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Response, request

from aiadmin.domain.companies.owner_session import LASTS
from aiadmin.domain.errors import CrossSiteError
from aiadmin.domain.ids import CompanyId
from aiadmin.services.companies import owner_sessions
from aiadmin.services.companies.owner_sessions import BrowserSecret
from aiadmin.web.http.origins import is_framed
from aiadmin.web.http.request_context import current_container

NAME = "aiadmin"
SECURE_NAME = f"__Host-{NAME}"
"""A browser takes a cookie of such a name from this very host over https alone: no neighbour can plant one."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def read() -> BrowserSecret | None:
    """What this browser has shown; None where it is no secret of ours by its form."""
    shown = request.cookies.get(SECURE_NAME if is_secure() else NAME, "")
    return BrowserSecret(shown) if _SECRET.fullmatch(shown) else None


def of_visitor() -> BrowserSecret:
    """The secret that a browser which is let in is to have: its own while a session hangs on it, else a new one.

    A secret that opens nothing may have been chosen by anybody.
    """
    shown, container = read(), current_container()
    if shown is not None and owner_sessions.salons_of(shown, uow=container.uow, clock=container.clock):
        return shown
    return BrowserSecret.new()


def let_in(response: Response, company_id: CompanyId) -> Response:
    """Begin this browser's session of a salon whose link it has shown."""
    browser, container = of_visitor(), current_container()
    agent = request.headers.get("User-Agent", "")
    owner_sessions.start(company_id, browser, user_agent=agent, uow=container.uow, clock=container.clock)
    return put(response, browser)


def put(response: Response, browser: BrowserSecret) -> Response:
    """Have the browser keep its secret."""
    crosses_sites = is_secure() or is_framed()
    response.set_cookie(
        SECURE_NAME if is_secure() else NAME,
        browser.clear,
        max_age=LASTS,
        secure=crosses_sites,
        httponly=True,
        samesite="None" if crosses_sites else "Lax",
        partitioned=crosses_sites,
    )
    return response


def check_same_origin() -> None:
    """Let a change through only where a page of ours asks for it. Raises CrossSiteError.

    Browsers say of each request where it comes from, and no page can change that: `Sec-Fetch-Site` to https and to
    loopback, `Origin` with every POST. A request that says neither was not made by a browser of today.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        public = urlsplit(current_container().config.public_url)
        own = {f"{public.scheme}://{public.netloc}", f"{request.scheme}://{request.host}"}
        is_own = request.headers.get("Origin") in own
    else:
        is_own = site == "same-origin"
    if not is_own:
        raise CrossSiteError


def is_secure() -> bool:
    """Whether the browser speaks https, to us or to what stands before us."""
    return request.is_secure or current_container().config.public_url.startswith("https://")
