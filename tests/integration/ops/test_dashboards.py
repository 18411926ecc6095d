"""The dashboard and the alert rules in docs/ speak of series that the metrics page has."""

from __future__ import annotations

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from aiadmin.adapters.metrics.counters import RedisMetrics, field
from aiadmin.adapters.metrics.page import render
from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.client import make_redis
from aiadmin.domain.ids import HostId
from aiadmin.domain.metrics import Metric
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.conftest import ROOT

_SELECTOR = re.compile(r"\b((?:wa|aiadmin)_[a-z_]+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)(=~?)"([^"]*)"')
_GROUPING = re.compile(r"\b(?:by|without|ignoring) \(([^)]*)\)")
_ALIKE = re.compile(r"_(?:bucket|count|sum)$")
_FREE = {"application", "host", "endpoint", "method"}
"""Labels whose values nobody knows before they are met."""

Labels = Mapping[str, set[str]]
"""The values of each label."""


@dataclass(frozen=True)
class Query:
    """One expression of a panel or an alert."""

    text: str

    @property
    def names(self) -> set[str]:
        return {_ALIKE.sub("", name) for name, _ in _SELECTOR.findall(self.text)}

    @property
    def matchers(self) -> list[tuple[str, str, str]]:
        """Of each series the label that is asked for, and each value."""
        return [
            (_ALIKE.sub("", name), label, value)
            for name, within in _SELECTOR.findall(self.text)
            for label, sign, values in _MATCHER.findall(within)
            for value in (values.split("|") if sign == "=~" else [values])
        ]

    @property
    def grouped_by(self) -> set[str]:
        return {label.strip() for labels in _GROUPING.findall(self.text) for label in labels.split(",")} - {"le"}


def _panels() -> list[Query]:
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text())
    return [Query(target["expr"]) for panel in dashboard["panels"] for target in panel.get("targets", [])]


def _alerts() -> list[Query]:
    rules = re.findall(r"^ +expr: (.*)$", (ROOT / "docs" / "alerts.yml").read_text(), re.MULTILINE)
    return [Query(rule) for rule in rules]


@pytest.fixture
def page(database_url: str, redis_url: str) -> Mapping[str, Labels]:
    """The labels of each series of a metrics page on which nothing has happened yet but that a host is there."""
    engine, redis = make_engine(database_url), make_redis(redis_url)
    with UnitOfWork(engine) as work:
        work.hosts.add(HostId(uuid.uuid4()), lease=timedelta(minutes=1), capacity=1)
        work.commit()
    metrics = RedisMetrics(redis)
    metrics.observe(Metric.HTTP_SECONDS, 0.1, endpoint="x", method="GET", status="200")
    metrics.close()
    text = render(redis=redis, engine=engine, now=datetime.now(UTC)).decode()
    engine.dispose()
    redis.close()
    labels: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name in re.findall(r"^# TYPE (\S+)", text, re.MULTILINE):
        labels[name].clear()
    for name, within in re.findall(r"^(\w+)(\{.*?\})? ", text, re.MULTILINE):
        for label, _, value in _MATCHER.findall(within):
            labels[_ALIKE.sub("", name)][label].add(value)
        labels[_ALIKE.sub("", name)].pop("le", None)
    return labels


def test_dashboards_and_alerts_ask_for_series_and_labels_that_there_are(page: Mapping[str, Labels]) -> None:
    queries = [*_panels(), *_alerts()]
    assert len(queries) > 60
    for query in queries:
        assert query.names <= page.keys(), query.text
        known = {label for name in query.names for label in page[name]}
        assert query.grouped_by <= known, query.text
        for name, label, value in query.matchers:
            assert label in page[name], query.text
            assert label in _FREE or label == "status" or value in page[name][label], query.text


def test_every_series_is_looked_at(page: Mapping[str, Labels]) -> None:
    shown = {name for query in _panels() for name in query.names}
    assert {metric.value for metric in Metric} - shown == set()
    assert {name for name in page if name.startswith(("wa_", "aiadmin_"))} - shown == set()


def test_what_operations_tells_to_watch_has_a_panel_and_an_alert() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    told = {
        _ALIKE.sub("", name) for name, _ in _SELECTOR.findall(text.partition("| watch | why |")[2].partition("##")[0])
    }
    assert len(told) > 10
    assert told - {name for query in _panels() for name in query.names} == set()
    assert told - {name for query in _alerts() for name in query.names} == set()


def test_the_dashboard_has_a_row_for_each_part() -> None:
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text())
    rows = [panel["title"] for panel in dashboard["panels"] if panel["type"] == "row"]
    assert rows == ["Business", "Messages", "Web and queues", "Sessions", "YClients"]
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


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
