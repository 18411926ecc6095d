"""Sentences of replies: signs between names and days, and what follows a list."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from aiadmin.domain.chat.dialogue import Price, Slot
from aiadmin.domain.chat.parts.booking import Offered, WhatFor
from aiadmin.domain.chat.parts.questions import OpenOn, OurServices, Prices, ServicePrice, StaffOn, WhoWorks
from aiadmin.domain.chat.situation import ClientView, SalonView, Situation
from aiadmin.domain.chat.steps import Act, Part, Reply
from aiadmin.domain.journal.journal import Service, StaffMember
from aiadmin.texts.chat import render

NOW = datetime.fromisoformat("2026-03-12T10:00")
TOMORROW = NOW + timedelta(days=1)
SALON = SalonView(
    title="Глянец",
    zone="Asia/Novosibirsk",
    services={1: Service(service_id=1, title="Мойка")},
    staff={
        1: StaffMember(staff_id=1, name="Бокс 1", specialization=" "),
        2: StaffMember(staff_id=2, name="Анна", specialization="парикмахер"),
    },
)
SITUATION = Situation(now=NOW, written_at=NOW, salon=SALON, client=ClientView(name=None, phone="79990000001"))
HOURS = (time(9), time(18))


def _rendered(*parts: Part) -> str:
    return render(Reply(act=Act.INFORM, parts=parts), SITUATION)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (OpenOn(day=TOMORROW.date(), hours=HOURS), "В пятницу, 13 марта, работаем с 09:00 до 18:00."),
        (OpenOn(day=NOW.date(), hours=HOURS), "Сегодня, в четверг, 12 марта, работаем с 09:00 до 18:00."),
        (OpenOn(day=TOMORROW.date(), hours=None), "В пятницу, 13 марта, салон закрыт."),
        (
            StaffOn(name="Анна", day=TOMORROW.date(), hours=(HOURS,)),
            "Анна в пятницу, 13 марта, работает с 09:00 до 18:00.",
        ),
        (StaffOn(name="Анна", day=NOW.date(), hours=(HOURS,)), "Анна сегодня работает с 09:00 до 18:00."),
        (WhoWorks(day=TOMORROW.date(), names=("Анна",)), "В пятницу, 13 марта, работают: Анна."),
    ],
)
def test_a_day_in_the_midst_of_a_sentence_stands_between_commas(part: Part, said: str) -> None:
    assert _rendered(part) == said


@pytest.mark.parametrize("part", [WhatFor, OurServices])
def test_categories_with_commas_stand_apart(part: type) -> None:
    assert "лазер, женщины; солярий" in _rendered(part(categories=("Лазер, женщины", "Солярий")))


@pytest.mark.parametrize(("staff", "said"), [(1, "Мойка, Бокс 1, "), (2, "Мойка, мастер Анна, ")])
def test_a_row_without_a_trade_is_no_master(staff: int, said: str) -> None:
    slot = Slot(services=(1,), staff_id=staff, starts=TOMORROW, length=timedelta(hours=1), price=Price())
    assert _rendered(Offered(slots=(slot,))).startswith(said)


def test_what_follows_a_list_begins_a_line() -> None:
    price = Price(low=Decimal(500), high=Decimal(500))
    listed = Prices(services=tuple(ServicePrice(title=one, price=price) for one in ("Мойка", "Озон")))
    assert _rendered(listed, OpenOn(day=TOMORROW.date(), hours=None)).endswith(
        "• озон: 500 ₽\nВ пятницу, 13 марта, салон закрыт."
    )
