"""Clients' slips of the finger, as `bot replay --perturb` makes them (tests/conversations/FORMAT.md)."""

from __future__ import annotations

import random
import re

_LONG_WORD = re.compile("[а-яА-Я]{6,}")


def slipped(text: str, choice: random.Random, *, marks: str) -> str:
    """`text` without its `marks`, and with two letters of a long word swapped, or one of them dropped or doubled."""
    text = re.sub(rf"(?<!\d)[{marks}](?!\d)", " ", text) if len(text) > 3 else text
    words = [*_LONG_WORD.finditer(text)]
    if not words:
        return text
    word = choice.choice(words)
    place = choice.randrange(word.start(), word.end() - 1)
    one, other = text[place], text[place + 1]
    return text[:place] + choice.choice([other + one, other, one + one + other]) + text[place + 2 :]
