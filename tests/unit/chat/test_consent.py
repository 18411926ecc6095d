"""A yes with a feeling, a courtesy, a name or a promise around it is a yes; with anything more it is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from aiadmin.domain.chat.commands import Command, Guest, Name, Thank, Yes
from aiadmin.domain.chat.dialogue import GuestWish, VisitOperation
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act
from tests.support.chat_turns import TOMORROW, answer_to, client, offered, reminder, situation, understood, visit

SIX = visit()
_REMINDED = situation(asks=(reminder(SIX),), client=client(SIX))
_OFFERED = replace(offered(VisitOperation.MOVE, SIX, datetime.combine(TOMORROW, time(15))))


def _booking(*guests: GuestWish | None, **more: object) -> Situation:
    """A visit tomorrow at three with Артём is offered."""
    proposal = _OFFERED.proposal
    assert proposal is not None
    booking = replace(proposal, operation=VisitOperation.BOOK, record_id=None, guests=guests)
    return situation(asks=(replace(_OFFERED, proposal=booking),), **more)


_NEW = _booking(None, client=client(name=None))
_OFF = situation(asks=(offered(VisitOperation.CANCEL, SIX),), client=client(SIX))


def _is_plain(commands: tuple[Command, ...]) -> bool:
    yes = [one for one in commands if isinstance(one, Yes)]
    return bool(yes) and not yes[0].but and all(isinstance(one, (Yes, Thank, Name, Guest)) for one in commands)


@pytest.mark.parametrize(
    "text",
    [
        "скорее бы!",
        "да конечно! быстрее бы завтра",
        "с нетерпением жду!",
        "уже бегу, конечно буду",
        "да, не могу дождаться",
        "не забуду!",
        "да, ни за что не пропущу",
        "ура, конечно буду!!",
        "да! наконец-то",
        "конечно! соскучилась уже по вам",
        "обязательно! отпросилась с работы пораньше",
        "да, уже вся в предвкушении",
        "буду как штык",
        "а как же!",
        "ещё бы!",
        "да, Артём, буду",
        "да, завтра в 18 буду",
        "с радостью",
        "да-да, лечу к вам",
    ],
)
def test_a_feeling_beside_a_yes_to_a_reminder_changes_nothing(text: str) -> None:
    assert _is_plain(understood(text, _REMINDED))


@pytest.mark.parametrize(
    "text",
    [
        "раньше бы к вам",
        "скорее бы, а пораньше нельзя?",
        "да, лежу в больнице",
        "ну да, мечтайте",
        "да, надеюсь",
        "жду не дождусь когда отмените",
        "да, в 19",
        "да, Руслан, буду",
        "да, перенесла запись",
        "еще бы попозже",
        "не забуду, но опоздаю",
    ],
)
def test_what_is_more_than_a_feeling_does(text: str) -> None:
    assert not _is_plain(understood(text, _REMINDED))


@pytest.mark.parametrize(
    "text",
    [
        "ура, пишите меня",
        "да! скорее бы",
        "ой, как здорово, да, записывайте",
        "запишите нас пожалуйста",
        "да, с удовольствием",
        "да, спасибо вам большое, вы меня выручили",
        "огонь, пиши",
        "да, дойду до вас наконец-то",
        "давайте, Артём молодец",
        "забронируйте",
        "да, к Артёму на стрижку",
        "да, приду",
    ],
)
def test_nor_beside_a_yes_to_an_offer(text: str) -> None:
    assert _is_plain(understood(text, _booking(None)))


@pytest.mark.parametrize(
    "text",
    [
        "ура, а подешевле есть?",
        "да, с мужем",
        "да, и бороду",
        "да, покороче сделайте",
        "да, к Руслану",
        "жду не дождусь пятницы",
        "запишите ещё одну запись",
        "записывайте, но не меня",
        "мечтаю, но не могу",
        "да уж",
        "супер, посоветуюсь",
        "да, на двоих",
        "с удовольствием бы",
    ],
)
def test_an_offer_is_agreed_to_by_nothing_more_than_that(text: str) -> None:
    assert not _is_plain(understood(text, _booking(None)))


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("да, Марина меня зовут", "Марина"),
        ("супер, запиши, я Оля", "Оля"),
        ("да, запишите Олю", "Оля"),
        ("Олю запишите", "Оля"),
        ("да, и Оля меня зовут", "Оля"),
        ("Ольга Сергеевна, да", "Ольга Сергеевна"),
        ("да, запишите Ольгу Сергеевну", "Ольга Сергеевна"),
        ("да, можно просто Оля", "Оля"),
        ("да! скорее бы. Оля", "Оля"),
        ("ура, пишите меня, я Оля", "Оля"),
        ("да, запишите на Олю", "Оля"),
    ],
)
def test_the_name_may_stand_anywhere_in_a_yes(text: str, called: str) -> None:
    commands = understood(text, _NEW)

    assert _is_plain(commands)
    assert [f"{one.given} {one.family}".strip() for one in commands if isinstance(one, Name)] == [called]


@pytest.mark.parametrize(
    "text", ["да, Оля и Катя", "запишите Олю и Катю", "да, Олю на бороду", "Оля, но в 16", "Оля?"]
)
def test_beside_more_than_a_name_nothing_is_agreed_to(text: str) -> None:
    assert not _is_plain(understood(text, _NEW))


@pytest.mark.parametrize(
    "text",
    [
        "да, Тамара Ивановна",
        "да, её зовут Тамара Ивановна",
        "Тамара Ивановна, да",
        "да, мама Тамара Ивановна",
        "да, запишите Тамару Ивановну",
        "ок, это моя мама, Тамара Ивановна",
    ],
)
def test_a_guest_is_called_by_all_their_names(text: str) -> None:
    commands = understood(text, _booking(GuestWish(who="мама")))

    assert _is_plain(commands)
    assert [one.name for one in commands if isinstance(one, Guest)] == ["Тамара Ивановна"]


@pytest.mark.parametrize(
    "text", ["да, мама будет рада", "да, запишите её", "да, она ждёт с нетерпением", "супер, пишите маму"]
)
def test_whom_it_is_for_may_be_said_once_more(text: str) -> None:
    assert _is_plain(understood(text, _booking(GuestWish(who="мама"))))


@pytest.mark.parametrize("text", ["да, и папу", "да, маму и сестру", "да, и меня тоже"])
def test_another_guest_is_none_of_it(text: str) -> None:
    assert not _is_plain(understood(text, _booking(GuestWish(who="мама"))))


@pytest.mark.parametrize(
    "text",
    [
        "да, прошу прощения",
        "да, к сожалению",
        "да, дам знать как освобожусь",
        "да, сама потом объявлюсь",
        "да, увидимся позже",
        "да, заболела",
        "да, не смогу прийти",
        "да, извините пожалуйста что так вышло",
        "да, до следующего раза",
    ],
)
def test_regret_and_promises_leave_a_cancellation_as_it_is(text: str) -> None:
    assert _is_plain(understood(text, _OFF))


@pytest.mark.parametrize(
    "text",
    ["да, хотя нет", "да подождите", "да, перенесите лучше", "да, на пятницу", "да, не надо", "да, передумаю"],
)
def test_a_change_of_mind_does_not(text: str) -> None:
    assert not _is_plain(understood(text, _OFF))


def test_who_puts_somebody_down_by_a_name_and_has_told_none_is_that_one() -> None:
    reply = answer_to("запишите Олю на стрижку завтра в 15 к Артёму", situation(client=client(name=None)))

    assert reply.dialogue.name == "Оля"
    assert reply.act is not Act.DONE


@pytest.mark.parametrize(
    "text",
    [
        *("ага вписывай", "фиксируй", "забираю", "забираем это время", "идёт", "по рукам", "заметано", "го", "гуд"),
        *(
            "чиркните меня",
            "ставьте меня",
            "держите за мной",
            "пусть будет так",
            "пойдёт, пиши на меня",
            "да давай уже",
        ),
        *(
            "ладно, буду",
            "все отлично, приду",
            "оставьте за мной это время",
            "берём, спасибо",
            "да, Игорь",
            "ок пиши",
        ),
    ],
)
def test_to_take_what_is_offered_is_to_agree(text: str) -> None:
    assert _is_plain(understood(text, _booking(None)))


@pytest.mark.parametrize(
    "text",
    [
        *("возьму паузу", "забираю ребёнка в 15", "идёт дождь", "на 16го", "запишите телефон", "держите в курсе"),
        *("не фиксируй", "возьмите двоих", "погнали на 18", "беру, но к Руслану", "да, Катя", "вы берёте карты"),
        *("забирайте её", "внесите изменения", "запишу и подумаю"),
    ],
)
def test_to_take_something_else_is_not(text: str) -> None:
    assert not _is_plain(understood(text, _booking(None)))


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("стрижка завтра в 15 к Артёму, Ольга Викторовна меня зовут", "Ольга Викторовна"),
        ("стрижка завтра в 15 к Артёму, Ольга Викторовна", "Ольга Викторовна"),
        ("запишите на стрижку завтра в 15. Ольга", "Ольга"),
    ],
)
def test_a_name_behind_a_whole_wish_is_the_clients(text: str, called: str) -> None:
    names = [one for one in understood(text, situation(client=client(name=None))) if isinstance(one, Name)]

    assert [f"{one.given} {one.family}".strip() for one in names] == [called]


@pytest.mark.parametrize("text", ["спасибо, Марина", "здравствуйте, Ольга", "Марина, запишите на завтра в 15"])
def test_a_name_that_is_addressed_is_not(text: str) -> None:
    assert not any(isinstance(one, Name) for one in understood(text, situation(client=client(name=None))))
