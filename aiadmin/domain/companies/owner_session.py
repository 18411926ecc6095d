"""The session of an owner's browser with one salon: how long it lasts, and why it may end before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.ids import CompanyId, OwnerSessionId

IDLE = timedelta(days=14)
"""A session that is not used for so long ends."""
LASTS = timedelta(days=60)
"""And each one ends after so long: who has left the salon since is found out at the next entry from YClients."""
SUPPORT_LASTS = timedelta(hours=1)
"""One that an operator began is over by then, however much it is used."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the time of the last use is kept."""
MOST = 20
"""So many browsers may hold a session of one salon; the one that is longest unused gives way."""
KEPT = timedelta(days=7)
"""How long it is remembered why a session has ended, so that its browser can be told."""


class SessionEnd(StrEnum):
    """Why a session ended before its time; `texts.ru.SESSION_ENDS` has the words."""

    LOGOUT = "logout"
    """In this browser."""
    EVERYWHERE = "everywhere"
    """In all browsers at once, from one of them."""
    UNINSTALLED = "uninstalled"
    """The salon removed the application."""
    CROWDED = "crowded"
    """Newer browsers have taken all places."""


@dataclass(frozen=True, kw_only=True)
class OwnerSession:
    """One browser's session with one salon.

    Attributes:
        agent: what the browser calls itself, in two words: `Chrome, Windows`.
        has_returned: whether the browser has shown its cookie since: not every frame keeps one.
        salon: the salon's title, where it is known.
        is_support: whether an operator began it, from the console.
    """

    session_id: OwnerSessionId
    company_id: CompanyId
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    has_returned: bool
    ended_why: SessionEnd | None
    salon: str | None
    is_support: bool = False

    def is_live(self, now: datetime) -> bool:
        """Whether it opens the salon's pages now."""
        return self.ended_why is None and now < self.expires_at

    def is_due(self, now: datetime) -> bool:
        """Whether its use at `now` is to be written down; the first is, at whatever moment."""
        return not self.has_returned or now - self.seen_at >= SEEN_EVERY


def expiry(created_at: datetime, seen_at: datetime, *, is_support: bool = False) -> datetime:
    """When a session ends that was begun and last used at these times.

    >>> expiry(datetime(2026, 1, 1), datetime(2026, 1, 2))
    datetime.datetime(2026, 1, 16, 0, 0)
    >>> expiry(datetime(2026, 1, 1), datetime(2026, 2, 28))
    datetime.datetime(2026, 3, 2, 0, 0)
    >>> expiry(datetime(2026, 1, 1), datetime(2026, 1, 2), is_support=True)
    datetime.datetime(2026, 1, 1, 1, 0)
    """
    if is_support:
        return created_at + SUPPORT_LASTS
    return min(seen_at + IDLE, created_at + LASTS)


_BROWSERS = (
    ("YaBrowser", "Яндекс Браузер"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""In this order: most browsers name others beside themselves."""


def agent_name(user_agent: str) -> str:
    """A browser in two words, by which its owner knows it again; nothing of the header itself is kept.

    >>> agent_name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36")
    'Chrome, Windows'
    >>> agent_name("curl/8.5.0")
    ''
    """
    found = (next((name for mark, name in known if mark in user_agent), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, found))
