"""What a section of the cabinet, and a page of the console, weighs, and when it is there on slow 4G.

One salon with 5,000 messages among 400, the web process as production runs it, Chromium as wide as a phone, and the
network that Lighthouse calls slow 4G: an answer takes 150 ms longer, 1.6 Mbit/s come and 750 kbit/s go. Without TLS,
which costs one more trip at the first visit. First sight is the largest paint of the page; ready is when it has what
its script asks for: the list of the chats.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import CDPSession, Page
from sqlalchemy import text

from aiadmin.adapters import embedded
from aiadmin.cli.migrate import upgrade
from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.web import create_app
from bench.databases import make_database
from bench.tables import table
from tests.support.chromium import chromium
from tests.support.lived_salon import live
from tests.support.many_salons import analyse, fill
from tests.support.page import web_process
from tests.support.site import Salon, Site
from tests.support.stack import ADMIN_KEY, JWT_SECRET

SALONS, MESSAGES, CLIENTS = 400, 5_000, 300
ROUNDS, QUICK_ROUNDS = 5, 1
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
PHONE = {"width": 390, "height": 740}
AIMS = "aims: first sight within 1.5 s, CLS at most 0.05"
CABINET = ("", "/chats", "/sending", "/texts", "/bot", "/connection", "/help")
CONSOLE = ("", "/salons/{company}", "/hosts", "/queues", "/traffic", "/pairings", "/events", "/operators")
_HIGH = "1000000"
_CLIENTS = """
WITH person AS (
  INSERT INTO contacts (company_id, phone, push_name)
  SELECT :company, '7911' || lpad(n::text, 7, '0'), 'Анна ' || n FROM generate_series(1, :clients) AS n
  RETURNING id, phone, push_name
)
INSERT INTO clients (company_id, client_id, name, phone, raw_data, synced_at)
SELECT :company, 50000 + id, push_name, phone, '{}', now() FROM person
"""
_SENT = """
INSERT INTO outbox_messages (company_id, contact_id, text, dedup_key, purpose, state, created_at, sent_at,
  delivered_at, read_at)
SELECT :company, (SELECT min(id) FROM contacts WHERE phone LIKE '7911%') + n % :clients,
  'Здравствуйте! Ждём вас завтра в 12:00 на женскую стрижку, мастер Мария. Придёте? 1 — приду, 2 — не смогу',
  'bench' || n, 'reminder_day', 'sent', at, at, at, at
FROM generate_series(1, :half) AS n, LATERAL (SELECT now() - n * interval '15 minutes' AS at) AS sent
"""
_CAME = """
INSERT INTO inbox_messages (company_id, device_id, contact_id, message_id, direction, kind, text, sent_at,
  received_at, handled_at)
SELECT :company, (SELECT min(id) FROM devices WHERE company_id = :company),
  (SELECT min(id) FROM contacts WHERE phone LIKE '7911%') + n % :clients, 'bench' || n, 'in', 'text',
  'Да, приду, спасибо! А можно с собой взять подругу?', at, at, at
