"""A change goes to YClients on a connection of its own: one that it has closed would leave the change unknown. Calls
are counted by what came of them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import redis

from aiadmin.adapters.metrics.counters import RedisMetrics, parse_field
from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.yclients.call_router import CallRouter
from aiadmin.adapters.yclients.http import YClientsHttp
from aiadmin.adapters.yclients.rest import RestApi
from aiadmin.domain.ids import SalonId
from aiadmin.domain.metrics import Metric
from aiadmin.domain.yclients.call_budget import Budget, Urgency

SALON_ID = SalonId(7)
BUDGET = Budget(per_second=100, per_minute=6000)


class _Server(BaseHTTPRequestHandler):
    """Keeps connections open, and notes on which of them it was asked for what; `/answers/404` answers so."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, int]]

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.command, self.client_address[1]))
        self.send_response(int(self.path.rpartition("/answers/")[2]) if "/answers/" in self.path else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = _answer  # noqa: N815 - the name that the library looks for
    do_PUT = _answer  # noqa: N815
    do_POST = _answer  # noqa: N815

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def asked() -> list[tuple[str, int]]:
    """Each request's method and the port of the connection that it came on."""
    return []


@pytest.fixture
def metrics(redis_url: str) -> Iterator[RedisMetrics]:
    counting = RedisMetrics(make_redis(redis_url))
    yield counting
    counting.close()


@pytest.fixture
def rest(asked: list[tuple[str, int]], metrics: RedisMetrics, redis_url: str) -> Iterator[RestApi]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Server", (_Server,), {"asked": asked}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    http = YClientsHttp(
        base_url=f"http://127.0.0.1:{server.server_port}", partner_token="token", keeps_connections=True
    )
    router = CallRouter(make_redis(redis_url), BUDGET, rng=lambda: 0.0)
    yield RestApi(http, router, metrics=metrics, rng=lambda: 0.0)
    server.shutdown()
    thread.join()
    server.server_close()


def test_reads_share_a_connection_and_each_change_has_its_own(rest: RestApi, asked: list[tuple[str, int]]) -> None:
    for _ in range(2):
        rest.read(SALON_ID, "/record/7/1", urgency=Urgency.INTERACTIVE)
    rest.change(SALON_ID, "PUT", "/visits/1/1", {"attendance": 2})
    rest.attempt(SALON_ID, "POST", "/records/7", {})
    rest.read(SALON_ID, "/record/7/1", urgency=Urgency.INTERACTIVE)
    assert [method for method, _ in asked] == ["GET", "GET", "PUT", "POST", "GET"]
    first, second, put, post, last = (port for _, port in asked)
    assert first == second == last
    assert len({first, put, post}) == 3


def test_calls_are_counted_by_what_came_of_them_and_how_long_they_waited(
    rest: RestApi, metrics: RedisMetrics, valkey: redis.Redis
) -> None:
    for status in (200, 403, 404, 422, 500, 502, 429):
        rest.attempt(SALON_ID, "POST", f"/answers/{status}", {}, patience=timedelta(seconds=30))
    metrics.flush()
    counted: Counter[tuple[str, ...]] = Counter()
    for name, value in valkey.hgetall(keys.COUNTERS).items():
        metric, labels, part = parse_field(name.decode())
        if part != "sum":
            counted[metric, *labels.values()] += int(float(value))
    results = {"done": 1, "refused": 3, "limited": 1, "down": 2}
    assert {result: counted[Metric.YCLIENTS_CALLS, result] for result in results} == results
    assert counted[Metric.YCLIENTS_WAIT_SECONDS, "interactive"] == 7
