"""What people see of a text, and what would hide in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.contact import observation
from aiadmin.domain.messages.message import NewMessage
from aiadmin.domain.notices.template import TemplateError, check
from aiadmin.domain.plain_text import hidden, shown
from aiadmin.texts.ru import calls

UNSEEN = [
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    *"\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u180e\u3164\u115f\u2800",
    *"\x00\x07\x1b\x7f\x85\u2028\u2029\ud800\U000e0041\U000e007f\ufff9",
]


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_is_not_seen_is_taken_out_of_texts_and_refused_in_templates(sign: str) -> None:
    text = f"Ждём{sign} вас"
    assert shown(text) == "Ждём вас"
    with pytest.raises(TemplateError) as refusal:
        check(text)
    assert (refusal.value.code, refusal.value.position) == ("control", 4)
    assert NewMessage(company_id=CompanyId(1), text=text, dedup_key="x", deadline_at=None).text == "Ждём вас"
    seen = observation(("79001110001", "s.whatsapp.net"), push_name=f"Анна{sign}")
    assert seen is not None
    assert seen.push_name == "Анна"


@pytest.mark.parametrize(
    "text",
    [
        "Строка\nи ещё\tодна",
        "1\xa0500\xa0₽",
        "👩\u200d🎨",
        "👨\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
        "👩🏽\u200d🎨",
        "🙂\u200d↔\ufe0f",
        "🙂\u200d↕\ufe0f",
        "🚶🏽\u200d♀\ufe0f\u200d➡\ufe0f",
        "👁\ufe0f\u200d🗨\ufe0f",
        "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f, 🏴\u200d☠\ufe0f",
        "1\ufe0f\u20e3",
        "é",
        "Ё",
    ],
)
def test_what_is_seen_stays(text: str) -> None:
    assert shown(text) == text
    check(f"Ждём {text}")


def test_a_joiner_between_letters_hides_there_and_goes() -> None:
    assert shown("ба\u200dнк \u200d👩 👩\u200d") == "банк 👩 👩"


@pytest.mark.parametrize(
    "text",
    [
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067",
        "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "pay to other card") + "\U000e007f",
        "🏴\U000e007f",
        "Ждём\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_y20_letters_that_nobody_sees_are_kept_in_a_flag_alone(text: str) -> None:
    assert shown(text) == text.rstrip("".join(map(chr, range(0xE0020, 0xE0080))))


def test_y20_an_arrow_alone_joins_nothing() -> None:
    assert shown("a\u200d↔b") == "a↔b"


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    assert not list(hidden(shown(text)))


_LINKS = st.lists(
    st.sampled_from(
        ["Анна", "t", "me", "com", "www", "http", ".", "。", "\uff0e", ":", "//", "/", " ", "\n", "\u2028", "\u200b"]
    )
)


@given(st.text(max_size=200) | _LINKS.map("".join))
def test_m7_no_name_breaks_a_line_or_becomes_a_link(name: str) -> None:
    told = calls.who(name, None)
    assert told
    assert len(told.splitlines()) == 1
    assert not re.search(r"\w[.。\uff0e]\w{2}|//", told)
