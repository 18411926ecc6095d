"""A short answer goes to the question that it is to, and what follows is only what was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from aiadmin.domain.chat import notes
from aiadmin.domain.chat.asks import AskKind, Attend, OpenAsk
from aiadmin.domain.chat.commands import Yes
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import Floor, HandOverReason, Holder
from aiadmin.domain.chat.policy.hearing import as_heard
from aiadmin.domain.chat.steps import Act, Asks, AttendanceAnswer, Found, LookUp, NeedVisits, Reply, Unavailable
from aiadmin.texts.chat import render
from tests.support.chat_turns import (
    NOW,
    TOMORROW,
    answer_to,
    client,
    offered,
    reminder,
    said,
    situation,
    step_of,
    visit,
)

SIX = visit()
NOON = visit(8, datetime.combine(TOMORROW, time(12)))
HUMAN = Floor(
    holder=Holder.HUMAN, why="wrote", until=NOW.replace(tzinfo=ZoneInfo("Asia/Yekaterinburg")) + timedelta(hours=1)
)


def _answers(reply: Reply) -> dict[int, Attend]:
    return {one.record_id: one.answer for one in reply.attendance}


def test_a_yes_to_a_reminder_is_kept_and_thanked_for_after_the_journal_was_read() -> None:
    known = situation(client=client(SIX), asks=(reminder(SIX),))

    assert step_of("да", known) == LookUp((NeedVisits(),))
    reply = answer_to("да", known)
    assert _answers(reply) == {7: Attend.YES}
    assert "18:00" in said("да", known)
    assert not reply.tells_salon


@pytest.mark.parametrize("text", ["да", "1", "приду", "👍", "+", "да конечно буду спасибо"])
def test_a_reminder_is_answered_with_yes(text: str) -> None:
    assert _answers(answer_to(text, situation(client=client(SIX), asks=(reminder(SIX),)))) == {7: Attend.YES}


@pytest.mark.parametrize(
    "text", ["нет", "2", "не смогу", "не приду", "к сожалению не получится", "нет, завтра не смогу"]
)
def test_a_no_to_a_reminder_tells_the_salon_and_offers_another_day(text: str) -> None:
    reply = answer_to(text, situation(client=client(SIX), asks=(reminder(SIX),)))

    assert _answers(reply) == {7: Attend.NO}
    assert reply.notes == (notes.Declined(starts=SIX.starts),)
    assert reply.asks is Asks.DAY
    assert reply.proposal is None


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        (("Да", "ой нет", "нет не смогу", "перенесите на пятницу"), Attend.YES),
        (("Да", "ой нет"), Attend.YES),
        (("Нет", "ой", "то есть да, приду"), Attend.NO),
        (("не смогу", "хотя нет, смогу", "приду"), Attend.NO),
        (("не приду", "приду"), Attend.NO),
        (("Да", "да", "да, буду"), Attend.NO),
    ],
)
@pytest.mark.parametrize("is_on", [False, True])
def test_w19_of_several_short_messages_the_last_is_the_answer(
    texts: tuple[str, ...], wrong: Attend, is_on: bool
) -> None:
    """W19: "ждём вас" and "передали, что не сможете" both went out."""
    known = situation(client=client(SIX), asks=(reminder(SIX),), is_on=is_on)
    reply = as_heard(answer_to("\n".join(texts), known), known)
    answers, words = _answers(reply).values(), render(reply, known)

    assert wrong not in answers
    assert words or reply.tells_salon or Attend.UNCLEAR in answers, "somebody knows of it"
    assert Attend.YES in answers or "ждём" not in words.lower()
    assert Attend.NO in answers or "не сможете" not in words


@pytest.mark.parametrize("text", ["да", "нет", "+"])
def test_a_quote_of_something_else_answers_no_question(text: str) -> None:
    """A reply to the salon's story, or a reaction to any other message, is about that."""
    reply = answer_to(text, situation(client=client(SIX), asks=(reminder(SIX),), quotes_other=True))

    assert reply.act is Act.SILENT
    assert not reply.attendance
    assert not reply.tells_salon


@pytest.mark.parametrize("text", ["да", "нет", "хорошо", "2"])
def test_while_a_human_has_the_chat_a_bare_word_is_theirs(text: str) -> None:
    reply = answer_to(text, situation(client=client(SIX), asks=(reminder(SIX),), floor=HUMAN))

    assert reply.act is Act.SILENT
    assert Attend.YES not in _answers(reply).values()
    assert Attend.NO not in _answers(reply).values()
    assert not reply.tells_salon


@pytest.mark.parametrize(("text", "answer"), [("да", Attend.YES), ("нет", Attend.NO)])
def test_while_a_human_has_the_chat_a_quote_of_the_reminder_counts(text: str, answer: Attend) -> None:
    ask = reminder(SIX)
    reply = answer_to(text, situation(client=client(SIX), asks=(ask,), quoted=ask, floor=HUMAN))

    assert _answers(reply) == {7: answer}
    assert reply.parts == ()


