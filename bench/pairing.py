"""First codes: what the page's reader waits for, beside what the bare library needs; many at once; after a crash."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import psutil
import requests
from playwright.sync_api import Browser
from redis import Redis

from aiadmin.adapters.redis import keys
from bench.tables import table
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.screen import Screen
from tests.support.stack import ROOT, Salon, Stack
from tests.support.tabs import Tabs

RUNS, BARE_RUNS, CROWD = 5, 9, 50
MEMORY_AIM_MB = 1024
READING_SECONDS = 2.0
"""A quick reader's time from the page's opening to the consent."""
TICK_MS = 300
"""A quick hand's time from the tick to the click."""
OPENING_AIM_MS = 3000

IMPORT = "import tests.fakes.whatsapp.probe, os; os.write(1, b'{}\\n'); os._exit(0)"
ROBOT = """
const seen = { of: (name) => document.querySelector(name), at: {} };
window.robot = {
  at: seen.at,
  agree(pause) {
    seen.of('[data-consent]').click();
    return new Promise((go) => setTimeout(go, pause)).then(() => {
      seen.at.agreed = performance.now();
      seen.of('[data-show]').click();
    });
  },
};
(function look() {
  if (!seen.at.ready && seen.of('main[data-ready]')) {
    seen.at.ready = performance.now();
    if (window.name === 'at once') window.robot.agree(0);
  }
  const code = seen.of('[data-screen=qr][data-current] [data-qr]:not([data-stale]) svg');
  if (code && getComputedStyle(code.closest('[data-screen]')).opacity === '1') seen.at.shown ??= performance.now();
  requestAnimationFrame(look);
})();
"""
"""Works in the page, where a browser driver's own slowness is not measured: looks at every frame."""


def bare_library(whatsapp: FakeWhatsApp, folder: Path) -> tuple[float, float]:
    """Milliseconds from a process's start: the bare library is loaded; a new client of it has its first code."""
    up, code = [], []
    for number in range(BARE_RUNS):
        up.append(_until_line(whatsapp, ["-c", IMPORT], bool))
        store = str(folder / f"bare-{number}.db")
        code.append(_until_line(whatsapp, ["-m", "tests.fakes.whatsapp.probe", store], _is_code))
    return statistics.median(up), statistics.median(code)


def _is_code(line: bytes) -> bool:
    return bool(json.loads(line).get("event") == "qr")


def _until_line(whatsapp: FakeWhatsApp, command: list[str], is_it: Callable[[bytes], bool]) -> float:
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, *command], env=whatsapp.env(), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        while not is_it(process.stdout.readline()):
            pass
        took = time.monotonic() - started
        process.kill()
    return took * 1000


class Pages:
    """Opens the connect pages of new salons, one after the other, each on a house without processes."""

    def __init__(self, stack: Stack, browser: Browser, redis_url: str) -> None:
        self._stack, self._browser = stack, browser
        self._redis = Redis.from_url(redis_url)
        self._salon_ids = iter(range(30_000_000, 31_000_000))

    def at_once(self) -> tuple[float, float]:
        """Milliseconds from the page's opening to a code, agreed as soon as it can be; and to when it could be."""
        with self._page("at once") as screen:
            at = self._shown(screen)
        return at["shown"], at["ready"]

    def after_reading(self) -> float:
        """Milliseconds from the consent to a code, for a reader who finds a pairing process ready."""
        with self._page() as screen:
            screen.page.wait_for_timeout(READING_SECONDS * 1000)
            return self._after_consent(screen, TICK_MS)

    def after_long(self) -> float:
        """Milliseconds from the consent to a code, where the pairing process has gone: the tick starts another."""
        with self._page() as screen:
            self._redis.delete(keys.PREWARM)
            self._stack.until(
                lambda: not self._stack.processes("pairing"), within=10, what="no pairing process waits"
            )
            return self._after_consent(screen, TICK_MS)

    def without_page(self) -> float:
        """Milliseconds from a request to its code, for a program that opens no page: no pairing process is ready."""
        salon = self._stack.register(next(self._salon_ids))
        started = time.monotonic()
        assert _first_code(self._stack.url, salon)
        took = time.monotonic() - started
        self._leave(salon)
        return took * 1000

    def after_crash(self) -> float:
        """Seconds from kill -9 of the `sessions` process to another code on the page."""
        with self._page("at once") as screen:
            self._shown(screen)
            shape = screen.page.locator("[data-qr] path").last.get_attribute("d")
            self._stack.kill("sessions")
            started = time.monotonic()
            fresh = """(old) => {
              const code = document.querySelector('[data-screen=qr][data-current] [data-qr]:not([data-stale])');
              return code && [...code.querySelectorAll('path')].at(-1).getAttribute('d') !== old;
            }"""
            screen.page.wait_for_function(fresh, arg=shape, timeout=60_000)
            return time.monotonic() - started

    @contextmanager
    def _page(self, name: str = "") -> Iterator[Screen]:
        salon = self._stack.register(next(self._salon_ids))
        screen = Screen(Tabs(self._browser), self._stack)
        screen.page.add_init_script(f"window.name = {name!r};{ROBOT}")
        screen.open(salon)
        yield screen
        screen.close()
        screen.page.context.close()
        self._leave(salon)

    def _leave(self, salon: Salon) -> None:
        """The twenty seconds after the last page left are over."""
        self._redis.delete(keys.PREWARM)

        def is_gone() -> bool:
            self._redis.delete(f"aiadmin:watch:{salon.company_id}")
            return not self._stack.processes("pairing")

        self._stack.until(is_gone, within=40, what="the pairing process ended")

    @staticmethod
    def _after_consent(screen: Screen, pause_ms: int) -> float:
        screen.page.evaluate("(pause) => window.robot.agree(pause)", pause_ms)
        at = Pages._shown(screen)
        return at["shown"] - at["agreed"]

    @staticmethod
    def _shown(screen: Screen) -> dict[str, float]:
        screen.page.wait_for_function("() => window.robot.at.shown", timeout=20_000)
        at: dict[str, float] = screen.page.evaluate("() => window.robot.at")
        return at


