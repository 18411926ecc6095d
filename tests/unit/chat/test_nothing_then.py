"""Nothing is free as it was wished: another day at that time, never the other way, never what was named before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.steps import Act, Need, NeedDays, NeedNearest, NeedStarts, Reply
from aiadmin.domain.journal.online_booking import Start
from aiadmin.texts.chat import render
from tests.support.chat_turns import ARTEM, CUT, NOW, RUSLAN, TOMORROW, answer_to, client, salon, situation, visit

AFTER = TOMORROW + timedelta(days=1)
WORKING = ((time(11), time(21)),)
KNOWN = situation(
    salon=replace(
        salon(),
        schedule={(ARTEM, TOMORROW): WORKING, (ARTEM, AFTER): WORKING, (RUSLAN, TOMORROW): (), (RUSLAN, AFTER): ()},
    )
)


def _starts(day: date, *clocks: str) -> list[Start]:
    moments = [datetime.combine(day, time.fromisoformat(one)) for one in clocks]
    return [Start(wall_clock=one, length=timedelta(hours=1), token=f"{one}") for one in moments]


def _journal(tomorrow: tuple[str, ...], after: tuple[str, ...]) -> Mapping[Need, Any]:
    near = {NeedNearest((CUT,), one): _starts(TOMORROW, *tomorrow) for one in (ARTEM,)}
    days = {
        NeedDays((CUT,), ARTEM, NOW.date(), last): [TOMORROW, AFTER]
        for last in (TOMORROW + timedelta(days=step) for step in range(60))
    }
    return {
        **near,
        **days,
        NeedNearest((CUT,), RUSLAN): [],
        NeedStarts((CUT,), ARTEM, TOMORROW): _starts(TOMORROW, *tomorrow),
        NeedStarts((CUT,), ARTEM, AFTER): _starts(AFTER, *after),
    }


def _then(first: str, second: str, journal: Mapping[Need, Any]) -> tuple[Reply, str]:
    known = replace(KNOWN, dialogue=answer_to(first, KNOWN, journal=journal).dialogue)
    reply = answer_to(second, known, journal=journal)
    return reply, render(reply, known)


def test_an_evening_that_is_taken_is_looked_for_on_other_days() -> None:
    reply, answer = _then("стрижка завтра", "а вечером есть?", _journal(("12:00", "15:00"), ("13:00", "19:00")))

    assert "вечером свободных мест нет" in answer
    assert reply.proposal is not None
    assert reply.proposal.slots[0].starts == datetime.combine(AFTER, time(19))


def test_an_evening_is_not_said_to_be_taken_where_a_part_of_it_is_free() -> None:
    _, answer = _then("стрижка завтра", "а после 20?", _journal(("12:00", "19:00"), ("13:00",)))

    assert "вечером" not in answer


@pytest.mark.parametrize(
    ("text", "free", "moved"),
    [
        ("перенесите на час позже", ("11:00", "12:00"), ()),
        ("перенесите на час раньше", ("20:00",), ()),
        ("перенесите на час раньше", ("15:00", "20:00"), ("15:00",)),
    ],
)
def test_a_shift_never_goes_the_other_way(text: str, free: tuple[str, ...], moved: tuple[str, ...]) -> None:
    known = replace(KNOWN, client=client(visit()))
    reply = answer_to(text, known, journal=_journal(free, ()))

    assert tuple(f"{one.starts:%H:%M}" for one in (reply.proposal.slots if reply.proposal else ())) == moved


@pytest.mark.parametrize("text", ["завтра не смогу, можно через неделю?", "перенесите на 30 мая"])
def test_the_day_that_is_left_is_not_offered(text: str) -> None:
    known = replace(KNOWN, client=client(visit()))
    reply = answer_to(text, known, journal=_journal(("12:00", "20:00"), ()))

    assert reply.act is not Act.OFFER
    assert "20:00" not in render(reply, known)
