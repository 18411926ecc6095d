"""Redis behind TLS that nobody signed (W13), and Redis that falls silent (S3), seen from a page and from the log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import redis
import requests

from aiadmin.adapters.redis.client import READ_TIMEOUT_SECONDS, make_redis
from aiadmin.adapters.sockets.manager import QUIET_SECONDS, ListeningManager
from aiadmin.adapters.sockets.page_events import SocketPageEvents
from aiadmin.config import Config
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.job import Job, QueueName
from tests.conftest import WaitUntil
from tests.support.live_site import LiveSite, Salon, register, settings_of, site_with
from tests.support.page import Page
from tests.support.silence import SilentProxy, by_way_of
from tests.support.tls import TlsProxy

pytestmark = pytest.mark.process


@pytest.fixture
def tls(redis_url: str, tmp_path: Path) -> Iterator[TlsProxy]:
    with TlsProxy(urlsplit(redis_url).port or 0, tmp_path) as proxy:
        yield proxy


@pytest.fixture
def behind_tls(redis_url: str, tls: TlsProxy) -> str:
    """The URL of the Redis as Heroku gives it."""
    return by_way_of(tls, redis_url).replace("redis://", "rediss://")


def _hears(live_site: LiveSite, salon: Salon, page: Page, state: str) -> bool:
    """Say it, and see whether it, or an earlier one, has come: what is said before Redis is heard is lost."""
    live_site.container.page_events.status(salon.company_id, state=state, text=state)
    return any(name == "status" and data["state"] == state for name, data in page.heard)


def _everything_works(live_site: LiveSite, wait_until: WaitUntil) -> None:
    """redis-py, RQ, the limits and Socket.IO, each over its own connection."""
    salon = register(live_site.container)
    page = live_site.open(salon)
    page.wait_for("status")
    wait_until(lambda: _hears(live_site, salon, page, "пример"), what="the page hears")
    page.close()
    redis = live_site.container.redis
    live_site.container.queue.nudge(Job.DRAIN_WEBHOOKS)
    assert redis.llen(f"rq:queue:{QueueName.JOBS}") == 1
    answers = [requests.get(f"{live_site.url}/marketplace/companies", timeout=30).status_code for _ in range(4)]
    assert answers == [401, 401, 401, 429]
    assert requests.get(f"{live_site.url}/ready", timeout=30).json()["checks"]["redis"] is True


@pytest.mark.parametrize("trusts", ["nothing", "the certificate"])
def test_s10_w13_a_redis_whose_certificate_nobody_signed_serves_everything_by_a_setting(
    database_url: str, behind_tls: str, tls: TlsProxy, tmp_path: Path, wait_until: WaitUntil, trusts: str
) -> None:
    how = {"REDIS_TLS_VERIFY": "0"} if trusts == "nothing" else {"REDIS_CA_BUNDLE": str(tls.certificate)}
    settings = settings_of(database_url, behind_tls) | how | {"RATE_LIMIT_PER_MINUTE": "3"}
    log = tmp_path / "web.log"
    with site_with(settings, log) as live_site:
        _everything_works(live_site, wait_until)
    assert "count in memory" not in log.read_text()


def test_without_the_setting_every_line_about_it_has_the_reason(
    database_url: str, behind_tls: str, tmp_path: Path, wait_until: WaitUntil
) -> None:
    log = tmp_path / "web.log"
    with site_with(settings_of(database_url, behind_tls), log) as live_site:
        live_site.container.queue.nudge(Job.DRAIN_WEBHOOKS)
        assert requests.get(f"{live_site.url}/ready", timeout=30).json()["checks"]["redis"] is False
        page = live_site.open(register(live_site.container))
        wait_until(lambda: "sockets wait for Redis" in log.read_text(), what="the listener has tried")
        page.close()
    waits = [line for line in log.read_text().splitlines() if "Redis" in line and "wait" in line]
    assert waits
    assert all("certificate verify failed" in line.lower() for line in waits), waits


def test_what_is_said_in_the_url_itself_goes_before_the_settings() -> None:
    env = settings_of("postgresql://x/y", "rediss://h:1/0?ssl_cert_reqs=optional") | {"REDIS_TLS_VERIFY": "0"}
    assert Config.from_env(env).redis_url == "rediss://h:1/0?ssl_cert_reqs=optional"
    assert Config.from_env(env | {"REDIS_URL": "redis://h:1/0"}).redis_url == "redis://h:1/0"


def test_a_silent_redis_costs_a_page_some_seconds_of_its_events(
    database_url: str, redis_url: str, tmp_path: Path, wait_until: WaitUntil
) -> None:
    with SilentProxy(urlsplit(redis_url).port or 0) as proxy:
        log = tmp_path / "web.log"
        with site_with(settings_of(database_url, by_way_of(proxy, redis_url)), log) as live_site:
            salon = register(live_site.container)
            page = live_site.open(salon)
            page.wait_for("status")
            proxy.fall_silent()
            began = time.monotonic()
            assert requests.get(f"{live_site.url}/marketplace/companies", timeout=15).status_code == 401
            assert time.monotonic() - began < READ_TIMEOUT_SECONDS + 2, "the limits are counted again"

            wait_until(
                lambda: _hears(live_site, salon, page, "снова"),
                timeout=2 * QUIET_SECONDS + 5,
                what="events come again",
            )
            assert time.monotonic() - began < 30
            page.close()


def test_s3_a_redis_that_takes_connections_and_answers_nothing_costs_its_timeout_once(
    database_url: str, redis_url: str, tmp_path: Path, wait_until: WaitUntil
) -> None:
    """Each request paid 10 s for each of its commands, for as long as it lasted, and sixty at once had no page."""

    def ask(number: int) -> int:
        headers = {"Authorization": f"Bearer sk_{number}"}
        return requests.post(
            f"{live_site.url}/marketplace/operator", json={}, headers=headers, timeout=60
        ).status_code

    with SilentProxy(urlsplit(redis_url).port or 0) as proxy:
        settings = settings_of(database_url, by_way_of(proxy, redis_url)) | {"RATE_LIMIT_PER_MINUTE": "1000"}
        with site_with(settings, tmp_path / "web.log") as live_site:
            assert ask(0) == 401
            proxy.fall_silent(new_ones_too=True)
            ask(1)
            began = time.monotonic()
            with ThreadPoolExecutor(60) as threads:
                assert set(threads.map(ask, range(2, 182))) == {401}
            assert time.monotonic() - began < READ_TIMEOUT_SECONDS
            proxy.listen_again()
            wait_until(
                lambda: requests.get(f"{live_site.url}/ready", timeout=30).json()["checks"]["redis"],
                timeout=20,
                what="Redis is used again",
            )


def test_whoever_listens_is_told_from_when_on_redis_is_heard(redis_url: str, valkey: redis.Redis) -> None:
    """Pages that came before may have missed something: a web process lets them in from its first moment on."""
    manager, events = ListeningManager(redis_url), SocketPageEvents(valkey)
    manager.server = SimpleNamespace(start_background_task=lambda task: task())
    manager.on_listening = lambda: events.status(CompanyId(1), state="с этого места", text="")
    heard = manager._listen()
    for _ in range(3):
        assert next(heard)["data"][0]["state"] == "с этого места"
        valkey.execute_command("CLIENT", "KILL", "TYPE", "PUBSUB")
    heard.close()
    manager.redis.close()


def test_a_pool_that_is_used_up_waits_for_a_connection(redis_url: str) -> None:
    """Heroku's smallest Redis takes 20 clients: whoever comes beyond our share waits, and gets no error."""
    redis = make_redis(redis_url, pool_size=2)
    known = {client["id"] for client in redis.client_list()}
    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(lambda number: redis.set(f"key:{number}", 1), range(200))) == {True}
    more = {client["id"] for client in redis.client_list()} - known
    assert len(more) <= 1, "beside the one that has looked before"
    redis.close()