def crowd(stack: Stack, salons: list[Salon]) -> tuple[float, float, int]:
    """All at once: seconds until each has a code; resident MB of the pairing processes, and their number."""
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=len(salons)) as browsers:
        statuses = list(browsers.map(lambda salon: _first_code(stack.url, salon), salons))
    assert all(statuses)
    took = time.monotonic() - started
    processes = stack.processes("pairing")
    return took, sum(_resident(process) for process in processes), len(processes)


def _first_code(url: str, salon: Salon) -> bool:
    """Ask as a page without sockets does, until there is a code; False after a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if requests.get(f"{url}/marketplace/qr/{salon.token}", timeout=30).status_code == HTTPStatus.OK:
            return True
    return False


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


def measure(stack: Stack, whatsapp: FakeWhatsApp, browser: Browser, redis_url: str, folder: Path) -> str:
    """The tables of the pairing figures."""
    pages = Pages(stack, browser, redis_url)
    first = _first_codes(bare_library(whatsapp, folder), pages)
    crash = statistics.median(pages.after_crash() for _ in range(3))
    took, memory, processes = crowd(stack, [stack.register(31_000_000 + number) for number in range(CROWD)])
    rows = [
        ["kill -9 of `sessions`: another code is shown after", f"{crash:.1f} s", ""],
        [f"{CROWD} salons at once: all have a code after", f"{took:.1f} s", ""],
        [f"... in {processes} processes, resident", f"{memory:.0f} MB", f"{memory / MEMORY_AIM_MB:.2f} of the aim"],
    ]
    return first + "\n" + table("Pairing", ["what", "figure", ""], rows)


def _first_codes(bare: tuple[float, float], pages: Pages) -> str:
    up, code = bare
    aim = 1.5 * (code - up) + up
    opened, ready = (statistics.median(times) for times in zip(*(pages.at_once() for _ in range(RUNS)), strict=True))
    looks = (pages.after_reading, pages.after_long, pages.without_page)
    warm, long, program = (statistics.median(look() for _ in range(RUNS)) for look in looks)
    rows = [
        ["bare library: process start to loaded", f"{up:.0f} ms", "", ""],
        ["bare library: process start to first code", f"{code:.0f} ms", f"{code / code:.2f}", ""],
        *(
            [what, f"{took:.0f} ms", f"{took / code:.2f}", f"{took / aim:.2f}"]
            for what, took in (
                ["consent to code shown, a pairing process is ready", warm],
                ["consent to code shown, a minute later: the tick starts one", long],
                ["GET /marketplace/qr to its code, no pairing process is ready", program],
                ["page opening to code shown, consent at once", opened],
            )
        ),
        ["... of that, until the page could be agreed to", f"{ready:.0f} ms", "", ""],
    ]
    heads = ["what", "figure", "of bare", "of the aim"]
    return table(f"First code (median of {RUNS})", heads, rows) + (
        f"\naim: 1.5 x (bare without its process start) + that start = {aim:.0f} ms"
        f"\naim: {OPENING_AIM_MS} ms from the page's opening\n"
    )
