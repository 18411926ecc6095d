"""What a client agrees to is done once, and said to be done only where the journal has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.dialogue import PROPOSAL_LIVES, GuestWish
from aiadmin.domain.ids import SalonId
from aiadmin.domain.journal.online_booking import BookingRules, ChangeRule, NewBooking
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, SavedRecord, Unknown, WriteOutcome
from aiadmin.services.ports.booking import BookingApi
from tests.integration.chat.agreeing import Client, booking, cancellation, move, slot, writer
from tests.support.played_salon import ANNA, ELENA, FILE, IRINA, MARIA, NEW_PHONE, YULIA, PlayedSalon

THREE = "2026-03-12T15:00"
VISIT = {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00"}
RULES = BookingRules(
    lead=timedelta(hours=1), needs_code=False, any_master=True, move=ChangeRule(), cancel=ChangeRule()
)
NOT_NOW = Refused(Refusal.NOT_NOW)


@pytest.fixture
def maria(played: PlayedSalon) -> Client:
    played.play(FILE, VISIT, gaps={ANNA: {"2026-03-12": ["11:00-11:30"]}})
    return Client(played)


@pytest.fixture
def nina(maria: Client) -> Client:
    """Somebody whom the salon does not know."""
    return Client(maria.played, NEW_PHONE)


class Overheard:
    """The real API, and what was to be booked by it."""

    def __init__(self, api: BookingApi) -> None:
        self._api, self.booked = api, list[NewBooking]()

    def book(self, salon_id: SalonId, booking: NewBooking) -> WriteOutcome:
        self.booked.append(booking)
        return self._api.book(salon_id, booking)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)


def _states(client: Client) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in client.played.rows("SELECT state, reason FROM chat_writes ORDER BY id")]


# --- a booking ---


def test_a_yes_books_what_was_offered_and_nothing_else(maria: Client) -> None:
    (outcome,) = maria.says_yes(maria.offered(booking(slot(THREE))))
    (write,) = maria.writes
    assert outcome == Saved(outcome.records)  # type: ignore[union-attr]
    assert outcome.records[0].record_id == write["record"]  # type: ignore[union-attr]
    assert write | {"op": "create", "services": [201], "staff": IRINA, "at": THREE} == write
    assert write["client"]["name"] == "Мария"
    assert [len(maria.played.asked(part)) for part in ("book_check", "book_record")] == [1, 1]
    assert _states(maria) == [("saved", None)]
    assert maria.played.rows("SELECT number FROM refetches") == [(write["record"],)], "our copy is to have it soon"


def test_who_is_new_is_booked_under_the_name_that_they_gave(nina: Client) -> None:
    nina.says_yes(nina.offered(replace(booking(slot(THREE), name="Оля"), family="Петрова")))
    (write,) = nina.writes
    assert write["client"]["name"] == "Оля Петрова"


def test_a_card_keeps_its_whole_name(maria: Client) -> None:
    """YClients takes the name that comes with a booking for the card's."""
    maria.played.execute("UPDATE clients SET name = 'Мария Сергеевна Ким' WHERE client_id = :id", id=MARIA)
    turn = maria.turn(maria.offered(booking(slot(THREE), name="Маша")))
    assert (turn.client.name, turn.client.full_name) == ("Мария", "Мария Сергеевна Ким")
    api = Overheard(maria.played.box.booking_api)
    writer(maria.played, api=api).perform(turn)
    assert [one.name for one in api.booked] == ["Мария Сергеевна Ким"]


def test_a_composite_service_is_booked_as_its_parts_and_a_guest_stands_in_the_comment(maria: Client) -> None:
    brows = slot("2026-03-14T13:30", YULIA, 303, minutes=60, price=1300)
    proposal = booking(brows, guests=[GuestWish(who="дочь", name="Соня", is_child=True)])
    (outcome,) = maria.says_yes(maria.offered(proposal))
    assert isinstance(outcome, Saved)
    (write,) = maria.writes
    assert write["services"] == [301, 302]
    record = maria.played.box.booking_api.record(
        maria.played.salon_id, write["record"], zone="Europe/Moscow", country="RU"
    )
    assert record is not None
    assert record.comment == "Записал виртуальный администратор в WhatsApp. Для: Соня (дочь)."
    assert maria.played.rows("SELECT guest FROM chat_writes") == [("Соня (дочь)",)]
    with maria.played.box.uow() as work:
        guests = work.visit_writes.guests_of(maria.played.company_id, maria.contact_id)
    assert guests == {write["record"]: "Соня (дочь)"}


