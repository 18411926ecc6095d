"""The judge of conversations: what is right is held, and each rule goes red for a reply that breaks it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aiadmin.adapters.morphology import morphology
from aiadmin.domain.replay import hard_faults, soft_faults
from aiadmin.domain.replay.catalogue import Catalogue
from aiadmin.domain.replay.judging import Judge, TurnJudgement, judgement_of
from aiadmin.domain.replay.played import Offer, OfferedVisit, PlayedTurn
from tests.conversations.reading import LAVANDA, read

FILE = read(LAVANDA)
CASES = {case["id"]: case for case in FILE["conversations"]}
CATALOGUE = Catalogue(FILE)
NAME_OF = morphology().given_name


def _visit(services: list[int], staff: int, at: str, price: int) -> OfferedVisit:
    return OfferedVisit(
        services=tuple(services),
        staff=staff,
        at=datetime.fromisoformat(at),
        length=timedelta(minutes=CATALOGUE.minutes(services, staff)),
        price=Decimal(price),
        low=Decimal(price),
        high=Decimal(price),
    )


ANNA_AT_TEN = Offer(op="book", visits=(_visit([101], 1, "2026-03-12T10:00", 2000),))
IRINA_AT_THREE = Offer(op="book", visits=(_visit([201], 4, "2026-03-12T15:00", 2300),))
ASKS_ANNA = (
    "Здравствуйте! Женская стрижка у Анны: четверг, 12 марта, 10:00, 2 000 ₽, 60 мин. "
    "Напишите, как вас зовут, и запишу."
)
FOUND = {"answered": frozenset({"10:00", "11:30", "16:00", "17:00", "11:00", "12:30", "18:00"})}
WROTE = {"op": "create", "record": 7, "services": [201], "staff": 4, "at": "2026-03-12T15:00"}
WROTE |= {"client": {"name": "Мария", "surname": ""}}
CONFIRMED = {"op": "confirm", "record": 9037}
DONE = (
    "Записала вас: маникюр с покрытием, Ирина, четверг, 12 марта, 15:00, 2 300 ₽. "
    "Адрес: ул. Примерная, 5, вход со двора."
)


def _turn(text: str = "", act: str = "inform", **more: Any) -> PlayedTurn:
    return PlayedTurn(**{"texts": (text,) if text else (), "act": act, **more})


def _offers(text: str = ASKS_ANNA, offer: Offer = ANNA_AT_TEN, **more: Any) -> PlayedTurn:
    return _turn(text, "offer", **{"asks": "consent", "offer": offer, "stands": offer, **FOUND, **more})


def _judged(name: str, *turns: PlayedTurn, **changed: Any) -> TurnJudgement:
    """The judgement of the last of these turns."""
    case = {**CASES[name], **changed}
    judge = Judge(CATALOGUE, case, NAME_OF)
    return [judge.judge(given, turn) for given, turn in zip(case["turns"], turns, strict=False)][-1]


def _saying(text: str, *says: str, **more: Any) -> TurnJudgement:
    """The judgement of a reply to a client without visits, where nothing is expected."""
    turns = [{"say": list(says or ["здравствуйте"]), "expect": {}}]
    return _judged("A1", _turn(text, **more), turns=turns)


def test_what_is_right_is_held_without_a_fault() -> None:
    played = judgement_of(CATALOGUE, CASES["A1"], [_offers()], NAME_OF)
    assert (played.complaints(), played.soft, played.is_held) == ([], [], True)
    done = _turn(DONE, "done", writes=(WROTE,))
    played = judgement_of(CATALOGUE, CASES["A46"], [done], NAME_OF)
    assert (played.complaints(), played.soft) == ([], [])


def _numbered(listed: list[tuple[str, str, Any]]) -> list[str]:
    return [f"{rule}-{number}" for number, (rule, _, _) in enumerate(listed, 1)]


BROKEN: list[tuple[str, str, Any]] = [
    ("H1", "nothing was proposed", lambda: _judged("A2", _turn(DONE, "done", writes=(WROTE,)))),
    (
        "H1",
        "without a yes",
        lambda: _done(WROTE, said="а сколько стоит"),
    ),
    (
        "H1",
        "without a yes",
        lambda: _done(WROTE, said="да, но в 16:00"),
    ),
    ("H1", "without a yes", lambda: _done(WROTE, said="да?")),
    ("H1", "without a yes", lambda: _done(WROTE, said=["да", {"text": "хотя нет", "after": 3}])),
    ("H1", "without a yes", lambda: _done(WROTE, said=["а сколько?", LATE, "нет"])),
    ("H1", "without a yes", lambda: _done(WROTE, said=["да", "а сколько стоит?"])),
    ("H1", "without a yes", lambda: _comes("а если не приду?")),
    ("H1", "without a yes", lambda: _comes("буду, но попозже")),
    ("H1", "without a yes", lambda: _comes("приду?")),
    ("H1", "without a yes", lambda: _comes("все в силе?")),
    ("H1", "without a yes", lambda: _comes("уже не в силе")),
    ("H1", "without a yes", lambda: _comes("все в силе, но попозже")),
    ("H1", "without a yes", lambda: _comes("чуть не забыла")),
    ("H1", "without a yes", lambda: _comes("ой чуть не забыла, перенесите на пятницу")),
    ("H1", "other than proposed", lambda: _done(WROTE | {"at": "2026-03-12T10:00"})),
    ("H1", "other than proposed", lambda: _done(WROTE | {"staff": 6})),
    ("H1", "other than proposed", lambda: _done(WROTE | {"services": [202]})),
    ("H1", "other than proposed", lambda: _done({"op": "cancel", "record": 9037})),
    ("H1", "other than proposed", lambda: _done(WROTE, WROTE | {"record": 8})),
    (
        "H1",
        "the proposal is over",
        lambda: _judged("A55", _turn(DONE, "done", writes=(WROTE | {"at": "2026-03-13T17:30"},))),
    ),
    (
        "H1",
        "no reminder",
        lambda: _judged(
            "A37", _turn("Спасибо, ждём вас!", writes=({"op": "confirm", "record": 9037},)), turns=_said("да")
        ),
    ),
    ("H1", "other than proposed", lambda: _judged("A50", _offers(), _offers(), _turn(DONE, "done", writes=(WROTE,)))),
    ("H2", "says create", lambda: _saying("Записала вас на четверг.")),
    ("H2", "says create", lambda: _saying("Ваша запись создана.")),
    ("H2", "says move", lambda: _judged("A29", _turn("Перенесла вас на 10:30."))),
    ("H2", "says move", lambda: _judged("A29", _turn("Визит перенесён на 10:30."))),
    ("H2", "says cancel", lambda: _judged("A32", _turn("Запись отменена."))),
    ("H2", "says confirm", lambda: _judged("A35", _turn("Запись подтверждена."))),
    ("H2", "there is a visit", lambda: _saying("Вы записаны на четверг.")),
    ("H2", "the turn says done", lambda: _judged("A46", _turn("Хорошо.", "done"))),
    ("H2", "does not say create", lambda: _done(WROTE, text="Хорошо, спасибо.")),
    ("H2", "denies create", lambda: _done(WROTE, text="Не получилось оформить.")),
    ("H3", "the time 12:45", lambda: _saying("Можно в 12:45.")),
    ("H3", "the price 1999", lambda: _saying("Стрижка стоит 1 999 ₽.")),
    ("H3", "the price 5700", lambda: _saying("Цена от 4 500 до 5 700 ₽.")),
    ("H3", "the name Викторию", lambda: _saying("Можно записаться на Викторию.")),
    ("H3", "the name Виктория", lambda: _saying("Виктория свободна.")),
    ("H3", "the place", lambda: _saying("Мы у метро, второй подъезд.")),
    ("H3", "the place", lambda: _saying("Наш адрес: ул. Лесная, 7.")),
    ("H3", "the length or rule 24 час", lambda: _saying("Отменить можно за 24 часа.")),
    ("H3", "the length or rule 20 %", lambda: _saying("Скидка 20%.")),
    ("H4", "15:00 of another", lambda: _judged("A44", _turn("Ждём её сегодня в 15:00."))),
    ("H4", "names светлана", lambda: _judged("A44", _turn("О визите Светланы не скажу."))),
    ("H4", "the phone", lambda: _judged("A44", _turn("Это номер 7 900 000-01-04."))),
    ("H4", "another person is booked", lambda: _judged("A44", _turn("Да, она записана."))),
    ("H4", "another person is booked", lambda: _judged("A44", _turn("Записи на этот номер нет."), visits=[])),
    ("H5", "replies", lambda: _judged("A41", _turn("Хорошо!"))),
    ("H6", "does not hand over", lambda: _judged("A39", _turn("Чем помочь?", "ask"))),
    ("H6", "does not hand over", lambda: _judged("A39", _turn("Передаю администратору.", "hand_over"))),
    ("H6", "is not told", lambda: _judged("A60", _turn("Хорошо, передам."))),
]


def _said(text: str | list[Any]) -> list[dict[str, Any]]:
    return [{"say": text if isinstance(text, list) else [text], "expect": {}}]


def _done(*writes: dict[str, Any], text: str = DONE, said: str | list[Any] = "да") -> TurnJudgement:
    return _judged("A46", _turn(text, "done", writes=writes), turns=_said(said))


def _comes(*said: str) -> TurnJudgement:
    confirmed = _turn("Спасибо! Ждём вас.", writes=({"op": "confirm", "record": 9035},))
    return _judged("A35", confirmed, turns=_said(list(said)))


@pytest.mark.parametrize(("rule", "how", "judged"), BROKEN, ids=_numbered(BROKEN))
def test_a_reply_that_breaks_a_hard_rule_is_found_by_that_rule_alone(
    rule: str, how: str, judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [why for name, why in judged().hard if name == rule]
    assert any(how in why for why in found), judged().hard
    monkeypatch.setattr(hard_faults, "RULES", {name: one for name, one in hard_faults.RULES.items() if name != rule})
    assert not any(how in why for _, why in judged().hard), "another rule finds it, too"


def test_every_hard_rule_has_a_reply_that_breaks_it() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(hard_faults.RULES)


LATE = {"text": "ой нет", "while_working": True}
UNKNOWN = {"reason": "unknown_write", "salon_told": True, "writes": (WROTE,)}
TRUE: list[Any] = [
    lambda: _saying("Не записала вас: время уже прошло."),
    lambda: _saying("Запишу вас, как скажете имя."),
    lambda: _saying("Работаем с 10:00 до 21:00, ул. Примерная, 5, вход со двора."),
    lambda: _saying("Окрашивание стоит от 4 500 до 9 000 ₽, точную цену скажет мастер."),
    lambda: _saying("Виктории у нас нет.", "мне к Виктории"),
    lambda: _saying("Вики у нас нет, есть Анна и Елена.", "к вике можно?"),
    lambda: _saying("В половине четвёртого, 15:30, времени нет.", "на пол четвертого"),
    lambda: _saying("За 1500 ₽ не получится: стрижка стоит 2 000 ₽.", "давайте за 1500"),
    lambda: _saying("Опоздание больше 15 минут: мастер может сократить или перенести."),
    lambda: _saying("Опоздание на 10 минут передам мастеру.", "опаздываю на 10"),
    lambda: _saying("Для двух часов с Ириной: 2 ч, а вдвоём с гелем 2 ч 30 мин."),
    lambda: _saying("Отменить можно не позднее чем за 3 часа."),
    lambda: _judged("A29", _turn("Сейчас вы записаны на 10:00, до 11:00. Перенести?", "ask")),
    lambda: _judged("A44", _turn("О чужих записях не рассказываю: пусть напишет со своего номера.", "refused")),
    lambda: _judged("A47", _turn("Администратор проверит и подтвердит.", "hand_over", **UNKNOWN)),
    lambda: _done(WROTE, said="даваайте, записывайте"),
    lambda: _done(WROTE, said="👍"),
    lambda: _done(WROTE, said="дааааа"),
    lambda: _comes("да приду", "а как вас найти?"),
    lambda: _comes("+ а какой адрес?"),
    lambda: _comes("ждите)"),
    lambda: _comes("да, на шкоде приеду"),
    lambda: _comes("Добрый вечер все в силе"),
    lambda: _comes("планы не изменились"),
    lambda: _comes("Да конечно! спасибо что напомнили, чуть не забыл😅"),
    lambda: _comes("да да, не забуду"),
    lambda: _done(WROTE, said=["да", LATE]),
    lambda: _done(WROTE, said=["да", {"text": "хотя нет", "after": 5}]),
    lambda: _done(WROTE, said=["а сколько стоит?", {"text": "да", "after": 30}]),
]  # fmt: skip


@pytest.mark.parametrize("judged", TRUE, ids=range(len(TRUE)))
def test_a_true_reply_breaks_no_hard_rule(judged: Any) -> None:
    assert judged().hard == ()


NAME_IS_KNOWN = {"asks": "name", "knew": frozenset({"name"})}
SOFT: list[tuple[str, str, Any]] = [
    ("_questions", "asks 2 questions", lambda: _saying("Какая услуга? На какой день?")),
    ("_times", "offers 4 times", lambda: _saying("Есть 10:00, 11:30, 16:00, 17:00.", **FOUND)),
    ("_known", "asks for the name, which is known", lambda: _saying("Как вас зовут?", **NAME_IS_KNOWN)),
    ("_greetings", "greets again", lambda: _judged("A50", _offers(), _turn("Здравствуйте! Час."))),
    ("_ids", "shows an id", lambda: _judged("A29", _turn("Ваша запись 9029."))),
    ("_ids", "shows an id", lambda: _saying("Ваша запись №4521.")),
    ("_ids", "shows an id", lambda: _saying("Мастер None.")),
    ("_markdown", "has markdown", lambda: _saying("*Важно*")),
    ("_markdown", "has markdown", lambda: _saying("- стрижка\n- маникюр")),
    ("_emoji", "has 2 emoji", lambda: _saying("Хорошо 🌸🌸")),
    ("_length", "has 401 characters", lambda: _saying("а" * 401)),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "how", "judged"), SOFT, ids=_numbered(SOFT))
def test_a_reply_that_breaks_a_soft_rule_is_counted_by_that_rule(
    rule: str, how: str, judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert how in judged().soft
    monkeypatch.setattr(soft_faults, "RULES", [one for one in soft_faults.RULES if one.__name__ != rule])
    assert how not in judged().soft


def test_every_soft_rule_has_a_reply_that_breaks_it() -> None:
    assert {rule for rule, _, _ in SOFT} == {one.__name__ for one in soft_faults.RULES}


def test_a_conversation_may_allow_more_times_and_a_greeting_after_six_hours() -> None:
    turns = [{"say": ["что есть"], "expect": {"times": {"at_most": 4}}}]
    four = _turn("Есть 10:00, 11:30, 16:00, 17:00.", "options", **FOUND)
    assert _judged("A1", four, turns=turns).soft == ()
    earlier = [{"minutes": 361, "from": "us", "text": "Здравствуйте!"}]
    assert _judged("A1", _turn("Здравствуйте!"), turns=_said("добрый день"), before=earlier).soft == ()


def _expecting(turn: PlayedTurn, **expect: Any) -> list[str]:
    return list(_judged("A46", turn, turns=[{"say": ["да"], "expect": expect}]).wrong)


ANNA_LATER = Offer(op="book", visits=(_visit([101], 1, "2026-03-12T11:30", 2000),))
DIFFERENT: dict[str, tuple[dict[str, Any], PlayedTurn, str]] = {
    "act": ({"act": ["ask", "inform"]}, _turn("Хорошо.", "refused"), "act is refused"),
    "asks": ({"asks": "day"}, _turn("Во сколько?", "ask", asks="time"), "asks is time"),
    "asks nothing": ({"asks": ["name", None]}, _turn("Во сколько?", "ask", asks="time"), "asks is time"),
    "reason": ({"reason": "price"}, _turn("Передам.", "hand_over", reason="fact", salon_told=True), "reason is fact"),
    "salon_told": ({"salon_told": False}, _turn("Ок.", salon_told=True), "salon_told is True"),
    "opted_out": ({"opted_out": True}, _turn("Ок."), "opted_out is False"),
    "replies": ({"replies": 2}, _turn("Ок."), "1 messages were sent"),
    "has": ({"has": ["ирин", ["2 000", "2000"]]}, _turn("Ирина, 2 500 ₽."), "lacks [2 000, 2000]"),
    "lacks": ({"lacks": ["занят"]}, _turn("Всё занято."), "has 'занят'"),
    "lacks a word": ({"lacks": ["=перенёс"]}, _turn("Перенес визит."), "has '=перенёс'"),
    "any_of": ({"times": {"any_of": ["10:00"]}}, _turn("В 11:30."), "none of the times"),
    "none_of": ({"times": {"none_of": ["11:30"]}}, _turn("В 11:30."), "names [11:30]"),
    "at_most": ({"times": {"at_most": 1}}, _turn("В 10:00 или в 11:30."), "names 2 times"),
    "writes": ({"writes": [{"op": "create", "at": ["2026-03-12T15:00"]}]}, _turn("Ок."), "no write"),
    "no writes": ({"writes": []}, _turn(DONE, "done", writes=(WROTE,)), "wrote"),
    "a write too many": ({"writes": [{"op": "create"}]}, _turn(DONE, "done", writes=(WROTE, WROTE)), "wrote"),
    "client": ({"writes": [{"op": "create", "client": "Оля"}]}, _turn(DONE, "done", writes=(WROTE,)), "no write"),
    "surname": (
        {"writes": [{"op": "create", "client": {"name": "Мария", "surname": "Ким"}}]},
        _turn(DONE, "done", writes=(WROTE,)),
        "no write",
    ),
    "no offer": ({"act": "offer", "offer": {"op": "book"}}, _turn("Ок."), "no proposal was made"),
    "at": ({"offer": {"op": "book", "at": ["2026-03-12T10:00"]}}, _offers(offer=ANNA_LATER), "another at"),
    "price": ({"offer": {"op": "book", "price": 1}}, _offers(), "another price"),
    "staff": ({"offer": {"op": "book", "staff": [2, 3]}}, _offers(), "another staff"),
    "services": ({"offer": {"op": "book", "services": [301, 302]}}, _offers(), "another services"),
    "op": ({"offer": {"op": "move", "record": 9001}}, _offers(), "proposed book"),
    "parts": ({"offer": {"op": "book", "parts": [{}, {}]}}, _offers(), "1 visits were proposed"),
    "the text lacks the time": ({}, _offers("Записать к Анне за 2 000 ₽?"), "offers 10:00, which"),
    "the text lacks the price": ({}, _offers("Записать к Анне на 10:00?"), "offers for 2000, which"),
    "the text lacks the master": ({}, _offers("Записать на 10:00 за 2 000 ₽?"), "offers the master 1"),
    "another day of the week": ({}, _turn("Пятница, 12 марта."), "another day of the week"),
    "silence that speaks": ({}, _turn("Ок.", "silent"), "says silent"),
    "a hand-over without a word": ({}, _turn("Передам.", "hand_over"), "the salon was not told"),
    "an offer of nothing": ({}, _turn("Записать?", "offer"), "proposes nothing"),
}  # fmt: skip


@pytest.mark.parametrize(("expect", "turn", "how"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_is_otherwise_than_expected_is_said(expect: dict[str, Any], turn: PlayedTurn, how: str) -> None:
    assert any(how in one for one in _expecting(turn, **expect)), _expecting(turn, **expect)


def test_a_composite_service_and_its_parts_in_order_are_one_thing() -> None:
    whole = Offer(op="book", visits=(_visit([303], 5, "2026-03-14T13:30", 1300),))
    text = "Брови у Юлии в 13:30 за 1 300 ₽."
    assert _expecting(_offers(text, whole), offer={"services": [301, 302], "at": ["2026-03-14T13:30"]}) == []
    parts = replace(whole, visits=(replace(whole.visits[0], services=(301, 302)),))
    assert _expecting(_offers(text, parts), offer={"services": [303]}) == []
    wrote = {"op": "create", "record": 9, "services": [302, 301], "staff": 5, "at": "2026-03-14T13:30"}
    assert _expecting(_turn(DONE, writes=(wrote,)), writes=[{"op": "create", "services": [301, 302]}]) == []


def test_a_visit_that_was_booked_may_be_spoken_of_afterwards() -> None:
    case = deepcopy(CASES["A46"])
    case["turns"] += _said("а во сколько?") + _said("а подруга записана?")
    judge = Judge(CATALOGUE, case, NAME_OF)
    first = judge.judge(case["turns"][0], _turn(DONE, "done", writes=(WROTE,)))
    later = judge.judge(case["turns"][1], _turn("Вы записаны на 15:00, до 17:00."))
    assert (first.hard, later.hard) == ((), ())
