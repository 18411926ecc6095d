"""How long a service is to be, in words, as the titles of a salon tell it.

"Часа два", "двухчасовая" and "2 ч" are "2 часа" where titles have hours, and "120 минут" where they have minutes. An
hour of the day is none of it: "в два часа".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.normalising import Token
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.vocabulary import HOURS, MINUTES, Vocabulary, number_of
from aiadmin.domain.chat.when import Asked

_HOUR = 60
_HOURS = HOURS | {"часочка", "часочек"}
_ABOUT_HOURS = frozenset({"часа", "часов", "часика", "часиков"})
_HALF_HOUR = frozenset({"полчаса", "полчасика"})
_AT = frozenset({"в", "во", "к", "ко", "с", "со", "до", "после", "около", "через", "за", "позже", "раньше"})
"""What stands before an hour of the day, or a time that passes."""
_OF_DAY = frozenset({"дня", "утра", "вечера", "ночи", ":", "раньше", "позже", "пораньше", "попозже"})
_ADJECTIVE = re.compile(r"(полу|полутора|двух|трех|четырех|пяти)?часов(?:ой|ого|ому|ым|ом|ая|ую|ое|ые|ых)")
_COUNTED = {None: 60, "полу": 30, "полутора": 90, "двух": 120, "трех": 180, "четырех": 240, "пяти": 300}
_OF_MINUTES = re.compile(r"(тридцати|сорока|сорокапяти|шестидесяти|девяносто|девяноста|стодвадцати)?минутн\w{2,3}")
_COUNTED_MINUTES = {
    "тридцати": 30,
    "сорока": 40,
    "сорокапяти": 45,
    "шестидесяти": 60,
    "девяносто": 90,
    "девяноста": 90,
    "стодвадцати": 120,
}
_MOST_HOURS = 12


class _Length(NamedTuple):
    minutes: int
    width: int
    is_sure: bool = True
    """Whether it can be nothing else; else a service has to be named, and no time asked for."""
    may_be_hour: bool = False
    """Whether it is an hour of the day, too, unless another one is said."""


def with_lengths(tokens: Sequence[Token], context: ReadingContext) -> Sequence[Token]:
    """The tokens, each length made the number and the unit that titles have."""
    vocabulary = context.vocabulary
    if not vocabulary.numbered:
        return tokens
    words = [one.text for one in tokens]
    named = frozenset(context.candidates) or frozenset[int]().union(
        *(vocabulary.fitting(meanings) for word in words if (meanings := vocabulary.meanings.get(word)))
    )
    is_open = bool(named) and (context.asked in {Asked.SERVICE, None} or bool(context.candidates))
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        length = next(_lengths_at(words, place), None)
        is_meant = length is not None and (length.is_sure or (is_open and _is_no_hour(words, place, length)))
        told = _as_told(length.minutes, vocabulary, named) if length is not None and is_meant else None
        if length is None or told is None:
            found.append(tokens[place])
            place += 1
            continue
        first, last = tokens[place], tokens[place + length.width - 1]
        middle = (first.start + first.end) // 2 if length.width == 1 else first.end
        begins = middle if length.width == 1 else last.start
        found += [
            Token(told[0], first.start, middle, first.is_glued),
            Token(told[1], begins, last.end, is_glued=False),
        ]
        place += length.width
    return found


def _lengths_at(words: Sequence[str], place: int) -> Iterator[_Length]:
    yield from _of_kind(words, place)
    if not place or words[place - 1] not in _AT:
        yield from _of_halves(words, place)
        yield from _of_hours(words, place)
        if words[place].isdecimal() and _word(words, place + 1) in MINUTES:
            yield _Length(int(words[place]), 2)


def _word(words: Sequence[str], place: int) -> str:
    return words[place] if 0 <= place < len(words) else ""


def _of_kind(words: Sequence[str], place: int) -> Iterator[_Length]:
    """Adjectives: "двухчасовая", "девяностоминутный", "90-минутный"."""
    word = words[place]
    if found := _ADJECTIVE.fullmatch(word):
        yield _Length(_COUNTED[found[1]], 1)
    if (found := _OF_MINUTES.fullmatch(word)) and found[1]:
        yield _Length(_COUNTED_MINUTES[found[1]], 1)
    kind = _word(words, place + 2)
    if word.isdecimal() and _word(words, place + 1) == "-" and kind.startswith(("минутн", "часов")):
        yield _Length(int(word) * (1 if kind.startswith("минутн") else _HOUR), 3)


_HALVES: Mapping[tuple[str, ...], int] = {
    **{("полтора", hour): 90 for hour in _HOURS},
    **{(hour, "полтора"): 90 for hour in _ABOUT_HOURS},
    **{("1", sign, "5", hour): 90 for sign in ".," for hour in _HOURS},
    ("час", "с", "половиной"): 90,
    ("час", "30"): 90,
    ("час", "тридцать"): 90,
}
"""Lengths with half an hour, by their words."""


def _of_halves(words: Sequence[str], place: int) -> Iterator[_Length]:
    for width in (4, 3, 2):
        said = tuple(words[place : place + width])
        minutes = _HALVES.get(said) if len(said) == width else None
        if minutes is not None and _word(words, place + width) not in _OF_DAY:
            yield _Length(minutes, width)
    if words[place] in _HALF_HOUR and _word(words, place + 1) not in _OF_DAY:
        yield _Length(30, 1, is_sure=False)


def _of_hours(words: Sequence[str], place: int) -> Iterator[_Length]:
    """Whole hours: "два часа", "часа два", "часа на два", "на часок"."""
    word = words[place]
    second, third, fourth = (_word(words, place + step) for step in (1, 2, 3))
    is_bare = _word(words, place - 1) != "на"
    if (hours := _hours(word)) and second in _HOURS and third not in _OF_DAY:
        yield _Length(hours * _HOUR, 2, is_sure=is_bare, may_be_hour=not is_bare)
    if word in _ABOUT_HOURS and (hours := _hours(second)) and third not in _OF_DAY | _HOURS:
        yield _Length(hours * _HOUR, 2)
    if word in _ABOUT_HOURS and second == "на" and (hours := _hours(third)) and fourth not in _OF_DAY:
        yield _Length(hours * _HOUR, 3, is_sure=False)
    if word == "на" and second in {"час", "часик", "часок"} and third not in _OF_DAY | {"30", "тридцать", "с"}:
        yield _Length(_HOUR, 2, is_sure=False)


def _hours(word: str) -> int:
    known = LEXICON.get(word, {})
    is_number = word.isdecimal() or bool({"NUM", "FEW"} & set(known))
    number = number_of(word) if is_number else ""
    return int(number) if number.isdecimal() and 0 < int(number) <= _MOST_HOURS else 0


def _is_no_hour(words: Sequence[str], place: int, length: _Length) -> bool:
    """Whether what may be an hour of the day stands beside another one."""
    others = [*words[:place], "", *words[place + length.width :]]
    pairs = zip(["", *others], others, strict=False)
    is_timed = any(word == ":" or (before in _AT and (word.isdecimal() or _hours(word))) for before, word in pairs)
    return (is_timed or not length.may_be_hour) and "дня" not in others


def _as_told(minutes: int, vocabulary: Vocabulary, named: frozenset[int]) -> tuple[str, str] | None:
    """A length by the number and the unit of titles, of those that are named where they tell it."""
    told = [(str(minutes), "минут")]
    if minutes % _HOUR == 0:
        told += [(str(minutes // _HOUR), unit) for unit in ("часа", "час", "часов")]
    known = [one for one in told if one in vocabulary.numbered]
    of_named = [one for one in known if vocabulary.has_number(named, one[0])]
    return next(iter(of_named or known), None)