FROM generate_series(1, :half) AS n, LATERAL (SELECT now() - n * interval '14 minutes' AS at) AS came
"""
_WATCH = """() => {
  window.seen = { sight: 0, shift: 0 };
  const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note))
    .observe({ type, buffered: true });
  watch('largest-contentful-paint', (one) => { window.seen.sight = one.startTime; });
  watch('layout-shift', (one) => { if (!one.hadRecentInput) window.seen.shift += one.value; });
  new MutationObserver(() => {
    if (document.querySelector('main[data-ready]')) window.seen.ready ??= performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-ready'] });
}"""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """How one page came. Attributes: `sight` and `ready` in ms; `ready` is None for a page without scripts."""

    requests: int
    received: int
    sight: float
    ready: float | None
    shift: float


class Visitor:
    """A browser on slow 4G that counts what it receives."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._address = page, address
        self._requests, self._received = 0, 0
        self._network: CDPSession = page.context.new_cdp_session(page)
        self._network.on("Network.loadingFinished", self._count)
        self._network.send("Network.enable")
        self._network.send("Network.emulateNetworkConditions", SLOW_4G)

    def _count(self, event: Mapping[str, float]) -> None:
        self._requests += event["encodedDataLength"] > 0
        self._received += int(event["encodedDataLength"])

    def visit(self, path: str, *, is_first: bool) -> Visit:
        """Open a page; `is_first` with nothing kept of an earlier visit but the cookie."""
        self._page.goto("about:blank")
        if is_first:
            self._network.send("Network.clearBrowserCache")
        self._requests, self._received = 0, 0
        self._page.goto(self._address + path, wait_until="networkidle")
        seen = self._page.evaluate("window.seen")
        return Visit(
            requests=self._requests,
            received=self._received,
            sight=seen["sight"],
            ready=seen.get("ready"),
            shift=seen["shift"],
        )


def measure(folder: Path, *, is_quick: bool = False) -> str:
    """The table: some two minutes, or half a minute in the quick form."""
    rounds = QUICK_ROUNDS if is_quick else ROUNDS
    with _served(folder) as (address, salon), chromium() as browser:
        page = browser.new_context(locale="ru-RU", viewport=PHONE).new_page()
        page.add_init_script(f"({_WATCH})()")
        page.goto(f"{address}/marketplace/manage?token={salon.token}&company={salon.company_id}")
        _log_in(page, address)
        visitor = Visitor(page, address)
        rows = [_row(visitor, name, path, rounds) for name, path in _pages(salon)]
    title = f"Pages on slow 4G, {MESSAGES} messages, {SALONS} salons, medians of {rounds}"
    return table(title, _HEADER, rows) + f"\n{AIMS}"


_HEADER = [
    "page",
    "first visit: requests",
    "kB",
    "first sight, s",
    "ready, s",
    "later: kB",
    "first sight, s",
    "CLS, most",
]


def _pages(salon: Salon) -> Iterator[tuple[str, str]]:
    for section in CABINET:
        yield f"cabinet{section}", f"/marketplace/manage{section}?company={salon.company_id}"
    for path in CONSOLE:
        yield f"console{path.format(company='n')}", f"/console{path.format(company=salon.company_id)}"


def _row(visitor: Visitor, name: str, path: str, rounds: int) -> list[str]:
    first = [visitor.visit(path, is_first=True) for _ in range(rounds)]
    later = [visitor.visit(path, is_first=False) for _ in range(rounds)]
    return [
        name,
        f"{statistics.median(one.requests for one in first):.0f}",
        _kilobytes(first),
        _seconds([one.sight for one in first]),
        _seconds([one.ready for one in first if one.ready]),
        _kilobytes(later),
        _seconds([one.sight for one in later]),
        f"{max(one.shift for one in first + later):.3f}",
    ]


def _kilobytes(visits: Sequence[Visit]) -> str:
    return f"{statistics.median(one.received for one in visits) / 1000:.0f}"


def _seconds(times: Sequence[float]) -> str:
    return f"{statistics.median(times) / 1000:.2f}" if times else ""


def _log_in(page: Page, address: str) -> None:
    page.goto(f"{address}/console")
    page.fill("[name=key]", ADMIN_KEY)
    page.fill("[name=operator]", "bench")
    page.press("[name=operator]", "Enter")
    page.wait_for_selector(".console-main")


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, Salon]]:
    """The address of a web process, and the salon among many."""
    postgres = embedded.start_postgres(folder / "pages-postgres")
    valkey = embedded.start_valkey(folder / "pages-valkey")
    try:
        database_url = make_database(postgres.url, "bench_pages")
        upgrade(database_url)
        settings = {
            "DATABASE_URL": database_url,
            "REDIS_URL": valkey.url,
            "JWT_SECRET": JWT_SECRET,
            "ADMIN_API_KEY": ADMIN_KEY,
            "RATE_LIMIT_PER_MINUTE": _HIGH,
            "SOCKET_LIMIT_PER_MINUTE": _HIGH,
        }
        salon = _fill(settings)
        with web_process(settings, folder / "pages.log") as address:
            yield address, salon
    finally:
        valkey.stop()
        postgres.stop()


def _fill(settings: Mapping[str, str]) -> Salon:
    container = Container(Config.from_env(settings))
    site = Site(container, create_app(container).test_client())
    salon = site.register()
    site.link(salon)
    with container.uow() as work:
        work.companies.set_activated(salon.company_id, container.clock())
        work.commit()
    live(container, salon.company_id)
    given = {"company": salon.company_id, "clients": CLIENTS, "half": MESSAGES // 2}
    with container.engine.begin() as connection:
        for statement in (_CLIENTS, _SENT, _CAME):
            connection.execute(text(statement), given)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    fill(container.engine, 1, SALONS - 1, midnight=today, days=range(-3, 4), a_day=20)
    analyse(container.engine)
    container.close()
    return salon
