"""The same conversations as people type them: without punctuation, with a slip, in fragments, with a greeting."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from random import Random
from typing import Any

from aiadmin.domain.replay.played import Given

_NUMERIC = re.compile(r"\d+(?:[:.,/–-]\d+)+")
"""A time, a date or a sum: its signs are part of it."""
_KEEPS_SIGNS = 3
_LONG_WORD = re.compile(r"[^\W\d_]{6,}")
_GREETINGS = ("здравствуйте", "добрый день", "привет", "доброго дня")
_SECONDS_APART = 3
_SLIPS, _SPLITS, _GREETS = 0.5, 0.3, 0.4
"""How often each is done."""


def perturbed(case: Given, seed: int) -> dict[str, Any]:
    """A conversation with each of its texts disturbed, the same for the same seed; nothing else changes."""
    turns = [
        {**turn, "say": _said(turn["say"], f"{seed}:{case['id']}:{number}", is_first=number == 0)}
        for number, turn in enumerate(case["turns"])
    ]
    return {**case, "turns": turns}


def _said(say: list[Any], seed: str, *, is_first: bool) -> list[Any]:
    messages: list[Any] = []
    for number, message in enumerate(say):
        rng = Random(f"{seed}:{number}")  # noqa: S311 - the same every time is what is wanted
        messages += _message(message, rng, is_greeted=is_first and number == 0)
    return messages


def _message(message: Any, rng: Random, *, is_greeted: bool) -> list[Any]:
    if isinstance(message, str):
        return [
            given.get("text", "") if set(given) == {"text"} else given for given in _typed(message, rng, is_greeted)
        ]
    given: Mapping[str, Any] = message
    if isinstance(given.get("photo"), str) and given["photo"]:
        return [{**given, "photo": _disturbed(given["photo"], rng)}]
    if "quote" in given or not isinstance(given.get("text"), str):
        return [message]
    first, *more = _typed(given["text"], rng, is_greeted)
    lasting = {name: given[name] for name in ("minutes",) if name in given}
    return [{**given, **first}, *({**lasting, **one} for one in more)]


def _typed(text: str, rng: Random, is_greeted: bool) -> list[dict[str, Any]]:
    """One message as it is typed, in one piece or in two."""
    if len(text.strip()) <= 1:
        return [{"text": text}]
    typed = _disturbed(text, rng)
    if is_greeted and rng.random() < _GREETS:
        typed = f"{rng.choice(_GREETINGS)} {typed}"
    spaces = [place for place, sign in enumerate(typed) if sign == " "]
    if not spaces or rng.random() >= _SPLITS:
        return [{"text": typed}]
    place = rng.choice(spaces)
    return [{"text": typed[:place]}, {"text": typed[place + 1 :], "after": _SECONDS_APART}]


def _disturbed(text: str, rng: Random) -> str:
    text = text.replace("ё", "е").replace("Ё", "Е")
    if len(text.strip()) > _KEEPS_SIGNS:
        text = _without_signs(text)
    return _with_slip(text, rng) if rng.random() < _SLIPS else text


def _without_signs(text: str) -> str:
    """Without punctuation, but inside times and dates."""
    kept = {place for found in _NUMERIC.finditer(text) for place in range(*found.span())}
    signs = [
        " " if unicodedata.category(sign).startswith("P") and place not in kept else sign
        for place, sign in enumerate(text)
    ]
    return " ".join("".join(signs).split()) or text


def _with_slip(text: str, rng: Random) -> str:
    """A slip in one long word: two letters swapped, one dropped, or one doubled."""
    words = list(_LONG_WORD.finditer(text))
    if not words:
        return text
    start, end = rng.choice(words).span()
    place = rng.randrange(start, end - 1)
    one, two = text[place], text[place + 1]
    instead = rng.choice((two + one, two, one + one + two))
    return text[:place] + instead + text[place + 2 :]
