"""Misspelt words of days and times are put right: one slip, two in a long word, or the letters in another order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from functools import cache, lru_cache
from itertools import combinations

from aiadmin.domain.chat.dates.real_words import REAL_WORDS
from aiadmin.domain.chat.dates.words import CORRECTABLE, LEXICON

SHORTEST, LONG, LONGEST = 5, 9, 24
"""Letters: of a word that is put right, of one that may have two slips, and beyond what is no word."""
_STEM = 4
"""Letters that the forms of one word share; one less in the shortest words."""


def corrected(word: str, names: Container[str] = frozenset()) -> str:
    """The word of the lexicon that was meant, or the word itself.

    Args:
        names: words of the salon's own, which are never put right: its masters, its services.

    >>> corrected("пятнецу"), corrected("панидельник"), corrected("завтрак"), corrected("маникюр")
    ('пятницу', 'понедельник', 'завтрак', 'маникюр')
    """
    if word in LEXICON or word in REAL_WORDS or word in names or not SHORTEST <= len(word) <= LONGEST:
        return word
    return _meant(word)


@lru_cache(maxsize=4096)
def _meant(word: str) -> str:
    """The nearest word, or that of the same letters; of several only if they are forms of one."""
    near = {target for key in _shortened(word) for target in _index().get(key, ())}
    mixed = _mixed().get(_letters(word), set())
    ranked = sorted((1 if target in mixed else distance(word, target), target) for target in near | mixed)
    ranked = [(slips, target) for slips, target in ranked if slips <= _allowed(min(word, target, key=len))]
    if not ranked:
        return word
    best = [target for slips, target in ranked if slips == ranked[0][0]]
    return (
        best[0] if len({tuple(sorted(LEXICON[target].items())) for target in best}) == 1 else _same_stem(best, word)
    )


def _same_stem(targets: list[str], word: str) -> str:
    """Forms of one word differ at their end alone: the one with the client's ending is meant, else the first."""
    stem = targets[0][: _STEM if len(word) > SHORTEST else _STEM - 1]
    if any(not target.startswith(stem) for target in targets):
        return word
    return next((target for target in targets if target[-1] == word[-1]), targets[0])


def _allowed(word: str) -> int:
    return 2 if len(word) >= LONG else 1


def _shortened(word: str) -> Iterator[str]:
    """The word, and what is left without any one letter; without any two if it is long."""
    for gone in range(_allowed(word) + 1):
        for places in combinations(range(len(word)), gone):
            yield "".join(one for place, one in enumerate(word) if place not in places)


@cache
def _index() -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for target in CORRECTABLE:
        for key in _shortened(target):
            found[key].add(target)
    return found


def _letters(word: str) -> str:
    return "".join(sorted(word))


@cache
def _mixed() -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for target in CORRECTABLE:
        if len(target) > SHORTEST:
            found[_letters(target)].add(target)
    return found


def distance(one: str, other: str) -> int:
    """How many letters were added, left out, mistaken or swapped with the next (Damerau, restricted).

    >>> distance("зватра", "завтра"), distance("вотрник", "вторник"), distance("завтрва", "завтра")
    (1, 1, 1)
    """
    before: list[int] = []
    row: list[int] = [*range(len(other) + 1)]
    for at, letter in enumerate(one, 1):
        older, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            best = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                best = min(best, older[to - 2] + 1)
            row.append(best)
    return row[-1]
