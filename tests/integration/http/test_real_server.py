"""What only the real server shows: greenlets, raw bytes on the wire, one process under load."""

from __future__ import annotations

import itertools
import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import requests

from aiadmin.adapters.secrets import DerivedSecrets
from aiadmin.domain.ids import CompanyId
from tests.conftest import WaitUntil
from tests.support.database import Databases
from tests.support.site import ADMIN, ADMIN_KEY
from tests.support.web_server import running

pytestmark = pytest.mark.process

JWT_SECRET = "a secret of these tests, 32 bytes or more"
_SALON_IDS = itertools.count(962302)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server logs."""
    return tmp_path_factory.mktemp("web") / "web.log"


@pytest.fixture(scope="module")
def database_url(databases: Databases) -> Iterator[str]:
    """One database for all tests here; each registers a salon of its own."""
    with databases.lend() as url:
        yield url


@pytest.fixture(scope="module")
def address(wait_until: WaitUntil, log: Path, database_url: str, module_redis_url: str) -> Iterator[str]:
    """A running server."""
    settings = {
        "DATABASE_URL": database_url,
        "REDIS_URL": module_redis_url,
        "JWT_SECRET": JWT_SECRET,
        "ADMIN_API_KEY": ADMIN_KEY,
        "RATE_LIMIT_PER_MINUTE": "100000",
        "WEBHOOK_LIMIT_PER_MINUTE": "100000",
    }
    with running(wait_until, log, settings) as url:
        yield url


def register(address: str) -> dict[str, object]:
    answer = requests.post(f"{address}/marketplace/register", json={"salon_id": next(_SALON_IDS)}, timeout=30)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_salon_registers_and_reads_its_status(address: str, log: Path) -> None:
    made = register(address)
    key = {"X-API-Key": str(made["api_key"])}

    status = requests.get(f"{address}/marketplace/status/{made['company_id']}", headers=key, timeout=30)
    page = requests.get(f"{address}{made['connect_url']}", timeout=30)

    assert status.json()["integration_status"] == "pending"
    assert page.headers["Content-Type"].startswith("text/html")
    logged = log.read_text()
    assert "/marketplace/connect" in logged
    assert str(made["api_key"]) not in logged
    assert str(made["connect_url"]).split("token=")[1].split("&")[0] not in logged


def test_a_slow_query_stops_nobody_else(address: str, database_url: str) -> None:
    """psycopg2 would block every greenlet; a row lock held here makes one request wait, and only that one."""
    made = register(address)
    link = f"{address}/marketplace/companies/{made['company_id']}/connect-link"
    connection = psycopg2.connect(database_url)
    answers: list[int] = []
    try:
        connection.cursor().execute("SELECT 1 FROM companies WHERE id = %s FOR UPDATE", [made["company_id"]])
        waiting = threading.Thread(
            target=lambda: answers.append(requests.post(link, headers=ADMIN, timeout=20).status_code)
        )
        waiting.start()
        for _ in range(5):
            assert register(address)["success"] is True
        assert answers == []
        connection.rollback()
        waiting.join(10)
    finally:
        connection.close()
    assert answers == [201]


def test_a_body_without_an_announced_length_is_bounded_too(address: str) -> None:
    chunk = b"40000\r\n" + b"a" * 0x40000 + b"\r\n"
    answer = _raw(
        address,
        b"POST /marketplace/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 5 + b"0\r\n\r\n",
    )

    assert answer.startswith(b"HTTP/1.1 413 "), answer[:200]
    assert b'"code":"too-large"' in answer.replace(b": ", b":")


def test_a_chunked_body_within_bounds_is_read(address: str) -> None:
    answer = _raw(
        address,
        b"POST /marketplace/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b'Transfer-Encoding: chunked\r\n\r\ne\r\n{"salon_id": 5\r\n1\r\n}\r\n0\r\n\r\n',
    )

    assert answer.startswith(b"HTTP/1.1 201 "), answer[:200]


def test_the_server_tells_no_version_of_itself(address: str) -> None:
    answers = [requests.get(f"{address}{path}", timeout=30) for path in ("/health", "/nowhere", "/ready")]

    for answer in answers:
        assert not re.search(r"\d", answer.headers.get("Server", ""))
        assert "X-Powered-By" not in answer.headers
        assert not re.search(r"gunicorn|python|flask|werkzeug|postgresql://|redis://", answer.text, re.IGNORECASE)


def test_a_burst_of_webhooks_is_stored_whole(address: str, database_url: str) -> None:
    company_id = register(address)["company_id"]
    key = DerivedSecrets(JWT_SECRET).webhook_key(CompanyId(int(str(company_id))))
    statuses: list[int] = []

    def send(first: int) -> None:
        with requests.Session() as session:
            for number in range(first, first + 25):
                body = json.dumps({"resource": "record", "status": "update", "resource_id": number})
                url = f"{address}/marketplace/webhook/{company_id}?key={key}"
                headers = {"Content-Type": "application/json"}
                statuses.append(session.post(url, data=body, headers=headers, timeout=10).status_code)

    threads = [threading.Thread(target=send, args=[lane * 25]) for lane in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert statuses == [200] * 200
    assert _count(database_url, company_id) == 200


def _count(database_url: str, company_id: object) -> int:
    connection = psycopg2.connect(database_url)
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM webhooks WHERE company_id = %s", [company_id])
        return int((cursor.fetchone() or [0])[0])
    finally:
        connection.close()


def _raw(address: str, request: bytes) -> bytes:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer or not answer.rstrip().endswith(b"}"):
            received = connection.recv(65536)
            if not received:
                break
            answer += received
    return answer
