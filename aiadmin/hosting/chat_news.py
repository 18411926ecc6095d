"""Tells salons' open pages in which chats something was said, sent or read.

Each message brings three such pieces of news within a second, and hundreds of salons share a host: they gather for a
moment, and each salon is told once of all. What is lost with the process, a page finds when it next asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

import structlog

from aiadmin.domain.ids import CompanyId, ContactId

GATHER_SECONDS = 0.3
log = structlog.get_logger(__name__)


class ChatNews:
    """`start` it, `add` what is new, `close` it.

    Args:
        tell: tells one salon's pages; an outage raises nothing, and may take seconds.
    """

    def __init__(self, tell: Callable[[CompanyId, Collection[ContactId]], None]) -> None:
        self._tell = tell
        self._news: dict[CompanyId, set[ContactId]] = {}
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="chat news", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def add(self, company_id: CompanyId, contact_id: ContactId) -> None:
        """Something is new in this chat; never waits."""
        with self._changed:
            self._news.setdefault(company_id, set()).add(contact_id)
            self._changed.notify()

    def close(self, timeout: float) -> None:
        """Tell the rest, and end."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join(timeout)

    def _run(self) -> None:
        while news := self._next_news():
            for company_id, contacts in news.items():
                try:
                    self._tell(company_id, sorted(contacts))
                except Exception:
                    log.exception("pages are not told of their chats", company_id=company_id)

    def _next_news(self) -> dict[CompanyId, set[ContactId]]:
        """What is new since the last time; nothing at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._news or self._is_closed)
            self._changed.wait_for(lambda: self._is_closed, GATHER_SECONDS)
            news, self._news = self._news, {}
            return news
