"""The page that Prometheus reads: counted sums out of Redis, and what the tables say at this moment."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import cast

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from redis import Redis, RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from aiadmin.adapters.metrics.counters import BUCKETS, parse_field
from aiadmin.adapters.metrics.known_labels import KNOWN_LABELS
from aiadmin.adapters.readiness import take_write
from aiadmin.adapters.redis import keys
from aiadmin.domain.job import QueueName
from aiadmin.domain.metrics import Metric
from aiadmin.storage.metrics import Reading, read

_HELP = {
    Metric.SOCKETS: "Open Socket.IO connections",
    Metric.RATE_LIMIT_HITS: "Requests and sockets refused by a rate limit",
    Metric.QR_GENERATIONS: "QR codes made",
    Metric.WHATSAPP_CONNECTIONS: "Phones linked",
    Metric.HTTP_SECONDS: "Time to answer a request",
    Metric.CALLBACKS: "Attempts to tell YClients that a salon is connected",
    Metric.PROVIDER_MESSAGES: "Messages that YClients gave us to send",
    Metric.PROVIDER_STATUSES: "Statuses of such messages that YClients was told",
    Metric.MESSAGES: "Messages that WhatsApp was given",
    Metric.YCLIENTS_CALLS: "Calls to YClients",
    Metric.YCLIENTS_WAIT_SECONDS: "Time a call to YClients waited for its turn in the budget",
    Metric.JOBS_REFUSED: "Jobs in Redis that are none of ours, and were not run",
    Metric.START_SECONDS: "Time from the start of a session to its login",
    Metric.ADOPTION_SECONDS: "Time from taking a device to its login",
    Metric.EVENT_LAG_SECONDS: "Time an event of the WhatsApp library waited for its host",
    Metric.RECONNECTS: "Connections lost or given up",
    Metric.RECONNECT_LOOPS: "Every fifth failure in a row of one session",
    Metric.LEASES_LOST: "Hosts that found their lease gone",
    Metric.BREAKER: "Changes of the breakers of session hosts",
    Metric.MASS_LOGOUTS: "Hosts that saw many devices unlinked at once",
}
Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


def render(*, redis: Redis, engine: Engine, now: datetime) -> bytes:
    """The page in Prometheus' text format. A dependency that is down is a `aiadmin_up 0`, not an error."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(cast("Collector", _Page(redis, engine, now)))
    return generate_latest(registry)


class _Page:
    def __init__(self, redis: Redis, engine: Engine, now: datetime) -> None:
        self._redis, self._engine, self._now = redis, engine, now

    def collect(self) -> Iterator[Family]:
        up = GaugeMetricFamily("aiadmin_up", "Whether a dependency answered this scrape", labels=["dependency"])
        asked = (("redis", self._from_redis), ("queue", self._from_queue), ("postgresql", self._from_postgres))
        for name, families in asked:
            try:
                yield from list(families())
                up.add_metric([name], 1)
            except (RedisError, SQLAlchemyError):
                up.add_metric([name], 0)
        yield up

    def _from_redis(self) -> Iterator[Family]:
        yield from counted(_decoded(cast("dict[bytes, bytes]", self._redis.hgetall(keys.COUNTERS))))
        yield present(_decoded(cast("dict[bytes, bytes]", self._redis.hgetall(keys.GAUGES))), time.time())

    def _from_queue(self) -> Iterator[Family]:
        """Whether jobs can be queued: a Redis that is full, or a replica, still tells what it knows."""
        take_write(self._redis)
        depth = GaugeMetricFamily("aiadmin_queue_depth", "Jobs waiting in a queue", labels=["queue"])
        depth.add_metric([QueueName.JOBS], cast("int", self._redis.llen(f"rq:queue:{QueueName.JOBS}")))
        yield depth

    def _from_postgres(self) -> Iterator[Family]:
        grouped: dict[str, list[Reading]] = defaultdict(list)
        for reading in read(self._engine, self._now):
            grouped[reading.name].append(reading)
        for name, readings in grouped.items():
            family = GaugeMetricFamily(name, readings[0].help, labels=[label for label, _ in readings[0].labels])
            for reading in readings:
                family.add_metric([value for _, value in reading.labels], reading.value)
            yield family


def _decoded(raw: dict[bytes, bytes]) -> dict[str, str]:
    return {name.decode(errors="replace"): value.decode(errors="replace") for name, value in raw.items()}


def counted(fields: dict[str, str]) -> Iterator[Family]:
    """Counters and histograms out of the sums; what was never counted is 0, so that alerts see the first one.

    What is no number of a series is left out: one field must not cost all others.
    """
    series: dict[str, dict[tuple[tuple[str, str], ...], dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for known, (label, values) in KNOWN_LABELS.items():
        series[known].update({((label, value),): {} for value in values})
    for name, value in fields.items():
        with suppress(ValueError):
            metric, labels, part = parse_field(name)
            series[metric][tuple(sorted(labels.items()))][part] = float(value)
    for metric in Metric:
        if metric.endswith("_seconds"):
            yield _histogram(metric, series[metric])
        elif metric is not Metric.SOCKETS:
            yield _counter(metric, series[metric])


def _counter(metric: Metric, rows: dict[tuple[tuple[str, str], ...], dict[str, float]]) -> CounterMetricFamily:
    names = _label_names(rows)
    family = CounterMetricFamily(metric, _HELP[metric], labels=names)
    if not names:
        family.add_metric([], sum(parts.get("", 0) for parts in rows.values()))
        return family
    for labels, parts in rows.items():
        family.add_metric([value for _, value in labels], parts.get("", 0))
    return family


def _histogram(metric: Metric, rows: dict[tuple[tuple[str, str], ...], dict[str, float]]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(metric, _HELP[metric], labels=_label_names(rows))
    for labels, parts in rows.items():
        total, buckets = 0.0, []
        for bound in [*map(str, BUCKETS), "+Inf"]:
            total += parts.get(bound, 0)
            buckets.append((bound, total))
        family.add_metric([value for _, value in labels], buckets=buckets, sum_value=parts.get("sum", 0))
    return family


def _label_names(rows: Iterable[tuple[tuple[str, str], ...]]) -> list[str]:
    return [name for name, _ in next(iter(rows), ())]


def present(fields: dict[str, str], at: float) -> GaugeMetricFamily:
    """The gauge that processes report themselves: the sum over those that reported lately."""
    total = 0.0
    for name, value in fields.items():
        with suppress(ValueError):
            number, fresh_until = map(float, value.split())
            total += number if name.startswith(f"{Metric.SOCKETS}|") and fresh_until >= at else 0
    return GaugeMetricFamily(Metric.SOCKETS, _HELP[Metric.SOCKETS], value=total)
