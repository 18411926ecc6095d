"""Several visits that are to be off, one of several that stays: each is asked about once, with a yes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act, Found, Reply, Write
from aiadmin.domain.yclients.write_outcome import Saved
from aiadmin.texts.chat import render
from tests.support.chat_turns import BEARD, NOW, RUSLAN, TOMORROW, answer_to, client, situation, step_of, visit

SIX = visit()
BEARD_AT_NOON = visit(
    8,
    datetime.combine(TOMORROW + timedelta(days=1), time(12)),
    services=(BEARD,),
    titles=("Моделирование бороды",),
    staff_id=RUSLAN,
    staff_name="Руслан",
)
TWO = situation(client=client(SIX, BEARD_AT_NOON))


def _after(reply: Reply, known: Situation = TWO) -> Situation:
    """The chat after a reply, as the next burst finds it."""
    asks: tuple[OpenAsk, ...] = ()
    if reply.proposal is not None:
        stored = replace(reply.proposal, proposal_id="1")
        asks = (OpenAsk(kind=AskKind.PROPOSAL, sent_at=NOW, proposal=stored),)
    elif reply.asks is not None:
        asks = (OpenAsk(kind=AskKind.QUESTION, sent_at=NOW),)
    return replace(known, dialogue=reply.dialogue, asks=asks, greeted_at=NOW)


def _cancelled(text: str, known: Situation) -> Reply:
    """The reply after a yes whose cancellation the journal has taken."""
    visits = known.client.visits
    assert isinstance(step_of(text, known, Found(visits=visits)), Write)
    step = step_of(text, known, Found(visits=visits, written=(Saved(),)))
    assert isinstance(step, Reply)
    return step


def _record(reply: Reply) -> tuple[VisitOperation, int | None] | None:
    return reply.proposal and (reply.proposal.operation, reply.proposal.record_id)


ALL = [
    "отмените обе записи",
    "отмените все мои записи",
    "отмените всё",
    "отмените обе пожалуйста",
    "не смогу прийти ни завтра, ни в субботу",
]


@pytest.mark.parametrize("text", ALL)
@pytest.mark.parametrize("yes", ["да", "да, обе", "да, все"])
def test_all_visits_are_cancelled_one_after_the_other(text: str, yes: str) -> None:
    first = answer_to(text, TWO)
    second = _cancelled(yes, _after(first))
    third = _cancelled("да", _after(second))

    assert [_record(one) for one in (first, second, third)] == [
        (VisitOperation.CANCEL, 7),
        (VisitOperation.CANCEL, 8),
        None,
    ]
    assert third.act is Act.DONE
    assert "отменена" in render(second, TWO)


@pytest.mark.parametrize("text", ["обе", "все", "обе отмените", "да, обе"])
def test_both_is_an_answer_to_which(text: str) -> None:
    asked = answer_to("отмените запись", TWO)
    reply = answer_to(text, _after(asked))

    assert _record(reply) == (VisitOperation.CANCEL, 7)
    assert "12:00" not in render(reply, TWO)


@pytest.mark.parametrize("text", ["да, обе", "да, обе отменяйте"])
def test_both_after_one_was_proposed_brings_the_other_next(text: str) -> None:
    one = answer_to("отмените запись на завтра", TWO)

    assert _record(_cancelled(text, _after(one))) == (VisitOperation.CANCEL, 8)


def test_a_no_to_one_of_several_goes_on_with_the_next() -> None:
    reply = answer_to("нет", _after(answer_to("отмените обе записи", TWO)))

    assert _record(reply) == (VisitOperation.CANCEL, 8)


def test_what_it_is_too_late_for_is_left_to_a_human_and_the_rest_is_not() -> None:
    soon = visit(9, NOW + timedelta(hours=1))
    known = situation(client=client(soon, BEARD_AT_NOON))
    first = answer_to("отмените обе записи", known)
    second = _cancelled("да", _after(first, known))

    assert _record(first) == (VisitOperation.CANCEL, 8)
    assert second.hand_over is HandOverReason.FORBIDDEN


@pytest.mark.parametrize(
    ("text", "record_id"),
    [
        ("бороду отмените, стрижку оставьте", 8),
        ("отмените стрижку, борода в силе", 7),
        ("завтра отменяйте, в субботу как договаривались", 7),
        ("в субботу приду, а завтра отмените", 7),
        ("стрижку отменяем, борода без изменений", 7),
        ("отмените к Руслану, к Артёму приду", 8),
        ("субботу отмените, завтра не трогайте", 8),
    ],
)
def test_of_two_the_one_that_stays_is_left_out(text: str, record_id: int) -> None:
    assert _record(answer_to(text, TWO)) == (VisitOperation.CANCEL, record_id)


@pytest.mark.parametrize("why", ["ребёнок заболел", "сын заболел", "дочка температурит"])
@pytest.mark.parametrize("what", ["завтра не приду, {}", "{}, отмените завтра", "увы, {}, отмените запись на завтра"])
@pytest.mark.parametrize("visits", [(SIX,), (SIX, BEARD_AT_NOON)])
def test_who_is_ill_at_home_is_no_guest_of_a_visit(why: str, what: str, visits: Sequence[object]) -> None:
    known = situation(client=client(*visits))  # type: ignore[arg-type]
    reply = answer_to(what.format(why), known)

    assert _record(reply) == (VisitOperation.CANCEL, 7)
    assert "не вижу" not in render(reply, known)
