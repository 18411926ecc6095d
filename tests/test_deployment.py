"""The ways to deploy say the same: Procfile, app.json, Dockerfile, compose.yaml, .python-version.

No engine for containers is needed here: the files are read, not run.
"""

from __future__ import annotations

import configparser
import json
import re
from dataclasses import fields
from typing import Any

import yaml

from aiadmin.cli.procfile import read_procfile
from aiadmin.config import Config
from aiadmin.sessions_process import EXIT_SECONDS
from tests.conftest import ROOT

PROCFILE = read_procfile(ROOT / "Procfile")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
APP = json.loads((ROOT / "app.json").read_text())
VERSION = (ROOT / ".python-version").read_text().strip()
SETTINGS = {each.name.upper() for each in fields(Config)}
SMALLEST_PLAN = 20
"""Connections of `essential-0`, and of the smallest Redis."""


def _dockerfile() -> list[tuple[str, str]]:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line and line[0] != "#")]


def _shell(command: str) -> list[str]:
    return ["/bin/sh", "-c", f"exec {command}"]


def test_compose_runs_the_procfiles_processes_and_nothing_else_of_ours() -> None:
    ours = {name: service for name, service in SERVICES.items() if "build" in service}
    told = {name: [word.replace("$$", "$") for word in service["command"]] for name, service in ours.items()}
    assert told == {name: _shell(command) for name, command in PROCFILE.items()}
    assert {name for name in SERVICES if name not in ours} == {"postgres", "valkey"}


def test_compose_migrates_once_before_anything_starts_and_lets_each_process_end_in_its_time() -> None:
    assert SERVICES["release"]["restart"] == "no"
    for name in PROCFILE.keys() - {"release"}:
        needs = {needed: how["condition"] for needed, how in SERVICES[name]["depends_on"].items()}
        assert needs == {
            "postgres": "service_healthy",
            "valkey": "service_healthy",
            "release": "service_completed_successfully",
        }
        assert SERVICES[name]["restart"] == "unless-stopped"
        assert float(SERVICES[name]["stop_grace_period"].rstrip("s")) > EXIT_SECONDS
    for name in ("postgres", "valkey"):
        assert SERVICES[name]["healthcheck"]["test"]
        assert SERVICES[name]["volumes"][0].partition(":")[0] in COMPOSE["volumes"]
        assert "ports" not in SERVICES[name], "nobody but us reaches it"


def test_compose_sets_only_settings_that_there_are_and_no_secret() -> None:
    given = SERVICES["web"]["environment"]
    assert given.keys() <= SETTINGS
    assert Config.from_env(
        {
            **{name: re.sub(r"\$\{\w+:[-?][^}]*\}", "1", str(value)) for name, value in given.items()},
            **dict.fromkeys(("JWT_SECRET", "ADMIN_API_KEY"), "x" * 32),
            "PUBLIC_URL": "https://bot.example.com",
            "YCLIENTS_API_KEY": "partner",
            "YCLIENTS_APP_ID": "1",
        }
    ).is_production
    assert "${POSTGRES_PASSWORD:?" in given["DATABASE_URL"]
    assert "${POSTGRES_PASSWORD:?" in SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"]


def test_the_image_has_the_python_of_the_buildpack_hashed_packages_the_page_and_no_root() -> None:
    steps = _dockerfile()
    assert [rest for word, rest in steps if word == "FROM"] == ["node:22-slim AS page", f"python:{VERSION}-slim"]
    assert ("RUN", "pip install --no-cache-dir --require-hashes -r requirements.txt") in steps
    assert ("COPY", "--from=page /app/aiadmin/web/static/vendor aiadmin/web/static/vendor") in steps
    assert ("USER", "aiadmin") in steps
    (command,) = (json.loads(rest) for word, rest in steps if word == "CMD")
    assert command == _shell(PROCFILE["web"])


def test_the_python_is_one_that_the_project_takes() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    oldest = tuple(map(int, setup["options"]["python_requires"].removeprefix(">=").split(".")))
    assert re.fullmatch(r"3\.\d+", VERSION)
    assert tuple(map(int, VERSION.split("."))) >= oldest
    assert f"python{VERSION}" in (ROOT / "Makefile").read_text()


def test_no_secret_and_no_data_goes_into_an_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", ".aiadmin", ".git", ".venv"} <= set(left_out)


def test_the_button_sets_only_settings_that_there_are_and_every_one_that_production_asks_for() -> None:
    assert APP["env"].keys() <= SETTINGS
    assert APP["formation"].keys() == PROCFILE.keys() - {"release"}
    values = {name: facts.get("value", "") for name, facts in APP["env"].items()}
    given = {"PUBLIC_URL": "https://x.example", "YCLIENTS_API_KEY": "p", "YCLIENTS_APP_ID": "1"}
    generated = {name: "x" * 32 for name, facts in APP["env"].items() if facts.get("generator") == "secret"}
    addons = {"DATABASE_URL": "postgres://u:p@h:5432/d", "REDIS_URL": "rediss://:p@h:6380"}
    config = Config.from_env(values | given | generated | addons)
    assert config.is_production
    assert "ssl_cert_reqs=none" in config.redis_url


def test_the_button_orders_sizes_that_may_stand_in_one_application() -> None:
    """Heroku refuses basic dynos beside larger ones; the session host needs 1 GB."""
    sizes = {name: kind["size"] for name, kind in APP["formation"].items()}
    assert {size.partition("-")[0] for size in sizes.values()} == {"standard"}
    assert sizes["sessions"] == "standard-2x"


def test_the_proxys_example_is_read_by_the_nginx_of_stable_distributions() -> None:
    """`http2 on;` came with nginx 1.25.1."""
    example = (ROOT / "docs" / "nginx.conf").read_text()
    assert "listen 443 ssl http2;" in example
    assert not re.search(r"^\s*http2 ", example, re.MULTILINE)


def test_s10_w16_the_buttons_pools_fit_the_plans_that_it_orders() -> None:
    """web, sessions and a job each open a pool; the clock one connection to lead and one to work; the rest is the
    library's, and a release's. `tests/chaos/test_small_plan` counts them."""
    assert APP["addons"] == ["heroku-postgresql:essential-0", "heroku-redis:mini"]
    pool, redis = (int(APP["env"][name]["value"]) for name in ("DATABASE_POOL_SIZE", "REDIS_POOL_SIZE"))
    assert 2 * pool + 2 + 2 <= SMALLEST_PLAN * 3 / 5
    listener = 1
    assert redis * 4 + listener <= SMALLEST_PLAN
