"""The Procfile's web line, run as a platform runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from aiadmin.cli.procfile import read_procfile
from tests.conftest import ROOT, WaitUntil
from tests.support.processes import AS_INSTALLED

pytestmark = pytest.mark.process

PRODUCTION = {
    "APP_ENV": "production",
    "PUBLIC_URL": "https://bot.example.com",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "JWT_SECRET": "j" * 32,
    "ADMIN_API_KEY": "a" * 32,
    "YCLIENTS_API_KEY": "partner",
    "YCLIENTS_APP_ID": "1",
}


def _start(port: int, output: Path, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    command = read_procfile(ROOT / "Procfile")["web"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with output.open("wb") as file:
        return subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            cwd=ROOT,
            env={"PATH": path, **AS_INSTALLED, "PORT": str(port), "BIND_HOST": "127.0.0.1", **settings},
            stdout=file,
            stderr=subprocess.STDOUT,
        )


def _is_healthy(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health", timeout=2).ok
    except requests.RequestException:
        return False


def test_every_line_of_a_production_web_process_is_json_gunicorns_included(
    free_port: int, tmp_path: Path, wait_until: WaitUntil
) -> None:
    web = _start(free_port, tmp_path / "log", PRODUCTION)
    try:
        wait_until(lambda: _is_healthy(free_port), timeout=30, what="healthy, though no server answers it")
    finally:
        web.terminate()
        web.wait(20)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {line["process"] for line in lines} == {"web"}
    assert any(line["event"].startswith("Listening at") for line in lines)


def test_a_web_process_without_settings_ends_in_one_line(free_port: int, tmp_path: Path) -> None:
    web = _start(free_port, tmp_path / "log", {})
    assert web.wait(20) != 0
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert line.startswith("Error: DATABASE_URL, REDIS_URL, JWT_SECRET must be set")
