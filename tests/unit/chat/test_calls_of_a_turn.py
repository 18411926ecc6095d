"""A turn makes so many calls and no more, whatever else would be good to know."""

from __future__ import annotations

from aiadmin.domain.chat.policy.own_visits import live_visits
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import MOST_CALLS, Act, Found, LookUp, NeedStarts, Reply
from tests.support.chat_turns import ARTEM, CUT, TOMORROW, client, situation, visit


def _turn(calls: int) -> TurnFacts:
    starts = {NeedStarts((CUT, number), ARTEM, TOMORROW): () for number in range(calls)}
    return TurnFacts(situation=situation(client=client(visit())), commands=(), found=Found(starts=starts))


def test_the_journal_is_not_asked_for_visits_when_no_call_is_left() -> None:
    step = live_visits(_turn(MOST_CALLS))

    assert isinstance(step, Reply)
    assert step.act is Act.HAND_OVER


def test_it_is_while_one_is() -> None:
    assert isinstance(live_visits(_turn(MOST_CALLS - 1)), LookUp)
