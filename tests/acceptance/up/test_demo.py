"""`python -m aiadmin demo`, and `demo scan` that plays the phone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from aiadmin.cli.home import parse_env
from tests.acceptance.up.running import Up, start
from tests.conftest import WaitUntil

PHONE = "79990001122"


def _cli(up: Up, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """One more command, in the terminal beside."""
    return subprocess.run(
        [sys.executable, "-m", "aiadmin", *arguments],
        env=up.env | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_salon_is_connected_and_activated_without_a_phone_or_the_internet(
    data: Path, started: list[Up], free_port: int, wait_until: WaitUntil
) -> None:
    up = Up(data, free_port, "demo")
    started.append(up)
    start(up, wait_until)
    scanned = _cli(up, "demo", "--data", str(data), "scan", "--phone", PHONE)
    assert scanned.returncode == 0, scanned.stderr

    settings = parse_env((data / "running.env").read_text())

    def activated() -> bool:
        shown = _cli(up, "companies", "show", "1", **settings).stdout
        return "status               active" in shown

    wait_until(activated, timeout=30, what="active")
    doctor = _cli(up, "doctor", "--online", **settings)
    assert doctor.returncode == 0, doctor.stdout
    assert PHONE not in up.text


def test_the_phone_says_so_when_no_demo_runs(data: Path, free_port: int, started: list[Up]) -> None:
    up = Up(data, free_port, APP_ENV="production")  # ends by itself: it only lends its environment
    started.append(up)
    answer = _cli(up, "demo", "--data", str(data), "scan")
    assert answer.returncode == 1
    assert "make demo" in answer.stderr
