"""A salon's own text with holes is sent only where it surely says what it must; in doubt ours is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.sure import is_sure
from aiadmin.domain.notices.template import TemplateData
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru.notices import WORDING

KNOWN: dict[str, Any] = {
    "name": "Анна",
    "starts_at": datetime.fromisoformat("2026-12-04T12:00Z"),
    "zone": "Europe/Moscow",
    "master": "Ольга",
    "services": (("Стрижка", 1),),
    "price": Decimal(1500),
    "currency": "₽",
    "address": "ул. Мира, 5",
    "link": "https://n1.yclients.com/r/1",
}
say = WORDING.say
DAY = "в пятницу, 4 декабря"
BOOKED, MOVED, CHANGED, CANCELLED, REVIEW, REMINDER = (
    *(NoticeKind.BOOKED, NoticeKind.MOVED, NoticeKind.CHANGED, NoticeKind.CANCELLED, NoticeKind.REVIEW),
    NoticeKind.REMINDER_DAY,
)


def facts(missing: str = "") -> TemplateData:
    holes = {name: () if name == "services" else None for name in missing.split()}
    return TemplateData(**KNOWN | holes)


@pytest.mark.parametrize(
    ("kind", "template", "missing"),
    [
        (CANCELLED, "Здравствуйте, {name}! Ваша запись к мастеру {master} отменена.", "master"),
        (
            CANCELLED,
            "Здравствуйте, {name}! Ваша запись на {services} отменена. Напишите, и мы подберём время.",
            "services",
        ),
        (CANCELLED, "Запись отменена: {services}, {date}, {time}.", "services"),
        (CANCELLED, "Отмена: {services} у мастера {master}, {date} {time}", "services master"),
        (CANCELLED, "Добрый день, {name}! Отменена запись: {services}.", "services"),
        (CANCELLED, "{name}, к сожалению, {master} не сможет вас принять {date} в {time}.", "master"),
        (CANCELLED, "Запись клиента {name} отменена.", "name"),
        (CANCELLED, "Ваша запись на сумму {price} отменена.", "price"),
        (CANCELLED, "Hello! Your visit to {master} is cancelled.", "master"),
        (CANCELLED, "Запись к {master} ❌\n{date} {time}", "master"),
        (CANCELLED, "Салон {date} закрыт, ваш мастер {master} напишет вам.", "master"),
        (CANCELLED, "К сожалению, мастер {master} заболел. Запись {date} не состоится.", "master"),
        (CANCELLED, "Вас больше не ждём: {master} уволилась. {date}", "master"),
        (MOVED, "{name}! Вас примет {master}: {date}, {time}.", "master"),
        (MOVED, "Приходите позже: {master} ждёт вас в {time}.", "master"),
        (CHANGED, "Обновили запись: {services}, {master}, {date}, {time}.", "services"),
        (BOOKED, "Подтверждаем бронь: {services}, {master}, {date} {time}.", "services"),
        (MOVED, "Ваша запись к {master} перенесена. Ждём вас {date} в {time}.", "master"),
        (MOVED, "Ваша запись на {services} перенесена!", "services"),
        (CHANGED, "Теперь ваш мастер — {master}, время прежнее: {date}, {time}.", "master"),
        (CHANGED, "Вместо {master} вас примет другой мастер. Ждём {date}.", "master"),
        (CHANGED, "Изменилась стоимость: {price}. Ждём вас {date} в {time}.", "price"),
        (BOOKED, "Здравствуйте, {name}! Вы записаны к {master} на {services}.", "master services"),
        (BOOKED, "Здравствуйте! Адрес: {address}. Телефон 8 900 123-45-67", "address"),
        (REMINDER, "Здравствуйте, {name}! Ждём вас у мастера {master}.", "master"),
        (REMINDER, "Вас ждёт мастер {master} {date} в {time}.", "master"),
        (REVIEW, "Здравствуйте, {name}! Оставьте, пожалуйста, отзыв: {link}", "link"),
        (REVIEW, "Как вам {services}? Напишите нам!", "services"),
        (REVIEW, "{name}, добрый день 🌸\nБудем благодарны за отзыв 👇\n{link}", "link"),
        (REVIEW, "Спасибо за визит! Если всё понравилось, оставьте отзыв {link}, а если нет, напишите нам.", "link"),
    ],
)
def test_h1_where_the_news_goes_with_a_value_our_own_text_is_sent(
    kind: NoticeKind, template: str, missing: str
) -> None:
    assert say(kind, template, facts(missing)) == say(kind, None, facts(missing))


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        ("Если хотите отменить визит, перейдите по ссылке {link}, а если всё в силе, ничего не делайте.", "link"),
        ("Если не сможете прийти, нажмите {link}, а если придёте, ничего делать не нужно.", "link"),
        ("Если планы изменятся, отмените запись по ссылке {link}, иначе ждём вас.", "link"),
        ("Чтобы отменить запись, нажмите {link}, или напишите нам.", "link"),
        ("Отмените запись по ссылке {link}. Иначе предоплата не вернётся.", "link"),
        ("Перенести запись: {link}. В противном случае позвоните.", "link"),
        ("Қажет болса, {link} басыңыз, әйтпесе күтеміз.", "link"),
        ("Не приходите по старому адресу, теперь мы на {address}.", "address"),
        ("Мы больше не работаем на ул. Ленина, 1, наш новый адрес — {address}.", "address"),
        ("Визит стоит {price}, для новых клиентов бесплатно.", "price"),
        ("К оплате {price}, из них предоплата 500 ₽ не возвращается.", "price"),
        ("Предварительная стоимость {price}, точную назовёт мастер.", "price"),
        ("Записаться можно по ссылке {link}. По ней же можно отменить визит.", "link"),
        ("Мастер {master} и команда салона ждут вас {date}.", "master"),
        ("Стоимость услуги «{services}» составляет {price}.", "services"),
        ("Ваш мастер {master} ждёт вас в {time}.", "master"),
        ("Чтобы изменить запись, напишите сюда или откройте {link}", "link"),
    ],
)
def test_h3_a_sentence_that_would_stand_by_half_is_not_sent(template: str, missing: str) -> None:
    visit = f"Ждём вас {{date}} в {{time}}. {template}"
    assert say(BOOKED, visit, facts(missing)) == say(BOOKED, None, facts(missing))


@pytest.mark.parametrize(
    ("kind", "template", "missing", "text"),
    [
        (BOOKED, "{name}, ждём вас {date}!\nАдрес: {address}", "name address", "Ждём вас {day}!"),
        (BOOKED, "Здравствуйте, {name}! Ждём вас {date}.", "name", "Здравствуйте! Ждём вас {day}."),
        (
            BOOKED,
            "Вы записаны к {master} на {services} {date}. Код 25К.",
            "master",
            "Вы записаны на Стрижка {day}. Код 25К.",
        ),
        (
            BOOKED,
            "Вы записаны на {services} {date} в {time} к мастеру {master}, стоимость {price}.",
            "services master price",
            "Вы записаны {day} в 15:00.",
        ),
        (BOOKED, "Ждём вас {date} (адрес: {address}). Вход со двора.", "address", "Ждём вас {day}. Вход со двора."),
        (BOOKED, "Ждём {date}! Мастер {master}, стоимость {price}.", "price", "Ждём {day}! Мастер Ольга."),
        (BOOKED, "Ждём {date}!\n👩 {master}\n💵 {price}\nКод 25К", "master price", "Ждём {day}!\nКод 25К"),
        (BOOKED, "Ждём {date}! Если планы изменятся, отмените запись: {link}", "link", "Ждём {day}!"),
        (BOOKED, "Ждём {date}! Отменить или перенести запись можно по ссылке {link}", "link", "Ждём {day}!"),
        (
            CANCELLED,
            "Ваша запись на {services} {date} отменена. Код 25К.",
            "services",
            "Ваша запись {day} отменена. Код 25К.",
        ),
        (BOOKED, "Ждём {date}! Перенести или отменить визит по {link} можно за 3 часа.", "link", "Ждём {day}!"),
        (CANCELLED, "{name}, ваша запись отменена.", "name", "Ваша запись отменена."),
        (MOVED, "{name}, ваш визит ({services}) перенесён: {date}.", "services", "Анна, ваш визит перенесён: {day}."),
        (
            REVIEW,
            "Как вам визит? Оцените нас от 1 до 5!\nСсылка: {link}",
            "link",
            "Как вам визит? Оцените нас от 1 до 5!",
        ),
    ],
)
def test_a_text_that_says_all_it_must_stays_the_salons_own(
    kind: NoticeKind, template: str, missing: str, text: str
) -> None:
    assert say(kind, template, facts(missing)) == text.format(day=DAY)


@pytest.mark.parametrize("missing", ["name", "services", "master", "price", "address", "link", "services price link"])
def test_a_list_of_pictures_stays_the_salons_own_whatever_is_missing(missing: str) -> None:
    lines = [
        *("Здравствуйте, {name}!", "", "Вы записаны:", "📅 {date}", "⏰ {time}", "💇 {services}", "👩 {master}"),
        *("💰 {price}", "📍 {address}", "", "Отменить или перенести: {link}"),
    ]
    said = say(BOOKED, "\n".join(lines), facts(missing))
    holes = {f"{{{name}}}" for name in missing.split()} - {"{name}"}
    left = [line for line in lines if not any(hole in line for hole in holes)]
    assert len(said.splitlines()) == len("\n".join(left).strip().splitlines())
    assert "Вы записаны:\n📅" in said


PIECES = st.lists(
    st.sampled_from(
        [
            *("{name}, ", "{master} ", "{services}, ", "{date} ", "{time}. ", "{link} ", "{price}", "{address}\n"),
            *("запись ", "отменена", "перенесена. ", "к мастеру ", "на ", "если ", ", ", ". ", "! ", ": ", "(", ")"),
        ]
    ),
    max_size=12,
).map("".join)
MISSING = st.lists(st.sampled_from(["name", "master", "services", "price", "address", "link"])).map(" ".join)


@given(st.sampled_from(NoticeKind), PIECES, MISSING)
def test_no_text_is_too_odd_and_news_is_always_told(kind: NoticeKind, template: str, missing: str) -> None:
    said = say(kind, template, facts(missing))
    assert said
    assert not set(said) & set("{}\0\1")
    words = wording.words(facts(missing))
    for news in {CANCELLED: ["отменена"], MOVED: ["перенесена"]}.get(kind, []):
        assert news not in template or news in said
    assert isinstance(is_sure(kind, template, words), bool)
