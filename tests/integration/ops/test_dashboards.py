"""The dashboard and the alert rules in docs/ speak of series that the metrics page has."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime, timedelta

from aiadmin.adapters.metrics.counters import RedisMetrics, field
from aiadmin.adapters.metrics.page import render
from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.client import make_redis
from aiadmin.domain.ids import HostId
from aiadmin.domain.metrics import Metric
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.conftest import ROOT

_SERIES = re.compile(r"\b((?:wa|aiadmin)_[a-z_]+)\b")


def _used() -> set[str]:
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = re.findall(r"^ +expr: (.*)$", (ROOT / "docs" / "alerts.yml").read_text(), re.MULTILINE)
    assert len(queries) > 10
    assert len(rules) > 10
    return {name for text in [*queries, *rules] for name in _SERIES.findall(text)}


def test_dashboards_and_alerts_name_series_that_there_are(database_url: str, redis_url: str) -> None:
    engine, redis = make_engine(database_url), make_redis(redis_url)
    now = datetime.now(UTC)
    with UnitOfWork(engine) as work:
        work.hosts.add(HostId(uuid.uuid4()), lease=timedelta(minutes=1), capacity=1)
        work.commit()
    metrics = RedisMetrics(redis)
    for metric in Metric:
        if metric.endswith("_seconds"):
            metrics.observe(metric, 0.1)
    metrics.close()
    page = render(redis=redis, engine=engine, now=now).decode()
    engine.dispose()
    redis.close()
    there_are = set(re.findall(r"^# TYPE (\S+)", page, re.MULTILINE)) | set(re.findall(r"^(\w+)", page, re.MULTILINE))
    assert _used() - there_are == set()


def test_every_series_about_sessions_is_looked_at() -> None:
    ours = {metric.value for metric in Metric if metric.startswith("wa_")}
    used = {name.removesuffix("_bucket") for name in _used()}
    assert ours - used == set()


def test_a_counter_that_cannot_be_read_costs_no_other(database_url: str, redis_url: str) -> None:
    engine, redis = make_engine(database_url), make_redis(redis_url)
    metrics = RedisMetrics(redis)
    metrics.count(Metric.PROVIDER_MESSAGES, result="ok")
    metrics.close()
    for name in ("nonsense", "[]", "[1,2,3]", '["a",{},{}]', "[" * 9000, b"\xff"):
        redis.hset(keys.COUNTERS, name, "1")  # type: ignore[arg-type]
    poisoned = field(Metric.CALLBACKS, {"result": "ok"})
    redis.hset(keys.COUNTERS, poisoned, "much")
    redis.hset(keys.GAUGES, f"{Metric.SOCKETS}|odd", "many")
    again = RedisMetrics(redis)
    again.count(Metric.CALLBACKS, result="ok")
    again.count(Metric.PROVIDER_MESSAGES, result="ok")
    for _ in range(3):  # what could not be written is not sent again together with what was
        again.flush()
    again.close()
    page = render(redis=redis, engine=engine, now=datetime.now(UTC)).decode()
    engine.dispose()
    redis.close()
    assert f'{Metric.PROVIDER_MESSAGES}{{result="ok"}} 2.0' in page
    assert 'aiadmin_up{dependency="redis"} 1.0' in page
