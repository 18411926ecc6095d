"""Who says of the hour of their visit that it does not suit has it moved, whatever words they use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.asks import AskKind, Attend, OpenAsk
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.visits import EarlyTold, MyVisits
from aiadmin.domain.chat.steps import Act, Need, NeedDay, NeedDays, NeedStarts, Reply
from aiadmin.domain.journal.online_booking import Start
from tests.support.chat_turns import (
    ARTEM,
    BEARD,
    CUT,
    NOW,
    RUSLAN,
    TOMORROW,
    answer_to,
    client,
    reminder,
    situation,
    visit,
)

AT_TWO = visit(at=datetime.combine(TOMORROW, time(14)))
ON_SUNDAY = TOMORROW + timedelta(days=2)
OTHER = visit(8, datetime.combine(ON_SUNDAY, time(14)), services=(BEARD,), staff_id=RUSLAN)


def _starts(day: date, *clocks: str) -> Sequence[Start]:
    moments = [datetime.combine(day, time.fromisoformat(one)) for one in clocks]
    return [Start(wall_clock=one, length=timedelta(hours=1), token=f"{one}") for one in moments]


def _journal(*clocks: str) -> Mapping[Need, Any]:
    """What is free tomorrow; a day later there is noon and five."""
    days = [TOMORROW + timedelta(days=step) for step in range(60)]
    further = {NeedStarts((CUT,), ARTEM, day): _starts(day, "12:00", "17:00") for day in days[1:3]}
    last = {NeedDays((CUT,), ARTEM, NOW.date(), one): days[1:3] for one in days}
    return {
        NeedStarts((CUT,), ARTEM, TOMORROW): _starts(TOMORROW, *clocks),
        NeedDay(ARTEM, TOMORROW): None,
        **further,
        **last,
    }


def _said(text: str, *clocks: str, visits: Any = (AT_TWO,)) -> Reply:
    return answer_to(text, situation(client=client(*visits)), journal=_journal(*clocks))


def _hours(reply: Reply) -> list[str]:
    slots = reply.proposal.slots if reply.proposal else reply.dialogue.shown
    return [f"{one.starts:%d %H:%M}" for one in slots]


LATER = [
    "завтра в 14 не успеваю, можно позже?",
    "не успеваю к 14, можно прийти позже?",
    "в 14:00 не получается, можно попозже?",
    "я записан на завтра на 14, не успеваю, можно попозже?",
    "у меня завтра запись, можно попозже?",
    "давайте не в 14:00 а попозже",
    "можно попозже?",
    "можно чуть позже?",
]


@pytest.mark.parametrize("text", LATER)
def test_later_is_later_on_the_same_day(text: str) -> None:
    reply = _said(text, "11:00", "16:00")

    assert reply.proposal is not None
    assert (reply.proposal.operation, reply.proposal.record_id) == (VisitOperation.MOVE, 7)
    assert _hours(reply) == ["22 16:00"]


@pytest.mark.parametrize("text", LATER)
def test_of_several_later_hours_one_is_asked_for(text: str) -> None:
    reply = _said(text, "11:00", "16:00", "19:00")

    assert reply.act is Act.OPTIONS
    assert _hours(reply) == ["22 16:00", "22 19:00"]


@pytest.mark.parametrize("text", ["а можно раньше?", "можно пораньше?", "у меня завтра запись, можно пораньше?"])
def test_earlier_is_earlier_on_the_same_day(text: str) -> None:
    assert _hours(_said(text, "11:00", "16:00")) == ["22 11:00"]


@pytest.mark.parametrize("text", LATER)
def test_who_wants_to_come_later_is_never_offered_an_earlier_hour(text: str) -> None:
    reply = _said(text, "11:00", "12:30")

    assert not [one for one in _hours(reply) if one.startswith("22")]
    assert reply.act in {Act.OFFER, Act.REFUSED, Act.OPTIONS, Act.ASK, Act.HAND_OVER}


@pytest.mark.parametrize(
    "text",
    [
        "мне бы завтра на 16",
        "можно завтра в 16?",
        "14:00 мне рано, можно на 16:00?",
        "завтра не в 14 а в 16",
        "можно на два часа позже?",
        "можно на 2 часа попозже завтра?",
        "можно мне прийти в 16 а не в 14",
        "успею только к 16, можно?",
    ],
)
def test_another_hour_of_the_same_day_is_a_move(text: str) -> None:
    reply = _said(text, "11:00", "16:00")

    assert reply.proposal is not None
    assert reply.proposal.operation is VisitOperation.MOVE
    assert _hours(reply) == ["22 16:00"]


@pytest.mark.parametrize(
    "text", ["завтра в 14 не успеваю, можно позже?", "завтра в 14:00 не получается, давайте позже"]
)
def test_of_two_visits_the_one_is_meant_whose_hour_was_named(text: str) -> None:
    reply = _said(text, "16:00", visits=(AT_TWO, OTHER))

    assert reply.proposal is not None
    assert reply.proposal.record_id == 7


@pytest.mark.parametrize("text", ["можно попозже?", "а можно раньше?"])
def test_of_two_visits_it_is_asked_which(text: str) -> None:
    reply = _said(text, "16:00", visits=(AT_TWO, OTHER))

    assert reply.dialogue.operation is VisitOperation.MOVE
    assert reply.dialogue.options == (7, 8)


@pytest.mark.parametrize("text", ["напомните, я на 14 записан или на 15?", "я завтра на 14 или на 15?"])
def test_who_asks_which_hour_it_was_has_nothing_moved(text: str) -> None:
    reply = _said(text, "15:00")

    assert reply.act is Act.INFORM
    assert reply.proposal is None


@pytest.mark.parametrize("text", ["опаздываю на 10 минут", "стою в пробке, задержусь"])
def test_who_is_late_for_a_visit_of_today_is_late(text: str) -> None:
    today = visit(at=NOW + timedelta(minutes=40))

    assert _said(text, "16:00", visits=(today,)).hand_over == "late"


@pytest.mark.parametrize("text", ["запишите на бороду завтра в 16", "хочу ещё бороду завтра в 16"])
def test_another_service_is_another_visit(text: str) -> None:
    reply = _said(text, "16:00")

    assert reply.dialogue.operation is VisitOperation.BOOK


@pytest.mark.parametrize("text", ["можно попозже?", "в субботу пораньше можно?"])
def test_without_a_visit_it_is_a_wish_for_one(text: str) -> None:
    assert _said(text, visits=()).act is Act.ASK


@pytest.mark.parametrize(
    "text",
    [
        "завтра днем никак, вечером есть?",
        "завтра днём не могу, вечером можно?",
        "днем завтра не получится, давайте вечером",
        "завтра до 16 занят, после 17 возьмете?",
        "завтра в 14 не могу, а после пяти?",
    ],
)
def test_the_part_of_the_day_that_does_not_suit_is_not_the_day(text: str) -> None:
    reply = _said(text, "11:00", "19:00")

    assert reply.proposal is not None
    assert (reply.proposal.operation, reply.proposal.record_id) == (VisitOperation.MOVE, 7)
    assert _hours(reply) == ["22 19:00"]


@pytest.mark.parametrize("text", ["спасибо, увидимся завтра", "спасибо, до завтра", "благодарю! завтра в 14"])
def test_a_farewell_until_the_visit_needs_no_answer(text: str) -> None:
    assert _said(text).act is Act.SILENT


@pytest.mark.parametrize("text", ["да, а можно попозже?", "можно попозже?", "приду, только можно чуть позже?"])
def test_later_as_an_answer_to_a_reminder_is_of_its_visit(text: str) -> None:
    known = situation(client=client(AT_TWO, OTHER), asks=(reminder(AT_TWO),))
    reply = answer_to(text, known, journal=_journal("16:00"))

    assert _hours(reply) == ["22 16:00"]


@pytest.mark.parametrize(
    "text", ["да, но можно к Артёму?", "приду, только к Артёму если можно", "а можно к другому мастеру?"]
)
def test_another_master_as_an_answer_to_a_reminder_is_looked_for_on_the_same_day(text: str) -> None:
    with_ruslan = visit(at=AT_TWO.starts, staff_id=RUSLAN, staff_name="Руслан")
    known = situation(client=client(with_ruslan), asks=(reminder(with_ruslan),))
    reply = answer_to(text, known, journal=_journal("12:00", "14:00"))

    assert _hours(reply) == ["22 14:00"]
    assert [one.answer for one in reply.attendance] in ([], [Attend.UNCLEAR])


def test_who_is_late_and_has_no_visit_is_told_so() -> None:
    reply = _said("опаздываю на 10 минут", visits=())

    assert reply.act is Act.INFORM
    assert reply.notes


@pytest.mark.parametrize("text", ["рановато( ладно оставьте как есть", "неудобно, пусть все остается", "нет"])
def test_a_move_is_left_by_saying_so(text: str) -> None:
    shown = _said("перенесите на 22 мая позже", "16:00", "19:00")
    known = situation(client=client(AT_TWO), dialogue=shown.dialogue, asks=(_QUESTION,))
    reply = answer_to(text, known)

    assert reply.act is Act.INFORM
    assert reply.dialogue.operation is None


_QUESTION = OpenAsk(kind=AskKind.QUESTION, sent_at=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "буду в 14:15, ок?",
        "завтра подъеду к 14.20",
        "приду завтра в 14:10, это нормально?",
        "буду завтра к половине третьего",
    ],
)
def test_who_names_a_time_a_little_later_comes_late_and_nothing_is_moved(text: str) -> None:
    reply = _said(text, "15:00", "16:00")

    assert (reply.act, reply.hand_over, reply.proposal) == (Act.HAND_OVER, HandOverReason.LATE, None)


def test_who_names_a_time_a_little_earlier_comes_early() -> None:
    assert any(isinstance(one, EarlyTold) for one in _said("приеду завтра в 13:45").parts)


@pytest.mark.parametrize(
    "text", ["приду к 14, нормально?", "не отменяйте запись", "отменять не надо, я приду", "оставьте как есть"]
)
def test_who_says_that_a_visit_stands_hears_which_one_that_is(text: str) -> None:
    reply = _said(text)

    assert MyVisits in {type(one) for one in reply.parts}
    assert (reply.act, reply.hand_over) == (Act.INFORM, None)


def test_whether_that_is_all_right_is_a_reproach_behind_what_was_done() -> None:
    assert _said("ждала полчаса, это нормально?").hand_over is HandOverReason.COMPLAINT
