"""Conversations as people type them: what may change, and what must not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.replay.perturbing import perturbed
from tests.conversations.reading import LAVANDA, read

FILE = read(LAVANDA)
GREETINGS = ("здравствуйте", "добрый день", "привет", "доброго дня")
SEEDS = range(40)


def _case(*says: Any) -> dict[str, Any]:
    return {"id": "X", "turns": [{"say": list(say), "expect": {"act": "ask"}} for say in says]}


def _texts(case: dict[str, Any], turn: int = 0) -> list[str]:
    return [one if isinstance(one, str) else one["text"] for one in case["turns"][turn]["say"]]


def _all(*says: Any, turn: int = 0) -> list[str]:
    """Every way in which this is typed, fragments joined."""
    return [" ".join(_texts(perturbed(_case(*says), seed), turn)) for seed in SEEDS]


def test_the_same_seed_gives_the_same_and_another_gives_another() -> None:
    for case in FILE["conversations"]:
        assert perturbed(case, 1) == perturbed(case, 1)
    assert any(perturbed(case, 1) != perturbed(case, 2) for case in FILE["conversations"])


def test_only_what_is_said_changes() -> None:
    for case in FILE["conversations"]:
        other = perturbed(case, 3)
        strip = [{name: value for name, value in turn.items() if name != "say"} for turn in case["turns"]]
        assert [{k: v for k, v in turn.items() if k != "say"} for turn in other["turns"]] == strip
        assert {k: v for k, v in other.items() if k != "turns"} == {k: v for k, v in case.items() if k != "turns"}


def test_punctuation_goes_but_not_that_of_times_and_dates() -> None:
    typed = _all(["запишите, 12.03 на 10:30, или 15-00: ёлка!"])
    assert all(re.search(r"12\.03 на 10:30 или 15-00 елка$", one) for one in typed)


@pytest.mark.parametrize("text", ["да!", "ок?", "+", "?"])
def test_a_message_of_at_most_three_signs_keeps_them(text: str) -> None:
    assert {one.rpartition(" ")[2] for one in _all([text])} == {text}


@pytest.mark.parametrize(
    "message",
    [{"voice": 14}, {"sticker": True}, {"reaction": "👍"}, {"quote": "first_offer", "text": "да, хорошо!"}, "+"],
)
def test_quotes_media_and_one_sign_are_as_they_were(message: Any) -> None:
    assert all(perturbed(_case([message]), seed)["turns"][0]["say"] == [message] for seed in SEEDS)


def test_a_caption_is_disturbed_and_stays_in_one_piece() -> None:
    say = [perturbed(_case([{"photo": "хочу, как здесь!", "after": 2}]), seed)["turns"][0]["say"] for seed in SEEDS]
    assert all(one == [{"photo": "хочу как здесь", "after": 2}] for one in say)


def test_what_is_split_is_split_at_a_space_three_seconds_apart() -> None:
    split = [perturbed(_case([{"text": "в среду утром", "after": 7}]), seed)["turns"][0]["say"] for seed in SEEDS]
    pairs = [one for one in split if len(one) > 1]
    assert pairs
    for first, second in pairs:
        assert (first["after"], second["after"]) == (7, 3)
        assert f"{first['text']} {second['text']}".endswith("в среду утром")


def test_a_greeting_stands_before_the_first_message_of_the_first_turn_alone() -> None:
    greeted = [one for one in _all(["на завтра", "утром"], ["к анне"]) if one.startswith(GREETINGS)]
    assert 0 < len(greeted) < len(SEEDS)
    assert not any(word in one for one in greeted for word in ("завтра здр", "завтра при", "завтра доб"))
    assert set(_all(["на завтра"], ["к анне"], turn=1)) == {"к анне"}


def test_a_slip_is_in_one_long_word_at_most_and_never_in_digits() -> None:
    said = "подстричься завтра 1234567 после обеда"
    typed = [one.removeprefix(f"{word} ") for one in _all([said]) for word in GREETINGS if one.startswith(word)]
    typed += [one for one in _all([said]) if not one.startswith(GREETINGS)]
    wrong = [[one for one, two in zip(text.split(), said.split(), strict=True) if one != two] for text in typed]
    assert {len(one) for one in wrong} == {0, 1}
    assert all("1234567" in one and "после обеда" in one for one in typed)
    assert any(len(text) < len(said) for text in typed)
    assert any(len(text) > len(said) for text in typed)


@given(st.text(max_size=60), st.integers(0, 10**6))
def test_any_text_is_typed(text: str, seed: int) -> None:
    typed = perturbed(_case([text]), seed)["turns"][0]["say"]
    assert typed
    assert sum(isinstance(one, str) or bool(one["text"]) or not text for one in typed) >= 1
