"""How many rows the planning of reminders reads: a visit costs the same, however many others its salon has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from aiadmin.services.notices.planning import NoticePlanner
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.support.database import Databases
from tests.support.explained import Asked, asked_of, explained, rows_touched
from tests.support.many_salons import analyse, fill

SALONS, A_DAY = 4, 40
VISITS = SALONS * A_DAY
"""All of tomorrow's."""
MIDNIGHT = datetime(2026, 11, 29, 21, tzinfo=UTC)
EVE = MIDNIGHT + timedelta(hours=18)
"""18:00 in the salons, when the reminders of all of tomorrow's visits are due."""
MOST = 4
"""Rows of a visit that has its reminder: itself, twice, and the reminder; and of those that are over."""
MOST_AT_FIRST = 10
"""Of one that has none yet: also the bookings of its visit's number, and those of its salon's day once for all."""


@pytest.fixture(scope="module", params=[3, 20], ids=["few days", "many days"])
def filled(databases: Databases, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Salons with the bookings of so many days before today, and of three after."""
    with databases.lend() as url:
        engine = make_engine(url)
        fill(engine, 1, SALONS, midnight=MIDNIGHT, days=range(-request.param, 3), a_day=A_DAY)
        yield engine
        engine.dispose()


@pytest.fixture(params=[True, False], ids=["analysed", "grown since"])
def engine(filled: Engine, request: pytest.FixtureRequest) -> Engine:
    """Nothing is planned; what PostgreSQL believes of its tables is from before they grew, or from now."""
    with filled.begin() as connection:
        connection.execute(text("TRUNCATE notices"))
    if request.param:
        _plan(filled, EVE)
        analyse(filled)
    return filled


def test_a_visit_that_has_its_reminder_is_passed_by(engine: Engine) -> None:
    _plan(engine, EVE)
    planned, asked = _plan(engine, EVE + timedelta(minutes=1))
    assert planned == 0
    assert _touched(engine, asked) <= MOST * VISITS


def test_at_first_only_bookings_of_the_same_day_are_looked_at(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM notices"))
    planned, asked = _plan(engine, EVE)
    assert planned >= VISITS
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM notices"))
    assert _touched(engine, asked) <= MOST_AT_FIRST * VISITS


def _plan(engine: Engine, now: datetime) -> tuple[int, Asked]:
    """How many reminders were planned at `now`, and what was asked to find them."""
    planner = NoticePlanner(uow=lambda: UnitOfWork(engine), clock=lambda: now)
    with asked_of(engine) as asked:
        planned = planner.plan_reminders()
    [look] = [one for one in asked if "looked" in one[0]]
    return planned, look


def _touched(engine: Engine, asked: Asked) -> float:
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # tables of thousands of salons, as it were
        return rows_touched(explained(connection, asked))
