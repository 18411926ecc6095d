"""Webhooks and `/health` while a stranger holds a thousand connections, against real servers."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from aiadmin.adapters.secrets import DerivedSecrets
from aiadmin.domain.ids import CompanyId
from tests.conftest import WaitUntil
from tests.integration.edge.process import GET_HEALTH, NO_SERVERS, UPGRADE, Edge, running

pytestmark = pytest.mark.process

POST = b"POST /marketplace/webhook/1?key=x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
HOLDS = {
    "heads without end": b"GET /health HTTP/1.1\r\nX-A: b\r\n",
    "bodies without end": POST + b"Content-Length: 100000\r\n\r\n{",
    "politeness": GET_HEALTH,
    "websockets that join nothing": UPGRADE,
}
_numbers = itertools.count(1)


@pytest.fixture
def whole(wait_until: WaitUntil, tmp_path: Path, database_url: str, redis_url: str) -> Iterator[Edge]:
    """The web process of production over real servers."""
    servers = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "OPEN_REGISTRATION": "1"}
    with running(
        wait_until, tmp_path / "web.log", NO_SERVERS | servers | {"SOCKET_LIMIT_PER_MINUTE": "1000"}
    ) as edge:
        yield edge


def test_s5_webhooks_and_health_are_answered_while_a_thousand_connections_are_held(whole: Edge) -> None:
    """Of each kind a thousand, from four addresses, one kind after the other; all are still there at the end."""
    company_id = requests.post(f"{whole.url}/marketplace/register", json={"salon_id": 5}, timeout=10).json()[
        "company_id"
    ]
    key = DerivedSecrets(NO_SERVERS["JWT_SECRET"]).webhook_key(CompanyId(company_id))
    address = f"{whole.url}/marketplace/webhook/{company_id}?key={key}"

    for sent in HOLDS.values():
        for number in range(1000):
            whole.connect(sent, source=f"127.0.0.{2 + number % 4}")
        for _ in range(5):
            body = json.dumps({"resource": "record", "status": "update", "resource_id": next(_numbers)})
            answer = requests.post(address, data=body, headers={"Content-Type": "application/json"}, timeout=10)
            assert (answer.status_code, answer.json()) == (200, {"success": True})
            assert requests.get(f"{whole.url}/health", timeout=10).status_code == 200
        assert len(whole.worker.net_connections("tcp")) > 400, "they are held, not refused"
