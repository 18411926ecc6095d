"""Slots of a company: in turn, given back to who waits, and kept by nobody who has given up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from aiadmin.domain.errors import SalonBusyError
from aiadmin.domain.ids import CompanyId
from aiadmin.web.http.company_slots import CompanySlots
from tests.conftest import WaitUntil

ONE, OTHER = CompanyId(1), CompanyId(2)


def test_a_slot_goes_to_those_who_wait_in_turn(wait_until: WaitUntil) -> None:
    slots, served = CompanySlots(4), []

    def work(name: str) -> None:
        slots.take(ONE, patience=30)
        served.append(name)

    slots.take(ONE)
    with ThreadPoolExecutor(3) as threads:
        for place, name in enumerate("abc", 1):
            threads.submit(work, name)
            wait_until(lambda place=place: len(slots._waiting[ONE]) == place, what="the next one waits")
        for place in range(1, 4):
            slots.give_back(ONE)
            wait_until(lambda place=place: len(served) == place, what="the next one has it")
    assert served == ["a", "b", "c"]
    assert len(slots) == 1
    slots.give_back(ONE)
    assert (len(slots), dict(slots._waiting)) == (0, {})


def test_who_gives_up_takes_nothing_from_others() -> None:
    slots = CompanySlots(4)
    slots.take(ONE)
    with pytest.raises(SalonBusyError):
        slots.take(ONE, patience=0.01)
    slots.take(OTHER)
    slots.give_back(ONE)
    slots.take(ONE, patience=0)
    assert len(slots) == 2
