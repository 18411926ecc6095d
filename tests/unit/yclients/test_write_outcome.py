"""What an answer says of a change: saved, refused, or nobody knows; and what reading back says after that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.journal.journal import Attendance, BookedService, Record
from aiadmin.domain.journal.online_booking import (
    Appointment,
    ChangeRule,
    Move,
    NewBooking,
    PricedService,
    is_moved,
    read_back,
)
from aiadmin.domain.yclients.http_answer import HttpAnswer
from aiadmin.domain.yclients.write_outcome import (
    Refusal,
    Refused,
    Saved,
    SavedRecord,
    Unknown,
    outcome_of,
)
from tests.fakes.yclients.refusals import BOOKING_WORDS

NAMED = (SavedRecord(record_id=7, record_hash="abcdef"),)
DONE: dict[str, object] = {"success": True, "data": []}
NO: dict[str, object] = {"success": False, "data": None, "meta": {}}


@pytest.mark.parametrize("code", range(431, 439))
def test_every_booking_code_has_its_reason_by_number_and_by_words(code: int) -> None:
    status = 403 if code == 434 else 422
    by_number = outcome_of(HttpAnswer(status=status, body={"errors": {"code": code}}), None)
    by_words = outcome_of(HttpAnswer(status=status, body=NO, message=BOOKING_WORDS[code]), None)
    assert by_number == by_words
    assert isinstance(by_number, Refused)
    assert by_number.reason is list(Refusal)[code - 431]


@pytest.mark.parametrize(
    ("status", "message", "reason"),
    [
        (401, "", Refusal.FORBIDDEN),
        (402, "", Refusal.FORBIDDEN),
        (403, "Нет прав на управление компанией", Refusal.FORBIDDEN),
        (404, "Запись не найдена", Refusal.NOT_FOUND),
        (404, "Сотрудник не оказывает выбранную услугу", Refusal.NO_SERVICE),
        (421, "Превышен лимит запросов", Refusal.NOT_NOW),
        (429, "", Refusal.NOT_NOW),
        (422, "Не передан обязательный параметр client", Refusal.INVALID),
        (400, "", Refusal.INVALID),
        (422, "К сотруднику Анна нельзя записаться на 30 сентября в 16:00. Время является нерабочим.", Refusal.BUSY),
    ],
)
def test_a_refusal_has_a_reason(status: int, message: str, reason: Refusal) -> None:
    assert outcome_of(HttpAnswer(status=status, body=NO, message=message), NAMED) == Refused(reason)


@pytest.mark.parametrize(
    "answer",
    [
        HttpAnswer(status=None, message="ConnectionError"),
        *(HttpAnswer(status=status, body=DONE) for status in (301, 302, 408, 425, 500, 502, 503, 504)),
        HttpAnswer(status=200),
        HttpAnswer(status=200, body={"success": False, "data": [{"id": 7}]}),
        HttpAnswer(status=400),
        HttpAnswer(status=422),
    ],
)
def test_what_does_not_plainly_say_leaves_it_unknown(answer: HttpAnswer) -> None:
    assert outcome_of(answer, NAMED) == Unknown()


def test_a_success_that_names_no_record_where_it_should_is_unknown() -> None:
    assert outcome_of(HttpAnswer(status=201, body=DONE), None) == Unknown()
    assert outcome_of(HttpAnswer(status=201, body=DONE), NAMED) == Saved(NAMED)
    assert outcome_of(HttpAnswer(status=204), ()) == outcome_of(HttpAnswer(status=201), ()) == Saved()


@given(
    st.one_of(st.none(), st.integers(100, 599)),
    st.one_of(st.none(), st.dictionaries(st.sampled_from(["success", "data", "errors", "meta"]), st.booleans())),
    st.text(max_size=30),
)
def test_nothing_but_a_plain_success_is_ever_saved(
    status: int | None, body: dict[str, object] | None, message: str
) -> None:
    outcome = outcome_of(HttpAnswer(status=status, body=body, message=message), NAMED)
    if isinstance(outcome, Saved):
        assert status is not None
        assert 200 <= status < 300
        assert (body or {}).get("success") is not False
    if isinstance(outcome, Refused):
        assert status is not None
        assert 400 <= status < 500


def test_a_hash_is_in_no_text() -> None:
    assert "abcdef" not in f"{NAMED} {Saved(NAMED)}"


AT = datetime(2026, 3, 12, 10, 0)  # noqa: DTZ001 - the salon's own
BOOKING = NewBooking(
    api_id="ours-1",
    appointment=Appointment(staff_id=5, service_ids=(301, 302), wall_clock=AT, token="2026-03-12T10:00:00+03:00"),
    phone="79000000101",
    name="Мария",
)
RECORD = Record(
    record_id=7,
    visit_id=1,
    staff_id=5,
    staff_name="Юлия",
    client_id=501,
    client_name="Мария",
    client_phone="79000000101",
    starts_at=datetime(2026, 3, 12, 7, 0, tzinfo=UTC),
    wall_clock=AT,
    length=timedelta(hours=1),
    services=(BookedService(service_id=302, title=""), BookedService(service_id=301, title="")),
    attendance=Attendance.WAITING,
    is_deleted=False,
    api_id="ours-1",
)


def test_a_lost_booking_is_found_by_our_own_id() -> None:
    others = [replace(RECORD, record_id=8, api_id=None), replace(RECORD, record_id=9, api_id="ours-2")]
    assert read_back(BOOKING.api_id, BOOKING.appointment, [*others, RECORD]) == Saved((SavedRecord(record_id=7),))
    assert "Мария" not in repr(BOOKING)
    assert "7900" not in repr(BOOKING)


@pytest.mark.parametrize(
    "records",
    [
        [],
        [RECORD, replace(RECORD, record_id=8)],
        [replace(RECORD, is_deleted=True)],
        [replace(RECORD, staff_id=4)],
        [replace(RECORD, wall_clock=AT + timedelta(hours=1))],
        [replace(RECORD, services=RECORD.services[:1])],
        [replace(RECORD, api_id=None)],
    ],
)
def test_anything_else_than_exactly_one_as_asked_for_stays_unknown(records: list[Record]) -> None:
    assert read_back(BOOKING.api_id, BOOKING.appointment, records) == Unknown()


def test_whether_a_move_was_made_is_seen_in_the_record() -> None:
    assert is_moved(RECORD, Move(wall_clock=AT))
    assert is_moved(RECORD, Move(wall_clock=AT, staff_id=5, services=(_priced(301), _priced(302))))
    assert not is_moved(RECORD, Move(wall_clock=AT + timedelta(minutes=30)))
    assert not is_moved(RECORD, Move(wall_clock=AT, staff_id=4))
    assert not is_moved(RECORD, Move(wall_clock=AT, services=(_priced(301),)))
    assert not is_moved(replace(RECORD, is_deleted=True), Move(wall_clock=AT))


def _priced(service_id: int) -> PricedService:
    return PricedService(service_id=service_id, cost=700)  # type: ignore[arg-type]


def test_a_salon_says_until_when_clients_change_their_visits() -> None:
    rule = ChangeRule(ban=timedelta(hours=3))
    assert rule.allows(AT, AT - timedelta(hours=3))
    assert not rule.allows(AT, AT - timedelta(hours=2, minutes=59))
    assert not replace(rule, is_allowed=False).allows(AT, AT - timedelta(days=3))
