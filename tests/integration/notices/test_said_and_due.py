"""What is under way, or has just been said, is not said again; what stands at the same time is not said to be off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aiadmin.domain.message import Fate, Hold, SendResult
from aiadmin.services import messages
from aiadmin.services.salon_wording import SalonWording
from tests.integration.notices.conftest import MOSCOW, Salon
from tests.integration.notices.planning import HOUR
from tests.integration.notices.test_calls import MINUTE, Desk


@pytest.fixture
def desk(salon: Salon) -> Desk:
    """Nothing waits for the bucket, and the client has no other booking than a test makes."""
    made = Desk(salon)
    made.releaser = replace(made.releaser, wording=lambda work: SalonWording(work=work, is_paced=True))
    made.salon.yclients.delete_record(made.salon.salon_id, made.salon.booking["id"])
    made.news()
    made.salon.world.execute("DELETE FROM notices")
    return made


def _clock(desk: Desk, by: timedelta) -> str:
    return f"{(desk.now() + by).astimezone(MOSCOW):%H:%M}"


def _quiet(desk: Desk, begins: timedelta, ends: timedelta) -> None:
    desk.set(quiet_from=_clock(desk, begins), quiet_to=_clock(desk, ends), reminder_day=False)


def _long_ago(desk: Desk) -> None:
    """As far as we know every booking was made days ago, and everything said so."""
    desk.salon.world.execute("UPDATE records SET created_at = created_at - interval '5 days'")
    desk.salon.world.execute("UPDATE notices SET created_at = created_at - interval '5 days'")


def _due(desk: Desk, later: timedelta | None = None) -> list[str]:
    """What reminds, or waits, is planned and leaves by now; its texts."""
    if later is not None:
        desk.later = later
    desk.planner.remind()
    desk.salon.world.execute("UPDATE notices SET claimed_until = NULL WHERE reason IS DISTINCT FROM 'quiet_hours'")
    texts: list[str] = []
    hold = Hold(device_id=desk.salon.device.device_id, epoch=desk.salon.device.epoch)
    for _ in range(3):
        desk.releaser.work()
        for one in messages.pull([hold], idle=[hold], uow=desk.salon.world.uow, clock=desk.now):
            texts.append(one.text)
            result = SendResult(fate=Fate.SENT, message_id=f"M{one.outbox_message_id}", sent_at=desk.now())
            messages.settle(one, result, uow=desk.salon.world.uow, clock=desk.now, chance=0.0)
    return texts


@pytest.mark.parametrize("attendance", [0, 1, 2])
def test_a_visit_that_has_begun_is_not_reminded_of(desk: Desk, attendance: int) -> None:
    """ "See you soon" came to a client in the chair: two hours before her second booking."""
    first = desk.known(2 * HOUR)
    desk.known(5 * HOUR, visit_id=first["visit_id"])
    _long_ago(desk)
    desk.set(hours_before=2, reminder_day=False)
    _quiet(desk, -HOUR, 3 * HOUR / 2)
    desk.edit(first, attendance=attendance)
    desk.read()
    assert _due(desk, 3 * HOUR + MINUTE) == []


def test_a_visit_whose_first_booking_did_not_happen_is_reminded_of(desk: Desk) -> None:
    first = desk.known(2 * HOUR)
    desk.known(5 * HOUR, visit_id=first["visit_id"])
    _long_ago(desk)
    desk.set(hours_before=2)
    _quiet(desk, -HOUR, 3 * HOUR / 2)
    desk.edit(first, attendance=-1)
    desk.read()
    [text] = _due(desk, 3 * HOUR + MINUTE)
    assert "Скоро увидимся" in text


def test_who_came_early_is_not_reminded(desk: Desk) -> None:
    first = desk.known(3 * HOUR)
    desk.known(4 * HOUR, visit_id=first["visit_id"])
    _long_ago(desk)
    desk.set(hours_before=2, reminder_day=False)
    desk.edit(first, attendance=1)
    desk.read()
    assert _due(desk, 2 * HOUR + MINUTE) == []
