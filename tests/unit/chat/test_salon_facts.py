"""Questions about the salon are answered from its own data; what that does not say goes to the salon, unguessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.bot_settings import Ability
from aiadmin.domain.chat.commands import AskDuration, AskFact, AskSlots, Suits
from aiadmin.domain.chat.dialogue import Dialogue, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.reading import read_text
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.chat.steps import Act, Asks
from aiadmin.domain.chat.vocabulary import OfferedService, vocabulary_of
from aiadmin.domain.journal.online_booking import BookingRules, ChangeRule
from tests.support.chat_turns import BEARD, CUT, NOW, TOMORROW, answer_to, client, said, salon, situation, visit
from tests.support.reading import MORPHOLOGY


def _in(known: SalonView) -> object:
    return situation(salon=known)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("сколько стоит мужская стрижка?", ["1 700", "2 000", "Артём", "Руслан"]),
        ("сколько стоит мужская стрижка у Руслана?", ["1 700"]),
        ("сколько длится мужская стрижка?", ["1 ч"]),
        ("где вы находитесь?", ["Образцовый, 14"]),
        ("во сколько завтра открываетесь?", ["11:00", "21:00"]),
        ("работаете в понедельник?", ["закрыт"]),
        ("артём завтра работает?", ["Артём", "11:00", "21:00"]),
        ("руслан завтра работает?", ["Руслан", "не работает"]),
        ("кто завтра работает?", ["Артём"]),
        ("кто работает в понедельник?", ["закрыт"]),
        ("какие у вас мастера?", ["Артём", "Руслан"]),
        ("какие услуги есть?", ["стрижки"]),
        ("вы бот?", ["виртуальный помощник"]),
        ("за сколько можно отменить запись?", ["2 ч"]),
    ],
)
def test_the_salon_answers_what_its_data_say(text: str, words: list[str]) -> None:
    answer = said(text, situation())

    assert [one for one in words if one not in answer] == []
    assert not answer_to(text, situation()).tells_salon


def test_a_price_with_one_master_names_no_other() -> None:
    answer = said("сколько стоит мужская стрижка у Руслана?", situation())

    assert "2 000" not in answer
    assert "Артём" not in answer


@pytest.mark.parametrize(
    ("facts", "rules", "text", "quoted"),
    [
        ({"парковка": "бесплатно во дворе"}, {}, "есть парковка?", "бесплатно во дворе"),
        ({"Собаки": "только на руках"}, {}, "можно с питомцем?", "только на руках"),
        ({"лифт": "есть, грузовой"}, {}, "а лифт есть?", "есть, грузовой"),
        ({"полотенца": "выдаём"}, {}, "с собой надо что-то брать?", "выдаём"),
        ({}, {"cancel": "за сутки, иначе 500 ₽"}, "за сколько можно отменить запись?", "за сутки, иначе 500 ₽"),
        ({}, {"prepay": "половину на карту"}, "нужна предоплата?", "половину на карту"),
    ],
)
def test_what_the_owner_has_told_is_quoted_as_it_stands(
    facts: dict[str, str], rules: dict[str, str], text: str, quoted: str
) -> None:
    known = situation(salon=salon(facts=facts, rules=rules))

    assert quoted in said(text, known)
    assert not answer_to(text, known).tells_salon


@pytest.mark.parametrize(
    "text", ["есть парковка?", "а душ есть?", "можно с собакой?", "что такое мужская стрижка?", "вайфай есть?"]
)
def test_what_nobody_has_told_goes_to_the_salon_and_the_bot_goes_on(text: str) -> None:
    reply = answer_to(text, situation())

    assert reply.hand_over is HandOverReason.FACT
    assert all(word not in said(text, situation()).lower() for word in ("бесплатн", "конечно", "да, "))


@pytest.mark.parametrize("text", ["борода на сколько хватает?", "борода долго держится?", "как часто делать бороду?"])
def test_how_long_it_lasts_is_told_by_a_description_that_says_so(text: str) -> None:
    known = salon()
    told = replace(known.services[BEARD], comment="держится три недели")
    silent = replace(known.services[BEARD], comment="с горячим полотенцем")

    assert "держится три недели" in said(text, situation(salon=replace(known, services={BEARD: told})))
    for service in (silent, known.services[BEARD]):
        reply = answer_to(text, situation(salon=replace(known, services={BEARD: service})))
        assert (reply.hand_over, reply.proposal) == (HandOverReason.FACT, None)


def test_of_two_questions_each_is_answered_or_passed_on() -> None:
    known = situation(salon=salon(facts={"парковка": "бесплатно во дворе"}))

    assert "бесплатно во дворе" in said("парковка есть? и с собакой можно?", known)
    assert answer_to("парковка есть? и с собакой можно?", known).hand_over is HandOverReason.FACT


def test_a_day_that_is_not_planned_is_neither_off_nor_full() -> None:
    known = situation(salon=replace(salon(), schedule={}))
    answer = said("артём завтра работает?", known)

    assert answer_to("артём завтра работает?", known).hand_over is HandOverReason.FACT
    assert "не работает" not in answer


def test_a_master_who_is_off_has_their_next_day() -> None:
    later = TOMORROW + timedelta(days=3)
    schedule = {**salon().schedule, (2, later): salon().schedule[1, TOMORROW]}
    answer = said("руслан завтра работает?", situation(salon=replace(salon(), schedule=schedule)))

    assert "25 мая" in answer


def test_hours_that_are_not_known_are_not_made_up() -> None:
    known = situation(salon=replace(salon(), hours={}, address=None))

    assert answer_to("до скольки вы работаете?", known).hand_over is HandOverReason.FACT
    assert answer_to("где вы находитесь?", known).hand_over is HandOverReason.FACT


def test_a_price_without_a_service_is_asked_about() -> None:
    assert answer_to("сколько стоит?", situation()).asks is Asks.SERVICE
    assert said("сколько стоит и сколько по времени?", situation()).count("?") == 1


def test_a_price_is_of_what_is_talked_about() -> None:
    assert "2 000" in said("а сколько стоит?", situation(dialogue=Dialogue(services=(CUT,))))


def test_a_question_in_a_talk_is_answered_and_the_talk_goes_on() -> None:
    dialogue = Dialogue(operation=VisitOperation.MOVE, record_id=7)
    ask = OpenAsk(kind=AskKind.QUESTION, sent_at=NOW)
    known = situation(client=client(visit()), dialogue=dialogue, asks=(ask,))
    reply = answer_to("а где вы находитесь?", known)

    assert (reply.act, reply.asks) == (Act.ASK, Asks.DAY)
    assert "Образцовый" in said("а где вы находитесь?", known)
    assert said("а где вы находитесь?", known).endswith("перенести?")


def test_a_bot_that_may_not_answer_passes_questions_on() -> None:
    known = situation(salon=salon(abilities=frozenset(Ability) - {Ability.ANSWER}))

    assert answer_to("сколько стоит мужская стрижка?", known).hand_over is HandOverReason.FACT
    assert "1 700" not in said("сколько стоит мужская стрижка?", known)


def test_without_a_ban_nothing_is_said_of_one() -> None:
    free = ChangeRule()
    rules = BookingRules(lead=timedelta(0), needs_code=False, any_master=True, move=free, cancel=free)

    assert answer_to("за сколько можно отменить запись?", situation(salon=replace(salon(), rules=rules))).tells_salon


@pytest.mark.parametrize("now", [NOW, datetime.combine(date(2026, 5, 25), NOW.time())])
def test_today_is_the_day_of_the_salons_clock(now: datetime) -> None:
    answer = said("до скольки вы сегодня?", situation(now=now, written_at=now))

    assert ("закрыт" in answer) is (now.weekday() == 0)


FACTS = {
    "подготовка": "накануне без алкоголя, обязательно поесть",
    "оплата": "наличными или переводом",
    "дети": "с ребёнком можно, есть игровой уголок",
}


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("как подготовиться?", ["подготовка"]),
        ("надо ли готовиться", ["подготовка"]),
        ("алкоголь накануне можно?", ["подготовка"]),
        ("поесть надо?", ["подготовка"]),
        ("уголок для детей есть?", ["дети"]),
        ("чем оплачивать?", ["оплата"]),
        ("хочу подготовить волосы к стрижке", []),
        ("запишите завтра на стрижку, готовлюсь к свадьбе", []),
    ],
)
def test_a_fact_is_asked_for_by_a_verb_of_its_root_and_by_words_of_its_answer(text: str, topics: list[str]) -> None:
    words = vocabulary_of([OfferedService(id=1, title="Стрижка")], [], MORPHOLOGY, FACTS)
    commands = read_text(text, ReadingContext(vocabulary=words, now=NOW))

    assert [one.topic for one in commands if isinstance(one, AskFact)] == topics


@pytest.mark.parametrize(
    "text", ["скока стоит стрижка", "чё по чём стрижка", "какой ценник на стрижку", "стрижка скоко"]
)
def test_a_price_is_asked_for_as_people_spell_it(text: str) -> None:
    assert "1 700" in said(text, situation())


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("сколько держится стрижка?", "стойкость"),
        ("стрижка долго держится по времени?", "стойкость"),
        ("на сколько хватает стрижки?", "стойкость"),
        ("как часто надо делать стрижку?", "стойкость"),
        ("мойка входит в стоимость стрижки?", "состав"),
        ("стрижка это больно?", "боль"),
    ],
)
def test_how_a_service_is_looks_for_no_time(text: str, topic: str) -> None:
    words = vocabulary_of([OfferedService(id=1, title="Стрижка")], [], MORPHOLOGY, FACTS)
    commands = read_text(text, ReadingContext(vocabulary=words, now=NOW))

    assert [one.topic for one in commands if isinstance(one, AskFact)] == [topic]
    assert not [one for one in commands if isinstance(one, (AskDuration, AskSlots, Suits))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("скиньте адрес", ["Образцовый, 14"]),
        ("сбросьте геолокацию пожалуйста", ["Образцовый, 14"]),
        ("машину где можно оставить", ["во дворе"]),
        ("куда машину поставить? и адрес пришлите", ["во дворе", "Образцовый, 14"]),
    ],
)
def test_what_is_to_be_sent_is_no_lower_price(text: str, words: list[str]) -> None:
    answer = said(text, situation(salon=salon(facts={"парковка": "бесплатно во дворе"})))

    assert [one for one in words if one not in answer] == []


@pytest.mark.parametrize(
    "text",
    [
        "просила русый а получился рыжий!",
        "цвет вообще не тот что я хотела",
        "обкорнали как овцу",
        "подстригли криво, одна сторона длиннее",
        "покрасили в рыжий, а я просила русый!!! и что делать?",
        "была у вас вчера, сегодня палец распух и дёргает",
        "две недели назад нарастили, уже половина слетела",
        "сделали укладку, волосы хуже чем были",
    ],
)
def test_a_story_of_harm_or_of_a_bad_work_is_for_a_human(text: str) -> None:
    assert answer_to(text, situation()).hand_over in {HandOverReason.COMPLAINT, HandOverReason.HEALTH}


@pytest.mark.parametrize("text", ["кресло в аренду сдаёте?", "вам мастера не нужны? ищу работу", "модель нужна?"])
def test_work_and_rent_are_no_wish(text: str) -> None:
    assert answer_to(text, situation()).hand_over is HandOverReason.FACT


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("кофе дадите? угощаете напитками?", ["напитки"]),
        ("напитки есть? чай наливаете?", ["напитки"]),
        ("напитки есть? а кошку куда посадить?", ["напитки", "животные"]),
    ],
)
def test_one_question_in_two_forms_is_one(text: str, topics: list[str]) -> None:
    facts = {"напитки": "чай и кофе угостим"}
    words = vocabulary_of([OfferedService(id=1, title="Стрижка")], [], MORPHOLOGY, facts)
    commands = read_text(text, ReadingContext(vocabulary=words, now=NOW))

    assert [one.topic for one in commands if isinstance(one, AskFact)] == topics
