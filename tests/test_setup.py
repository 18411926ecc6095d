"""What is written in two files agrees: settings, processes, locks, and the set-up itself."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest

from aiadmin.cli import cli
from aiadmin.cli.home import parse_env
from aiadmin.cli.procfile import read_procfile
from aiadmin.config import AppEnv, Config
from tests import get_chromium
from tests.support.chromium import find_chromium
from tests.support.commands import run_command
from tests.support.processes import AS_INSTALLED

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {field.name.upper() for field in fields(Config)}


def test_env_example_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)) == SETTINGS


def test_env_example_shows_the_defaults() -> None:
    """Copying the file to .env changes nothing, and in production opens nothing."""
    shown = parse_env((ROOT / ".env.example").read_text())
    secrets = {"DATABASE_URL": "postgresql://127.0.0.1/x", "REDIS_URL": "redis://127.0.0.1", "JWT_SECRET": "x" * 32}
    assert Config.from_env(shown | secrets) == Config.from_env(secrets)
    secrets |= {"ADMIN_API_KEY": "x" * 32, "YCLIENTS_API_KEY": "p", "YCLIENTS_APP_ID": "1"}
    secrets |= {"APP_ENV": "production", "PUBLIC_URL": "https://bot.example.com"}
    assert Config.from_env(shown | secrets) == Config.from_env(secrets)


def test_the_russian_guide_names_no_setting_that_is_not_there() -> None:
    rows = re.findall(r"^\| (`[A-Z].*?) \|", (ROOT / "docs" / "README.ru.md").read_text(), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([A-Z_]+)[`=]", row)}
    assert named
    assert named <= SETTINGS


def test_the_documentation_names_every_setting() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(SETTINGS)


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        text = page.read_text()
        for target in re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


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


def test_make_help_names_every_target() -> None:
    answer = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=20)
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"run", "demo", "scan", "client", "test", "test-fast", "check", "bench"} <= set(targets)
    for target in set(targets) - {"browser"}:
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


def test_what_is_hidden_from_the_product_is_brought_by_development_alone() -> None:
    """Tests start the product without it, as production does; a package that the product needs must not be hidden."""
    production, development = ((ROOT / f"requirements{kind}.txt").read_text() for kind in ("", "-dev"))
    code = "import sitecustomize; print(*sitecustomize.HIDDEN)"
    env = {**os.environ, **AS_INSTALLED}
    hidden = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    ).stdout.split()
    assert hidden
    for name in hidden:
        assert re.search(rf"^{name}==", development, re.MULTILINE), name
        assert not re.search(rf"^{name}==", production, re.MULTILINE), name
        looked = subprocess.run(
            [sys.executable, "-c", f"import {name}"], env=env, capture_output=True, text=True, check=False
        )
        assert "ModuleNotFoundError" in looked.stderr


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


def _program(folder: Path, name: str, script: str) -> None:
    """A program of that name, first on the PATH that a test gives."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The folder of all programs of a machine that has next to none, Chromium least of all."""
    folder = tmp_path / "all its programs"
    folder.mkdir()
    for name in ("env", "sh", "cat", "chmod"):
        folder.joinpath(name).symlink_to(shutil.which(name) or "")
    return folder


