"""A yes, and words beside it that change nothing: a farewell, a neutral question, a guest's name, the same time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.commands import AskAddress, AskDuration, AskFact, AskHours, Command, Guest, Suits, Thank, Yes
from aiadmin.domain.chat.dialogue import GuestWish, VisitOperation
from aiadmin.domain.chat.parts.booking import Booked
from aiadmin.domain.chat.parts.questions import FactQuoted
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act, Found, Reply, Write
from aiadmin.domain.yclients.write_outcome import Saved, SavedRecord
from tests.support.chat_turns import (
    BEARD,
    CUT,
    TOMORROW,
    answer_to,
    client,
    offered,
    reminder,
    salon,
    situation,
    step_of,
    understood,
    visit,
)

SIX = visit()
AT_THREE = datetime.combine(TOMORROW, time(15))
_MOVE = offered(VisitOperation.MOVE, SIX, AT_THREE)
_NEUTRAL = (AskAddress, AskDuration, AskFact, AskHours, Thank)


def _booking(*guests: GuestWish | None) -> Situation:
    """A visit at three is offered, for a guest or for the client."""
    proposal = _MOVE.proposal
    assert proposal is not None
    booking = replace(proposal, operation=VisitOperation.BOOK, record_id=None, guests=guests)
    return situation(asks=(replace(_MOVE, proposal=booking),))


def _says_yes(commands: tuple[Command, ...], *beside: type[Command]) -> bool:
    yes = [one for one in commands if isinstance(one, Yes)]
    return bool(yes) and not yes[0].but and all(isinstance(one, (Yes, *beside)) for one in commands)


@pytest.mark.parametrize(
    "text",
    [
        "поняла, до встречи))",
        "спасибо, до пятницы!",
        "понял, увидимся",
        "всё ясно, спасибо за ответ",
        "принято",
        "пока",
    ],
)
def test_a_farewell_is_answered_with_silence(text: str) -> None:
    assert answer_to(text, situation()).act is Act.SILENT


@pytest.mark.parametrize(
    "text", ["до пятницы успеете?", "на стрижку до пятницы", "спасибо, а до пятницы есть время?"]
)
def test_a_day_by_which_it_is_wished_is_no_farewell(text: str) -> None:
    assert any(isinstance(one, Suits) for one in understood(text, situation()))


@pytest.mark.parametrize(
    "text",
    [
        "Да!!! Жду не дождусь",
        "да, уже жду не дождусь",
        "обязательно буду, ждём не дождёмся",
    ],
)
def test_a_delighted_yes_is_a_yes_and_no_wish_for_another_day(text: str) -> None:
    commands = understood(text, situation(asks=(reminder(SIX),)))

    assert _says_yes(commands)


@pytest.mark.parametrize("text", ["да, но не дождусь до пятницы, есть раньше?", "раньше бы к вам"])
def test_who_cannot_wait_so_long_says_no_plain_yes(text: str) -> None:
    assert not _says_yes(understood(text, situation(asks=(reminder(SIX),))))


@pytest.mark.parametrize(
    "text",
    [
        "буду, а долго это?",
        "да буду! а чем платить можно",
        "приду, где у вас парковка?",
        "да, до пятницы!",
        "обязательно буду. до скольки вы работаете?",
        "подъеду, как вас найти?",
    ],
)
def test_a_question_on_which_no_visit_depends_takes_nothing_from_a_yes(text: str) -> None:
    assert _says_yes(understood(text, situation(asks=(reminder(SIX),))), *_NEUTRAL)


@pytest.mark.parametrize(
    "text",
    [
        "да, а можно попозже?",
        "да приду, а картой можно?",
        "буду, если парковка есть",
        "да, а сколько стоит?",
        "а долго это? может буду",
        "буду?",
    ],
)
def test_a_question_that_may_change_it_does(text: str) -> None:
    assert not _says_yes(understood(text, situation(asks=(reminder(SIX),))), *_NEUTRAL)


@pytest.mark.parametrize("text", ["Тамара. да, записывайте", "да, Тамара", "Да! Её зовут Тамара"])
def test_the_name_of_the_guest_beside_a_yes_is_told_unasked(text: str) -> None:
    commands = understood(text, _booking(GuestWish(who="мама")))

    assert _says_yes(commands, Guest)
    assert [one.name for one in commands if isinstance(one, Guest)] == ["Тамара"]


@pytest.mark.parametrize("text", ["да, Тамара", "да, к Тамаре"])
def test_a_name_beside_a_yes_is_no_part_of_it_where_the_client_comes_alone(text: str) -> None:
    assert not _says_yes(understood(text, _booking(None)), Guest)


@pytest.mark.parametrize("text", ["да, на 15", "Да, в 15:00 запишите", "хорошо, в три", "да, завтра в 15 подходит"])
def test_the_time_that_is_offered_may_be_said_once_more(text: str) -> None:
    assert _says_yes(understood(text, _booking(None)))


@pytest.mark.parametrize(
    "text", ["да, на 16", "да, в субботу в 15", "да, только не в 15", "да, часов в 15", "да, с 15"]
)
def test_another_time_beside_a_yes_is_none(text: str) -> None:
    assert not _says_yes(understood(text, _booking(None)))


@pytest.mark.parametrize(
    "text",
    [
        "да отмените, как выздоровлю напишу",
        "отменяйте, позже позвоню",
        "да отмените, потом сама запишусь",
        "отмените, я заболела",
        "да, отменяем, а то уезжаю",
    ],
)
def test_a_promise_or_a_reason_behind_a_cancellation_changes_nothing_of_it(text: str) -> None:
    assert _says_yes(understood(text, situation(asks=(offered(VisitOperation.CANCEL, SIX),))))


@pytest.mark.parametrize(
    "text",
    [
        "отмените, если это бесплатно",
        "отмените, но не сегодня",
        "да отмените и перенесите на среду",
        "отменяйте позже",
        "да, отмените, а можно потом записаться?",
        "отмените, лучше бороду",
        "да, потом",
    ],
)
def test_a_condition_or_another_wish_behind_a_cancellation_does(text: str) -> None:
    assert not _says_yes(understood(text, situation(asks=(offered(VisitOperation.CANCEL, SIX),))))


PROMISED = [
    "да, напишу как доберусь",
    "да, отпишусь как дойду",
    "ок, потом расскажу как всё прошло",
    "хорошо, позвоню когда подъеду",
    "да, спасибо! сообщу мужу",
    "да. отзвонюсь как буду рядом",
]
OPEN = [
    "да, напишу если надумаю",
    "да, напишу как определюсь",
    "да, позвоню как решу",
    "да, напишу точно вечером",
    "да, напишу, а можно в 16?",
    "да, только напишу сначала маме",
    "ок, позвоню узнаю и напишу",
    "да, сообщу другое время",
]


@pytest.mark.parametrize("text", PROMISED)
def test_a_promise_to_write_behind_a_yes_takes_nothing_from_it(text: str) -> None:
    assert _says_yes(understood(text, _booking(None)), Thank) == ("мужу" not in text)


@pytest.mark.parametrize("text", [*PROMISED[:4], "да, вернусь напишу", "да, потом сама запишусь", "да, перезапишусь"])
def test_nor_from_a_yes_to_a_cancellation(text: str) -> None:
    assert _says_yes(understood(text, situation(asks=(offered(VisitOperation.CANCEL, SIX),))))


@pytest.mark.parametrize("text", OPEN)
def test_a_promise_to_decide_is_no_yes_yet(text: str) -> None:
    assert not _says_yes(understood(text, _booking(None)))
    assert not _says_yes(understood(text, situation(asks=(offered(VisitOperation.CANCEL, SIX),))))


def _told_of_parking() -> Situation:
    """A visit at three is offered to Игорь; the owner has told of parking and of cards, and of no deposit."""
    return replace(_booking(None), salon=salon(facts={"парковка": "во дворе", "оплата": "наличными и картой"}))


@pytest.mark.parametrize(
    "text",
    [
        "да, а парковка у вас есть?",
        "Да. Где вы находитесь?",
        "хорошо, записывайте, можно картой оплатить?",
        "да, как к вам добраться и где парковка?",
        "дада",
        "во, другое дело, пишите",
        "жена согласна, вносите",
        "да, и напомните, пожалуйста, накануне",
    ],
)
def test_a_yes_before_a_question_that_changes_nothing_is_one(text: str) -> None:
    assert isinstance(step_of(text, _told_of_parking()), Write)


@pytest.mark.parametrize(
    "text",
    [
        "да, если парковка есть",
        "да, а парковка есть? если нет, то не поеду",
        "да, только парковка есть?",
        "да? а парковка есть?",
        "да, а предоплата нужна?",
        "да, а парковка есть? и можно на час позже?",
        "а парковка есть?",
    ],
)
def test_a_condition_or_a_question_that_may_change_it_is_no_yes(text: str) -> None:
    known = _told_of_parking()

    assert not isinstance(step_of(text, known, Found(visits=())), Write)


def test_what_was_asked_beside_a_yes_is_told_behind_what_was_booked() -> None:
    written = Found(written=(Saved(records=(SavedRecord(record_id=9),)),))
    reply = step_of("да, а парковка у вас есть?", _told_of_parking(), written)

    assert isinstance(reply, Reply)
    assert [type(one) for one in reply.parts] == [Booked, FactQuoted]


@pytest.mark.parametrize("text", ["а борода сколько стоит?", "да, а борода сколько стоит?", "борода долго?"])
def test_what_another_service_costs_takes_no_place_of_what_is_proposed(text: str) -> None:
    known = _booking(None)
    wish = advance(known.dialogue, understood(text, known), known)

    assert wish.services == (CUT,)


@pytest.mark.parametrize("text", ["запишите лучше на бороду, сколько стоит?", "и бороду тоже, сколько выйдет?"])
def test_another_service_that_is_wished_for_does(text: str) -> None:
    known = _booking(None)

    assert BEARD in advance(known.dialogue, understood(text, known), known).services


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (VisitOperation.CANCEL, "ну да, его"),
        (VisitOperation.CANCEL, "да, эту"),
        (VisitOperation.MOVE, "ок, меняйте"),
        (VisitOperation.MOVE, "супер, смещайте"),
    ],
)
def test_what_is_proposed_is_agreed_to_by_a_word_for_it(operation: VisitOperation, text: str) -> None:
    to = AT_THREE if operation is VisitOperation.MOVE else None

    assert _says_yes(understood(text, situation(client=client(SIX), asks=(offered(operation, SIX, to),))))
