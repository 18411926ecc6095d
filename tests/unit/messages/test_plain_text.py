"""What people see of a text, and what would hide in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.contact import sighting
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.message import NewMessage
from aiadmin.domain.notice_text import TemplateError, check
from aiadmin.domain.plain_text import hidden, shown

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
    seen = sighting(("79001110001", "s.whatsapp.net"), push_name=f"Анна{sign}")
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
        "é",
        "Ё",
    ],
)
def test_what_is_seen_stays(text: str) -> None:
    assert shown(text) == text
    check(f"Ждём {text}")


def test_a_joiner_between_letters_hides_there_and_goes() -> None:
    assert shown("ба\u200dнк \u200d👩 👩\u200d") == "банк 👩 👩"


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    assert not list(hidden(shown(text)))
