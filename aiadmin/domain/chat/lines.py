"""Whose each service and each master of a burst is: "мне стрижку, ей маникюр", "сын к Пете, я к Оле".

A wish is lines, a service, for whom, with whom. A word belongs to the person who was named last before it, or, where
the burst begins with a service, to the one who is named behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from aiadmin.domain.chat.commands import SELF
from aiadmin.domain.chat.sentences import Sentences

_ONESELF = frozenset({"мне", "меня", "себе", "я"})
_THIRD = frozenset({"ей", "ему", "ее", "его"})
_LEADS = frozenset({"к", "ко", "на", "у"})
_TOGETHER = frozenset({"с", "со"})
_HAVING = frozenset({"у", "для", "от", "без", "около"})
SOMEBODY = "?"
"""One of whom only "she" or "he" is said."""


def persons_in(said: Sentences, kin: Collection[int]) -> Mapping[int, str]:
    """The places at which somebody who is to be served is named, and who it is.

    Args:
        kin: the places of words for relatives who are to come.
    """
    found: dict[int, str] = {}
    last = ""
    for place, token in enumerate(said.tokens):
        before = said.word(place - 1)
        if place in kin:
            last = said.context.vocabulary.kin[token.text]
            if before not in _TOGETHER:
                found[place] = last
        elif token.text in _ONESELF and before not in _HAVING | _TOGETHER:
            own = said.context.vocabulary
            if token.text != "я" or said.word(place + 1) in _LEADS or own.service_words(said.word(place + 1)):
                found[place] = SELF
        elif token.text in _THIRD and before not in _LEADS | _HAVING | _TOGETHER:
            found[place] = last or SOMEBODY
    return found


def whose(persons: Mapping[int, str], words: Collection[int]) -> Mapping[int, str]:
    """Who each of some words is for; empty where they are not of several persons.

    >>> whose({0: "я", 3: "муж"}, [1, 4]), whose({0: "я", 2: "муж"}, [4])
    ({1: 'я', 4: 'муж'}, {})
    >>> whose({1: "я", 4: "сын"}, [0, 3])
    {0: 'я', 3: 'сын'}
    """
    if len({*persons.values()}) < len((SELF, SOMEBODY)) or not words:
        return {}
    is_before = min(persons) < min(words)
    found: dict[int, str] = {}
    for word in sorted(words):
        before = [place for place in persons if place < word]
        behind = [place for place in persons if place > word]
        is_led = bool(before) and (is_before or not behind)
        found[word] = persons[max(before) if is_led else min(behind or before)]
    return found if len({*found.values()}) > 1 else {}
