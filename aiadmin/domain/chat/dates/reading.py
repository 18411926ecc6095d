"""What a client's message says of days and times."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime

from aiadmin.domain.chat.dates.bounds import BOUNDS
from aiadmin.domain.chat.dates.clock import CLOCK, PARTED
from aiadmin.domain.chat.dates.day_parts import DAY_PARTS
from aiadmin.domain.chat.dates.grammar import Context, Node, Table
from aiadmin.domain.chat.dates.joining import wishes
from aiadmin.domain.chat.dates.lengths import LENGTHS
from aiadmin.domain.chat.dates.lexing import EARLIEST, NUMERALS, QUANTITIES, nodes_of
from aiadmin.domain.chat.dates.polarity import items_of
from aiadmin.domain.chat.dates.single_days import ASKED_DAYS, SINGLE_DAYS
from aiadmin.domain.chat.dates.stretches import STRETCHES
from aiadmin.domain.chat.dates.times import BARE, MORE, TIMES
from aiadmin.domain.chat.when import Asked, DayParts, Impossible, When

TABLES = (
    Table(*NUMERALS),
    Table(*QUANTITIES, *EARLIEST),
    Table(*SINGLE_DAYS, *STRETCHES, *LENGTHS, *CLOCK),
    Table(*PARTED),
    Table(*BOUNDS, *TIMES, *DAY_PARTS),
    Table(*ASKED_DAYS, *BARE),
    Table(*MORE),
)
"""In the order in which they are applied."""


LONGEST, MOST_NAMED = 4_000, 40
"""Characters of a message, days and times in it: what is longer or names more is no wish, and a human reads it."""


def read_when(
    text: str,
    *,
    now: datetime,
    parts: DayParts | None = None,
    asked: Asked | None = None,
    names: Container[str] = frozenset(),
) -> tuple[When, ...]:
    """What a message says of days and times: nothing, one wish, or several to choose from.

    What may mean two things comes with its second reading, and what is no day or time for certain is left out.

    Args:
        now: the salon's wall clock.
        parts: what morning, evening and lunch mean there.
        asked: what our last question was about: "5" is a time after "at what time?", and a day after "which day?".
        names: words that are the salon's own, such as its masters' names, and so never a misspelt day.

    >>> from datetime import datetime
    >>> [when] = read_when("завтра в 5", now=datetime(2026, 7, 15, 10))
    >>> when.day.any_of[0].first.isoformat(), when.time.any_of[0].first.isoformat()
    ('2026-07-16', '17:00:00')
    """
    context = Context(now=now, parts=parts or DayParts(), asked=asked)
    return wishes_and_errors(text, context, names)[0]


def wishes_and_errors(
    text: str, context: Context, names: Container[str] = frozenset()
) -> tuple[tuple[When, ...], tuple[Impossible, ...]]:
    """What a message says of days and times, and what it says of those that there are not: 31 June, 25:00."""
    if len(text) > LONGEST:
        return (), ()
    nodes = parsed(text, context, names)
    if sum("DAY" in node.kinds or "TIME" in node.kinds for node in nodes) > MOST_NAMED:
        return (), ()
    errors = tuple(
        Impossible(why, (node.start, node.end), near)
        for node in nodes
        if "NEVER" in node.kinds
        for why, near in [node.kinds["NEVER"]]
    )
    return wishes(nodes, items_of(nodes, context), context), errors


def parsed(text: str, context: Context, names: Container[str] = frozenset()) -> list[Node]:
    """The nodes that all tables together leave of a message."""
    nodes = [*nodes_of(text, names)]
    for table in TABLES:
        nodes = table.apply(nodes, context)
    return nodes
