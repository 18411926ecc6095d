"""What is written in two files agrees: settings, processes, locks, and the set-up itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from aiadmin.cli import cli
from aiadmin.cli.home import parse_env
from aiadmin.cli.procfile import read_procfile
from aiadmin.config import AppEnv, Config

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {field.name.upper() for field in fields(Config)}


def test_env_example_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)) == SETTINGS


def test_env_example_shows_the_defaults() -> None:
    """Copying the file to .env changes nothing."""
    shown = parse_env((ROOT / ".env.example").read_text())
    secrets = {"DATABASE_URL": "postgresql://127.0.0.1/x", "REDIS_URL": "redis://127.0.0.1", "JWT_SECRET": "x" * 32}
    assert Config.from_env(shown | secrets) == Config.from_env(secrets)


def test_the_russian_guide_names_no_setting_that_is_not_there() -> None:
    rows = re.findall(r"^\| (`[A-Z].*?) \|", (ROOT / "docs" / "README.ru.md").read_text(), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([A-Z_]+)[`=]", row)}
    assert named
    assert named <= SETTINGS


def test_the_readme_names_every_setting() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(SETTINGS)


def test_the_readme_names_every_command_and_no_other() -> None:
    table = (ROOT / "README.md").read_text().partition("## Command line")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    named = [name.split() for cell in cells for name in re.findall(r"`([a-zA-Z -]+)`", cell)]
    written = {tuple(word for word in words if word.islower()) for words in named}
    assert written == set(_commands(cli, ()))


def _commands(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield (*path, name)


def test_app_json_runs_the_procfiles_processes_and_gives_what_production_requires() -> None:
    app = json.loads((ROOT / "app.json").read_text())
    assert set(app["formation"]) == set(read_procfile(ROOT / "Procfile")) - {"release"}
    required = {"JWT_SECRET", "ADMIN_API_KEY", "YCLIENTS_API_KEY", "YCLIENTS_APP_ID", "PUBLIC_URL"}
    assert required <= set(app["env"]) <= SETTINGS
    assert app["env"]["APP_ENV"]["value"] == AppEnv.PRODUCTION


def test_one_web_worker_is_asked_for_explicitly() -> None:
    """Platforms set WEB_CONCURRENCY, which gunicorn takes for -w; polling clients need one process per address."""
    assert " -w 1 " in read_procfile(ROOT / "Procfile")["web"]


def test_make_help_names_every_target_of_a_newcomer() -> None:
    answer = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=20)
    for target in ("run", "demo", "test", "check", "bench"):
        assert f"make {target} " in answer.stdout


def test_every_locked_package_has_a_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        blocks = re.split(r"^(?=[A-Za-z0-9])", (ROOT / name).read_text(), flags=re.MULTILINE)
        for block in filter(str.strip, blocks):
            assert "--hash=sha256:" in block or block.startswith("#"), block


def test_the_two_locks_agree() -> None:
    """Installing what the tests need changes no version that runs in production."""

    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ \\\n]+)", (ROOT / name).read_text(), re.MULTILINE))

    production, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: development.get(name, version) for name, version in production.items()} == production


def test_gevent_websocket_is_never_installed() -> None:
    """Its mere presence breaks websockets under gunicorn."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "gevent-websocket" not in (ROOT / name).read_text()


def test_too_old_a_python_gets_one_clear_line(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    answer = subprocess.run(
        ["make", "PYTHON=", ".venv/installed"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20
    )
    assert answer.returncode != 0
    assert "Python 3.11 or newer" in answer.stderr


def test_the_command_line_lists_commands_that_load() -> None:
    env = {name: value for name, value in os.environ.items() if name != "APP_ENV"}
    answer = subprocess.run(
        [sys.executable, "-m", "aiadmin", "--help"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    for command in ("up", "migrate", "demo", "doctor"):
        assert re.search(rf"^  {command} ", answer.stdout, re.MULTILINE)
