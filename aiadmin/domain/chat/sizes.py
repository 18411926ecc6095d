"""How large something is, in titles and in what clients say: "до 5 см²", "2 на 4 см", "сантиметра три".

A title bounds a side, or an area; of what was said the longer side counts, or both sides multiplied.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_UNIT = r"(см|сантиметр\w*|мм|миллиметр\w*)\.?\s*(²|2\b|кв)?"
_FROM_TO = re.compile(rf"(?:от\s+)?{_NUMBER}\s*(?:до|-|–|—)\s*{_NUMBER}\s*(?:кв\.?\s*)?{_UNIT}")
_UNTIL = re.compile(rf"до\s+{_NUMBER}\s*(?:кв\.?\s*)?{_UNIT}")
_SINCE = re.compile(rf"(?:от|более|больше|свыше)\s+{_NUMBER}\s*(?:кв\.?\s*)?{_UNIT}")
_CENTIMETRES = frozenset({"см", "сантиметр", "сантиметра", "сантиметров", "сантиметрик", "сантиметрика", "сантим"})
_MILLIMETRES = frozenset({"мм", "миллиметр", "миллиметра", "миллиметров"})
_SQUARE = frozenset({"2", "²", "кв", "квадрат", "квадратных", "квадрата"})
_BY = frozenset({"на", "х", "x", "*", "×"})
_MORE = frozenset({"от", "больше", "более", "свыше"})
_PER_CENTIMETRE = 10
_A_LITTLE = 0.01


@dataclass(frozen=True, slots=True)
class Bounds:
    """Sizes that a title is for, in centimetres; of a side, or of an area."""

    low: float
    high: float
    is_area: bool


@dataclass(frozen=True, slots=True)
class Size:
    """A size that was said, in centimetres.

    Attributes:
        sides: one or two; none where only an area was said.
        area: what was said as such.
        places: of the words that say it.
    """

    sides: tuple[float, ...]
    area: float | None
    places: tuple[int, ...]

    def within(self, bounds: Bounds) -> bool | None:
        """Whether it lies within; None where that cannot be told: of a single side nobody knows the area."""
        value = self._as_area() if bounds.is_area else max(self.sides, default=None)
        return None if value is None else bounds.low <= value <= bounds.high

    def _as_area(self) -> float | None:
        return self.area if self.area is not None else math.prod(self.sides) if len(self.sides) > 1 else None


def bounds_of(title: str) -> Bounds | None:
    """The sizes in a title in lower case.

    >>> bounds_of("тату от 3 до 10 см"), bounds_of("удаление до 5 см²").is_area
    (Bounds(low=3.0, high=10.0, is_area=False), True)
    """
    if found := _FROM_TO.search(title):
        return _bounds(found[1], found[2], found[3], found[4])
    if found := _UNTIL.search(title):
        return _bounds("0", found[1], found[2], found[3] or _led(title, found))
    if found := _SINCE.search(title):
        return _bounds(found[1], "inf", found[2], found[3] or _led(title, found))
    return None


def _led(title: str, found: re.Match[str]) -> str | None:
    return "кв" if "кв" in title[found.start() : found.end()] else None


def _bounds(low: str, high: str, unit: str, square: str | None) -> Bounds:
    divisor = _PER_CENTIMETRE if unit.startswith(("мм", "миллим")) else 1
    least, most = (float(one.replace(",", ".")) / divisor for one in (low, high))
    return Bounds(least, most, bool(square))


def size_in(words: Sequence[str], number_of: Callable[[str], str], *, is_bare: bool) -> Size | None:
    """The one size that is said.

    Args:
        number_of: a number in digits, also one in words.
        is_bare: whether "2 на 4" is one without a unit.
    """
    numbers = [_number_at(words, place, number_of) for place in range(len(words))]
    for place, number in enumerate(numbers):
        if number is not None and (size := _size_at(words, place, numbers, is_bare=is_bare)) is not None:
            return size
    return None


def _size_at(
    words: Sequence[str], place: int, numbers: Sequence[tuple[float, int] | None], *, is_bare: bool
) -> Size | None:
    """The size of which a number is the first side; its unit stands before it or behind."""
    number = numbers[place]
    if number is None:
        return None
    value, end = number
    other = numbers[end + 1] if end + 1 < len(words) and words[end] in _BY else None
    stop = other[1] if other else end
    is_led = place > 0 and _divisor(words[place - 1]) is not None
    is_behind = not is_led and stop < len(words) and _divisor(words[stop]) is not None
    if not (is_led or is_behind or (other and is_bare)):
        return None
    divisor = _divisor(words[place - 1] if is_led else words[stop] if is_behind else "см") or 1
    lead = words[place - 1 - is_led] if place > is_led else ""
    sides = tuple(
        one / divisor + (_A_LITTLE if lead in _MORE else 0) for one in (value, *([other[0]] if other else []))
    )
    stop += is_behind
    is_square = other is None and stop < len(words) and words[stop] in _SQUARE
    places = tuple(range(place - is_led, stop + is_square))
    return Size((), sides[0], places) if is_square else Size(sides, None, places)


def _divisor(word: str) -> int | None:
    return 1 if word in _CENTIMETRES else _PER_CENTIMETRE if word in _MILLIMETRES else None


def _number_at(words: Sequence[str], place: int, number_of: Callable[[str], str]) -> tuple[float, int] | None:
    """A number, also one with a part behind a comma, and where it ends."""
    whole = number_of(words[place])
    if not whole.isdecimal() or (place > 1 and words[place - 1] in ".," and words[place - 2].isdecimal()):
        return None
    is_part = place + 2 < len(words) and words[place + 1] in ".," and words[place + 2].isdecimal()
    if words[place].isdecimal() and is_part:
        return float(f"{whole}.{words[place + 2]}"), place + 3
    return float(whole), place + 1
