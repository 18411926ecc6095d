"""Texts of notices: refused with the place of the fault, filled in as a Russian reader expects, run as nothing."""

from __future__ import annotations

import string
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin import notice_texts, wording
from aiadmin.domain.journal import BookedService
from aiadmin.domain.notice import NoticeKind
from aiadmin.domain.notice_text import LONGEST, VARIABLES, Facts, TemplateError, check, render
from tests.unit.sync.journals import COLOURING, HAIRCUT, record

AT = datetime.fromisoformat("2026-11-27T11:30Z")


def _facts(**given: Any) -> Facts:
    values: dict[str, Any] = {"name": "Анна", "starts_at": AT, "zone": "Europe/Moscow", "master": "Оксана"}
    return Facts(**values | {"services": ("Стрижка",), "price": Decimal(1500), "address": "Тверская, 1"} | given)


def _text(template: str, **given: Any) -> str:
    return render(template, wording.words(_facts(**given)))


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_a_text_that_passes_its_own_check(kind: NoticeKind) -> None:
    check(notice_texts.TEMPLATES[kind])
    full, bare = (
        wording.words(_facts(link="https://y.example/1")),
        wording.words(Facts(name="", starts_at=AT, zone="UTC")),
    )
    for known in (full, bare):
        text = render(notice_texts.TEMPLATES[kind], known)
        assert not set(text) & set("{}\0")
        assert not any(fault in text for fault in (" ,", ", !", ",,", "  ", ": \n", ":\n", "\n\n")), text
        assert text.startswith("Здравствуйте")


def test_a_booking_is_told_in_full() -> None:
    text = _text(notice_texts.TEMPLATES[NoticeKind.BOOKED])
    assert text.splitlines()[:6] == [
        "Здравствуйте, Анна!",
        "Вы записаны в пятницу, 27 ноября, в 14:30.",
        "Услуги: Стрижка",
        "Мастер: Оксана",
        "Стоимость: 1\xa0500\xa0₽",
        "Адрес: Тверская, 1",
    ]


@pytest.mark.parametrize(
    ("template", "position", "code", "says"),
    [
        ("", 0, "empty", "Напишите"),
        (" \n", 0, "empty", "Напишите"),
        ("{name}, {date}!", 0, "empty", "одних переменных мало"),
        ("Ждём {nane}", 5, "variable", "Переменной {nane} нет"),
        ("Ждём {}", 5, "variable", "{name}, {date}"),
        ("Ждём {Name}", 5, "variable", "{Name}"),
        ("Ждём { name }", 5, "variable", "{ name }"),
        ("Ждём {name.__class__}", 5, "variable", "{name.__class__}"),
        ("Ждём {name!r}", 5, "variable", "{name!r}"),
        ("Ждём {0[0]}", 5, "variable", "{0[0]}"),
        ("Ждём {name", 5, "brace", "без пары"),
        ("Ждём name}", 9, "brace", "без пары"),
        ("Ждём {{name}}", 5, "brace", "без пары"),
        ("Ждём {na\nme}", 5, "brace", "без пары"),
        ("Ждём\x00", 4, "control", "невидимый"),
        ("Ж" * 1021, LONGEST, "too-long", "не длиннее 1\xa0000 символов, а в этом 1\xa0021 символ."),
        ("Ждём {x} и }", 5, "variable", "{x}"),
    ],
)
def test_a_bad_text_is_refused_with_the_place_of_its_first_fault(
    template: str, position: int, code: str, says: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        check(template)
    assert (caught.value.position, caught.value.code) == (position, code)
    assert says in notice_texts.template_flaw(caught.value)


def test_a_text_of_exactly_the_longest_length_is_taken() -> None:
    check("Ж" * LONGEST)


@pytest.mark.parametrize(
    ("template", "missing", "text"),
    [
        ("Здравствуйте, {name}!", "name", "Здравствуйте!"),
        ("{name}, ждём вас {date}", "name", "Ждём вас в пятницу, 27 ноября"),
        ("Добрый день! {name}, ждём вас", "name", "Добрый день! Ждём вас"),
        ("Мастер {master}, {time}", "master", "Мастер, 14:30"),
        ("Ждём вас\nАдрес: {address}\nДо встречи", "address", "Ждём вас\nДо встречи"),
        ("Цена {price}", "price", "Цена"),
        ("Ждём вас {date}\n\nДо встречи", "name", "Ждём вас в пятницу, 27 ноября\n\nДо встречи"),
    ],
)
def test_what_is_not_known_leaves_no_hole(template: str, missing: str, text: str) -> None:
    assert _text(template, **{missing: None}) == text


def test_what_a_client_is_called_is_never_a_template() -> None:
    name = "{master} {0.__class__}\n\u202eАнна"
    assert _text("Здравствуйте, {name}!", name=name) == "Здравствуйте, {master} {0.__class__} Анна!"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-23", "в понедельник, 23 ноября"),
        ("2026-11-24", "во вторник, 24 ноября"),
        ("2026-11-25", "в среду, 25 ноября"),
        ("2026-11-26", "в четверг, 26 ноября"),
        ("2026-11-27", "в пятницу, 27 ноября"),
        ("2026-11-28", "в субботу, 28 ноября"),
        ("2026-12-06", "в воскресенье, 6 декабря"),
        ("2027-05-01", "в субботу, 1 мая"),
    ],
)
def test_a_day_is_written_in_the_right_case(day: str, words: str) -> None:
    assert wording.day(datetime.fromisoformat(day)) == words


