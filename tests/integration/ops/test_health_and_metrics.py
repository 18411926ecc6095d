"""/health, /ready, /metrics and what is counted, right across processes."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
import uuid
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aiadmin.adapters.metrics.counters import RedisMetrics
from aiadmin.adapters.metrics.page import present
from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.client import make_redis
from aiadmin.domain.ids import HostId
from aiadmin.domain.metrics import Metric
from tests.conftest import ROOT, WaitUntil
from tests.support.site import ADMIN, METRICS_TOKEN, MakeSite, Refused, Salon, Site

SCRAPE = {"Authorization": f"Bearer {METRICS_TOKEN}"}
Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(site: Site) -> Values:
    site.container.metrics.flush()
    text = site.client.get("/metrics", headers=SCRAPE).text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(values: Values, name: str, **labels: str) -> float:
    return values[name, frozenset(labels.items())]


def add_host(site: Site, *, draining: bool = False, lease: timedelta = timedelta(seconds=15)) -> None:
    with site.container.uow() as work:
        work.hosts.add(HostId(uuid.uuid4()), lease=lease, capacity=1, draining=draining)
        work.commit()


def test_health_needs_nothing(make_site: MakeSite, free_port: int) -> None:
    site = make_site(
        database_url=f"postgresql://x@127.0.0.1:{free_port}/x", redis_url=f"redis://127.0.0.1:{free_port}"
    )

    assert site.client.get("/health").get_json() == {"success": True}


def test_ready_with_postgresql_redis_and_a_living_host(site: Site) -> None:
    add_host(site)

    answer = site.client.get("/ready")

    assert answer.status_code == 200
    assert answer.get_json() == {"success": True, "checks": {"postgresql": True, "redis": True, "host": True}}


@pytest.mark.parametrize("host", ["none", "dead", "draining"])
def test_not_ready_without_a_host_that_takes_sessions(site: Site, host: str) -> None:
    if host == "dead":
        add_host(site, lease=timedelta(seconds=-1))
    if host == "draining":
        add_host(site, draining=True)

    answer = site.client.get("/ready")

    assert answer.status_code == 503
    assert answer.get_json()["checks"] == {"postgresql": True, "redis": True, "host": False}


def test_not_ready_says_which_dependency_is_down(make_site: MakeSite, free_port: int) -> None:
    nowhere = f"127.0.0.1:{free_port}"
    blind, deaf = make_site(database_url=f"postgresql://x@{nowhere}/x"), make_site(redis_url=f"redis://{nowhere}/0")
    add_host(deaf)

    assert blind.client.get("/ready").get_json()["checks"] == {"postgresql": False, "redis": True, "host": False}
    answer = deaf.client.get("/ready")
    assert answer.status_code == 503
    assert answer.get_json()["checks"] == {"postgresql": True, "redis": False, "host": True}


def test_metrics_are_for_the_scraper_and_the_admin(make_site: MakeSite, salon: Salon, refused: Refused) -> None:
    site = make_site()

    assert site.client.get("/metrics", headers=SCRAPE).status_code == 200
    assert site.client.get("/metrics", headers=ADMIN).status_code == 200
    for headers in ({}, salon.key, {"Authorization": "Bearer x"}, {"X-API-Key": ""}):
        refused(site.client.get("/metrics", headers=headers), 401, "unauthorized")
    closed = make_site(metrics_token="", admin_api_key="")
    refused(closed.client.get("/metrics", headers={"Authorization": "Bearer "}), 401, "unauthorized")


def test_answers_are_timed_by_route_never_by_address(site: Site, salon: Salon) -> None:
    site.client.get(f"/marketplace/status/{salon.company_id}", headers=salon.key)
    site.client.get("/some/secret/path")

    values = scrape(site)

    route = "/marketplace/status/<id:company_id>"
    name = "aiadmin_http_request_duration_seconds"
    labels = {"endpoint": route, "method": "GET", "status": "200"}
    assert value(values, f"{name}_count", **labels) == 1
    assert value(values, f"{name}_bucket", **labels, le="+Inf") == 1
    assert 0 < value(values, f"{name}_sum", **labels) < 10
    assert value(values, f"{name}_count", endpoint="unmatched", method="GET", status="404") == 1
    assert "secret" not in str(values)


def test_the_five_series_are_there(make_site: MakeSite) -> None:
    site = make_site(rate_limit_per_minute=1)
    metrics = site.container.metrics
    metrics.gauge(Metric.SOCKETS, 3)
    metrics.count(Metric.QR_GENERATIONS, result="ok")
    metrics.count(Metric.QR_GENERATIONS, result="failed")
    metrics.count(Metric.WHATSAPP_CONNECTIONS)
    site.client.get("/openapi.json")
    site.client.get("/openapi.json")

    values = scrape(site)

    assert value(values, "aiadmin_websocket_connections") == 3
    assert value(values, "aiadmin_rate_limit_hits_total", where="docs.openapi") == 1
    assert value(values, "aiadmin_qr_generations_total", result="ok") == 1
    assert value(values, "aiadmin_qr_generations_total", result="failed") == 1
    assert value(values, "aiadmin_whatsapp_connections_total") == 1
    assert value(values, "aiadmin_up", dependency="redis") == 1


def test_what_waits_is_measured_at_the_scrape(site: Site, salon: Salon, wait_until: WaitUntil) -> None:
    add_host(site)
    site.link(salon)
    site.webhook(salon, b'{"type": "x"}')
    # to tell YClients of the link, and to read the webhook
    wait_until(lambda: site.container.redis.llen("rq:queue:jobs") == 2, what="the nudge that follows the answer")

    values = scrape(site)

    assert value(values, "aiadmin_outbox_rows", state="pending") == 1
    assert value(values, "aiadmin_outbox_overdue_seconds") >= 0
    assert value(values, "aiadmin_inbox_backlog") == 1
    assert value(values, "aiadmin_queue_depth", queue="jobs") == 2
    assert value(values, "wa_sessions", state="linked") == 1
    assert value(values, "aiadmin_companies", status="activating") == 1
    assert value(values, "aiadmin_hosts_alive") == 1


def test_a_scrape_survives_what_it_measures(make_site: MakeSite, free_port: int) -> None:
    site = make_site(database_url=f"postgresql://x@127.0.0.1:{free_port}/x")

    values = scrape(site)

    assert value(values, "aiadmin_up", dependency="postgresql") == 0
    assert value(values, "aiadmin_up", dependency="redis") == 1


@pytest.mark.process
def test_processes_add_up(site: Site, redis_url: str) -> None:
    site.container.metrics.count(Metric.WHATSAPP_CONNECTIONS)

    _in_another_process(redis_url, "metrics.count(Metric.WHATSAPP_CONNECTIONS); metrics.close()")

    assert value(scrape(site), "aiadmin_whatsapp_connections_total") == 2


@pytest.mark.process
def test_a_forked_child_counts_at_once_and_not_what_its_parent_counted(site: Site, redis_url: str) -> None:
    """The worker forks for every job, and the child leaves without goodbye."""
    _in_another_process(
        redis_url,
        """
        import os
        metrics.count(Metric.WHATSAPP_CONNECTIONS)
        child = os.fork()
        if child == 0:
            metrics.count(Metric.WHATSAPP_CONNECTIONS)
            os._exit(0)
        os.waitpid(child, 0)
        metrics.close()
        """,
    )

    assert value(scrape(site), "aiadmin_whatsapp_connections_total") == 2


def test_a_redis_outage_loses_no_count(redis_url: str, free_port: int, wait_until: WaitUntil) -> None:
    """The sums wait for Redis; a client pointed elsewhere stands for a Redis that comes back."""
    away, back = make_redis(f"redis://127.0.0.1:{free_port}/0"), make_redis(redis_url)
    metrics = RedisMetrics(away)
    metrics.count(Metric.WHATSAPP_CONNECTIONS)
    metrics.flush()
    metrics.count(Metric.WHATSAPP_CONNECTIONS)

    metrics._redis = back

    wait_until(lambda: [float(v) for v in back.hgetall(keys.COUNTERS).values()] == [2.0], what="both counts")
    metrics.close()
    for client in (away, back):
        client.close()


def test_a_process_that_is_gone_has_no_open_sockets() -> None:
    now = time.time()
    fields = {f"{Metric.SOCKETS}|alive": f"3 {now + 10}", f"{Metric.SOCKETS}|gone": f"5 {now - 1}"}

    assert present(fields, now).samples[0].value == 3


def test_the_access_log_has_the_route_and_no_secret(
    make_site: MakeSite, salon: Salon, capfd: pytest.CaptureFixture[str]
) -> None:
    """Pitfall 7.B.16: addresses with tokens in them and headers with keys were logged."""
    site = make_site()
    capfd.readouterr()

    site.client.get(f"/marketplace/connect?token={salon.token}")
    site.client.get(f"/marketplace/status/{salon.company_id}", headers=salon.key)

    out, err = capfd.readouterr()
    line = out + err
    assert "/marketplace/connect" in line
    assert "company_id" in line
    assert salon.token not in line
    assert salon.api_key not in line


def _in_another_process(redis_url: str, work: str) -> None:
    code = f"""
from aiadmin.adapters.metrics.counters import RedisMetrics
from aiadmin.adapters.redis.client import make_redis
from aiadmin.domain.metrics import Metric
metrics = RedisMetrics(make_redis("{redis_url}"))
{textwrap.dedent(work)}
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=30)
