"""A day's messages by the hour as figures for an SVG that a template draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiadmin.domain.console.traffic import HourTraffic

WIDTH, HEIGHT = 720, 140
_FILLED = 0.7
_NAMED = 4
"""Every so many hours have their name below; the last one always has it."""


@dataclass(frozen=True)
class Column:
    """An hour's bar: what was sent from the bottom up, on it what waits, and what failed on top."""

    hour: HourTraffic
    x: float
    width: float
    middle: float
    has_name: bool
    parts: tuple[tuple[str, float, float], ...]
    """Each with its kind, its upper edge and its height."""


def columns(hours: Sequence[HourTraffic]) -> Sequence[Column]:
    """The busiest hour fills the picture.

    >>> from datetime import datetime
    >>> at = datetime(2026, 1, 1)
    >>> [one.parts for one in columns([HourTraffic(at=at, sent=3, failed=1), HourTraffic(at=at, waiting=2)])]
    [(('sent', 35.0, 105.0), ('failed', 0.0, 35.0)), (('waiting', 70.0, 70.0),)]
    """
    highest = max((one.handed for one in hours), default=0)
    step = WIDTH / max(len(hours), 1)
    return [
        Column(
            hour=one,
            x=round(step * (index + (1 - _FILLED) / 2), 1),
            width=round(step * _FILLED, 1),
            middle=round(step * (index + 0.5), 1),
            has_name=(len(hours) - 1 - index) % _NAMED == 0,
            parts=tuple(_parts(one, highest)),
        )
        for index, one in enumerate(hours)
    ]


def _parts(hour: HourTraffic, highest: int) -> Sequence[tuple[str, float, float]]:
    found, top = [], float(HEIGHT)
    for kind in ("sent", "waiting", "failed"):
        height = HEIGHT * getattr(hour, kind) / highest if highest else 0
        if height:
            top -= height
            found.append((kind, round(top, 1), round(height, 1)))
    return found