def test_day_and_time_are_those_of_the_salon() -> None:
    late, text = datetime.fromisoformat("2026-11-27T21:05Z"), "Ждём {date}, в {time}"
    assert _text(text, starts_at=late, zone="Europe/Moscow") == "Ждём в субботу, 28 ноября, в 00:05"
    assert _text(text, starts_at=late, zone="America/New_York") == "Ждём в пятницу, 27 ноября, в 16:05"


def test_a_price_is_told_only_when_every_service_has_one() -> None:
    priced = BookedService(service_id=3, title="Укладка", cost=Decimal("99.50"))
    both = Facts.of(record(services=(priced, priced)), zone="UTC", address="Тверская, 1", link="https://x.example")
    assert (both.price, both.services) == (Decimal("199.00"), ("Укладка", "Укладка"))
    assert (both.name, both.master, both.address) == ("Анна", "Оксана", "Тверская, 1")
    assert Facts.of(record(services=(priced, HAIRCUT)), zone="UTC").price is None
    assert Facts.of(record(services=()), zone="UTC").price is None
    assert Facts.of(record(services=(HAIRCUT, COLOURING)), zone="UTC").services == ("Стрижка", "Окрашивание")
    assert wording.money(Decimal(0)) == "0\xa0₽"


_SOUP = st.text(alphabet="{}" + string.ascii_letters[:3] + " ,.!\n:Ж", max_size=30)
_PIECES = st.lists(st.one_of(_SOUP, st.sampled_from([f"{{{name}}}" for name in VARIABLES])), max_size=6).map("".join)


@given(_PIECES, st.fixed_dictionaries({name: st.text(max_size=5) for name in VARIABLES}))
def test_whatever_passes_the_check_is_filled_in_and_never_empty(template: str, words: dict[str, str]) -> None:
    fault = _fault(template)
    if fault is not None:
        assert 0 <= fault.position <= len(template)
        assert notice_texts.template_flaw(fault)
        return
    text = render(template, words)
    assert text
    assert all(f"{{{name}}}" not in text for name in VARIABLES if not any("{" in word for word in words.values()))


def _fault(template: str) -> TemplateError | None:
    try:
        check(template)
    except TemplateError as error:
        return error
    return None
