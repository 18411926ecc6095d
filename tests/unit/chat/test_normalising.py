"""A message becomes words and numbers that a lexicon can find, and each knows where it was written."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.normalising import tokens_of


def _words(text: str) -> list[str]:
    return [token.text for token in tokens_of(text, LEXICON.__contains__)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Днём", "днем"),
        ("дне\u0308м", "днем"),
        ("зaвтpa", "завтра"),
        ("завтраааа", "завтра"),
        ("пятниццццца", "пятница"),
        ("ghbdtn pfdnhf d 6", "привет завтра в 6"),
        ("d ce,,jne", "в субботу"),
        ("zavtra v 6 vechera", "завтра в 6 вечера"),
        ("завтра v 6", "завтра в 6"),
        ("добрый день, v ponedelnik posle 17 да", "добрый день , в понеделник после 17 да"),
        ("привет. jxtym d ce,,jne d 6", "привет . очень в субботу в 6"),
        ("привет, can you book a haircut", "привет , can you book а haircut"),
        ("хочу gel botox zavtra", "хочу gel botox завтра"),
        ("c 3 до 5", "с 3 до 5"),
        ("B 5", "в 5"),
        ("да, d ce,,jne, d 10.", "да , в субботу , в 10 ."),
        ("１８：３０", "18 : 30"),
        ("18⁰⁰", "18 : 00"),
        ("1О:00", "10 : 00"),
        ("5️⃣", "5"),
        ("за\u200bв\u00adтра", "завтра"),
        ("18—19", "18 - 19"),
        ("п'ятниця", "пятниця"),
        ("14ч30", "14 ч 30"),
        ("hello, can I book a haircut", "hello , can i book a haircut"),
        ("botox завтра", "botox завтра"),
        ("наращивание 3d", "наращивание 3 d"),
    ],
)
def test_a_word_is_spelt_as_the_lexicon_has_it(written: str, meant: str) -> None:
    assert _words(written) == meant.split()


def test_a_token_quotes_what_the_client_wrote() -> None:
    text = "Ой, зaвтpaааа  в 18⁰⁰"

    assert [text[token.start : token.end] for token in tokens_of(text, LEXICON.__contains__)] == [
        *("Ой", ",", "зaвтpaааа", "в", "18", "", "⁰⁰")
    ]


@given(st.text(max_size=200))
def test_spans_are_in_order_and_within_the_message(text: str) -> None:
    tokens = tokens_of(text, LEXICON.__contains__)

    assert all(0 <= token.start <= token.end <= len(text) for token in tokens)
    assert all(one.start <= other.start for one, other in pairwise(tokens))
    assert all(token.text for token in tokens)


def test_a_hundred_marks_on_a_letter_are_read_in_no_time() -> None:
    """Python sorts the marks of one letter in quadratic time: only the first ones are looked at."""
    assert _words("и" + "\u0306\u0323" * 30_000) == ["й"]
    assert _words("и" + "\u0323" * 100 + "\u0306") == ["и"]
