"""Busy time in the fake's journal: whatever is asked, in whatever order, nobody is in two places at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conversations.case_check import CaseCheck
from tests.conversations.reading import LAVANDA, read
from tests.conversations.salon_check import SalonCheck
from tests.conversations.words import as_list
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.salon import booking, conversation
from tests.fakes.yclients.salon.journal import Journal
from tests.fakes.yclients.salon.script import Spans, merged, without
from tests.fakes.yclients.salon.slots import busy, free, held, hours, is_free, length_of
from tests.fakes.yclients.salon.state import Numbers, Salon

FILE = read(LAVANDA)
ANNA, DAY = 1, datetime(2026, 3, 12)  # noqa: DTZ001 - the salon's own
NOW = datetime(2026, 3, 11, 9, 10, tzinfo=UTC)
SERVICES = st.sampled_from([[101], [103], [104]])
QUARTERS = st.integers(0, 12 * 4).map(lambda place: DAY + timedelta(hours=8, minutes=15 * place))
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("online"), QUARTERS, SERVICES),
        st.tuples(st.just("journal"), QUARTERS, SERVICES),
        st.tuples(st.just("move"), QUARTERS, st.integers(0, 9)),
        st.tuples(st.just("delete"), QUARTERS, st.integers(0, 9)),
    ),
    max_size=12,
)


def _salon() -> Salon:
    salon = Salon(1, lambda: NOW, Numbers())
    conversation.load(salon, FILE, {"gaps": {ANNA: {"2026-03-12": ["11:00-11:30"]}}})
    return salon


def _minutes(spans: Spans) -> set[datetime]:
    return {
        start + timedelta(minutes=one) for start, end in spans for one in range((end - start) // timedelta(minutes=1))
    }


@given(DEEDS)
def test_no_deed_puts_two_visits_at_one_time_or_one_outside_of_open_time(
    deeds: list[tuple[str, datetime, Any]],
) -> None:
    salon = _salon()
    journal, made = Journal(salon, lambda _change: None, by_api=True), []
    for deed, at, what in deeds:
        with suppress(RefusedError):
            if deed == "online":
                (wish,) = booking.check(salon, [{"services": what, "staff_id": ANNA, "datetime": at.isoformat()}])
                assert at in free(salon, ANNA, at.date(), what), "online booking takes nothing that it does not offer"
                fields = {"staff_id": ANNA, "services": what, "datetime": at.isoformat(), "client": None}
                made.append(journal.book(fields | {"seance_length": wish.seconds}, online=True))
            elif deed == "journal":
                seconds = length_of(salon, ANNA, what)
                fields = {"staff_id": ANNA, "services": what, "datetime": at.isoformat(), "client": None}
                made.append(journal.book(fields | {"seance_length": seconds}))
            elif made and deed == "move":
                journal.amend(made[what % len(made)], {"datetime": at.isoformat()})
            elif made:
                journal.delete(made[what % len(made)])
        taken = [(start, end) for _, start, end in busy(salon, ANNA, DAY.date())]
        assert len(_minutes(taken)) == sum(len(_minutes([span])) for span in taken), "two at once"
        assert without(taken, list(hours(salon, ANNA, DAY.date()))) == []
        assert not _minutes(taken) & _minutes(held(salon, ANNA, DAY.date()))


@given(DEEDS)
def test_every_start_that_is_offered_can_be_booked_and_is_then_gone(deeds: list[tuple[str, datetime, Any]]) -> None:
    salon = _salon()
    journal = Journal(salon, lambda _change: None, by_api=True)
    for deed, at, what in deeds:
        if deed != "online" or at not in free(salon, ANNA, at.date(), what):
            continue
        (wish,) = booking.check(salon, [{"services": what, "staff_id": ANNA, "datetime": at.isoformat()}])
        fields = {"staff_id": ANNA, "services": what, "datetime": at.isoformat(), "client": None}
        record = journal.book(fields | {"seance_length": wish.seconds}, online=True)
        assert at not in free(salon, ANNA, at.date(), what)
        assert is_free(salon, ANNA, at, wish.seconds, but=record.id), "its own time is no obstacle to its own move"


@given(QUARTERS, QUARTERS, SERVICES)
def test_a_move_needs_what_a_booking_needs_or_the_visits_own_time(
    at: datetime, to: datetime, what: list[int]
) -> None:
    salon = _salon()
    journal, seconds = Journal(salon, lambda _change: None), length_of(salon, ANNA, what)
    fields = {
        "staff_id": ANNA,
        "services": what,
        "datetime": at.isoformat(),
        "seance_length": seconds,
        "client": None,
    }
    before = is_free(salon, ANNA, to, seconds)
    record = journal.book(fields | {"save_if_busy": True})
    if without([(at, at + timedelta(seconds=seconds))], list(hours(salon, ANNA, at.date()))):
        return
    may = is_free(salon, ANNA, to, seconds, but=record.id)
    overlaps = abs(to - at) < timedelta(seconds=seconds)
    assert may or not before
    assert before or overlaps or not may


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))),
)
def test_time_is_reckoned_as_sets_of_minutes_are(some: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    spans, taken = (
        [(DAY + timedelta(minutes=min(one)), DAY + timedelta(minutes=max(one))) for one in each if one[0] != one[1]]
        for each in (some, other)
    )
    assert _minutes(merged(spans)) == _minutes(spans)
    assert _minutes(without(spans, taken)) == _minutes(spans) - _minutes(taken)


OFFERS = [
    (case, {"op": offer["op"], **part}, at)
    for case in FILE["conversations"]
    for turn in case["turns"]
    for offer in [turn["expect"].get("offer", {"op": "cancel"})]
    for part in offer.get("parts", [offer])
    for at in as_list(part.get("at", []))
    if offer["op"] in ("book", "move") and {"services", "staff"} & set(part)
]


@pytest.mark.parametrize(
    ("case", "offer", "at"), OFFERS, ids=[f"{case['id']}-{number}" for number, (case, _, _) in enumerate(OFFERS)]
)
def test_what_a_conversation_expects_to_be_offered_is_possible_here(case: Any, offer: Any, at: str) -> None:
    now = conversation.now_of(FILE, case)
    salon = Salon(1, lambda: now.astimezone(UTC), Numbers())
    conversation.load(salon, FILE, case)
    own = salon.records.get(offer.get("record", 0))
    services = salon.expanded(offer.get("services") or [sold.service_id for sold in own.services if own])  # type: ignore[union-attr]
    people, when = as_list(offer.get("staff") or (own and own.staff_id)), datetime.fromisoformat(at)
    listed = [who for who in people if when in free(salon, who, when.date(), services)]
    movable = [
        who for who in people if own and is_free(salon, who, when, length_of(salon, who, services), but=own.id)
    ]
    assert listed or movable
    for who in listed:
        (wish,) = booking.check(salon, [{"services": services, "staff_id": who, "datetime": at}])
        assert wish.at == when


@pytest.mark.parametrize("own", [None, "10:00", "11:30", "13:00", "16:00"])
@pytest.mark.parametrize("has_gap", [False, True])
def test_the_checker_of_files_and_the_fake_agree_on_every_move(own: str | None, has_gap: bool) -> None:
    """Two reckonings of one rule, written apart from each other, over every quarter of a day."""
    visits = [] if own is None else [{"record": 9001, "services": [101], "staff": ANNA, "at": f"2026-03-12T{own}"}]
    gaps = {ANNA: {"2026-03-12": ["11:00-11:30"]}} if has_gap else {}
    case = {"id": "own", "client": "M", "visits": visits, "gaps": gaps, "turns": []}
    salon = Salon(1, lambda: NOW, Numbers())
    conversation.load(salon, FILE, case)
    checker = CaseCheck(SalonCheck(FILE), case)
    for at, service in product((DAY + timedelta(minutes=15 * place) for place in range(36, 76)), (101, 103)):
        said = checker.possible([service], ANNA, at, visits[0] if visits else None)
        assert said == _may_be_offered(salon, service, at), (at, service)


def _may_be_offered(salon: Salon, service: int, at: datetime) -> bool:
    """A new visit stands in the starts; a moved one is free, and there or over its own time."""
    own, seconds = salon.records.get(9001), length_of(salon, ANNA, [service])
    if own is None:
        return at in free(salon, ANNA, at.date(), [service])
    overlaps = own.date < at + timedelta(seconds=seconds) and at < own.date + timedelta(seconds=own.seance_length)
    is_listed = f"{at:%H:%M}" in FILE["starts"][ANNA][str(service)]["2026-03-12"]
    return is_free(salon, ANNA, at, seconds, but=9001) and (is_listed or overlaps)
