"""The same for somebody else in a few words, one more person, and what several people have of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache

import pytest

from aiadmin.adapters.morphology import morphology
from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.another_person import counterpart
from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.commands import SELF, AskPrice, Guest, NamedService, Suits
from aiadmin.domain.chat.context import reading_context
from aiadmin.domain.chat.continuing import continued
from aiadmin.domain.chat.dialogue import Dialogue, Inquiry, Price, Slot, VisitOperation
from aiadmin.domain.chat.policy.service_choice import is_for_two, narrowed
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.chat.steps import NeedStarts
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, Vocabulary, vocabulary_of
from aiadmin.domain.chat.wishes import points
from aiadmin.domain.journal.journal import MasterTerms, Service
from aiadmin.domain.journal.online_booking import Start
from aiadmin.texts.chat import render
from tests.support.chat_turns import (
    ARTEM,
    BEARD,
    CUT,
    NOW,
    RUSLAN,
    TOMORROW,
    answer_to,
    client,
    salon,
    situation,
    understood,
    visit,
)

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


def _free(hour: int) -> Start:
    return Start(wall_clock=datetime.combine(TOMORROW, time(hour)), length=timedelta(minutes=30), token="t")


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


def test_each_of_two_people_has_a_time_of_their_own() -> None:
    found = understood("мне стрижку завтра в 13, а брату бороду в 15", situation())

    times = {one.whom: points(one.whens) for one in found if isinstance(one, Suits)}
    days = {one.whom: [when.day for when in one.whens] for one in found if isinstance(one, Suits)}
    assert times == {"": (time(13),), "брат": (time(15),)}
    assert days[""] == days["брат"]


def test_each_visit_is_looked_for_at_its_own_time() -> None:
    journal = {
        NeedStarts((CUT,), ARTEM, TOMORROW): [_free(13), _free(15)],
        NeedStarts((BEARD,), ARTEM, TOMORROW): [_free(13), _free(15)],
    }
    reply = answer_to("мне стрижку завтра в 13, а брату бороду в 15", situation(), journal=journal)

    assert reply.proposal is not None
    assert [(one.starts.hour, one.services) for one in reply.proposal.slots] == [(13, (CUT,)), (15, (BEARD,))]


@pytest.mark.parametrize("text", ["мне стрижку, а брату бороду завтра в 15", "мне стрижку в 15, брату бороду в 15"])
def test_one_time_is_everybodys(text: str) -> None:
    assert [one.whom for one in understood(text, situation()) if isinstance(one, Suits)] == [""]


@cache
def _words() -> Vocabulary:
    known = _salon()
    services = [OfferedService(id=one.service_id, title=one.title, category="") for one in known.services.values()]
    staff = [OfferedStaff(id=one.staff_id, name=one.name) for one in known.staff.values()]
    return vocabulary_of(services, staff, morphology())


def _wished(text: str, *past: int) -> Dialogue:
    """What is wished for by a text, when all that is known besides has narrowed it; `past` is what the client had."""
    had = (visit(starts=NOW - timedelta(days=30), services=past),) if past else ()
    known = situation(salon=_salon(), client=client(past=had))
    commands = read(Burst((text,)), reading_context(known, _words()))
    return narrowed(replace(known, dialogue=advance(known.dialogue, commands, known)))


@pytest.mark.parametrize(
    ("text", "own", "theirs"),
    [
        ("запишите нас с мужем на стрижку", WOMENS, CUT),
        ("хотим с мужем подстричься в субботу", WOMENS, CUT),
        ("подстригите мужа и меня", WOMENS, CUT),
        ("муж со мной хочет подстричься завтра", WOMENS, CUT),
        ("мы с парнем на стрижку", WOMENS, CUT),
        ("мне и жене стрижку", CUT, WOMENS),
    ],
)
def test_a_couple_has_what_is_for_each(text: str, own: int, theirs: int) -> None:
    wish = _wished(text)

    assert (set(wish.services), wish.choices) == ({own, theirs}, ())
    assert [one.services for one in wish.guests] == [(theirs,)]
    assert wish.guest_count == 2


@pytest.mark.parametrize(
    "text", ["меня с сыном на стрижку", "стрижка мне и ребёнку", "мы с дочкой хотим подстричься, ей 6 лет"]
)
def test_who_comes_with_a_child_has_what_they_always_have_or_is_asked(text: str) -> None:
    assert set(_wished(text, CUT).services) == {CUT, CHILDS}

    unknown = _wished(text)
    assert (unknown.services, unknown.choices) == ((CHILDS,), ((CUT, WOMENS),))


@pytest.mark.parametrize("text", ["запишите меня, мужа и сына на стрижку", "мы с мужем и сыном хотим подстричься"])
def test_each_of_three_has_what_is_for_them(text: str) -> None:
    wish = _wished(text)

    assert (set(wish.services), wish.guest_count) == ({WOMENS, CUT, CHILDS}, 3)
    assert {one.who: one.services for one in wish.guests} == {"муж": (CUT,), "сын": (CHILDS,)}


def test_others_alone_have_what_is_for_each_of_them() -> None:
    wish = _wished("мужа и сына подстричь завтра")

    assert set(wish.services) == {CUT, CHILDS}
    assert {one.who: one.services for one in wish.guests} == {"муж": (CUT,), "сын": (CHILDS,)}


@pytest.mark.parametrize(
    ("text", "count"), [("двух дочек подстричь, 5 и 9 лет", 2), ("запишите троих детей на стрижку", 3)]
)
def test_several_of_one_kind_have_one_each_and_the_client_has_none(text: str, count: int) -> None:
    wish = _wished(text)

    assert (wish.services, len(wish.guests), wish.guest_count) == ((CHILDS,), count, count)
    assert all(one.is_child for one in wish.guests)
    assert not any(when.time for when in wish.whens), "an age is no time of day"


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("нас с братом подстригите", CUT),
        ("мы с подругой на стрижку", WOMENS),
        ("мы с сестрой на стрижку, чтобы друг другу не мешать", WOMENS),
        ("сына и дочку подстричь", CHILDS),
        ("мужа на стрижку", CUT),
        ("сына подстричь", CHILDS),
    ],
)
def test_what_all_have_alike_is_one_service(text: str, service: int) -> None:
    wish = _wished(text)

    assert (wish.services, wish.choices) == ((service,), ())


def test_who_works_is_not_who_is_free_just_then() -> None:
    """One is free at three, the other at six: both work, and one after the other is proposed."""
    open_long = ((time(11), time(21)),)
    shop = replace(salon(), schedule={(ARTEM, TOMORROW): open_long, (RUSLAN, TOMORROW): open_long})
    known = situation(salon=shop)
    free = {NeedStarts((CUT,), ARTEM, TOMORROW): [_free(15)], NeedStarts((CUT,), RUSLAN, TOMORROW): [_free(18)]}
    reply = answer_to("нас двое с другом, на мужскую стрижку завтра в 15", known, journal=free)

    assert reply.proposal is not None
    assert [one.starts.hour for one in reply.proposal.slots] == [15, 18]
    assert "работает один" not in render(reply, known)
