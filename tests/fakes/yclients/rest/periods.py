"""Filters of lists by time, each read once from the query."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.salon.times import end_of_day, parsed

_EVER, _NEVER = (
    at.replace(tzinfo=None) for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
)


def on_days(salon: Salon, request: web.Request, first: str, last: str) -> Callable[[datetime], bool]:
    """Whether one of the salon's times is on these days, both included; without a limit it is."""
    start, end = (request.query.get(name) for name in (first, last))
    earliest = parsed(start, salon.zone) if start else _EVER
    latest = end_of_day(parsed(end, salon.zone)) if end else _NEVER
    return lambda at: earliest <= at < latest


def changed_within(salon: Salon, request: web.Request) -> Callable[[datetime], bool]:
    """Whether a last change is in `changed_after` to `changed_before`, both included.

    A time without an offset is the salon's own.
    """
    after, before = (request.query.get(name) for name in ("changed_after", "changed_before"))
    earliest = parsed(after, salon.zone) if after else _EVER
    latest = parsed(before, salon.zone) if before else _NEVER
    if not (after or before):
        return lambda _changed: True
    return lambda changed: earliest <= local(salon, changed) <= latest


def local(salon: Salon, at: datetime) -> datetime:
    """The salon's own time, whole seconds."""
    return at.astimezone(salon.zone).replace(tzinfo=None, microsecond=0)
