"""The web process through a failover without RST (S3): its old connections to PostgreSQL are silent from now on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from aiadmin.adapters.secrets import DerivedSecrets
from aiadmin.domain.ids import CompanyId
from tests.conftest import WaitUntil
from tests.integration.http.test_real_server import JWT_SECRET, register
from tests.support.silence import SilentProxy, by_way_of
from tests.support.site import ADMIN, ADMIN_KEY
from tests.support.web_server import running

pytestmark = pytest.mark.process
BOUND_SECONDS = 30.0
"""What a failover may cost."""


@pytest.fixture
def proxy(database_url: str) -> Iterator[SilentProxy]:
    with SilentProxy(urlsplit(database_url).port or 0) as proxy:
        yield proxy


@pytest.fixture
def address(
    wait_until: WaitUntil, tmp_path: Path, database_url: str, redis_url: str, proxy: SilentProxy
) -> Iterator[str]:
    """A web process behind the proxy."""
    settings = {
        "DATABASE_URL": by_way_of(proxy, database_url),
        "DATABASE_POOL_SIZE": "4",
        "REDIS_URL": redis_url,
        "JWT_SECRET": JWT_SECRET,
        "ADMIN_API_KEY": ADMIN_KEY,
        "RATE_LIMIT_PER_MINUTE": "100000",
    }
    with running(wait_until, tmp_path / "web.log", settings) as url:
        yield url


@pytest.mark.parametrize("connects_hang", [False, True], ids=["new connections work", "they hang for a while"])
def test_webhooks_and_pages_are_answered_again_soon_and_ready_says_it_meanwhile(
    address: str, proxy: SilentProxy, wait_until: WaitUntil, connects_hang: bool
) -> None:
    company_id = int(str(register(address)["company_id"]))
    key = DerivedSecrets(JWT_SECRET).webhook_key(CompanyId(company_id))
    hook, listing = f"/marketplace/webhook/{company_id}?key={key}", f"{address}/marketplace/companies"

    def send(number: int) -> int:
        body = {"resource": "record", "status": "update", "resource_id": number}
        return requests.post(address + hook, json=body, timeout=BOUND_SECONDS).status_code

    def read(_number: int) -> int:
        return requests.get(listing, headers=ADMIN, timeout=BOUND_SECONDS).status_code

    with ThreadPoolExecutor(12) as clients:
        assert set(clients.map(read, range(12))) == {200}
        assert send(1) == 200
        proxy.fall_silent(new_ones_too=connects_hang)
        began = time.monotonic()
        answers = [clients.submit(send, 2), *(clients.submit(read, number) for number in range(8))]
        ready = requests.get(f"{address}/ready", timeout=20)
        assert (ready.status_code, ready.json()["checks"]["postgresql"]) == (503, False)
        assert requests.get(f"{address}/health", timeout=4).ok, "nobody else waits"
        if connects_hang:
            wait_until(lambda: proxy.hanging > 0, what="a new connection hangs")
            proxy.listen_again()
        statuses = [answer.result() for answer in answers]
        if not connects_hang:
            assert statuses == [200] * 9
        wait_until(lambda: {send(3), read(0)} == {200}, timeout=BOUND_SECONDS, what="all is well")
        wait_until(lambda: _has_postgres(address), timeout=BOUND_SECONDS, what="/ready says that it is")
        assert time.monotonic() - began < BOUND_SECONDS


def _has_postgres(address: str) -> bool:
    return bool(requests.get(f"{address}/ready", timeout=20).json()["checks"]["postgresql"])
