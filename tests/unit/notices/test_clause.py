"""Y13: what goes with a value that is not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.clause import GAP, without_gaps

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
