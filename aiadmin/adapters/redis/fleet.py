"""What session hosts tell one another through Redis: their breakers, and a hold of the whole fleet.

Nothing depends on it: without Redis each host goes by its own breaker.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.redis import keys, lua
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.circuit_breaker import HOLD, REFUSAL_WINDOW, REFUSALS, BreakerState, FleetView, PeerReport
from aiadmin.domain.ids import DeviceId
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

REPORT_SECONDS = 10
"""A host that is silent for longer is dead."""


class RedisFleet:
    """`ports.fleet.Fleet`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._exchange = redis.register_script(lua.source("exchange_reports"))

    def exchange(self, report: PeerReport, refused: Iterable[DeviceId] = ()) -> FleetView:
        seconds = (REPORT_SECONDS, int(REFUSAL_WINDOW.total_seconds()), REFUSALS, int(HOLD.total_seconds()))
        arguments: list[str | int] = [
            report.host_id,
            _written(report),
            *seconds,
            *(str(device) for device in refused),
        ]
        try:
            hold, others = cast(
                "tuple[int, Sequence[bytes]]",
                self._exchange(keys=[keys.FLEET_REPORTS, keys.FLEET_HOLD, keys.FLEET_REFUSALS], args=arguments),
            )
        except RedisError as error:
            raise DependencyDownError("Redis", reason_of(error)) from error
        return FleetView(
            others=tuple(each for text in others if (each := _read(text)) is not None),
            hold=timedelta(milliseconds=hold) if hold > 0 else None,
            is_known=True,
        )

    def leave(self, host_id: str) -> None:
        try:
            self._redis.hdel(keys.FLEET_REPORTS, host_id)
        except RedisError as error:
            raise DependencyDownError("Redis", reason_of(error)) from error


def _written(report: PeerReport) -> str:
    since = report.since.timestamp() if report.since else None
    return json.dumps({"id": report.host_id, "state": report.state, "since": since})


def _read(text: bytes) -> PeerReport | None:
    """None where it is no report: one that cannot be read must not keep a host from those that can."""
    try:
        fields = json.loads(text)
        since = fields["since"]
        return PeerReport(
            host_id=str(fields["id"]),
            state=BreakerState(fields["state"]),
            since=datetime.fromtimestamp(since, UTC) if since is not None else None,
        )
    except (ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError) as error:
        log.warning("a host's report cannot be read", error=type(error).__name__)
        return None