def _get_chromium(bare: Path, downloads: str = "http://127.0.0.1:1") -> subprocess.CompletedProcess[str]:
    """What `make test` does for a browser, with no internet behind it."""
    env = {"PATH": str(bare), "PYTHONPATH": str(ROOT), "HOME": str(bare.parent)}
    env |= {"PLAYWRIGHT_BROWSERS_PATH": str(bare.parent / "none"), "PLAYWRIGHT_DOWNLOAD_HOST": downloads}
    return subprocess.run(
        [sys.executable, "-m", "tests.get_chromium"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


_APT = """
echo "$DEBIAN_FRONTEND $*" >> "$HOME/asked"
case "$*" in
    *install*) printf '#!/bin/sh\\necho Chromium 1' > "$HOME/all its programs/chromium"
               chmod +x "$HOME/all its programs/chromium" ;;
esac
"""


def test_a_machine_without_chromium_gets_the_distributions(bare: Path) -> None:
    """Where it may: as root at once, as anybody else by a sudo that asks for no password."""
    _program(bare, "apt-get", _APT)
    _program(bare, "sudo", 'test "$1" = -n && shift && exec "$@"')
    answer = _get_chromium(bare)
    assert answer.returncode == 0, answer.stderr
    update, install = (bare.parent / "asked").read_text().splitlines()
    assert update.startswith("noninteractive -qq")
    assert update.endswith(" update")
    assert install.endswith(" install --yes --no-install-recommends chromium-headless-shell")
    assert _get_chromium(bare).stdout == "", "it is there now"


def test_a_distribution_that_has_no_browser_without_windows_gives_the_one_with(bare: Path) -> None:
    _program(bare, "apt-get", f'case "$*" in *headless*) echo no such package >&2; exit 100 ;; esac{_APT}')
    _program(bare, "sudo", 'test "$1" = -n && shift && exec "$@"')
    assert _get_chromium(bare).returncode == 0
    assert (bare.parent / "asked").read_text().endswith(" install --yes --no-install-recommends chromium\n")


def test_a_chromium_that_is_only_a_stand_in_is_none(bare: Path) -> None:
    """Ubuntu's says that a snap has to be installed."""
    _program(bare, "chromium-browser", "echo install the snap >&2; exit 1")
    _program(bare, "apt-get", _APT)
    _program(bare, "sudo", 'test "$1" = -n && shift && exec "$@"')
    assert _get_chromium(bare).returncode == 0
    assert (bare / "chromium").exists()


def test_where_no_browser_is_to_be_had_one_line_says_what_to_install(bare: Path) -> None:
    _program(bare, "apt-get", "echo no such package >&2; exit 100")
    _program(bare, "sudo", 'test "$1" = -n && shift && exec "$@"')
    (
        bare.parent / "none"
    ).touch()  # where its browsers would lie: with the place alone away, Playwright tries five times
    answer = _get_chromium(bare)
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "apt-get install chromium" in answer.stderr
    assert "no such package" in answer.stdout


_SHELL = "chrome-headless-shell"


class _Downloads(BaseHTTPRequestHandler):
    """Playwright's place of browsers; what is in its archives starts the browser of this machine."""

    browser = ""

    def do_GET(self) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            for name in ("chrome-linux64/chrome", f"{_SHELL}-linux64/{_SHELL}", "ffmpeg-linux"):
                entry = zipfile.ZipInfo(name)
                entry.external_attr = 0o755 << 16
                files.writestr(entry, f"#!/bin/sh\nPATH=/usr/bin:/bin exec '{self.browser}' \"$@\"\n")
        self.send_response(200)
        self.send_header("Content-Length", str(archive.tell()))
        self.end_headers()
        self.wfile.write(archive.getvalue())

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def test_where_there_is_no_package_playwrights_browser_is_fetched(
    bare: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = find_chromium() or request.getfixturevalue("browser").browser_type.executable_path
    monkeypatch.setattr(_Downloads, "browser", ours)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Downloads) as server:
        threading.Thread(target=server.serve_forever).start()
        answer = _get_chromium(bare, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "fetching Playwright's" in answer.stdout
    assert _get_chromium(bare).stdout == "", "it is there now"


def test_apt_is_not_asked_where_sudo_wants_a_password(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(bare))
    assert get_chromium._rights() is None, "there is none"
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    _program(bare, "apt-get", "exit 0")
    assert get_chromium._rights() is None
    _program(bare, "sudo", "exit 1")
    assert get_chromium._rights() is None
    _program(bare, "sudo", "exit 0")
    assert get_chromium._rights() == ["sudo", "-n"]


def test_make_test_sees_to_its_browser_first() -> None:
    planned = subprocess.run(["make", "-n", "test"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=20)
    assert planned.stdout.index("tests.get_chromium") < planned.stdout.index("-m pytest")


def test_ci_run_is_make_check_test_at_the_root_without_input(bare: Path) -> None:
    _program(bare, "make", 'pwd; echo "$@"; cat')
    for name in ("bash", "dirname"):
        bare.joinpath(name).symlink_to(shutil.which(name) or "")
    answer = subprocess.run(
        [ROOT / ".ci" / "run"],
        cwd=bare, env={"PATH": str(bare)}, input="never read", capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    assert answer.stdout.splitlines() == [str(ROOT), "check test"]


def test_installing_says_what_it_does_and_shows_no_command(tmp_path: Path) -> None:
    folder = tmp_path / "a new folder"
    folder.mkdir()
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    _program(folder, "python", 'mkdir -p .venv/bin; cp "$0" .venv/bin/python; cat > asked')
    answer = subprocess.run(
        ["make", "PYTHON=./python", ".venv/installed"],
        cwd=folder, input="", capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    assert "half a minute" in answer.stdout
    assert not {"pip", "-m", "python"} & set(answer.stdout.split())


@pytest.mark.parametrize(("version", "is_enough"), [("18.20.4", False), ("20.0.0", True), ("24.1.0", True)])
def test_npm_is_the_machines_where_its_node_is_new_enough(tmp_path: Path, version: str, is_enough: bool) -> None:
    own = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    node = shutil.which("node", path=own)
    for name in ("Makefile", "requirements.txt", "requirements-node.txt", "package.json"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    _program(tmp_path / ".venv" / "bin", "python", "exit 0")
    (tmp_path / ".venv" / "installed").touch()
    as_if = f'Object.defineProperty(process, "versions", {{ value: {{ node: "{version}" }} }})'
    _program(tmp_path, "node", f"exec '{node}' -e '{as_if};'\"$2\"")
    _program(tmp_path, "npm", "exit 0")
    env = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{own}"}
    answer = subprocess.run(
        ["make", ".venv/npm"], cwd=tmp_path, env=env, capture_output=True, text=True, check=True, timeout=20
    )
    assert ("Installing npm" in answer.stdout) != is_enough


def test_make_client_asks_for_the_phone_and_hands_on_what_is_said(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    _program(tmp_path / ".venv" / "bin", "python", 'printf "%s|" "$@"')
    (tmp_path / ".venv" / "installed").touch()

    # of its own: a make around this run would have it say which folder it enters
    env = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}

    def make(*words: str) -> subprocess.CompletedProcess[str]:
        command = ["make", *words]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=20)

    nobody = make("client")
    assert nobody.returncode != 0
    assert "PHONE=" in nobody.stderr
    said = make("client", "PHONE=79001112233", 'SAY=да; echo "и нет" \'')
    assert said.stdout == '-m|aiadmin|demo|client|--say|да; echo "и нет" \'|--|79001112233|'
    assert make("client", "PHONE=7900").stdout == "-m|aiadmin|demo|client|--|7900|"
    assert make("scan").stdout == "-m|aiadmin|demo|scan|"
    assert make("scan", "PHONE=7900").stdout == "-m|aiadmin|demo|scan|--phone|7900|"


def test_the_command_line_lists_commands_that_load() -> None:
    answer = run_command("--help")
    assert answer.exit_code == 0
    for command in ("up", "migrate", "demo", "doctor"):
        assert re.search(rf"^  {command} ", answer.stdout, re.MULTILINE)
