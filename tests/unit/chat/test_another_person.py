"""The same for somebody else in a few words, one more person, and what several people have of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.another_person import counterpart
from aiadmin.domain.chat.commands import SELF, AskPrice, Guest, NamedService
from aiadmin.domain.chat.continuing import continued
from aiadmin.domain.chat.dialogue import Dialogue, Inquiry, Price, Slot, VisitOperation
from aiadmin.domain.chat.policy.service_choice import is_for_two, narrowed
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.chat.wishes import points
from aiadmin.domain.journal.journal import MasterTerms, Service
from tests.support.chat_turns import ARTEM, CUT, RUSLAN, TOMORROW, salon, situation, understood

WOMENS, CHILDS, SPA, SPA_FOR_TWO = 21, 22, 23, 24
_PRICE = Price(low=Decimal(2000), high=Decimal(2000))
BOOKED = Slot(
    starts=datetime.combine(TOMORROW, time(15)),
    staff_id=ARTEM,
    services=(WOMENS,),
    length=timedelta(hours=1),
    price=_PRICE,
)


def _salon() -> SalonView:
    """As it is, and with haircuts for women and children, and a programme for one and for two."""
    known = salon()
    titles = {
        WOMENS: "Женская стрижка",
        CHILDS: "Детская стрижка",
        SPA: "Спа-программа",
        SPA_FOR_TWO: "Спа для двоих",
    }
    masters = tuple(
        MasterTerms(staff_id=one, price=Decimal(2000), length=timedelta(hours=1)) for one in (ARTEM, RUSLAN)
    )
    more = {
        number: Service(
            service_id=number,
            title=title,
            category_id=1,
            price_min=Decimal(2000),
            price_max=Decimal(2000),
            length=timedelta(hours=1),
            masters=masters,
        )
        for number, title in titles.items()
    }
    return replace(known, services={**known.services, **more})


def _booked() -> Situation:
    return situation(salon=_salon(), dialogue=Dialogue(booked=BOOKED))


@pytest.mark.parametrize(
    ("guest", "service"),
    [
        (Guest(who="муж"), CUT),
        (Guest(who="сын", is_child=True), CHILDS),
        (Guest(who="мама"), WOMENS),
        (Guest(name="Лена"), WOMENS),
    ],
)
def test_a_service_has_a_counterpart_for_whoever_comes(guest: Guest, service: int) -> None:
    assert counterpart(_salon(), WOMENS, guest) == service


@pytest.mark.parametrize(
    ("text", "service"),
    [("а мужу?", CUT), ("и сестре", WOMENS), ("теперь подругу на то же", WOMENS), ("а Лене на то же время?", WOMENS)],
)
def test_what_was_booked_is_wished_for_somebody_else(text: str, service: int) -> None:
    known = _booked()
    wish = advance(known.dialogue, understood(text, known), known)

    assert wish.operation is VisitOperation.BOOK
    assert wish.services == (service,)
    assert len(wish.guests) == 1


def test_at_the_same_time_is_that_of_the_visit_that_was_booked() -> None:
    known = _booked()
    wish = advance(known.dialogue, understood("а мужу на то же время?", known), known)

    assert points(wish.whens) == (time(15),)


@pytest.mark.parametrize("text", ["сестра записана к вам?", "спасибо, мужу понравится"])
def test_what_is_asked_of_somebody_wishes_for_nothing(text: str) -> None:
    known = _booked()

    assert advance(known.dialogue, understood(text, known), known).services == ()


def test_the_price_is_asked_of_the_counterpart() -> None:
    known = situation(salon=_salon(), dialogue=Dialogue(inquiries=(Inquiry.PRICE,), inquired=(WOMENS,)))

    asked = continued(understood("а мужу?", known), known.dialogue, known)

    assert any(isinstance(one, AskPrice) for one in asked)
    assert [one.ids for one in asked if isinstance(one, NamedService)] == [(CUT,)]


def test_two_who_come_together_have_what_is_for_two() -> None:
    wish = Dialogue(choices=((SPA, SPA_FOR_TWO),), guest_count=2)
    alone = Dialogue(choices=((SPA, SPA_FOR_TWO),))

    assert narrowed(situation(salon=_salon(), dialogue=wish)).services == (SPA_FOR_TWO,)
    assert narrowed(situation(salon=_salon(), dialogue=alone)).services == ()
    assert [is_for_two(_salon(), one) for one in (SPA, SPA_FOR_TWO)] == [False, True]


def test_who_comes_on_top_has_what_is_for_them() -> None:
    known = situation(salon=_salon(), dialogue=Dialogue(operation=VisitOperation.BOOK, services=(WOMENS,)))
    wish = advance(known.dialogue, [Guest(who="муж", is_beside=True)], known)

    assert wish.services == (WOMENS, CUT)
    assert [one.services for one in wish.guests] == [(CUT,)]


def test_i_and_a_service_is_a_line_of_mine() -> None:
    named = [
        one for one in understood("папа хочет бороду, а я стрижку", situation()) if isinstance(one, NamedService)
    ]

    assert {one.whom for one in named} == {"папа", SELF}
