"""The words that name a service, and the characters they stand at."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.when import Span

ADDING = frozenset({"еще", "также", "плюс", "добавьте", "добавить", "добавим", "заодно"})
EITHER = frozenset({"или", "либо"})
JOINTS = frozenset({"и", "плюс", "+"})
TOO = frozenset({"тоже", "заодно", "также"})


LONGEST_PREPOSITION = 3


def spans_of(heard: Heard, places: Sequence[int]) -> tuple[Span, ...]:
    """The characters of some words; those that only a preposition parts are one piece."""
    pieces: list[tuple[int, int]] = []
    for place in places:
        is_near = pieces and all(len(heard.word(one)) <= LONGEST_PREPOSITION for one in range(pieces[-1][1], place))
        if is_near:
            pieces[-1] = (pieces[-1][0], place + 1)
        else:
            pieces.append((place, place + 1))
    return tuple(heard.span(first, end) for first, end in pieces)


def is_service_word(heard: Heard, place: int) -> bool:
    """Whether a word names a service."""
    word = heard.word(place)
    return bool(heard.context.vocabulary.service_words(word)) and word not in heard.context.vocabulary.kin
