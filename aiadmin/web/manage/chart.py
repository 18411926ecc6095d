"""Stacked bars of answers by day, as figures for an SVG that the template draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiadmin.domain.manage.figures import AnswerDay

WIDTH, HEIGHT = 700, 160
_GAP, _LINE = 0.26, 2.0
_PARTS = ("yes", "silent", "no")
"""From the bottom up."""


@dataclass(frozen=True)
class Segment:
    """One answer's share of a day's bar, in the units of the picture."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Bar:
    """A day's bar: where its name stands, and its parts; none where nothing was asked."""

    day: AnswerDay
    middle: float
    parts: tuple[Segment, ...]


def bars(days: Sequence[AnswerDay]) -> Sequence[Bar]:
    """The highest day fills the picture."""
    highest = max((day.asked for day in days), default=0)
    step = WIDTH / max(len(days), 1)
    return [
        Bar(day, round(step * (index + 0.5), 1), tuple(_parts(day, step * index, step, highest)))
        for index, day in enumerate(days)
    ]


def _parts(day: AnswerDay, left: float, step: float, highest: int) -> Iterator[Segment]:
    """
    >>> from datetime import date
    >>> [(part.kind, part.y, part.height) for part in _parts(AnswerDay(day=date(2026, 1, 1), yes=3, no=1), 0, 50, 4)]
    [('yes', 40.0, 120.0), ('no', 0.0, 38.0)]
    """
    top = float(HEIGHT)
    for kind in _PARTS:
        count = getattr(day, kind)
        if not count:
            continue
        height = HEIGHT * count / highest
        is_lowest = top == HEIGHT
        top -= height
        drawn = max(height - (0 if is_lowest else _LINE), 1.0)
        yield Segment(
            kind, round(left + step * _GAP / 2, 1), round(top, 1), round(step * (1 - _GAP), 1), round(drawn, 1)
        )
