"""Whether there is anything for less than what is offered: with whom, what else, or that there is nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aiadmin.domain.chat.asks import OpenAsk
from aiadmin.domain.chat.dialogue import Dialogue, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.booking import Offered
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act, Asks, Need, NeedNearest, NeedStarts, Reply
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.chat.wishes import on
from aiadmin.domain.journal.online_booking import Start
from aiadmin.texts.chat import render
from tests.support.chat_turns import ARTEM, BEARD, CUT, RUSLAN, TOMORROW, answer_to, offered, salon, situation, visit

AT = datetime.combine(TOMORROW, time(15))
FREE = {
    NeedStarts((one,), who, TOMORROW): [Start(wall_clock=AT, length=timedelta(hours=1), token="t")]
    for one in (CUT, BEARD)
    for who in (ARTEM, RUSLAN)
}


def _offered(service: int = CUT, *, others_price: int | None = None) -> Situation:
    """Tomorrow at three with Артём is offered; Руслан works then, too."""
    view = salon()
    schedule = {(one, TOMORROW): ((time(11), time(21)),) for one in (ARTEM, RUSLAN)}
    services = dict(view.services)
    if others_price is not None:
        masters = tuple(replace(one, price=Decimal(others_price)) for one in services[service].masters)
        services[service] = replace(services[service], masters=masters, price_min=Decimal(others_price))
    ask: OpenAsk = offered(VisitOperation.BOOK, visit(services=(service,)), AT)
    assert ask.proposal is not None
    price = Decimal(others_price or (2000 if service == CUT else 1000))
    slots = tuple(replace(one, price=replace(one.price, low=price, high=price)) for one in ask.proposal.slots)
    return situation(
        salon=replace(view, schedule=schedule, services=services),
        asks=(replace(ask, proposal=replace(ask.proposal, slots=slots)),),
        dialogue=Dialogue(
            operation=VisitOperation.BOOK,
            services=(service,),
            staff=(ARTEM,),
            whens=(on(TOMORROW, time(15)),),
            asked=Asked.CONSENT,
        ),
    )


def _answer(text: str, known: Situation) -> tuple[Reply, str]:
    reply = answer_to(text, known, journal=FREE)
    return reply, render(reply, known)


@pytest.mark.parametrize(
    "text",
    [
        "дорого",
        "а почему так дорого?",
        "почему столько? раньше 900 платил",
        "раньше дешевле было",
        "а дешевле есть?",
        "что-нибудь подешевле есть?",
        "а у кого дешевле?",
        "в прошлый раз было 1500",
        "цена выросла что ли?",
        "а чего подорожало?",
        "кусается цена",
        "ого цены",
        "скидку сделаете?",
        "почему дороже чем в прошлый раз?",
        "а у кого за 1700?",
        "а подешевле стрижка какая?",
        "я же 1500 платил",
    ],
)
def test_who_asks_less_is_named_and_proposed(text: str) -> None:
    reply, words = _answer(text, _offered())

    assert reply.proposal is not None
    assert (reply.proposal.slots[0].staff_id, reply.proposal.slots[0].price.low) == (RUSLAN, Decimal(1700))
    assert "Руслан — 1 700" in words
    assert "скидк" not in words


@pytest.mark.parametrize("text", ["а дешевле никак?", "дороговато", "раньше 800 было"])
def test_where_nothing_costs_less_that_is_said_and_the_offer_stands(text: str) -> None:
    known = _offered(BEARD)
    reply, words = _answer(text, known)

    assert reply.proposal is not None
    assert reply.proposal.slots[0].staff_id == ARTEM
    assert "самая низкая" in words
    assert not any(isinstance(one, Offered) for one in reply.parts)


def test_a_cheaper_service_of_the_kind_is_asked_about() -> None:
    known = _offered(CUT, others_price=2000)
    cut = known.salon.services[CUT]
    short = replace(
        cut,
        service_id=13,
        title="Мужская стрижка машинкой",
        price_min=Decimal(900),
        masters=tuple(replace(one, price=Decimal(900)) for one in cut.masters),
    )
    known = replace(known, salon=replace(known.salon, services={**known.salon.services, 13: short}))
    reply, words = _answer("а дешевле что-нибудь есть?", known)

    assert (reply.act, reply.asks, reply.proposal) == (Act.ASK, Asks.WHICH_SERVICE, None)
    assert reply.dialogue.candidates == (CUT, 13)
    assert "900 ₽" in words


def test_another_master_who_is_named_is_looked_for() -> None:
    reply, _ = _answer("дорого, давайте к Руслану", _offered())

    assert reply.proposal is not None
    assert reply.proposal.slots[0].staff_id == RUSLAN


def test_the_second_wish_for_less_is_for_a_human() -> None:
    known = _offered()
    once = replace(known, dialogue=replace(known.dialogue, haggled=1))

    assert _answer("ну сделайте дешевле", once)[0].hand_over is HandOverReason.PRICE


@pytest.mark.parametrize("text", ["а в 11 было?", "раньше можно?", "в пятницу не раньше 18", "раньше 18 не смогу"])
def test_an_hour_is_no_price(text: str) -> None:
    assert _answer(text, _offered())[0].dialogue.haggled == 0


@pytest.mark.parametrize(
    "text", ["нет, спасибо", "спасибо, не надо", "дорого, спасибо, не надо", "ладно, передумал", "не нужно"]
)
def test_who_wants_nothing_instead_is_asked_for_nothing(text: str) -> None:
    known = _offered()
    reply, said = _answer(text, known)

    assert (reply.act, reply.asks, reply.proposal) == (Act.INFORM, None, None)
    assert "не записываем" in said


@pytest.mark.parametrize("text", ["мне не по карману", "не потяну", "дороже чем я думал"])
def test_what_is_too_much_for_somebody_is_too_dear(text: str) -> None:
    reply, said = _answer(text, _offered())

    assert "1 700" in said
    assert reply.hand_over is None


@pytest.mark.parametrize(
    ("text", "is_before"),
    [("нет, слишком поздно", True), ("поздновато", True), ("нет, рано", False), ("рановато для меня", False)],
)
def test_what_is_too_early_or_too_late_is_looked_for_on_the_other_side(text: str, is_before: bool) -> None:
    free = {
        need: [replace(one[0], wall_clock=AT + timedelta(hours=hours)) for hours in (-2, 0, 2)]
        for need, one in FREE.items()
    }
    known = _offered()
    reply = answer_to(text, known, journal=free)

    assert reply.proposal is not None
    assert (reply.proposal.slots[0].starts < AT) is is_before


@pytest.mark.parametrize("text", ["на час позже можно?", "то же самое, но на час позже"])
def test_an_hour_later_is_said_of_what_is_offered(text: str) -> None:
    free = {need: [replace(one[0], wall_clock=AT + timedelta(hours=1))] for need, one in FREE.items()}
    reply = answer_to(text, _offered(), journal=free)

    assert reply.proposal is not None
    assert reply.proposal.slots[0].starts == AT + timedelta(hours=1)


class _Journal(dict[Need, Any]):
    """What is not said to be free is not."""

    def get(self, need: Need, default: Any = None) -> Any:
        return super().get(need, [])


@pytest.mark.parametrize("text", ["не в пятницу", "только не в пятницу"])
def test_of_a_day_that_is_refused_nothing_is_named_while_there_are_others(text: str) -> None:
    free = [AT + timedelta(hours=1), AT + timedelta(days=2, hours=-3)]
    later = [Start(wall_clock=one, length=timedelta(hours=1), token="t") for one in free]
    known = _offered()
    reply = answer_to(text, known, journal=_Journal({NeedNearest((CUT,), ARTEM): later}))
    said = render(reply, known)

    assert "24 мая" in said
    assert "22 мая" not in said


@pytest.mark.parametrize("text", ["во сколько сегодня закрываетесь?", "во сколько вы завтра открываетесь"])
def test_when_the_salon_closes_is_no_wish_for_a_time(text: str) -> None:
    reply = answer_to(text, situation())

    assert (reply.act, reply.asks) == (Act.INFORM, None)
