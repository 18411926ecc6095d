"""Hundreds of generated requests against the running server: no 500, and nothing that the document does not say."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import requests
from prometheus_client.parser import text_string_to_metric_families

from aiadmin.adapters.secrets import DerivedSecrets
from aiadmin.domain.ids import CompanyId
from tests.conftest import WaitUntil
from tests.support.examples import examples
from tests.support.web_server import running

JWT_SECRET = "a secret of these tests, 32 bytes or more"
ADMIN_KEY = "admin-key-of-these-tests-32-bytes-long"
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method"
)


COMPANY = "<id:company_id>"
REACHED = {
    "/marketplace/register",
    "/marketplace/callback",
    "/marketplace/companies",
    f"/marketplace/companies/{COMPANY}/connect-link",
    f"/marketplace/status/{COMPANY}",
    f"/marketplace/webhook/{COMPANY}",
    "/metrics",
    "/ready",
    "/health",
    "/docs",
    "/openapi.json",
}
"""Routes that the generated requests must have got through to, not only been refused by."""
ALL = ("--phases", "examples,coverage,fuzzing", "--max-examples", str(examples(2)))
FEW = ("--phases", "fuzzing", "--max-examples", str(examples(2)))
ADMIN_TAGS = ("companies", "metrics", "links", "partner", "clients")
CONSOLE_TAGS = ("console", "console_fleet", "console_salon")
OWNER_TAGS = ("manage", "manage_api", "bot", "browsers", "conversations", "sending", "message_settings")
OF_ADMIN = (*ALL, *(word for tag in ADMIN_TAGS for word in ("--include-tag", tag)))
OF_SALON = (*ALL, *(word for tag in ADMIN_TAGS + CONSOLE_TAGS + OWNER_TAGS for word in ("--exclude-tag", tag)))
"""A salon's key opens none of the others (the console's door is open to all): they refuse before they read anything,
which the requests without a key show, too."""
Counts = dict[tuple[str, str], float]


def test_every_operation_answers_only_as_its_document_says(
    wait_until: WaitUntil, tmp_path: Path, database_url: str, redis_url: str
) -> None:
    settings = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "JWT_SECRET": JWT_SECRET,
        "ADMIN_API_KEY": ADMIN_KEY,
        "RATE_LIMIT_PER_MINUTE": "1000000",
        "WEBHOOK_LIMIT_PER_MINUTE": "1000000",
    }
    _add_host(database_url)
    with running(wait_until, tmp_path / "web.log", settings) as address:
        wait_until(lambda: requests.get(f"{address}/ready", timeout=15).ok, what="/ready")
        cases = _attack(tmp_path, address, _salon(address), OF_SALON)
        cases += _attack(tmp_path, address, f'headers = {{ X-API-Key = "{ADMIN_KEY}" }}\n', OF_ADMIN)
        cases += _attack(tmp_path, address, "", FEW)
        answered = wait_until(lambda: _answered(address), what="the counts")

    log = (tmp_path / "web.log").read_text()
    assert cases > 500
    assert REACHED - {route for route, status in answered if status in {"200", "201"}} == set()
    assert [line for line in log.splitlines() if "unforeseen error" in line or "Traceback" in line] == []


def _attack(folder: Path, address: str, config: str, extent: tuple[str, ...]) -> int:
    """Run schemathesis as the caller that `config` describes; how many requests it made."""
    (folder / "schemathesis.toml").write_text(config)
    command = [str(Path(sys.executable).with_name("st")), "--config-file", str(folder / "schemathesis.toml")]
    command += ["run", f"{address}/openapi.json", "--checks", CHECKS, "--seed", "20250116", *extent]
    # one worker: CPython 3.11 cannot parse in two threads at once, and hypothesis parses lambdas
    command += ["--request-timeout", "15", "--suppress-health-check", "all", "--warnings", "off"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return int(re.findall(r"(\d+) generated", done.stdout)[0])


def _answered(address: str) -> Counts:
    """How often each route answered with each status, by the server's own count."""
    page = requests.get(f"{address}/metrics", headers={"X-API-Key": ADMIN_KEY}, timeout=30).text
    return {
        (sample.labels["endpoint"], sample.labels["status"]): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == "aiadmin_http_request_duration_seconds_count"
    }


def _salon(address: str) -> str:
    """What a salon holds: its own key, its number, the key of its webhook address."""
    made = requests.post(f"{address}/marketplace/register", json={"salon_id": 962302}, timeout=30).json()
    key = DerivedSecrets(JWT_SECRET).webhook_key(CompanyId(made["company_id"]))
    return (
        f'headers = {{ X-API-Key = "{made["api_key"]}" }}\n'
        f'parameters = {{ "path.company_id" = {made["company_id"]}, "query.key" = "{key}" }}\n'
    )


def _add_host(database_url: str) -> None:
    """A session host that outlives the test: without one /ready rightly says 503."""
    connection = psycopg2.connect(database_url)
    try:
        with connection, connection.cursor() as cursor:
            lease_until = datetime.now(UTC) + timedelta(hours=1)
            cursor.execute(
                "INSERT INTO session_hosts (id, lease_until, capacity) VALUES (%s, %s, 1)",
                [str(uuid.uuid4()), lease_until],
            )
    finally:
        connection.close()
