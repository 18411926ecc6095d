"""From the page's opening to a code on it, beside what the bare library needs for its first code."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import psutil
import requests
from playwright.sync_api import Browser

from bench.tables import table
from tests.acceptance.screen import Screen
from tests.acceptance.stack import ROOT, Salon, Stack
from tests.fakes.whatsapp.client import FakeWhatsApp

RUNS, CROWD = 5, 50
MEMORY_AIM_MB = 1024


def bare_library(whatsapp: FakeWhatsApp, folder: Path) -> tuple[float, float]:
    """Milliseconds to the first code of a bare client, process start included; and the process start alone."""
    whole, process = [], []
    for number in range(RUNS):
        started = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "tests.fakes.whatsapp.probe", "--help"],
            env=whatsapp.env(),
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        process.append(time.monotonic() - started)
        started = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.whatsapp.probe", str(folder / f"bare-{number}.db")],
            env=whatsapp.env(),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as probe:
            assert probe.stdout is not None
            while json.loads(probe.stdout.readline()).get("event") != "qr":
                pass
            whole.append(time.monotonic() - started)
            probe.kill()
    return statistics.median(whole) * 1000, statistics.median(process) * 1000


def page_to_code(stack: Stack, browser: Browser, salons: list[Salon]) -> float:
    """Milliseconds from the owner's consent to a code on the page, median; each salon is new."""
    seen = []
    for salon in salons:
        screen = Screen(browser, stack)
        screen.open(salon)
        started = time.monotonic()
        screen.consent()
        screen.wait_for("qr", seconds=20)
        screen.page.wait_for_selector("[data-qr] svg")
        seen.append(time.monotonic() - started)
        screen.close()
        stack.until(lambda: not stack.processes("room"), within=40, what="the pairing process ended")
    return statistics.median(seen) * 1000


def crowd(stack: Stack, salons: list[Salon]) -> tuple[float, float, int]:
    """All at once: seconds until each has a code; resident MB of the pairing processes, and their number."""
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=len(salons)) as browsers:
        statuses = list(browsers.map(lambda salon: _first_code(stack.url, salon), salons))
    assert all(statuses)
    took = time.monotonic() - started
    rooms = stack.processes("room")
    return took, sum(_resident(room) for room in rooms), len(rooms)


def _first_code(url: str, salon: Salon) -> bool:
    """Ask as a page without sockets does, until there is a code; False after a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if requests.get(f"{url}/marketplace/qr/{salon.token}", timeout=30).status_code == HTTPStatus.OK:
            return True
    return False


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


def measure(stack: Stack, whatsapp: FakeWhatsApp, browser: Browser, folder: Path) -> str:
    """The table of the pairing figures."""
    bare, process = bare_library(whatsapp, folder)
    page = page_to_code(stack, browser, [stack.register(30_000_000 + number) for number in range(RUNS)])
    took, memory, rooms = crowd(stack, [stack.register(31_000_000 + number) for number in range(CROWD)])
    rows = [
        ["bare library: process start to first code", f"{bare:.0f} ms", "1.00"],
        ["of that, the process start with the library", f"{process:.0f} ms", f"{process / bare:.2f}"],
        ["consent on the page to code shown", f"{page:.0f} ms", f"{page / bare:.2f}"],
        [f"{CROWD} salons at once: all have a code", f"{took:.1f} s", ""],
        [
            f"... in {rooms} pairing processes, resident",
            f"{memory:.0f} MB",
            f"{memory / MEMORY_AIM_MB:.2f} of the aim",
        ],
    ]
    aim = 1.5 * (bare - process) + process
    note = f"aim: 1.5 x bare plus the process start = {aim:.0f} ms"
    return table(f"First code (median of {RUNS})", ["what", "figure", "ratio"], rows) + "\n" + note
