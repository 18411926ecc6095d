"""The age of the one who is to be served."""

from __future__ import annotations

from aiadmin.domain.chat.hearing import Heard

_ADULT = 15
_YEARS = frozenset({"лет", "года", "год", "годика", "годик", "годиков"})


def age_in(heard: Heard) -> int | None:
    """The age of the one who is to be served, where one was said: "сыну 5 лет", "ему 11"."""
    found = set()
    for place, token in enumerate(heard.tokens):
        is_number = token.text.isdecimal() and len(token.text) < len("100")
        if is_number and (heard.word(place + 1) in _YEARS or heard.word(place - 1) in _WHOSE_AGE):
            found.add(int(token.text))
        elif token.text in _ONE_YEAR and not heard.word(place - 1).isdecimal():
            found.add(1)
    is_person = any(token.text in heard.context.vocabulary.kin or token.text in _WHOSE_AGE for token in heard.tokens)
    return found.pop() if len(found) == 1 and (is_person or heard.context.candidates) else None


_WHOSE_AGE = frozenset({"ему", "ей", "мне"})
_ONE_YEAR = frozenset({"годик", "годовалому", "годовалый"})


def is_adult(heard: Heard) -> bool:
    ages = [
        int(token.text)
        for place, token in enumerate(heard.tokens)
        if token.text.isdecimal() and len(token.text) <= len("100") and heard.word(place + 1) in _YEARS
    ]
    return bool(ages) and min(ages) >= _ADULT