def test_several_visits_are_booked_one_after_the_other_each_with_an_outcome(maria: Client) -> None:
    both = booking(
        slot("2026-03-14T12:00", ANNA, 101, minutes=60, price=2000),
        slot("2026-03-14T13:30", YULIA, 301, minutes=30, price=700),
    )
    first, second = maria.says_yes(maria.offered(both))
    assert isinstance(first, Saved)
    assert isinstance(second, Saved)
    assert [(one["services"], one["staff"]) for one in maria.writes] == [([101], ANNA), ([301], YULIA)]


def test_of_several_visits_none_is_booked_where_one_is_busy(maria: Client) -> None:
    both = booking(slot("2026-03-14T12:00", ANNA, 101, minutes=60), slot("2026-03-14T09:00", YULIA, 301, minutes=30))
    assert maria.says_yes(maria.offered(both)) == (NOT_NOW, Refused(Refusal.BUSY))
    assert maria.writes == []


def test_what_fails_after_the_first_is_said_of_the_second_and_the_third_is_not_tried(maria: Client) -> None:
    three = booking(
        slot("2026-03-14T12:00", ANNA, 101, minutes=60),
        slot("2026-03-14T13:30", YULIA, 301, minutes=30),
        slot("2026-03-16T10:00", IRINA, 201),
    )
    maria.played.yclients.method_faults(create=[None, 433])
    first, *rest = maria.says_yes(maria.offered(three))
    assert isinstance(first, Saved)
    assert rest == [Refused(Refusal.BUSY), NOT_NOW]
    assert [one["services"] for one in maria.writes] == [[101]]


def test_two_guests_at_one_time_are_no_obstacle_to_each_other(maria: Client) -> None:
    """Checked in one request YClients would say that they overlap."""
    both = booking(
        slot("2026-03-12T16:00", ANNA, 101, minutes=60),
        slot("2026-03-12T15:00", IRINA, 201),
        guests=[None, GuestWish(who="подруга", name="Рита")],
    )
    assert all(isinstance(one, Saved) for one in maria.says_yes(maria.offered(both)))
    assert len(maria.writes) == 2


REFUSALS: list[tuple[str, Any, Refusal]] = [
    ("book_check", 433, Refusal.BUSY),
    ("book_check", 436, Refusal.NO_STAFF),
    ("book_check", 437, Refusal.OVERLAP),
    ("book_check", 438, Refusal.NO_SERVICE),
    ("book_check", 422, Refusal.INVALID),
    ("book_check", 403, Refusal.FORBIDDEN),
    ("create", 433, Refusal.BUSY),
    ("create", 434, Refusal.BLACKLISTED),
    ("create", 435, Refusal.NO_NAME),
    ("create", 436, Refusal.NO_STAFF),
    ("create", 437, Refusal.OVERLAP),
    ("create", 438, Refusal.NO_SERVICE),
    ("create", 422, Refusal.INVALID),
    ("create", 403, Refusal.FORBIDDEN),
    ("book_check", 500, Refusal.NOT_NOW),
    ("book_check", "down", Refusal.NOT_NOW),
]


def test_a_refusal_is_one_and_nothing_is_written(maria: Client) -> None:
    for number, (method, fault, reason) in enumerate(REFUSALS, 1):
        maria.played.yclients.method_faults(**{method: fault})
        assert maria.says_yes(maria.offered(booking(slot(THREE)))) == (Refused(reason),), (method, fault)
        assert maria.writes == [], (method, fault)
        assert sorted(_states(maria)) == sorted(("refused", one.value) for _, _, one in REFUSALS[:number])


@pytest.mark.parametrize(
    ("method", "wish"),
    [
        ("book_check", booking(slot(THREE))),
        ("create", booking(slot(THREE))),
        ("records", move(9001, slot("2026-03-12T16:00", ANNA, 101, minutes=60))),
        ("schedule", move(9001, slot("2026-03-12T16:00", ANNA, 101, minutes=60))),
        ("move", move(9001, slot("2026-03-12T16:00", ANNA, 101, minutes=60))),
        ("records", cancellation(9001)),
        ("cancel", cancellation(9001)),
    ],
)
def test_too_many_calls_leave_it_undone(maria: Client, method: str, wish: Any) -> None:
    maria.played.yclients.method_faults(**{method: [429] * 9})
    assert maria.says_yes(maria.offered(wish)) == (NOT_NOW,)
    assert maria.writes == []