def test_a_human_has_the_chat_no_longer_than_until_then() -> None:
    over = replace(HUMAN, until=NOW.replace(tzinfo=ZoneInfo("Asia/Yekaterinburg")) - timedelta(minutes=1))

    assert _answers(answer_to("да", situation(client=client(SIX), asks=(reminder(SIX),), floor=over)))


def test_of_two_reminders_a_yes_goes_to_the_newest_and_then_to_the_other() -> None:
    known = situation(client=client(NOON, SIX), asks=(reminder(SIX, 5), reminder(NOON, 6)))
    first = answer_to("да", known)

    assert _answers(first) == {7: Attend.YES}
    assert "12:00" in said("да", known)
    second = replace(
        known,
        dialogue=first.dialogue,
        asks=(OpenAsk(kind=AskKind.QUESTION, sent_at=NOW), reminder(SIX, 5, answered=Attend.YES), reminder(NOON, 6)),
    )
    assert _answers(answer_to("да", second)) == {8: Attend.YES}


def test_a_yes_without_a_question_in_between_goes_to_the_reminder_without_an_answer() -> None:
    known = situation(client=client(NOON, SIX), asks=(reminder(SIX, 5, answered=Attend.YES), reminder(NOON, 6)))

    assert _answers(answer_to("да", known)) == {8: Attend.YES}


def test_of_two_reminders_a_no_refuses_none_and_a_human_hears_of_both() -> None:
    reply = answer_to("нет", situation(client=client(NOON, SIX), asks=(reminder(SIX, 5), reminder(NOON, 6))))

    assert set(_answers(reply).values()) == {Attend.UNCLEAR}
    assert reply.notes == (notes.UnclearWhichVisit(starts=(NOON.starts, SIX.starts)),)
    assert reply.hand_over is HandOverReason.NOT_UNDERSTOOD


def test_a_quoted_reminder_of_two_is_refused_alone() -> None:
    newest, older = reminder(SIX, 5), reminder(NOON, 6)
    reply = answer_to("нет", situation(client=client(NOON, SIX), asks=(newest, older), quoted=older))

    assert _answers(reply) == {8: Attend.NO}


def test_a_no_after_a_yes_is_told_and_a_yes_after_a_no_too() -> None:
    no = answer_to("нет", situation(client=client(SIX), asks=(reminder(SIX, answered=Attend.YES),)))
    yes = answer_to("да", situation(client=client(SIX), asks=(reminder(SIX, answered=Attend.NO),)))

    assert no.notes == (notes.Declined(starts=SIX.starts),)
    assert yes.notes == (notes.ComesAfterAll(starts=SIX.starts),)


def test_the_same_answer_again_is_silence() -> None:
    reply = answer_to("да", situation(client=client(SIX), asks=(reminder(SIX, answered=Attend.YES),)))

    assert reply.act is Act.SILENT


def test_a_yes_to_a_visit_that_the_desk_has_written_off_is_told_and_not_thanked_for() -> None:
    written_off = replace(SIX, is_written_off=True)
    known = situation(client=client(written_off), asks=(reminder(written_off),))
    reply = answer_to("да", known)

    assert reply.notes == (notes.ConfirmsWrittenOff(starts=SIX.starts),)
    assert Attend.YES not in _answers(reply).values()
    assert "Ждём" not in said("да", known)


def test_a_yes_to_a_visit_that_is_gone_says_so() -> None:
    known = situation(client=client(SIX), asks=(reminder(SIX),))

    assert "уже нет" in said("да", known, Found(visits=()))
    assert Attend.YES not in _answers(answer_to("да", known, Found(visits=()))).values()


def test_a_yes_counts_where_the_journal_does_not_answer_and_nothing_is_said_of_the_visit() -> None:
    known = situation(client=client(SIX), asks=(reminder(SIX),))

    assert _answers(answer_to("да", known, Found(visits=Unavailable()))) == {7: Attend.YES}
    assert "18:00" not in said("да", known, Found(visits=Unavailable()))


def test_a_yes_with_a_wish_beside_it_confirms_nothing() -> None:
    reply = answer_to("да, но лучше на час позже", situation(client=client(SIX), asks=(reminder(SIX),)))

    assert Attend.YES not in _answers(reply).values()


def test_a_yes_with_a_question_beside_it_is_asked_again() -> None:
    known = situation(client=client(SIX), asks=(reminder(SIX),))
    reply = answer_to("да, а где вы находитесь?", known)

    assert not reply.attendance
    assert "Образцовый" in said("да, а где вы находитесь?", known)
    assert said("да, а где вы находитесь?", known).endswith("?")


def test_a_yes_with_words_that_are_not_understood_is_read_by_a_human() -> None:
    reply = answer_to("да, если кошка не родит", situation(client=client(SIX), asks=(reminder(SIX),)))

    assert Attend.YES not in _answers(reply).values()
    assert reply.tells_salon


@pytest.mark.parametrize("text", ["да", "хорошо", "1", "👍"])
def test_a_yes_that_may_be_about_later_news_confirms_nothing(text: str) -> None:
    """ "OK" to a cancellation confirmed tomorrow's visit."""
    known = situation(client=client(SIX), asks=(reminder(SIX, is_overtaken=True),))
    reply = answer_to(text, known)

    assert not reply.attendance
    assert not reply.tells_salon
    assert said(text, known) == "Спасибо, что ответили!"


