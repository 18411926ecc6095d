"""Booking over HTTP: what is offered, what is changed, and what is known when the answer is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as at_clock
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from structlog.testing import capture_logs

from aiadmin.adapters.yclients.booking_api import YClientsBooking
from aiadmin.adapters.yclients.http import Timeouts
from aiadmin.container import Container
from aiadmin.domain.ids import SalonId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.journal.online_booking import (
    Appointment,
    Move,
    NewBooking,
    PricedService,
    Start,
    is_moved,
    read_back,
)
from aiadmin.domain.yclients.error import ForbiddenError, UnreadableError, YClientsDownError
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, Unknown, WriteOutcome
from aiadmin.services.ports.booking import BookingApi
from tests.conversations.reading import LAVANDA, read
from tests.fakes.yclients.client import FakeYClients
from tests.support.yclients_calls import SALON, NewContainer

SALON_ID = SalonId(SALON)
FILE = read(LAVANDA)
MOSCOW = {"zone": "Europe/Moscow", "country": "RU"}
ANNA, ELENA, IRINA, YULIA, OLGA = 1, 2, 4, 5, 6
MARIA, PHONE = 501, "79000000101"
THURSDAY = date(2026, 3, 12)


@pytest.fixture
def lavanda(yclients: FakeYClients) -> FakeYClients:
    """The salon of the conversations, where Maria has a visit on Thursday at ten."""
    _played(yclients)
    return yclients


def _played(yclients: FakeYClients, **case: Any) -> None:
    visit = {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00"}
    case = {"id": "own", "client": "M", "visits": [visit], **case}
    yclients.conversation(SALON, FILE | {"conversations": [case]}, "own")


@pytest.fixture
def box(new_container: NewContainer, lavanda: FakeYClients) -> Container:
    return new_container()


@pytest.fixture
def api(box: Container) -> BookingApi:
    return box.booking_api


def _start(api: BookingApi, *services: int, staff_id: int, clock: str, day: date = THURSDAY) -> Start:
    starts = api.starts(SALON_ID, services=services, day=day, staff_id=staff_id)
    return next(start for start in starts if f"{start.wall_clock:%H:%M}" == clock)


def _booking(api: BookingApi, clock: str = "15:00", **more: Any) -> NewBooking:
    start = _start(api, 201, staff_id=IRINA, clock=clock)
    visit = Appointment(staff_id=IRINA, service_ids=(201,), wall_clock=start.wall_clock, token=start.token)
    return NewBooking(**{"api_id": "ours-1", "appointment": visit, "phone": PHONE, "name": "Мария", **more})


def _record(api: BookingApi) -> Record:
    (record,) = api.of_client(SALON_ID, MARIA, first=date(2026, 3, 11), **MOSCOW)
    return record


def _clocks(starts: Any) -> list[str]:
    return [f"{start.wall_clock:%d %H:%M}" for start in starts]


def test_services_are_offered_with_their_parts_and_what_they_ask_for(api: BookingApi) -> None:
    offered = {service.service_id: service for service in api.services(SALON_ID)}
    assert offered[303].parts == (301, 302)
    assert (offered[105].price_min, offered[105].price_max) == (Decimal(4500), Decimal(9000))
    assert (offered[106].is_prepaid, offered[402].is_group, offered[101].length) == (True, True, None)
    assert 401 not in offered
    with_elena = {service.service_id: service.length for service in api.services(SALON_ID, staff_id=ELENA)}
    assert with_elena[101] == timedelta(hours=1)
    assert [one.service_id for one in api.services(SALON_ID, staff_id=IRINA, beside=[203])] == [201]
    at_two = api.services(SALON_ID, staff_id=ELENA, at=datetime(2026, 3, 12, 14, 0))  # noqa: DTZ001 - the salon's
    assert [one.service_id for one in at_two] == [101]


def test_prices_and_lengths_are_the_masters_own(box: Container, lavanda: FakeYClients) -> None:
    lavanda.edit("service", SALON, service_id=101, terms={ELENA: {"price": 2500, "length": 7800}})
    services = {service.service_id: service for service in box.salon_api.services(SALON_ID)}
    haircut = services[101]
    assert haircut.price_with(ELENA) == (Decimal(2500), Decimal(2500))
    assert haircut.price_with(ANNA) == (Decimal(2000), Decimal(2000))
    assert (haircut.length_with(ELENA), haircut.length_with(ANNA)) == (timedelta(seconds=7800), timedelta(hours=1))
    assert {terms.staff_id for terms in haircut.masters} == {ANNA, ELENA}
    assert services[106].price_with(ELENA) == (Decimal(12000), None), "from 12,000, without an end"
    assert (services[106].is_prepaid, services[402].is_group, services[303].parts) == (True, True, (301, 302))
    assert (services[104].earliest, services[104].latest, haircut.latest) == (None, at_clock(13, 0), None)
    assert services[401].is_online is False
    assert services[104].comment == "пн-чт, начало до 13:00"


def test_who_is_free_at_a_time_is_asked_with_the_time(api: BookingApi) -> None:
    at = datetime(2026, 3, 12, 18, 30)  # noqa: DTZ001 - the salon's own
    bookable = [one.name for one in api.staff(SALON_ID, services=[101], at=at) if one.is_bookable]
    assert bookable == ["Елена"]
    assert {one.name for one in api.staff(SALON_ID)} >= {"Лист ожидания", "Администратор"}


@pytest.mark.parametrize("unix", [False, True])
def test_days_and_times_are_the_salons_own_however_they_are_spelt(
    api: BookingApi, lavanda: FakeYClients, unix: bool
) -> None:
    lavanda.settings(booking_times_are_unix=unix)
    asked = {"services": [101], "zone": MOSCOW["zone"]}
    days = api.days(SALON_ID, first=THURSDAY, last=date(2026, 3, 16), staff_id=ANNA, **asked)
    assert days == [THURSDAY, date(2026, 3, 14)]
    starts = api.starts(SALON_ID, services=[101], day=THURSDAY, staff_id=ANNA)
    assert _clocks(starts) == ["12 11:30", "12 16:00", "12 17:00"]
    assert {start.length for start in starts} == {timedelta(hours=1)}
    nearest = api.nearest(SALON_ID, services=[101], staff_id=ELENA, zone=MOSCOW["zone"])
    assert _clocks(nearest) == ["11 18:00", "11 19:30"]
    visit = Appointment(staff_id=ANNA, service_ids=(101,), wall_clock=starts[0].wall_clock, token=starts[0].token)
    if not unix:
        assert api.check(SALON_ID, [visit]) == Saved()


def test_nothing_free_is_an_answer_and_a_question_without_services_is_none(api: BookingApi) -> None:
    assert api.starts(SALON_ID, services=[101], day=date(2026, 3, 13), staff_id=ANNA) == []
    nothing = api.nearest(SALON_ID, services=[102], staff_id=ANNA, zone=MOSCOW["zone"])
    assert nothing == []
    with pytest.raises(ValueError, match="services"):
        api.starts(SALON_ID, services=[], day=THURSDAY)


@pytest.mark.parametrize(
    "body",
    [
        {"success": True, "data": None},
        {"success": True, "data": {}},
        {"success": True, "data": [{"time": "10:00"}]},
        {"success": True, "data": [{"datetime": "2026-03-12T10:00:00+03:00", "seance_length": 3600}]},
    ],
)
def test_an_answer_that_cannot_be_read_is_neither_free_nor_busy(
    api: BookingApi, lavanda: FakeYClients, body: dict[str, Any]
) -> None:
    lavanda.fault("/api/v1/book_times/*", status=200, body=json.dumps(body))
    with pytest.raises(UnreadableError):
        api.starts(SALON_ID, services=[101], day=THURSDAY, staff_id=ANNA)


def test_a_failed_success_is_no_answer_either(api: BookingApi, lavanda: FakeYClients) -> None:
    rows = [{"time": "10:00", "datetime": "2026-03-12T10:00:00+03:00", "seance_length": 3600}]
    lavanda.fault("/api/v1/book_times/*", status=200, body=json.dumps({"success": False, "data": rows}))
    with pytest.raises(Exception, match="YClients"):
        api.starts(SALON_ID, services=[101], day=THURSDAY, staff_id=ANNA)


def test_the_rules_of_a_salon(api: BookingApi, lavanda: FakeYClients) -> None:
    rules = api.rules(SALON_ID)
    assert (rules.lead, rules.needs_code, rules.any_master) == (timedelta(hours=1), False, True)
    assert (rules.move.ban, rules.cancel.ban, rules.move.is_allowed) == (timedelta(hours=3), timedelta(hours=3), True)
    lavanda.change_salon(SALON, facts={"phone_confirmation": True, "allow_delete_record": False})
    rules = api.rules(SALON_ID)
    assert (rules.needs_code, rules.cancel.is_allowed, rules.move.is_allowed) == (True, False, True)


def test_group_events_have_places(api: BookingApi) -> None:
    (event,) = api.events(SALON_ID, services=[402])
    assert (event.places, f"{event.wall_clock:%d %H:%M}") == (2, "14 17:00")
    assert api.events(SALON_ID, services=[101]) == []


def test_a_masters_day_shows_what_is_taken_and_by_which_record(api: BookingApi) -> None:
    day = api.day(SALON_ID, day=THURSDAY, staff_id=ANNA)
    assert day is not None
    assert [(f"{first:%H}", f"{last:%H}") for first, last in day.hours] == [("10", "18")]
    taken = {(f"{span.first:%H:%M}", f"{span.last:%H:%M}"): span.record_id for span in day.busy}
    assert taken == {("10:00", "11:00"): 9001, ("11:00", "11:30"): None, ("12:30", "16:00"): None}
    away = api.day(SALON_ID, day=THURSDAY, staff_id=OLGA)
    assert away is not None
    assert away.hours == ()
    assert api.day(SALON_ID, day=THURSDAY, staff_id=90) is None


def test_a_visit_is_booked_and_found_by_our_own_id(api: BookingApi, lavanda: FakeYClients) -> None:
    booking = _booking(api, comment="Записал виртуальный администратор")
    assert api.check(SALON_ID, [booking.appointment]) == Saved()
    outcome = api.book(SALON_ID, booking)
    assert isinstance(outcome, Saved)
    assert outcome.records[0].record_hash
    found = api.on_day(SALON_ID, staff_id=IRINA, day=THURSDAY, **MOSCOW)
    again = read_back(booking.api_id, booking.appointment, found)
    assert isinstance(again, Saved)
    assert [one.record_id for one in again.records] == [outcome.records[0].record_id]
    (write,) = lavanda.writes(SALON)
    assert (write["op"], write["services"], write["at"]) == ("create", [201], "2026-03-12T15:00")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phone": "12"}, Refusal.BAD_PHONE),
        ({"name": " "}, Refusal.NO_NAME),
    ],
)
def test_what_a_client_may_not_be_is_refused(api: BookingApi, change: dict[str, str], reason: Refusal) -> None:
    assert api.book(SALON_ID, _booking(api, **change)) == Refused(reason)


def test_a_blacklisted_phone_a_wrong_code_and_a_closed_salon_are_refused(
    api: BookingApi, lavanda: FakeYClients
) -> None:
    booking = _booking(api)
    lavanda.edit("client", SALON, client_id=MARIA, is_blacklisted=True)
    assert api.book(SALON_ID, booking) == Refused(Refusal.BLACKLISTED)
    lavanda.edit("client", SALON, client_id=MARIA, is_blacklisted=False)
    lavanda.change_salon(SALON, facts={"phone_confirmation": True})
    assert api.book(SALON_ID, booking) == Refused(Refusal.WRONG_CODE)
    lavanda.edit("service", SALON, service_id=201, active=False)
    assert api.check(SALON_ID, [booking.appointment]) == Refused(Refusal.NO_SERVICE)


def test_a_composite_service_itself_is_refused_and_its_parts_are_booked(
    api: BookingApi, lavanda: FakeYClients
) -> None:
    start = _start(api, 301, 302, staff_id=YULIA, clock="13:30", day=date(2026, 3, 14))
    visit = {"staff_id": YULIA, "wall_clock": start.wall_clock, "token": start.token}
    whole = Appointment(service_ids=(303,), **visit)
    assert api.check(SALON_ID, [whole]) == Refused(Refusal.NO_SERVICE)
    parts = NewBooking(
        api_id="a", appointment=Appointment(service_ids=(301, 302), **visit), phone=PHONE, name="Мария"
    )
    assert isinstance(api.book(SALON_ID, parts), Saved)
    assert lavanda.writes(SALON)[0]["services"] == [301, 302]


def test_somebody_may_be_quicker_between_the_check_and_the_booking(api: BookingApi, lavanda: FakeYClients) -> None:
    booking = _booking(api)
    lavanda.change_salon(SALON, races=1)
    assert api.check(SALON_ID, [booking.appointment]) == Saved()
    assert api.book(SALON_ID, booking) == Refused(Refusal.BUSY)


def test_where_a_code_is_wanted_a_visit_is_entered_as_the_desk_does(api: BookingApi, lavanda: FakeYClients) -> None:
    lavanda.change_salon(SALON, facts={"phone_confirmation": True})
    lavanda.edit("client", SALON, client_id=MARIA, surname="Иванова")
    start = _start(api, 201, staff_id=IRINA, clock="15:00")
    outcome = api.enter(SALON_ID, _booking(api, client_id=MARIA), start=start)
    assert isinstance(outcome, Saved)
    (write,) = lavanda.writes(SALON)
    assert write["client"] == {"name": "Мария", "surname": "Иванова"}, "the card's name stays whole"
    assert api.enter(SALON_ID, _same(start), start=start) == Refused(Refusal.BUSY)
    lavanda.settings(booked_is_a_list=True)
    other = _start(api, 201, staff_id=IRINA, clock="10:00")
    assert isinstance(api.enter(SALON_ID, _same(other), start=other), Saved)


def _same(start: Start) -> NewBooking:
    visit = Appointment(staff_id=IRINA, service_ids=(201,), wall_clock=start.wall_clock, token=start.token)
    return NewBooking(api_id="b", appointment=visit, phone="79000000102", name="Нина")


def test_a_visit_moves_over_its_own_time_and_all_else_of_it_stays(api: BookingApi, lavanda: FakeYClients) -> None:
    _played(lavanda, gaps={ANNA: {"2026-03-12": ["11:00-11:30"]}})
    lavanda.edit_record(SALON, 9001, comment="у окна", attendance=2, api_id="x", custom_color="f00")
    lavanda.edit("client", SALON, client_id=MARIA, surname="Иванова")
    move = Move(wall_clock=datetime(2026, 3, 12, 10, 30))  # noqa: DTZ001 - the salon's own
    assert isinstance(api.move(SALON_ID, _record(api), move), Saved)
    moved = _record(api)
    assert is_moved(moved, move)
    assert (moved.comment, moved.raw["attendance"], moved.raw["custom_color"]) == ("у окна", 2, "f00")
    assert (moved.api_id, moved.services[0].cost, moved.length) == ("x", Decimal(2000), timedelta(hours=1))
    assert (moved.client_id, moved.raw["client"]["surname"]) == (MARIA, "Иванова")
    assert [write["op"] for write in lavanda.writes(SALON)] == ["move"]


def test_a_visit_moves_to_another_master_at_that_masters_price(api: BookingApi, lavanda: FakeYClients) -> None:
    move = Move(
        wall_clock=datetime(2026, 3, 13, 13, 0),  # noqa: DTZ001 - the salon's own
        staff_id=ELENA,
        services=(PricedService(service_id=101, cost=Decimal(2500)),),
    )
    assert isinstance(api.move(SALON_ID, _record(api), move), Saved)
    moved = _record(api)
    assert is_moved(moved, move)
    assert moved.services[0].cost == Decimal(2500)


def test_a_move_to_a_taken_time_changes_nothing(api: BookingApi, lavanda: FakeYClients) -> None:
    record, there = _record(api), datetime(2026, 3, 12, 13, 0)  # noqa: DTZ001 - the salon's own
    assert api.move(SALON_ID, record, Move(wall_clock=there)) == Refused(Refusal.BUSY)
    assert _record(api).wall_clock == record.wall_clock
    with pytest.raises(ValueError, match="9001"):
        api.move(SALON_ID, record.anonymous(), Move(wall_clock=there))


def test_a_cancelled_visit_is_deleted_and_no_no_show(api: BookingApi, lavanda: FakeYClients) -> None:
    assert api.cancel(SALON_ID, 9001) == Saved()
    (row,) = (one for one in lavanda.state(SALON)["records"] if one["id"] == 9001)
    assert (row["deleted"], row["attendance"]) == (True, 0)
    assert api.cancel(SALON_ID, 9001) == Refused(Refusal.NOT_FOUND)
    assert api.of_client(SALON_ID, MARIA, first=THURSDAY, **MOSCOW) == []


def test_another_clients_records_are_never_among_a_clients_own(api: BookingApi, lavanda: FakeYClients) -> None:
    other = {"record": 9002, "services": [101], "staff": ANNA, "at": "2026-03-12T11:30", "client": "W"}
    own = {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00"}
    _played(lavanda, visits=[own, other])
    assert [one.record_id for one in api.of_client(SALON_ID, MARIA, first=THURSDAY, **MOSCOW)] == [9001]
    coming = [row for row in lavanda.state(SALON)["records"] if row["attendance"] == 0]
    assert {row["id"] for row in coming} == {9001, 9002}
    lavanda.fault(f"/api/v1/records/{SALON}", status=200, body=json.dumps({"success": True, "data": coming}))
    asked = api.of_client(SALON_ID, MARIA, first=THURSDAY, **MOSCOW)
    assert [one.record_id for one in asked] == [9001], "also where YClients does not look at the filter"


def test_the_cards_of_a_phone_are_those_with_the_whole_number(api: BookingApi, lavanda: FakeYClients) -> None:
    assert api.cards(SALON_ID, PHONE) == [MARIA]
    assert api.cards(SALON_ID, PHONE[:-2]) == []


Write = Callable[[BookingApi], WriteOutcome]
LATER = datetime(2026, 3, 12, 16, 0)  # noqa: DTZ001 - the salon's own
WRITES: dict[str, tuple[str, Write]] = {
    "check": ("book_check", lambda api: api.check(SALON_ID, [_booking(api).appointment])),
    "book": ("create", lambda api: api.book(SALON_ID, _booking(api))),
    "enter": (
        "create",
        lambda api: api.enter(SALON_ID, _booking(api), start=_start(api, 201, staff_id=IRINA, clock="15:00")),
    ),
    "move": ("move", lambda api: api.move(SALON_ID, _record(api), Move(wall_clock=LATER))),
    "cancel": ("cancel", lambda api: api.cancel(SALON_ID, 9001)),
}
READS: dict[str, tuple[str, Callable[[BookingApi], Any]]] = {
    "services": ("book_services", lambda api: api.services(SALON_ID)),
    "staff": ("book_staff", lambda api: api.staff(SALON_ID)),
    "days": (
        "book_dates",
        lambda api: api.days(SALON_ID, services=[101], first=THURSDAY, last=THURSDAY, zone=MOSCOW["zone"]),
    ),
    "starts": ("book_times", lambda api: api.starts(SALON_ID, services=[101], day=THURSDAY)),
    "nearest": (
        "book_staff_seances",
        lambda api: api.nearest(SALON_ID, services=[101], staff_id=ANNA, zone=MOSCOW["zone"]),
    ),
    "events": ("activity", lambda api: api.events(SALON_ID)),
    "rules": ("company", lambda api: api.rules(SALON_ID)),
    "day": ("schedule", lambda api: api.day(SALON_ID, day=THURSDAY, staff_id=ANNA)),
    "of_client": ("records", lambda api: api.of_client(SALON_ID, MARIA, first=THURSDAY, **MOSCOW)),
    "on_day": ("records", lambda api: api.on_day(SALON_ID, staff_id=ANNA, day=THURSDAY, **MOSCOW)),
    "cards": ("clients", lambda api: api.cards(SALON_ID, PHONE)),
}


def _calls(lavanda: FakeYClients, before: int) -> list[dict[str, Any]]:
    return lavanda.requests()[before:]


FAULTS: dict[str | int, WriteOutcome] = {
    "timeout_unsaved": Unknown(),
    "down": Unknown(),
    500: Unknown(),
    503: Unknown(),
    302: Unknown(),
    401: Refused(Refusal.FORBIDDEN),
    403: Refused(Refusal.FORBIDDEN),
    404: Refused(Refusal.NOT_FOUND),
    422: Refused(Refusal.INVALID),
    429: Refused(Refusal.NOT_NOW),
    431: Refused(Refusal.BAD_PHONE),
    432: Refused(Refusal.WRONG_CODE),
    433: Refused(Refusal.BUSY),
    434: Refused(Refusal.BLACKLISTED),
    435: Refused(Refusal.NO_NAME),
    436: Refused(Refusal.NO_STAFF),
    437: Refused(Refusal.OVERLAP),
    438: Refused(Refusal.NO_SERVICE),
}
"""Of which none changes the journal: one may come after the other."""


def _changes(lavanda: FakeYClients) -> int:
    return sum(one["method"] != "GET" and one["path"].startswith("/api/v1/") for one in lavanda.requests())


@pytest.mark.parametrize("deed", WRITES)
def test_every_fault_of_every_change_has_its_outcome_and_is_never_made_again(
    api: BookingApi, lavanda: FakeYClients, deed: str
) -> None:
    method, write = WRITES[deed]
    for count, (fault, outcome) in enumerate(FAULTS.items(), 1):
        lavanda.method_faults(**{method: fault})
        assert write(api) == outcome, fault
        assert _changes(lavanda) == count, fault
        assert lavanda.writes(SALON) == [], fault


@pytest.mark.parametrize("deed", WRITES)
@pytest.mark.parametrize("fault", ["timeout_saved", "502_saved"])
def test_a_change_that_was_made_and_whose_answer_is_lost_is_unknown_and_never_made_again(
    api: BookingApi, lavanda: FakeYClients, deed: str, fault: str
) -> None:
    method, write = WRITES[deed]
    lavanda.method_faults(**{method: fault})
    assert write(api) == Unknown()
    assert _changes(lavanda) == 1
    assert len(lavanda.writes(SALON)) == int(deed != "check")


@pytest.mark.parametrize(
    ("fault", "is_found"), [("timeout_saved", True), ("502_saved", True), ("timeout_unsaved", False)]
)
def test_a_lost_booking_is_read_back_by_our_own_id(
    api: BookingApi, lavanda: FakeYClients, fault: str, is_found: bool
) -> None:
    booking = _booking(api)
    lavanda.method_faults(create=fault)
    assert api.book(SALON_ID, booking) == Unknown()
    found = read_back(
        booking.api_id, booking.appointment, api.on_day(SALON_ID, staff_id=IRINA, day=THURSDAY, **MOSCOW)
    )
    assert isinstance(found, Saved) is is_found
    assert len(lavanda.writes(SALON)) == int(is_found)


@pytest.mark.parametrize("question", READS)
def test_a_question_is_asked_once_more(api: BookingApi, lavanda: FakeYClients, question: str) -> None:
    method, ask = READS[question]
    lavanda.method_faults(**{method: 503})
    ask(api)


@pytest.mark.parametrize("question", READS)
def test_a_question_that_is_not_answered_is_unknown(box: Container, lavanda: FakeYClients, question: str) -> None:
    method, ask = READS[question]
    faults: list[str | int] = [500, 502, "timeout_unsaved", "down"]
    for fault in faults:
        lavanda.method_faults(**{method: fault})
        with pytest.raises(YClientsDownError):
            ask(_quick(box, seconds=0.4))


@pytest.mark.parametrize("question", READS)
def test_a_right_that_is_missing_is_no_empty_answer(api: BookingApi, lavanda: FakeYClients, question: str) -> None:
    method, ask = READS[question]
    lavanda.method_faults(**{method: 403})
    with pytest.raises(ForbiddenError):
        ask(api)


@pytest.mark.parametrize("deed", [*WRITES, *READS])
def test_no_call_takes_longer_than_its_deadline(
    box: Container, api: BookingApi, lavanda: FakeYClients, deed: str
) -> None:
    quick = _quick(box, seconds=0.3)
    (_, call), record = (WRITES | READS)[deed], _record(api)
    booking, start = _booking(api), _start(api, 201, staff_id=IRINA, clock="15:00")
    writes: dict[str, Callable[[], WriteOutcome]] = {
        "check": lambda: quick.check(SALON_ID, [booking.appointment]),
        "book": lambda: quick.book(SALON_ID, booking),
        "enter": lambda: quick.enter(SALON_ID, booking, start=start),
        "move": lambda: quick.move(SALON_ID, record, Move(wall_clock=LATER)),
        "cancel": lambda: quick.cancel(SALON_ID, 9001),
    }
    lavanda.fault("/api/v1/*", delay=30, times=None)
    began = time.monotonic()
    if deed in writes:
        assert writes[deed]() == Unknown()
    else:
        with pytest.raises(YClientsDownError):
            call(quick)
    assert time.monotonic() - began < 10


def _quick(box: Container, *, seconds: float) -> YClientsBooking:
    """As the product's, with a shorter deadline."""
    rest = box._rest_as_user()
    patience = timedelta(seconds=seconds)
    return YClientsBooking(rest, timeouts=Timeouts(connect=seconds, total=seconds), patience=patience)