@pytest.mark.parametrize("fault", ["timeout_saved", "502_saved"])
def test_a_lost_answer_is_found_in_the_journal_and_booked_once(maria: Client, fault: str) -> None:
    maria.played.yclients.method_faults(create=fault)
    (outcome,) = maria.says_yes(maria.offered(booking(slot(THREE))))
    (write,) = maria.writes
    assert isinstance(outcome, Saved)
    assert outcome.records[0].record_id == write["record"]
    assert len(maria.played.asked("book_record")) == 1


@pytest.mark.parametrize("fault", ["timeout_unsaved", 500])
def test_a_lost_answer_that_the_journal_does_not_show_is_unknown_and_never_sent_again(
    maria: Client, fault: Any
) -> None:
    maria.played.yclients.method_faults(create=fault)
    proposal, before = maria.offered(booking(slot(THREE))), len(maria.played.asked("/records/"))
    assert maria.says_yes(proposal) == (Unknown(),)
    assert maria.says_yes(proposal) == (Unknown(),), "the same yes once more"
    assert maria.writes == []
    assert len(maria.played.asked("book_record")) == 1
    assert len(maria.played.asked("/records/")) - before == 3
    assert _states(maria) == [("unknown", None)]


def test_a_journal_that_cannot_be_read_leaves_it_unknown_until_a_later_look(maria: Client) -> None:
    maria.played.yclients.method_faults(create="timeout_saved", records="down")
    proposal = maria.offered(booking(slot(THREE)))
    assert maria.says_yes(proposal) == (Unknown(),)
    maria.played.yclients.method_faults()
    lost = maria.played.box.lost_writes
    assert lost.work() == 0, "not yet"
    maria.played.later(minutes=1)
    assert lost.work() == 1
    assert _states(maria) == [("saved", None)]
    assert lost.work() == 0
    assert len(maria.writes) == 1


def test_later_looks_come_to_an_end(maria: Client) -> None:
    maria.played.yclients.method_faults(create="timeout_unsaved")
    assert maria.says_yes(maria.offered(booking(slot(THREE)))) == (Unknown(),)
    looks = 0
    for _ in range(12):
        maria.played.later(hours=4)
        looks += maria.played.box.lost_writes.work()
    assert looks == 4
    assert _states(maria) == [("unknown", None)]


def test_a_client_of_whom_no_number_is_known_or_whom_a_card_bars_is_not_booked(maria: Client) -> None:
    proposal = maria.offered(booking(slot(THREE)))
    assert maria.says_yes(proposal, is_barred=True) == (Refused(Refusal.BLACKLISTED),)
    again = maria.offered(booking(slot(THREE)))
    assert maria.says_yes(again, phone=None) == (Refused(Refusal.BAD_PHONE),)
    assert maria.writes == []


# --- where the salon wants a code ---


def test_a_salon_that_wants_a_code_is_booked_as_its_desk_does(maria: Client) -> None:
    maria.played.yclients.change_salon(maria.played.salon_id, facts={"phone_confirmation": True})
    rules = replace(RULES, needs_code=True)
    (outcome,) = maria.says_yes(maria.offered(booking(slot(THREE))), rules=rules)
    assert isinstance(outcome, Saved)
    assert maria.played.asked("book_record") == []
    (write,) = maria.writes
    assert (write["staff"], write["at"], write["client"]["name"]) == (IRINA, THREE, "Мария")


def test_a_salon_that_wants_a_code_without_our_knowing_is_booked_all_the_same(maria: Client) -> None:
    maria.played.yclients.change_salon(maria.played.salon_id, facts={"phone_confirmation": True})
    (outcome,) = maria.says_yes(maria.offered(booking(slot(THREE))), rules=RULES)
    assert isinstance(outcome, Saved)
    assert len(maria.writes) == 1


