"""Pictures as figures for an SVG that a template draws: answers by day, a plan's hours, days against their cap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiadmin.domain.manage.figures import AnswerDay
from aiadmin.domain.manage.uptime import UptimeDay
from aiadmin.domain.notices.upcoming import DayLoad, HourLoad

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


HOURS_HEIGHT = 120
STRIP_HEIGHT = 36
_WELL, _FAIR = 0.99, 0.9


@dataclass(frozen=True)
class StripDay:
    """A day of the uptime strip; its tone is `good`, `fair`, `bad`, or `none` where nothing is known."""

    day: UptimeDay
    x: float
    width: float
    tone: str


def strip(days: Sequence[UptimeDay]) -> Sequence[StripDay]:
    """One bar for each day."""
    step = WIDTH / max(len(days), 1)
    return [
        StripDay(day=one, x=round(step * index, 1), width=round(step * 0.8, 1), tone=_tone(one.share))
        for index, one in enumerate(days)
    ]


def _tone(share: float | None) -> str:
    if share is None:
        return "none"
    return "good" if share >= _WELL else "fair" if share >= _FAIR else "bad"


METER_WIDTH = 300


@dataclass(frozen=True)
class HourBar:
    """An hour of the plan in the units of the picture: its place, and its bar, which may be of no height."""

    hour: HourLoad
    x: float
    width: float
    y: float
    height: float
    has_name: bool


def hour_bars(hours: Sequence[HourLoad]) -> Sequence[HourBar]:
    """The busiest hour fills the picture; every sixth hour of the clock has its name below.

    >>> from datetime import datetime
    >>> loads = [HourLoad(at=datetime(2026, 1, 1, hour), count=2 * hour - 8, is_quiet=False) for hour in (5, 6)]
    >>> [(bar.x, bar.width, bar.y, bar.height, bar.has_name) for bar in hour_bars(loads)]
    [(0.0, 350.0, 60.0, 60.0, False), (350.0, 350.0, 0.0, 120.0, True)]
    """
    highest = max((one.count for one in hours), default=0)
    step = WIDTH / max(len(hours), 1)
    return [
        HourBar(
            hour=one,
            x=round(step * index, 1),
            width=round(step, 1),
            y=round(HOURS_HEIGHT * (1 - share), 1),
            height=round(HOURS_HEIGHT * share, 1),
            has_name=one.at.hour % _NAMED == 0,
        )
        for index, one in enumerate(hours)
        for share in [one.count / highest if highest else 0.0]
    ]


_NAMED = 6


@dataclass(frozen=True)
class Meter:
    """A day against its cap: how wide what was sent and what is planned are, of `METER_WIDTH`."""

    sent: float
    planned: float


def meter(day: DayLoad) -> Meter:
    """More than the cap fills it.

    >>> from datetime import date
    >>> meter(DayLoad(day=date(2026, 1, 1), sent=30, planned=50, cap=60))
    Meter(sent=150.0, planned=150.0)
    """
    share = METER_WIDTH / max(day.cap, 1)
    sent = round(min(day.sent * share, METER_WIDTH), 1)
    return Meter(sent=sent, planned=round(min(day.planned * share, METER_WIDTH - sent), 1))
