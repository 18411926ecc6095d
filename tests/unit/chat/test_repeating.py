"""What we have just said is not said again in the same words, no talk goes in circles, and no question is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.dialogue import Proposal, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act, Reply
from aiadmin.texts.chat import render
from tests.support.chat_turns import BEARD, NOW, RUSLAN, TOMORROW, answer_to, client, situation, visit

SIX = visit()
NOON = visit(8, datetime.combine(TOMORROW + timedelta(days=1), time(12)), services=(BEARD,), staff_id=RUSLAN)
ONE, TWO = situation(client=client(SIX)), situation(client=client(SIX, NOON))


def _after(reply: Reply, known: Situation) -> Situation:
    """The chat as the next burst finds it."""
    asks = known.asks
    if reply.parts:
        asks = (OpenAsk(kind=AskKind.QUESTION, sent_at=NOW),) if reply.asks else ()
    if reply.proposal is not None:
        asks = (OpenAsk(kind=AskKind.PROPOSAL, sent_at=NOW, proposal=_stored(reply.proposal)),)
    return replace(known, dialogue=reply.dialogue, asks=asks, greeted_at=NOW)


def _stored(proposal: Proposal) -> Proposal:
    return replace(proposal, proposal_id="1")


def _talk(known: Situation, *texts: str) -> Sequence[Reply]:
    replies = []
    for text in texts:
        replies.append(answer_to(text, known))
        known = _after(replies[-1], known)
    return replies


def _texts(known: Situation, *texts: str) -> Sequence[str]:
    return [render(one, known) for one in _talk(known, *texts)]


@pytest.mark.parametrize(
    ("known", "texts"),
    [
        (situation(), ("запишите меня", "завтра", "к Артёму")),
        (situation(), ("хочу записаться", "на субботу после обеда", "утром тоже можно")),
        (TWO, ("отмените запись", "да", "да")),
        (TWO, ("перенесите запись", "ок", "ага")),
        (ONE, ("запишите на стрижку", "да", "да")),
        (situation(), ("ыыы", "да", "ок")),
    ],
)
def test_a_question_comes_again_in_other_words_and_then_a_human(known: Situation, texts: Sequence[str]) -> None:
    replies = _talk(known, *texts)
    said = [render(one, known) for one in replies]

    assert len(set(said)) == len(said)
    assert [one.act for one in replies[:2]] == [Act.ASK, Act.ASK]
    assert replies[2].hand_over is HandOverReason.NOT_UNDERSTOOD or "?" not in said[2]


def test_a_list_is_sent_once_and_its_line_asked_for_then() -> None:
    first, second = _texts(TWO, "отмените запись", "да")

    assert "18:00" in first
    assert "18:00" not in second
    assert "номер" in second


@pytest.mark.parametrize("operation", ["отмените запись", "перенесите запись"])
def test_the_line_of_a_list_counts_after_the_short_question_too(operation: str) -> None:
    replies = _talk(TWO, operation, "да", "2")

    assert replies[2].dialogue.record_id == 8


def test_a_new_fact_is_acknowledged_where_the_question_stays() -> None:
    _, second = _texts(situation(), "хочу записаться", "в субботу после обеда")

    assert second.startswith("Спасибо, учли.")


@pytest.mark.parametrize("text", ["вы где находитесь?", "во сколько вы открываетесь?"])
def test_questions_between_do_not_count_as_circles(text: str) -> None:
    replies = _talk(situation(), "хочу записаться", text, "завтра", "а какой у вас адрес?")

    assert Act.HAND_OVER not in [one.act for one in replies]


# --- "to be moved, or one more?" ---


@pytest.mark.parametrize("text", ["в субботу в 15", "можно в субботу в три часа?"])
@pytest.mark.parametrize("yes", ["да", "да, отлично", "ок", "хорошо", "ага"])
def test_a_yes_to_either_or_is_met_with_the_question_in_short(text: str, yes: str) -> None:
    first, second = _talk(ONE, text, yes)

    assert first.act is Act.ASK
    assert second.act is Act.ASK
    assert "перенести" in render(second, ONE)
    assert "18:00" not in render(second, ONE)


@pytest.mark.parametrize(
    ("answer", "operation"),
    [
        ("перенести", VisitOperation.MOVE),
        ("перенесите", VisitOperation.MOVE),
        ("ещё раз", VisitOperation.BOOK),
        ("еще одну", VisitOperation.BOOK),
        ("запишите ещё раз", VisitOperation.BOOK),
        ("новую", VisitOperation.BOOK),
    ],
)
@pytest.mark.parametrize("is_short", [False, True])
def test_either_or_is_answered_by_its_words(answer: str, operation: VisitOperation, is_short: bool) -> None:
    talk = ("в субботу в 15", *(("да",) if is_short else ()), answer)
    last = _talk(ONE, *talk)[-1]

    assert last.dialogue.operation is operation
    assert last.act is not Act.SILENT


def test_a_no_to_either_or_leaves_all_as_it_is() -> None:
    last = _talk(ONE, "в субботу в 15", "нет")[-1]

    assert last.act is Act.INFORM
    assert last.proposal is None


# --- what is no matter of a question ---


@pytest.mark.parametrize("text", ["стойте", "погоди", "ой подождите", "секунду"])
def test_hold_on_over_a_proposal_is_waited_for(text: str) -> None:
    first, second = _talk(ONE, "отмените запись", text)

    assert first.act is Act.OFFER
    assert second.act is Act.INFORM
    assert second.proposal == _stored(first.proposal) if first.proposal else False
    assert "отменить" not in render(second, ONE).lower()


@pytest.mark.parametrize("texts", [("подумаю", "надо посоветоваться"), ("секунду", "минутку")])
def test_a_second_delay_needs_no_second_word(texts: tuple[str, str]) -> None:
    assert [one.act for one in _talk(ONE, "отмените запись", *texts)][1:] == [Act.INFORM, Act.SILENT]


@pytest.mark.parametrize("text", ["спасибо", "спасибо, до завтра", "🌸"])
def test_a_farewell_does_not_bring_the_question_again(text: str) -> None:
    assert _talk(TWO, "отмените запись", text)[-1].act is Act.SILENT