@pytest.mark.parametrize("text", ["нет", "нет, не смогу", "2"])
def test_a_no_that_may_be_about_later_news_calls_nothing_off(text: str) -> None:
    """ "No" to a move called tomorrow's visit off: a human reads it."""
    known = situation(client=client(SIX), asks=(reminder(SIX, is_overtaken=True),))
    reply = answer_to(text, known)

    assert reply.hand_over is HandOverReason.NOT_UNDERSTOOD
    assert _answers(reply) == {7: Attend.UNCLEAR}
    assert reply.notes == (notes.UnclearAnswer(starts=SIX.starts),)
    assert "уточнит" in said(text, known)


def test_what_is_written_when_the_visit_has_begun_answers_no_reminder() -> None:
    begun = visit(7, NOW - timedelta(minutes=5))

    assert not answer_to("да", situation(client=client(), asks=(reminder(begun),))).attendance


def test_a_yes_goes_to_the_later_of_a_reminder_and_an_offer() -> None:
    move = offered(VisitOperation.MOVE, SIX, datetime.combine(TOMORROW, time(13, 30)), minutes=10)
    reply = answer_to("+", situation(client=client(SIX), asks=(reminder(SIX, 3), move)))

    assert _answers(reply) == {7: Attend.YES}


@pytest.mark.parametrize(
    ("text", "is_good"),
    [("5", True), ("4", True), ("Да, спасибо!", True), ("3", False), ("1", False), ("нет", False)],
)
def test_a_rating_is_thanked_for_or_goes_to_a_human(text: str, is_good: bool) -> None:
    ask = OpenAsk(kind=AskKind.RATING, sent_at=NOW - timedelta(hours=1))
    reply = answer_to(text, situation(client=client(SIX), asks=(ask, reminder(SIX, 600))))

    assert (reply.hand_over is None) is is_good
    assert not reply.attendance


@pytest.mark.parametrize(
    "text",
    [
        "просто космос спасибо",
        "стрижка бомба",
        "Артём волшебник, всё супер",
        "5, Артём супер",
        "стрижка пушка, на 5+",
    ],
)
def test_praise_for_a_rating_is_no_wish(text: str) -> None:
    reply = answer_to(text, situation(asks=(OpenAsk(kind=AskKind.RATING, sent_at=NOW - timedelta(hours=1)),)))

    assert reply.act in {Act.SILENT, Act.INFORM}
    assert reply.hand_over is None


@pytest.mark.parametrize("text", ["стрижка так себе", "не понравилось", "долго ждал, стрижка не очень"])
def test_a_reproach_for_a_rating_is_not_thanked_for(text: str) -> None:
    reply = answer_to(text, situation(asks=(OpenAsk(kind=AskKind.RATING, sent_at=NOW - timedelta(hours=1)),)))

    assert reply.act is not Act.SILENT


@pytest.mark.parametrize("text", ["спасибо большое🌸", "ок", "да", "хорошо", "👍", "нет", "❤️"])
def test_a_word_to_nothing_is_silence(text: str) -> None:
    reply = answer_to(text, situation(client=client(SIX)))

    assert (reply.act, reply.parts, reply.tells_salon) == (Act.SILENT, (), False)


def test_a_plus_after_an_advertisement_confirms_no_visit() -> None:
    reply = answer_to("+", situation(client=client(SIX), asks=(reminder(SIX, 600),), promo=(12,)))

    assert not reply.attendance
    assert reply.dialogue.services == (12,)
    assert reply.proposal is None


def test_answers_count_where_the_bot_is_switched_off() -> None:
    known = situation(client=client(SIX), asks=(reminder(SIX),), is_on=False)

    assert answer_to("да", known).attendance == (AttendanceAnswer(record_id=7, answer=Attend.YES),)
    assert answer_to("нет", known).notes == (notes.Declined(starts=SIX.starts),)
    assert answer_to("сколько стоит стрижка?", known).is_left


def test_a_decision_needs_no_text() -> None:
    """What a model has understood is decided on like what the rules have."""
    assert _answers(answer_to([Yes()], situation(client=client(SIX), asks=(reminder(SIX),)))) == {7: Attend.YES}


@pytest.mark.parametrize(
    "text",
    [
        "да приду\nа какой у вас адрес?",
        "спасибо за напоминание, обязательно приду",
        "да, спасибо что напомнили, чуть не забыл",
        "да буду, на машине приеду",
    ],
)
def test_a_remark_or_a_question_apart_takes_nothing_from_a_yes(text: str) -> None:
    assert _answers(answer_to(text, situation(client=client(SIX), asks=(reminder(SIX),)))) == {7: Attend.YES}


@pytest.mark.parametrize(
    "text", ["да приду, а картой можно?", "приду, если успею", "да, может приду", "приду с мужем"]
)
def test_a_remark_that_may_change_it_leaves_it_open(text: str) -> None:
    given = _answers(answer_to(text, situation(client=client(SIX), asks=(reminder(SIX),))))

    assert Attend.YES not in given.values()
