"""What the salon is told of a chat: each reason and each note has its words, and nothing is told unasked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from aiadmin.domain.chat import notes
from aiadmin.domain.chat.dialogue import Dialogue, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.visits import ChangePassedOn
from aiadmin.domain.chat.situation import ClientView, OwnVisit, SalonView, Situation
from aiadmin.domain.chat.steps import Act, Reply, SalonNote
from aiadmin.domain.chat.when import Day, DayRange, Time, TimeRange, When
from aiadmin.domain.journal.journal import Service, StaffMember
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


SALON = replace(
    SITUATION.salon,
    services={1: Service(service_id=1, title="Балаяж")},
    staff={1: StaffMember(staff_id=1, name="Елена")},
)
VISIT = OwnVisit(
    record_id=7,
    starts=NOW + timedelta(hours=2),
    length=timedelta(hours=1),
    services=(1,),
    titles=("Стрижка",),
    staff_id=1,
    staff_name="Елена",
)


def test_a_change_that_comes_too_late_says_which_visit() -> None:
    part = ChangePassedOn(operation=VisitOperation.CANCEL, visit=VISIT, is_too_late=True)
    reply = Reply(act=Act.HAND_OVER, parts=(part,), hand_over=HandOverReason.FORBIDDEN)
    told = salon.to_salon(reply, SITUATION, "не смогу")
    assert "просит отменить запись в четверг, 12 марта, в 12:00 (стрижка, Елена). По правилам салона" in told


def test_a_wish_that_is_handed_over_says_its_day_and_time() -> None:
    day, at = Day(any_of=(DayRange(NOW.date(), NOW.date()),)), Time(any_of=(TimeRange(time(18), time(18)),))
    whens = (When(day=day, time=at),)
    wish = Dialogue(services=(1,), staff=(1,), whens=whens)
    reply = Reply(act=Act.HAND_OVER, hand_over=HandOverReason.PREPAY, dialogue=wish)
    told = salon.to_salon(reply, replace(SITUATION, salon=SALON), "запишите")
    assert "О чём речь: Балаяж, мастер Елена, четверг, 12 марта, 18:00." in told
