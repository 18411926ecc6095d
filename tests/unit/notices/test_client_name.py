"""Y11 and Y21: what a client may be called in a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.client_name import LONGEST, greeting_name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Анна",
            "Анна-Мария",
            "Мария–Анна",
            "Иванова А.С.",
            "Иванова А. С.",
            "Ё.А.",
            "Anna O'Neil",
            "Жан\u2011Поль",
        ),
        *(
            "Катя 👩\u200d👧",
            "Анна (мама Кати)",
            "Бекзод Оʻгʻли",
            "Анна 2",
            "José María",
            "Клиентова Анна",
            "Гостья Ирина",
        ),
        # initials, titles and two people
        *(
            "J. R. Smith",
            "J.R. Smith",
            "Smith J.",
            "Дж. Смит",
            "Mr. Smith",
            "St. John",
            "Ә. Н. Сапаров",
            "Ў. Каримов",
        ),
        *("Анна & Пётр", "Анна + Пётр", "Анна и Пётр", "Тест-Иванова Анна", "Анна Без"),
        # nicknames, marks and other scripts
        *('Анна "Аня" Иванова', "Анна «Нюша»", "O‘g‘iloy", "Gʻayrat", "G'ayrat", "Өмірбек", "Їжакевич Ґанна"),
        *(
            "अनीता शर्मा",
            "பிரியா",
            "ศิริพร",
            "อัญชลี",
            "ကျော်",
            "محمد علي",
            "אנה",
            "李",
            "丽丽",
            "김민지",
            "Ани́та",
            "Gal·la",
            "Ĳsbrand",
        ),
        *("Ян", "Нам Виктория", "Ким Не", "Гостев Иван", "Клиент Анна"),
    ],
)
def test_a_name_is_said_as_it_is(name: str) -> None:
    assert greeting_name(name) == name


@pytest.mark.parametrize(
    ("given", "said"),
    [
        *(("  Анна \n Мария ", "Анна Мария"), ("Анна!", "Анна"), ("Анна,", "Анна"), ("Анна.", "Анна")),
        *(('"Катя"', "Катя"), ("«Катя»", "Катя"), ("“Катя”", "Катя"), ("'Катя'", "Катя"), ("„Катя“", "Катя")),
        *(("Анна...", "Анна"), ("Анна…", "Анна"), ("- Анна", "Анна"), ("Анна -", "Анна"), (". Анна", "Анна")),
        *(("*Анна*", "Анна"), ("Анна;", "Анна"), ("(Анна)", "Анна"), ("Иванова А.С.,", "Иванова А.С.")),
    ],
)
def test_a_name_is_tidied(given: str, said: str) -> None:
    assert greeting_name(given) == said


@pytest.mark.parametrize(
    "junk",
    [
        *(None, "", " ", ".", "-", "?", "---", "2", "79995551122", "+7 999 555-11-22", "👩\u200d👧", "!!!"),
        *(
            "Без имени",
            "БЕЗ ИМЕНИ",
            "Клиент",
            "клиент.",
            "Клиент 12",
            "Новый клиент",
            "Имя не указано",
            "(не указано)",
        ),
        # what desks and programs write for want of a name
        *(
            "Без фамилии",
            "без отчества",
            "Без имени 2",
            "User",
            "Юзер",
            "user123",
            "Пользователь",
            "Посетитель",
            "Клиент сайта",
        ),
        *("Customer", "Anonymous", "undefined", "null null", "Имя Фамилия", "Фамилия", "First name", "Не звонить"),
        *("Не известно", "нет фамилии", "нет данных", "Новая", "Новый", "Админ", "Администратор", "Салон", "Запись"),
        *(
            "Mijoz",
            "Yangi mijoz",
            "Ismsiz",
            "Noma'lum",
            "Келуші",
            "Жаңа клиент",
            "Аты жоқ",
            "Белгісіз",
            "Клієнт",
            "Кліент",
        ),
        *("Чёрный список", "ЧС", "дубль", "Удалён", "Онлайн запись", "Instagram", "2GIS", "Сертификат", "Перерыв"),
        *("xx", "Мм", "Салон красоты", "Да", "Здравствуйте", "Резерв"),
        *(
            "ааа",
            "ХХХ",
            "aaaa",
            "qwerty",
            "asdf",
            "йцукен",
            "фыва",
            "А",
            "Ё.",
            "x",
            "тест 1",
            "Test Test",
            "тестовый клиент",
        ),
        *("Нет", "Не указано имя", "тест тест", "N/A", "no name", "Guest", "тест"),
    ],
)
def test_what_is_no_name_is_not_said(junk: str | None) -> None:
    assert greeting_name(junk) is None


@pytest.mark.parametrize(
    "spam",
    [
        "Ваш выигрыш 100000 р ждёт: https://evil.example/win",
        "Зайди t.me/evil_bot прямо сейчас",
        *(
            "evil.example",
            "www evil com",
            "t.me",
            "T.Me",
            "vk.com",
            "приз.рф",
            "КАЗИНО-Х.РФ",
            "АЗИНО7Х.РФ",
            "Бонус тут 24А.РФ",
            "Х.КОМ",
            "evil[.]com",
            "http evil",
            "evil\u3002com",
        ),
        *(
            "a@b.ru",
            "@evil_bot",
            "Банк 88005553535",
            "Служба безопасности 8 800 555 35 35",
            "Ваш код 1234",
            "ваш код",
            "Код 12",
            "Your code 1234",
            "Сіздің код 12",
            "Пароль 55",
            "Вы выиграли приз",
            "Перезвоните нам",
            "Анна 1234",
            "Анна 1000₽",
            "Анна #приз",
        ),
        "Анна Мария Елена Ольга Ирина",
        "А" * (LONGEST + 1),
    ],
)
def test_a_stranger_does_not_speak_through_a_name(spam: str) -> None:
    assert greeting_name(spam) is None


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    name = greeting_name(text)
    assert name is None or (len(name) <= LONGEST and not set(name) & set("@/:\\#[]{}<>\n"))
    assert name is None or greeting_name(name) == name
