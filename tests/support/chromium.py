"""The one browser of a run: the machine's Chromium, or else the one that Playwright fetched."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from playwright.sync_api import Browser, expect, sync_playwright

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first has no windows at all: a page costs it a quarter less."""

_ANSWER_SECONDS = 30
_EXPECT_MS = 30_000
"""Playwright's own patience is five seconds, which a page on a busy machine may take."""

_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--single-threaded",  # threads beside the page's own cost more than they hasten such small pages
]


def find_chromium() -> str | None:
    """The path of the machine's; None lets Playwright take its own. Ubuntu's is a stand-in that may not start."""
    return next((found for found in map(shutil.which, _NAMES) if found and _answers(found)), None)


def _answers(path: str) -> bool:
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=_ANSWER_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser that contacts nobody of its own accord; every helper process ends with it."""
    expect.set_options(timeout=_EXPECT_MS)
    before = set(psutil.Process().children(recursive=True))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=_QUIET)
        yield browser
        browser.close()
    started = {process for process in psutil.Process().children(recursive=True) if is_helper(process)} - before
    assert psutil.wait_procs(started, timeout=30)[1] == []


def is_helper(process: psutil.Process) -> bool:
    """Whether this is a process that the browser starts and ends when it likes."""
    try:
        command = _command_of(process)
    except psutil.Error:
        return False
    return "chrom" in command or "playwright" in command


def _command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.ZombieProcess:
        return process.name()  # a closed tab: the browser collects it two seconds later
