"""Wishes of kinds that were misread: several visits, pauses, where a visit is, masters by what they are."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from aiadmin.adapters.morphology import morphology
from aiadmin.domain.chat.commands import AskDuration, AskPrice, NamedService, NamedStaff, Suits
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.booking import OneAtATime
from aiadmin.domain.chat.parts.questions import OpenOn, Prices
from aiadmin.domain.chat.parts.talk import Waiting
from aiadmin.domain.chat.parts.visits import AlreadyBooked
from aiadmin.domain.chat.reading import read_text
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.steps import Act, Need, NeedDays, NeedStarts
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, vocabulary_of
from aiadmin.domain.chat.wishes import suits
from aiadmin.domain.journal.online_booking import Start
from aiadmin.texts.chat import render
from tests.support.chat_turns import (
    ARTEM,
    BEARD,
    CUT,
    NOW,
    RUSLAN,
    TOMORROW,
    answer_to,
    client,
    offered,
    reminder,
    situation,
    understood,
    visit,
)

FREE = {
    NeedStarts(services=(CUT,), staff_id=ARTEM, day=TOMORROW): [
        Start(wall_clock=datetime.combine(TOMORROW, time(15)), token="t", length=timedelta(hours=1))
    ]
}
BOTH = (visit(7), visit(8, at=datetime.combine(TOMORROW + timedelta(days=1), time(12)), services=(BEARD,)))


@pytest.mark.parametrize(
    "text", ["перенесите все записи", "перенесите обе записи на субботу", "перенесите обе на субботу"]
)
def test_all_visits_at_once_are_moved_by_a_human(text: str) -> None:
    reply = answer_to(text, situation(client=client(*BOTH)))

    assert reply.hand_over is HandOverReason.LIMIT
    assert reply.proposal is None


@pytest.mark.parametrize("text", ["отмените бороду, стрижку оставьте", "отмените субботу, пятницу не трогайте"])
def test_what_is_to_stay_is_not_what_is_to_be_off(text: str) -> None:
    reply = answer_to(text, situation(client=client(*BOTH)))

    assert reply.proposal is not None
    assert (reply.proposal.operation, reply.proposal.record_id) == (VisitOperation.CANCEL, 8)


@pytest.mark.parametrize(
    "text", ["не подходит, подумаю ещё", "подумаю ещё", "гляну график и отпишусь", "отвечу позже"]
)
def test_who_answers_later_is_asked_nothing(text: str) -> None:
    known = situation(asks=(offered(VisitOperation.MOVE, BOTH[0], NOW + timedelta(days=2)),), client=client(BOTH[0]))

    reply = answer_to(text, known)

    assert reply.asks is None
    assert [type(one) for one in reply.parts] == [Waiting]
    assert (reply.proposal is None) == text.startswith("не ")


@pytest.mark.parametrize("text", ["перенесите на завтра на 18", "перенесите на завтра на 18:00 к Артёму"])
def test_a_visit_is_not_moved_to_where_it_is(text: str) -> None:
    reply = answer_to(text, situation(client=client(visit())))

    assert [type(one) for one in reply.parts] == [AlreadyBooked]


def test_a_time_instead_of_that_of_a_visit_is_a_move() -> None:
    reply = answer_to("запишите меня завтра на 15 вместо 18:00", situation(client=client(visit())), journal=FREE)

    assert reply.proposal is not None
    assert reply.proposal.operation is VisitOperation.MOVE


def test_an_order_to_take_a_visit_off_is_no_mere_no_to_a_reminder() -> None:
    booked = visit()

    reply = answer_to("нет, снимайте запись", situation(client=client(booked), asks=(reminder(booked),)))

    assert reply.act is Act.OFFER
    assert reply.proposal is not None
    assert reply.proposal.operation is VisitOperation.CANCEL


def test_a_price_is_told_within_the_wish_that_it_is_asked_in() -> None:
    reply = answer_to("мужская стрижка к Артёму завтра в 15, сколько стоит?", situation(), journal=FREE)

    assert any(isinstance(one, Prices) for one in reply.parts)
    assert reply.act is Act.OFFER


def test_each_week_is_booked_one_at_a_time() -> None:
    reply = answer_to("запишите каждую пятницу в 15 на мужскую стрижку к Артёму", situation(), journal=FREE)

    assert any(isinstance(one, OneAtATime) for one in reply.parts)


@pytest.mark.parametrize(
    ("text", "staff"),
    [
        ("к колористу в пятницу", [(2,)]),
        ("у бровиста есть время завтра?", [(3,)]),
        ("стрижка к мастеру завтра", []),
        ("к парикмахеру на стрижку", []),
    ],
)
def test_a_master_may_be_named_by_what_they_are(text: str, staff: list[tuple[int, ...]]) -> None:
    words = vocabulary_of(
        [OfferedService(id=1, title="Стрижка"), OfferedService(id=2, title="Окрашивание")],
        [
            OfferedStaff(id=1, name="Анна", position="парикмахер"),
            OfferedStaff(id=2, name="Елена", position="мастер-колорист"),
            OfferedStaff(id=3, name="Юлия", position="бровист"),
        ],
        morphology(),
    )

    commands = read_text(text, ReadingContext(vocabulary=words, now=NOW))

    assert [one.ids for one in commands if isinstance(one, NamedStaff)] == staff


@pytest.mark.parametrize("text", ["стрижку завтра, к 5 должна быть свободна", "завтра стрижку, чтоб к 5 была готова"])
def test_a_visit_that_has_to_be_over_by_then_does_not_begin_then(text: str) -> None:
    whens = [when for one in understood(text, situation()) if isinstance(one, Suits) for when in one.whens]
    hour = timedelta(hours=1)

    assert suits(whens, datetime.combine(TOMORROW, time(16)), hour)
    assert not suits(whens, datetime.combine(TOMORROW, time(16, 30)), hour)
    assert not suits(whens, datetime.combine(TOMORROW, time(17)), hour)


@pytest.mark.parametrize("text", ["завтра в 5 стрижку", "я завтра свободна с 5", "в 5 буду свободна, стрижку завтра"])
def test_one_who_is_free_from_then_on_comes_then(text: str) -> None:
    whens = [when for one in understood(text, situation()) if isinstance(one, Suits) for when in one.whens]

    assert suits(whens, datetime.combine(TOMORROW, time(17)), timedelta(hours=1))


@pytest.mark.parametrize(
    "text", ["стрижку после шести или в выходные", "в будни после 6 или в выходные когда угодно"]
)
def test_each_half_of_an_or_keeps_its_own_hours(text: str) -> None:
    whens = [when for one in understood(text, situation()) if isinstance(one, Suits) for when in one.whens]
    saturday = TOMORROW + timedelta(days=1)

    assert suits(whens, datetime.combine(saturday, time(11)))
    assert suits(whens, datetime.combine(TOMORROW, time(18, 30)))
    assert not suits(whens, datetime.combine(TOMORROW, time(15)))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("к трихологу впервые, на завтра", (1,)),
        ("запишите к Гуле, я первый раз", (1,)),
        ("к врачу завтра, раньше не была у вас", (1,)),
        ("на приём к Гульнаре в среду, я у неё уже была", (2,)),
        ("к трихологу повторно", (2,)),
        ("к трихологу в субботу", (1, 2)),
    ],
)
def test_the_first_visit_and_those_behind_it_are_told_apart(text: str, ids: tuple[int, ...]) -> None:
    services = [
        OfferedService(id=1, title="Первичный приём трихолога", category="Трихология"),
        OfferedService(id=2, title="Повторный приём трихолога", category="Трихология"),
        OfferedService(id=3, title="Пилинг кожи головы", category="Уход"),
    ]
    words = vocabulary_of(services, [OfferedStaff(id=1, name="Гульнара")], morphology())

    commands = read_text(text, ReadingContext(vocabulary=words, now=NOW))

    assert [one.ids for one in commands if isinstance(one, NamedService)] == [ids]


@pytest.mark.parametrize(
    "text", ["можно через час на мужскую стрижку?", "через 70 минут свободно на стрижку к Артёму?"]
)
def test_a_time_that_nobody_has_named_is_not_said(text: str) -> None:
    at_five = Start(wall_clock=NOW.replace(hour=17), token="t", length=timedelta(hours=1))
    known = situation()
    starts = [NeedStarts(services=(CUT,), staff_id=one, day=NOW.date()) for one in (ARTEM, RUSLAN)]
    shown = render(answer_to(text, known, journal={need: [at_five] for need in starts}), known)

    assert "17:00" in shown
    assert not {"15:00", "15:10"} & {word.strip(".,:") for word in shown.split()}


@pytest.mark.parametrize("text", ["бороду подстричь завтра", "сколько стоит бороду подстричь?"])
def test_what_is_done_to_something_is_no_wish_of_its_own(text: str) -> None:
    named = [one.ids for one in understood(text, situation()) if isinstance(one, NamedService)]

    assert named == [(BEARD,)]


def test_each_of_two_that_are_joined_is_one() -> None:
    named = [one.ids for one in understood("подстричь и бороду завтра", situation()) if isinstance(one, NamedService)]

    assert named == [(CUT,), (BEARD,)]


@pytest.mark.parametrize("text", ["можно завтра как обычно к Руслану?", "к Руслану, как в прошлый раз"])
def test_as_last_time_with_a_master_is_what_was_done_last(text: str) -> None:
    had = visit(1, at=NOW - timedelta(days=30), services=(BEARD,), staff_id=RUSLAN)
    latest = visit(2, at=NOW - timedelta(days=3), services=(CUT,), staff_id=ARTEM)
    wish = answer_to(text, situation(client=client(past=(latest, had)))).dialogue

    assert (wish.services, wish.staff) == ((BEARD,), (RUSLAN,))


def test_a_day_on_which_the_salon_is_closed_is_called_so() -> None:
    monday = TOMORROW + timedelta(days=3)
    tuesday = monday + timedelta(days=1)
    noon = Start(wall_clock=datetime.combine(tuesday, time(12)), token="t", length=timedelta(hours=1))

    class _OnTuesday(dict[Need, Any]):
        def get(self, need: Need, _default: Any = None) -> Any:
            return [tuesday] if isinstance(need, NeedDays) else [noon]

    journal = _OnTuesday({NeedDays((CUT,), ARTEM, monday, tuesday): [tuesday]})
    reply = answer_to("в понедельник на мужскую стрижку реально?", situation(), journal=journal)

    assert OpenOn(day=monday, hours=None) in reply.parts


def test_how_long_it_takes_is_asked_beside_its_price() -> None:
    asked = {type(one) for one in understood("какая цена на мужскую стрижку и сколько она длится", situation())}

    assert {AskPrice, AskDuration} <= asked
