"""Counters of all processes in one Redis hash, `keys.COUNTERS`.

Every process adds up what it sees and sends the sums once a second, so counting costs no round trip and a Redis
outage loses nothing: sums wait. A flush whose answer was lost may count twice; that is the price of not losing.
"""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
import weakref
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.redis import keys
from aiadmin.domain.metrics import Metric
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 1.0
GAUGE_LIFE_SECONDS = 15
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds in seconds."""
_PARTS = (*map(str, BUCKETS), "+Inf")
MAX_SERIES = 5_000
"""Labels are few by design; this stops a mistake from eating memory while Redis is away."""


_Series = tuple[str, tuple[tuple[str, str], ...], str]
"""One number of one series, as a key that is cheap to make."""


def _series(metric: str, labels: dict[str, str], part: str = "") -> _Series:
    return metric, tuple(labels.items()), part


class RedisMetrics:
    """`ports.metrics.Metrics`. Works in greenlets, in threads and in forked children (which write at once)."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._process = uuid.uuid4().hex
        self._gauges: dict[str, float] = {}
        self.reset()
        os.register_at_fork(after_in_child=partial(_forked, weakref.ref(self)))

    def reset(self, *, in_child: bool = False) -> None:
        """Begin with empty sums."""
        # the parent's lock may be held, and its sums are the parent's to send
        self._lock = threading.Lock()
        self._sums: dict[_Series, float] = defaultdict(float)
        self._write_at_once = in_child
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def close(self) -> None:
        """Send what there is and stop sending."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(FLUSH_SECONDS * 2)
        self.flush()

    def count(self, metric: Metric, **labels: str) -> None:
        self._add([(_series(metric, labels), 1)])

    def observe(self, metric: Metric, seconds: float, **labels: str) -> None:
        bucket = _PARTS[bisect_left(BUCKETS, seconds)]
        self._add([(_series(metric, labels, bucket), 1), (_series(metric, labels, "sum"), seconds)])

    def gauge(self, metric: Metric, value: float) -> None:
        with self._lock:
            self._gauges[metric] = value
        self._start()

    def flush(self) -> None:
        """Send the sums now; what Redis does not take stays for the next time."""
        with self._lock:
            sums, self._sums = self._sums, defaultdict(float)
            gauges = dict(self._gauges)
        if not sums and not gauges:
            return
        try:
            self._send(sums, gauges)
        except RedisError as error:
            log.debug("metrics wait for Redis", error=reason_of(error))
            self._keep(sums.items())

    def _add(self, parts: Iterable[tuple[_Series, float]]) -> None:
        self._keep(parts)
        if self._write_at_once:
            self.flush()
        else:
            self._start()

    def _keep(self, parts: Iterable[tuple[_Series, float]]) -> None:
        with self._lock:
            for series, amount in parts:
                if series in self._sums or len(self._sums) < MAX_SERIES:
                    self._sums[series] += amount

    def _send(self, sums: dict[_Series, float], gauges: dict[str, float]) -> None:
        fresh_until = int(time.time()) + GAUGE_LIFE_SECONDS
        with self._redis.pipeline(transaction=True) as pipe:
            for (metric, labels, part), amount in sums.items():
                pipe.hincrbyfloat(keys.COUNTERS, field(metric, dict(labels), part), amount)
            for name, value in gauges.items():
                pipe.hset(keys.GAUGES, f"{name}|{self._process}", f"{value} {fresh_until}")
            # what a field cannot take is lost: sent again with all others, these would be counted twice
            refused = [each for each in pipe.execute(raise_on_error=False) if isinstance(each, RedisError)]
        if refused:
            log.debug("counters cannot be written", count=len(refused), error=reason_of(refused[0]))

    def _start(self) -> None:
        if self._thread is not None or self._write_at_once:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=_flush_forever, args=[weakref.ref(self), self._closed], daemon=True
                )
                self._thread.start()


def count_at_once(redis: Redis, metric: Metric, **labels: str) -> None:
    """Count one, now: for a process that counts so seldom that it needs no sums. Raises RedisError."""
    redis.hincrbyfloat(keys.COUNTERS, field(metric, labels), 1)


def _forked(reference: weakref.ref[RedisMetrics]) -> None:
    metrics = reference()
    if metrics is not None:
        metrics.reset(in_child=True)


def _flush_forever(reference: weakref.ref[RedisMetrics], closed: threading.Event) -> None:
    while not closed.wait(FLUSH_SECONDS):
        metrics = reference()
        if metrics is None:
            return
        try:
            metrics.flush()
        except Exception:
            # the top of a thread: counting goes on whatever happens
            log.exception("metrics flush failed")
        del metrics


def field(metric: str, labels: dict[str, str], part: str = "") -> str:
    """The field of the hash that holds one number of one series; `parse_field` takes it apart again."""
    return json.dumps([metric, labels, part], sort_keys=True, separators=(",", ":"))


def parse_field(name: str) -> tuple[str, dict[str, str], str]:
    """Metric, labels and part (`""`, an upper bound, or `sum`) of a field of the hash. Raises ValueError."""
    try:
        metric, labels, part = json.loads(name)
        return str(metric), {str(label): str(value) for label, value in labels.items()}, str(part)
    except (TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a field of a series") from error
