"""Which sockets of this process watch which company, said to the coordinator every few seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from aiadmin.adapters.redis.pairing_store import RedisPairingStore
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.metrics import Metric
from aiadmin.services.ports.metrics import Metrics

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class PageConnection:
    """One accepted socket.

    Attributes:
        token: the connect link it came with; checked again before anything is done for it.
    """

    company_id: CompanyId
    token: str = field(repr=False)


class ConnectedPages:
    """The sockets of this process. One loop in the background lives as long as there are any.

    Args:
        start: runs a function in the background.
        sleep: waits without blocking the others.
    """

    def __init__(
        self,
        store: RedisPairingStore,
        metrics: Metrics,
        *,
        start: Callable[[Callable[[], None]], object],
        sleep: Callable[[float], None],
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._start = start
        self._sleep = sleep
        self._pages: dict[str, PageConnection] = {}
        self._watching: dict[str, CompanyId] = {}
        self._is_running = False

    def enter(self, sid: str, page: PageConnection) -> None:
        """A socket was accepted."""
        self._pages[sid] = page
        self._metrics.gauge(Metric.SOCKETS, len(self._pages))
        if not self._is_running:
            self._is_running = True
            self._start(self._run)

    def find(self, sid: str) -> PageConnection | None:
        """The accepted socket of this id; a socket that was not accepted may ask nothing."""
        return self._pages.get(sid)

    def all(self) -> dict[str, PageConnection]:
        """Every accepted socket."""
        return dict(self._pages)

    def watch(self, sid: str) -> None:
        """From now on this socket wants codes."""
        page = self._pages.get(sid)
        if page is not None:
            self._watching[sid] = page.company_id

    def leave(self, sid: str) -> None:
        """Record that a socket is gone. After a company's last one its attempt has 20 s for a page to come back."""
        if self._pages.pop(sid, None) is not None:
            self._metrics.gauge(Metric.SOCKETS, len(self._pages))
        company_id = self._watching.pop(sid, None)
        if company_id is not None and not Counter(self._watching.values())[company_id]:
            try:
                self._store.unwatch(company_id)
            except DependencyDownError:
                log.debug("a watch runs out by itself")

    def _run(self) -> None:
        while self._pages:
            self._sleep(REFRESH_SECONDS)
            self._refresh()
        self._is_running = False

    def _refresh(self) -> None:
        try:
            connected = self._store.watch(*set(self._watching.values()))
        except DependencyDownError:
            return
        for sid in [sid for sid, company_id in self._watching.items() if company_id in connected]:
            del self._watching[sid]
