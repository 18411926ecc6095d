"""Harm that a procedure has left behind goes to a human at once, however it is told."""

from __future__ import annotations

import pytest

from aiadmin.domain.chat.commands import HealthMatter
from aiadmin.domain.chat.floor import HandOverReason
from tests.support.chat_turns import answer_to, situation, understood


@pytest.mark.parametrize(
    "text",
    [
        "вчера Артём брил, сегодня шея вздулась и мокнет, это нормально?",
        "вчера у Артёма была, сегодня все вздулось, так и должно быть?",
        "Артём вчера стриг, ухо распухло",
        "сделали вчера, сегодня пузырь с водой, что делать?",
        "кожа мокнет после бритья у Артёма вчера, когда пройдет",
        "вчера делала ногти, сегодня палец распух",
        "сделали брови вчера, сегодня все в волдырях",
        "после чистки лица корочки, так и надо?",
    ],
)
def test_a_bad_state_after_work_is_a_matter_of_health(text: str) -> None:
    reply = answer_to(text, situation())

    assert reply.hand_over is HandOverReason.HEALTH


@pytest.mark.parametrize(
    "text",
    [
        "вчера делала ногти, сегодня хочу стрижку",
        "сделали уборку, теперь можно и на стрижку",
        "Артём вчера стриг, очень понравилось",
        "после работы можно на стрижку?",
        "после обеда есть окошко?",
    ],
)
def test_who_tells_of_no_bad_state_is_not_ill(text: str) -> None:
    assert not [one for one in understood(text, situation()) if isinstance(one, HealthMatter)]
