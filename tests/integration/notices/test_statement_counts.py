"""What a look at due notices costs PostgreSQL: a salon's settings once, a person's facts once, little when idle."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.notices.dispatch import FEW
from tests.integration.notices.planning import Plans
from tests.integration.notices.test_calls import MINUTE
from tests.integration.notices.unhurried import clock, long_ago
from tests.support.salon import Salon

IDLE = 2
"""Statements of a look that finds nothing due."""
BATCH = 8
"""More, for the notices of a salon that are claimed together."""
NOTICE, REMINDER = 9, 12
"""More, for each notice of a booking, and for each reminder with its question."""
NEW_CLIENT = 3
"""More, for each client to whom nothing was written before."""
RETURNS = 4
"""More, for all dropped reminders of a salon that are looked at once more."""
LIST = 6
"""More, where the bookings of a day are read together, and one for each of them."""


def _most(count: int, each: int) -> int:
    return IDLE + BATCH + count * (each + NEW_CLIENT) + (LIST + count if count > FEW else 0)


@pytest.fixture
def plans(read_salon: Salon) -> Plans:
    return Plans(read_salon)


@contextmanager
def _statements(plans: Plans) -> Iterator[Counter[str]]:
    """What PostgreSQL is asked inside, by its table and verb."""
    asked: Counter[str] = Counter()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked[re.sub(r"\s+", " ", statement).strip()] += 1

    event.listen(plans.salon.box.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(plans.salon.box.engine, "before_cursor_execute", note)


def _people(count: int) -> list[dict[str, str]]:
    return [{"phone": f"7900555{number:04}", "name": "Вера"} for number in range(count)]


def test_a_look_that_finds_nothing_due_is_a_handful_of_statements(plans: Plans) -> None:
    with _statements(plans) as asked:
        assert plans.releaser.work() == 0
    assert asked.total() <= IDLE


@pytest.mark.parametrize("count", [1, 10])
def test_what_is_a_salons_is_read_once_for_all_of_its_notices(plans: Plans, count: int) -> None:
    for number, person in enumerate(_people(count)):
        plans.salon.book(hour=9 + number, days=3, client=person)
    assert plans.news() == count
    with _statements(plans) as asked:
        assert plans.releaser.work() == count
    for of_the_salon in ("companies.address", "companies.timezone", "clients.name"):
        [times] = [
            count
            for statement, count in asked.items()
            if f"SELECT {of_the_salon}" in statement or f", {of_the_salon}" in statement
        ]
        assert times == 1, of_the_salon
    assert asked.total() <= _most(count, NOTICE)


def _plan_reminders(plans: Plans, count: int) -> None:
    """Of so many clients who come tomorrow."""
    plans.set(day_at=clock(plans, -2 * MINUTE), reminder_hours=False)
    for number, person in enumerate(_people(count)):
        plans.salon.book(hour=9 + number, days=1, client=person)
    plans.read()
    long_ago(plans)
    plans.salon.world.execute("DELETE FROM records WHERE client_phone = :phone", phone=plans.salon.phone)
    plans.salon.world.execute("UPDATE booking_events SET handled_at = at")
    assert plans.planner.plan_reminders() == count


@pytest.mark.parametrize("count", [1, 10])
def test_a_reminder_reads_of_its_client_once(plans: Plans, count: int) -> None:
    _plan_reminders(plans, count)
    with _statements(plans) as asked:
        assert plans.releaser.work() == count
    assert asked.total() <= _most(count, REMINDER)


def test_reminders_that_were_dropped_are_looked_at_together(plans: Plans) -> None:
    """Each minute until their time is over: they may be sent once their clients want messages again."""
    _plan_reminders(plans, 10)
    with _statements(plans) as one_look:
        assert plans.planner.plan_reminders() == 0
    with plans.salon.world.uow() as work:
        for person in _people(10):
            whom = IdentityObservation(phone=person["phone"])
            contact_id = work.contacts.upsert(plans.salon.company_id, whom, plans.now())
            work.permissions.opt_out(plans.salon.company_id, contact_id, plans.now())
        work.commit()
    assert plans.releaser.work() == 0
    assert {reason for _, _, reason in plans.rows()} == {"opted_out"}
    with _statements(plans) as asked:
        assert plans.planner.plan_reminders() == 0
    assert asked.total() <= one_look.total() + RETURNS
    plans.salon.world.execute("UPDATE contacts SET opted_out_at = NULL")
    assert plans.planner.plan_reminders() == 10