def test_no_turn_in_the_budget_is_a_refusal_for_now_and_nothing_is_sent(
    new_container: NewContainer, lavanda: FakeYClients
) -> None:
    box = new_container(yclients_per_second=0.1, yclients_per_minute=1)
    slow = _quick(box, seconds=0.2)
    assert slow.services(SALON_ID)
    before = len(lavanda.requests())
    assert slow.cancel(SALON_ID, 9001) == Refused(Refusal.NOT_NOW)
    assert _calls(lavanda, before) == []


def test_every_call_names_its_salon_and_no_phone_is_in_an_address_or_a_log(
    api: BookingApi, lavanda: FakeYClients
) -> None:
    before = len(lavanda.requests())
    with capture_logs() as logs:
        for _, ask in READS.values():
            ask(api)
        for deed in ("check", "move", "cancel", "book"):
            WRITES[deed][1](api)
    calls = _calls(lavanda, before)
    assert len(calls) >= 15
    hashes = [row["short_link"] for row in lavanda.state(SALON)["records"]]
    for call in calls:
        address = unquote(f"{call['path']}?{call['query']}")
        assert f"/{SALON}" in address
        assert PHONE not in address
        assert PHONE[1:] not in address
    written = json.dumps(logs, ensure_ascii=False, default=str)
    assert all(word not in written for word in (PHONE, PHONE[1:], "Мария", "test_user_token", *hashes))


