"""`python -m tests.get_chromium`: a browser for the tests of the pages, where the machine has none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Error, sync_playwright

from tests.support.chromium import find_chromium

_APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::http::Timeout=20")
_PACKAGES = ("chromium-headless-shell", "chromium")
_APT_SECONDS = 600
_DOWNLOAD_SECONDS = 600


def main() -> int:
    """Exit code 0 once there is a browser that starts, 1 and a line that says what to install where there is none."""
    if find_chromium() is not None or _own_starts():
        return 0
    before = _rights()
    if before is not None:
        print("No Chromium here: installing the distribution's...", flush=True)
        _install(before)
        if find_chromium() is not None:
            return 0
    print("No Chromium here: fetching Playwright's...", flush=True)
    _run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"], _DOWNLOAD_SECONDS)
    if _own_starts():
        return 0
    sys.stderr.write("The tests of the pages need Chromium: apt-get install chromium, or your system's like of it\n")
    return 1


def _rights() -> list[str] | None:
    """What comes before `apt-get`, or None where there is none, or where we may not use it without a password."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and _run(["sudo", "-n", "true"], _APT_SECONDS) else None


def _install(before: list[str]) -> None:
    apt = [*before, "env", "DEBIAN_FRONTEND=noninteractive", *_APT]
    _run([*apt, "update"], _APT_SECONDS)
    any(_run([*apt, "install", "--yes", "--no-install-recommends", one], _APT_SECONDS) for one in _PACKAGES)


def _run(command: list[str], seconds: float) -> bool:
    """Whether it went well. It asks nothing, and says something only where it did not."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=seconds
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {command[0]}: {error}", flush=True)
        return False
    last = (done.stderr or done.stdout).strip().splitlines()[-1:]
    if done.returncode != 0 and last:
        print(f"  {last[0]}", flush=True)
    return done.returncode == 0


def _own_starts() -> bool:
    """Whether Playwright has fetched one already, and this machine has the libraries that it needs."""
    with sync_playwright() as playwright:
        try:
            playwright.chromium.launch(args=["--no-sandbox"]).close()
        except Error:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
