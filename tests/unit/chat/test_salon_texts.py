"""What the salon is told of a chat: each reason and each note has its words, and nothing is told unasked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from aiadmin.domain.chat import notes
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.situation import ClientView, SalonView, Situation
from aiadmin.domain.chat.steps import Act, Reply, SalonNote
from aiadmin.texts.chat import salon

NOW = datetime.fromisoformat("2026-03-12T10:00")
SITUATION = Situation(
    now=NOW,
    written_at=NOW,
    salon=SalonView(title="Лаванда", zone="Europe/Moscow"),
    client=ClientView(name="Анна", phone="79990000001"),
)


def test_each_reason_and_each_note_has_its_words() -> None:
    assert set(salon.REASONS) == set(HandOverReason)
    assert set(salon.NOTES) == set(SalonNote.__subclasses__())


@pytest.mark.parametrize("reason", HandOverReason)
def test_a_hand_over_says_who_why_and_what_was_said(reason: HandOverReason) -> None:
    reply = Reply(act=Act.HAND_OVER, hand_over=reason, dialogue=Dialogue())
    told = salon.to_salon(reply, SITUATION, "Позовите\u202e человека " + "а" * 400)
    assert told.startswith("Анна (+79990000001): ")
    assert "«Позовите человека" in told
    assert len(told) < 700
    assert "Ответьте сами" in told


def test_a_note_says_which_visit() -> None:
    note = notes.Declined(starts=NOW + timedelta(days=1))
    told = salon.to_salon(Reply(act=Act.INFORM, notes=(note,)), SITUATION, "нет")
    assert told.startswith("Анна (+79990000001): не сможет прийти")
    assert "13 марта, в 10:00" in told


def test_nothing_is_told_without_a_reason() -> None:
    assert salon.to_salon(Reply(act=Act.INFORM), SITUATION, "да") == ""