def test_one_salon_is_never_told_of_another(api: BookingApi, lavanda: FakeYClients) -> None:
    other = SalonId(SALON + 1)
    lavanda.salon(int(other))
    with pytest.raises(ForbiddenError):
        api.on_day(other, staff_id=ANNA, day=THURSDAY, **MOSCOW)
    assert api.cancel(other, 9001) == Refused(Refusal.FORBIDDEN)
    lavanda.activate(int(other))
    assert api.cancel(other, 9001) == Refused(Refusal.NOT_FOUND)
    assert lavanda.writes(int(other)) == []
    assert _record(api).record_id == 9001


@pytest.mark.parametrize("seed", range(4))
def test_loose_types_say_the_same(api: BookingApi, lavanda: FakeYClients, seed: int) -> None:
    asked: list[Callable[[], Any]] = [
        lambda: _clocks(api.starts(SALON_ID, services=[101], day=THURSDAY, staff_id=ELENA)),
        lambda: [(one.service_id, one.parts, one.price_min, one.is_group) for one in api.services(SALON_ID)],
        lambda: [(one.staff_id, one.is_bookable) for one in api.staff(SALON_ID, services=[101])],
        lambda: api.day(SALON_ID, day=THURSDAY, staff_id=ANNA),
        lambda: [(one.event_id, one.places) for one in api.events(SALON_ID)],
        lambda: api.rules(SALON_ID),
        lambda: (_record(api).record_id, _record(api).wall_clock),
    ]
    plain = [ask() for ask in asked]
    lavanda.settings(type_chaos=seed)
    assert [ask() for ask in asked] == plain
    assert isinstance(api.move(SALON_ID, _record(api), Move(wall_clock=LATER)), Saved)
    assert isinstance(api.book(SALON_ID, _booking(api)), Saved)