@pytest.mark.parametrize(
    ("at", "services", "now", "reason"),
    [
        (THREE, (201,), "2026-03-12T14:30", Refusal.BUSY),
        (THREE, (202,), "2026-03-11T12:10", None),
        ("2026-03-12T16:00", (201,), "2026-03-11T12:10", Refusal.BUSY),
    ],
    ids=["too soon", "as it should", "no start"],
)
def test_the_rules_of_online_booking_hold_on_the_desks_route(
    maria: Client, at: str, services: tuple[int, ...], now: str, reason: Refusal | None
) -> None:
    maria.played.at(now)
    maria.played.later(seconds=0)
    rules = replace(RULES, needs_code=True)
    (outcome,) = maria.says_yes(maria.offered(booking(slot(at, IRINA, *services))), rules=rules)
    assert (outcome == Refused(reason)) if reason else isinstance(outcome, Saved)
    assert len(maria.writes) == (0 if reason else 1)


def test_what_is_closed_online_is_closed_on_the_desks_route(maria: Client) -> None:
    maria.played.execute("UPDATE services SET is_online = false WHERE service_id = 201")
    rules = replace(RULES, needs_code=True)
    assert maria.says_yes(maria.offered(booking(slot(THREE))), rules=rules) == (Refused(Refusal.NO_SERVICE),)


# --- the yes ---


def test_a_yes_counts_once_and_for_the_newest_offer_alone(maria: Client) -> None:
    old = maria.offered(booking(slot(THREE)))
    new = maria.offered(booking(slot("2026-03-12T10:00")))
    assert maria.says_yes(old) == (NOT_NOW,)
    assert isinstance(maria.says_yes(new)[0], Saved)
    assert isinstance(maria.says_yes(new)[0], Saved)
    assert [one["at"] for one in maria.writes] == ["2026-03-12T10:00"]


def test_a_yes_to_an_offer_that_is_not_sent_or_over_or_another_does_nothing(maria: Client) -> None:
    unsent = maria.offered(booking(slot(THREE)), is_sent=False)
    assert maria.says_yes(unsent) == (NOT_NOW,)
    other = replace(maria.offered(booking(slot(THREE))), slots=(slot("2026-03-12T10:00"),))
    assert maria.says_yes(other) == (NOT_NOW,)
    late = maria.offered(booking(slot(THREE)))
    maria.played.later(seconds=PROPOSAL_LIVES.total_seconds() + 1)
    assert maria.says_yes(late) == (NOT_NOW,)
    assert maria.writes == []
    assert _states(maria) == []


def test_a_yes_of_another_chat_is_none(maria: Client, nina: Client) -> None:
    hers = maria.offered(booking(slot(THREE)))
    assert nina.says_yes(hers) == (NOT_NOW,)
    assert maria.writes == []


def test_an_outcome_that_nobody_was_told_is_kept_for_the_next_turn(maria: Client) -> None:
    proposal, company_id = maria.offered(booking(slot(THREE))), maria.played.company_id
    maria.says_yes(proposal)
    with maria.played.box.uow() as work:
        untold = work.proposals.untold(company_id, maria.contact_id)
        assert untold is not None
        assert untold.proposal == proposal
        work.proposals.set_told(company_id, proposal, maria.played.box.clock())
        work.commit()
    with maria.played.box.uow() as work:
        assert work.proposals.untold(company_id, maria.contact_id) is None


def test_an_offer_that_stays_is_the_same_and_one_that_was_agreed_to_is_made_anew(maria: Client) -> None:
    proposal = maria.offered(booking(slot(THREE)))
    assert maria.offered(proposal) == proposal
    maria.played.yclients.method_faults(book_check=500)
    assert maria.says_yes(proposal) == (NOT_NOW,)
    maria.played.yclients.method_faults()
    again = maria.offered(proposal)
    assert again.proposal_id != proposal.proposal_id
    assert isinstance(maria.says_yes(again)[0], Saved)


# --- a move ---


def test_a_move_changes_the_one_record_over_its_own_time(maria: Client) -> None:
    to = slot("2026-03-12T10:30", ANNA, 101, minutes=60, price=2000)
    assert maria.says_yes(maria.offered(move(9001, to))) == (Saved((SavedRecord(record_id=9001),)),)
    (write,) = maria.writes
    assert write | {"op": "move", "record": 9001, "at": "2026-03-12T10:30", "staff": ANNA} == write
    assert maria.played.asked("book_check") == []


