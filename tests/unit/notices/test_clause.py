"""Y13: what goes with a value that is not known."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.clause import GAP, text_without_gaps, without_gaps

VISIT = "Ждём вас {date}, в {time}."


@pytest.mark.parametrize(
    "said",
    [
        "Адрес: *.",
        "Мы находимся здесь: *!",
        "(*)",
        "Наш адрес — *, вход со двора.",
        "по адресу «*»",
        "Адрес: *",
        "📍 *",
        "— *",
        'Наш адрес: "*".',
        "Приезжайте: ул. *, д. *.",
        "Наш адрес — *; ждём!",
        "*",
        "*.",
        "Адрес:\u00a0*…",
        "Мы тут: *?!",
    ],
)
def test_the_clause_goes_with_its_value_and_nothing_else_does(said: str) -> None:
    assert without_gaps(said.replace("*", GAP)) == ""
    assert without_gaps(f"{VISIT} {said.replace('*', GAP)}") == VISIT
    assert without_gaps(f"{said.replace('*', GAP)} {VISIT}") == VISIT


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("Здравствуйте, *!", "Здравствуйте!"),
        ("Добрый день, дорогая *!", "Добрый день!"),
        ("*, ждём вас {date}", "Ждём вас {date}"),
        ("Добрый день! *, ждём вас", "Добрый день! Ждём вас"),
        ("Ждём вас {date} в {time} по адресу «*».", "Ждём вас {date} в {time}."),
        ("Ждём вас {date} (адрес: *)!", "Ждём вас {date}!"),
        ("Ждём вас (адрес: *, мастер: {master}).", "Ждём вас (мастер: {master})."),
        ("Услуги: {services}, стоимость: *.", "Услуги: {services}."),
        ("Услуги: *, стоимость: {price}.", "Стоимость: {price}."),
        ("Услуги: * и мастер {master}", "Мастер {master}"),
        ("Стоимость — {price}; адрес — *.", "Стоимость — {price}."),
        ("Стоимость — *; адрес — {address}.", "Адрес — {address}."),
        ("Мастер *, {time}", "{time}"),
        ("Мастер * ждёт вас {date}.", "Ждёт вас {date}."),
        ("Вы записаны на * к мастеру {master} {date}", "Вы записаны к мастеру {master} {date}"),
        ("Ждём вас у мастера * — {date}", "Ждём вас — {date}"),
        ("Адрес: ул. *. Вход со двора.", "Вход со двора."),
        ("Здравствуйте, {name}! Стоимость: * (без скидки). Ждём!", "Здравствуйте, {name}! Ждём!"),
        ("Ждём вас {date}, {time}, адрес: *, {name}!", "Ждём вас {date}, {time}, {name}!"),
        ("Всё в силе? 1 — приду, 2 — не смогу.", "Всё в силе? 1 — приду, 2 — не смогу."),
    ],
)
def test_what_stays_reads_on(line: str, rest: str) -> None:
    assert without_gaps(line.replace("*", GAP)) == rest


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        # what the salon spells out itself stays
        ("Адрес: *; телефон: 8 900 123-45-67", "Телефон: 8 900 123-45-67"),
        ("Адрес: *, тел. 8 900 123-45-67", "Тел. 8 900 123-45-67"),
        ("Адрес: *, телефон 8 900 123-45-67.", "Телефон 8 900 123-45-67."),
        ("Наш адрес — *, вход со двора, тел. +7 (900) 123-45-67.", "Тел. +7 (900) 123-45-67."),
        ("Тел. 8 900 123-45-67 и адрес *.", "Тел. 8 900 123-45-67."),
        ("Наш адрес * и телефон 8 900 123-45-67.", "Телефон 8 900 123-45-67."),
        ("Адрес: * (вход со двора), тел. 8 900 123-45-67", "Тел. 8 900 123-45-67"),
        ("Адрес: * тел. 8 900 123-45-67", "Тел. 8 900 123-45-67"),
        ("Адрес: *; сайт: https://salon.example/a", "Сайт: https://salon.example/a"),
        ("Адрес: *, https://salon.example/a", "https://salon.example/a"),
        ("Адрес: *, instagram @salon", "Instagram @salon"),
        ("Ваш мастер *, приезжайте на ул. Мира, д. 5.", "Приезжайте на ул. Мира, д. 5."),
        ("Ваш мастер: *, ул. Мира, д. 5.", "Ул. Мира, д. 5."),
        ("Адрес: *, если опоздаете — звоните.", "Если опоздаете — звоните."),
        ("Адрес: *, просим не опаздывать.", "Просим не опаздывать."),
        ("(адрес: *; тел. 8 900 123-45-67)", "(тел. 8 900 123-45-67)"),
        ("📍 * 📞 8 900 123-45-67", "📞 8 900 123-45-67"),
        ("📞 8 900 123-45-67 📍 *", "📞 8 900 123-45-67"),
        # who is addressed
        ("Уважаемая *, просим прийти вовремя.", "Просим прийти вовремя."),
        ("Уважаемая *, просим подтвердить визит", "Просим подтвердить визит"),
        ("Құрметті *, сізді күтеміз!", "Сізді күтеміз!"),
        ("Hurmatli *, sizni kutamiz!", "Sizni kutamiz!"),
        ("Шановна *, чекаємо на вас!", "Чекаємо на вас!"),
        ("Ждём вас, *, {date}", "Ждём вас {date}"),
        ("Ждём вас, *, {date}, в {time}!", "Ждём вас {date}, в {time}!"),
        ("Ждём вас, дорогая *, в {time}.", "Ждём вас в {time}."),
        ("Ждём вас, *!", "Ждём вас!"),
        ("Ждём вас, *, завтра!", "Ждём вас завтра!"),
        ("Напоминаем, *, что ждём вас {date}", "Напоминаем, что ждём вас {date}"),
        ("Здравствуйте, *, ждём вас {date}", "Здравствуйте, ждём вас {date}"),
        ("Здравствуйте, *, {date} вы записаны", "Здравствуйте, {date} вы записаны"),
        ("Ждём вас {date}, *, в {time}.", "Ждём вас {date}, в {time}."),
        # separators
        ("* | {price}", "{price}"),
        ("{price} | *", "{price}"),
        ("{time} | * | {price}", "{time} | {price}"),
        ("* • {price}", "{price}"),
        ("Адрес: * | Телефон: 8 900 123-45-67", "Телефон: 8 900 123-45-67"),
        ("Мастер: * • Цена: {price}", "Цена: {price}"),
        ("Мастер: {master} · Адрес: *", "Мастер: {master}"),
        ("Мастер: * / Цена: {price}", "Цена: {price}"),
        ("| * | {price}", "{price}"),
        ("• *", ""),
        ("• Адрес: *", ""),
        ("• *, ждём вас {date}", "• Ждём вас {date}"),
        ("- Мастер: *, время: {time}", "- Время: {time}"),
        ("_Адрес:_ *", ""),
        ("المدرب: *، الوقت: {time}", "الوقت: {time}"),
        ("العنوان: *؟ الوقت: {time}", "الوقت: {time}"),
        ("כתובת: *; טלפון: 03-123-4567", "טלפון: 03-123-4567"),
        ("Հասցե՝ *։ Ժամը՝ {time}։", "Ժամը՝ {time}։"),
        # one of two
        ("Чтобы перенести, нажмите * или напишите.", "Чтобы перенести, напишите."),
        ("Нажмите * или напишите сюда.", "Напишите сюда."),
        ("Перейдите по ссылке *, или напишите сюда.", "Напишите сюда."),
        ("Вы можете нажать * или написать сюда.", "Вы можете написать сюда."),
        ("Запишитесь по ссылке * или по телефону 8 900 123-45-67.", "Запишитесь по телефону 8 900 123-45-67."),
        ("Напишите сюда или нажмите на *.", "Напишите сюда."),
        ("Чтобы отменить, ответьте здесь либо откройте *", "Чтобы отменить, ответьте здесь"),
        ("* басыңыз немесе жазыңыз.", "Басыңыз немесе жазыңыз."),
        ("Оставить отзыв можно тут: * или на Картах.", "Оставить отзыв можно на Картах."),
        # pictures and brackets
        ("Привет, * 👋 Ждём тебя {date}", "Привет 👋 Ждём тебя {date}"),
        ("Ждём вас {time} ({date}) по адресу: *, вход со двора.", "Ждём вас {time} ({date})."),
        ("Ваша запись: * ({price}), мастер {master}.", "{price}, мастер {master}."),
        # abbreviations and quotes
        ("Приходите в салон «Что? Где?», мастер *.", "Приходите в салон «Что? Где?»."),
        ("Мастер А. С. *. Ждём!", "Ждём!"),
        ("Ждём на ул. Мира, д. 5. Мастер: *.", "Ждём на ул. Мира, д. 5."),
    ],
)
def test_y13_what_has_its_own_facts_stays_and_no_sign_is_left_over(line: str, rest: str) -> None:
    assert without_gaps(line.replace("*", GAP)) == rest


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Ждём вас {date}.\nНаш адрес:\n*", "Ждём вас {date}."),
        ("Ждём вас {date}. Наш адрес:\n*", "Ждём вас {date}."),
        ("Наш адрес:\n\n*\n\nДо встречи!", "До встречи!"),
        ("Наш адрес: 👇\n*\nДо встречи!", "До встречи!"),
        ("_Наш адрес:_\n📍 *\nДо встречи!", "До встречи!"),
        ("Мы здесь —\n*, вход со двора", ""),
        ("Ждём вас {date} по адресу:\n*", "Ждём вас {date}"),
        ("Вас ждут:\n• *\n• {master}", "Вас ждут:\n• {master}"),
        ("Вас ждут:\n• *\n• *\n\nДо встречи!", "До встречи!"),
        ("Ваша запись:\nАдрес: *\nМастер: {master}", "Ваша запись:\nМастер: {master}"),
        ("Ваша запись:\nАдрес: *\nМастер: *\nДо встречи!", "До встречи!"),
        ("Ваша запись:\nМастер: {master}\nАдрес: *", "Ваша запись:\nМастер: {master}"),
        ("Телефон:\n8 900 123-45-67\nАдрес:\n*", "Телефон:\n8 900 123-45-67"),
        ("Ждём!\n\n*\n\nДо встречи!", "Ждём!\n\nДо встречи!"),
        ("Внимание:\nЖдём вас {date}\n*", "Внимание:\nЖдём вас {date}"),
    ],
)
def test_y13_a_label_on_the_line_above_goes_with_its_value(text: str, rest: str) -> None:
    assert text_without_gaps(text.replace("*", GAP)) == rest


PHONES = st.sampled_from(["8 900 123-45-67", "+7 (495) 765-43-21", "03-123-4567"])
LABELS = st.sampled_from(["Адрес", "Мастер", "Наш адрес", "Manzil", "Мекенжай", "Address", "العنوان"])
SIGNS = st.sampled_from([": ", " — ", ":\u00a0"])
ITEMS = st.one_of(
    st.builds("Тел{}{}".format, SIGNS, PHONES),
    st.builds("Время{}{{time}}".format, SIGNS),
    st.builds(lambda label, sign: f"{label}{sign}{GAP}", LABELS, SIGNS),
    st.just(GAP),
)


@given(
    st.sampled_from(["", "• ", "📍 ", "- "]),
    st.lists(ITEMS, min_size=1, max_size=5),
    st.lists(
        st.sampled_from([", ", "; ", " | ", " • ", " · ", " / ", ". ", "! ", "، ", ",\u00a0"]), min_size=4, max_size=4
    ),
    st.sampled_from(["", ".", "!", "…"]),
)
def test_y13_of_any_list_every_fact_stays_and_no_label_and_no_sign(
    marker: str, items: list[str], signs: list[str], end: str
) -> None:
    line = items[0] + "".join(f"{sign}{item}" for sign, item in zip(signs, items[1:], strict=False))
    rest = without_gaps(f"{marker}{line}{end}")
    for item in items:
        assert GAP in item or item.split(": ")[-1].split(" — ")[-1].split("\u00a0")[-1] in rest
    assert GAP not in rest
    for label in ("Адрес", "Мастер", "адрес", "Manzil", "Мекенжай", "Address", "العنوان"):
        assert label not in rest
    assert not re.match(r"[\s,;|/،]|• •", rest)
    assert not re.search(r"[\s,;|•·/،:—-]$|[,;،|/]\s*[,;،|/.!]|: *[,;.]", rest)


PIECES = st.lists(
    st.sampled_from(
        [
            GAP,
            "{date}",
            "{time}",
            "{name}",
            "Ждём",
            "адрес",
            " ",
            ", ",
            ". ",
            "! ",
            ": ",
            " — ",
            "(",
            ")",
            "«",
            "»",
            "и ",
        ]
    ),
    max_size=14,
).map("".join)


@given(PIECES)
def test_no_text_is_too_odd_and_what_is_known_stays(line: str) -> None:
    rest = without_gaps(line)
    assert GAP not in rest
    for known in ("{date}", "{time}", "{name}"):
        assert rest.count(known) == line.count(known)
