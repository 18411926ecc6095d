"""Weekly truth in short: minutes of chaos, and what we and clients believe is what YClients has."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aiadmin.config import Config
from aiadmin.storage.engine import make_engine
from tests.fakes.yclients.client import FakeYClients
from tests.integration.notices.chaos_day import ChaosDay, FastClock, FastContainer, FastWorld
from tests.support.salon import MOSCOW


@pytest.fixture
def day(settings: dict[str, Any], yclients: FakeYClients) -> Iterator[ChaosDay]:
    """Ten in the morning of tomorrow, by the salon's clock."""
    tomorrow = datetime.now(MOSCOW).date() + timedelta(days=1)
    morning = datetime.combine(tomorrow, datetime.min.time(), MOSCOW) + timedelta(hours=10)
    clock = FastClock(yclients, morning.astimezone(UTC))
    box = FastContainer(Config(**settings), clock)
    engine = make_engine(settings["database_url"])
    yield ChaosDay(box, FastWorld(engine, clock), yclients, clock, random.Random(7))  # noqa: S311 - no secret
    engine.dispose()
    box.close()
    yclients.clock()


def test_after_minutes_of_chaos_and_a_rest_nothing_differs(day: ChaosDay) -> None:
    differences = 0
    for _ in range(12):
        day.step(timedelta(seconds=20), edits=2)
        differences += day.compare()
    assert differences > 0, "what was lost or is on its way is seen"
    day.settle()
    assert day.compare() == 0
    assert day.did["released"] > 0, "clients were told"