def test_a_move_to_another_master_takes_that_masters_price(maria: Client) -> None:
    to = slot("2026-03-13T13:00", ELENA, 101, minutes=60, price=2500)
    assert isinstance(maria.says_yes(maria.offered(move(9001, to)))[0], Saved)
    salon = maria.played
    record = salon.box.booking_api.record(salon.salon_id, 9001, zone="Europe/Moscow", country="RU")
    assert record is not None
    assert (record.staff_id, [one.cost for one in record.services]) == (ELENA, [2500])


@pytest.mark.parametrize(
    ("to", "reason"),
    [("2026-03-12T13:00", Refusal.BUSY), ("2026-03-15T12:00", Refusal.BUSY), ("2026-03-11T11:00", Refusal.BUSY)],
    ids=["taken", "day off", "over"],
)
def test_a_move_to_where_there_is_no_room_is_none(maria: Client, to: str, reason: Refusal) -> None:
    target = slot(to, ANNA, 101, minutes=60)
    assert maria.says_yes(maria.offered(move(9001, target))) == (Refused(reason),)
    assert maria.writes == []


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("timeout_saved", Saved), ("502_saved", Saved), ("timeout_unsaved", Unknown), (500, Unknown), (403, Refused)],
)
def test_a_move_whose_answer_is_lost_is_looked_for(maria: Client, fault: Any, expected: type) -> None:
    maria.played.yclients.method_faults(move=fault)
    to = slot("2026-03-12T16:00", ANNA, 101, minutes=60)
    (outcome,) = maria.says_yes(maria.offered(move(9001, to)))
    assert isinstance(outcome, expected)
    assert len(maria.writes) == (1 if expected is Saved else 0)


# --- a cancellation ---


def test_a_cancellation_deletes_and_is_no_no_show(maria: Client) -> None:
    assert isinstance(maria.says_yes(maria.offered(cancellation(9001)))[0], Saved)
    (write,) = maria.writes
    assert (write["op"], write["record"]) == ("cancel", 9001)


def test_what_is_off_already_is_off(maria: Client) -> None:
    proposal = maria.offered(cancellation(9001))
    salon = maria.played
    assert isinstance(salon.box.booking_api.cancel(salon.salon_id, 9001), Saved)
    assert isinstance(maria.says_yes(proposal)[0], Saved)
    assert [one["op"] for one in maria.writes] == ["cancel"]


@pytest.mark.parametrize(
    ("fault", "expected"), [("timeout_saved", Saved), ("timeout_unsaved", Unknown), (500, Unknown), (403, Refused)]
)
def test_a_cancellation_whose_answer_is_lost_is_looked_for(maria: Client, fault: Any, expected: type) -> None:
    maria.played.yclients.method_faults(cancel=fault)
    (outcome,) = maria.says_yes(maria.offered(cancellation(9001)))
    assert isinstance(outcome, expected)
    assert len(maria.writes) == (1 if expected is Saved else 0)


@pytest.mark.parametrize("wish", [cancellation(9001), move(9001, slot("2026-03-12T16:00", ANNA, 101, minutes=60))])
def test_a_record_of_somebody_else_is_not_touched(nina: Client, wish: Any) -> None:
    assert nina.says_yes(nina.offered(wish)) == (Refused(Refusal.FORBIDDEN),)
    assert nina.writes == []


@pytest.mark.parametrize("wish", [cancellation(9001), move(9001, slot("2026-03-12T16:00", ANNA, 101, minutes=60))])
def test_the_salons_own_ban_holds_though_the_app_has_the_right(maria: Client, wish: Any) -> None:
    ban = ChangeRule(ban=timedelta(days=2))
    rules = replace(RULES, move=ban, cancel=ban)
    assert maria.says_yes(maria.offered(wish), rules=rules) == (Refused(Refusal.FORBIDDEN),)
    assert maria.writes == []


def test_how_many_visits_a_chat_has_booked_today(maria: Client) -> None:
    maria.says_yes(maria.offered(booking(slot(THREE))))
    company_id = maria.played.company_id
    with maria.played.box.uow() as work:
        since = maria.played.box.clock() - timedelta(hours=1)
        assert work.visit_writes.count_booked(company_id, maria.contact_id, since) == 1
        assert work.visit_writes.count_booked(company_id, maria.contact_id, since + timedelta(days=1)) == 0
