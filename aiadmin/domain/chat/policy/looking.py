"""What was looked up in a turn, and how much more may be: a client waits, and YClients counts."""

from __future__ import annotations

from collections.abc import Iterable

from aiadmin.domain.chat.steps import MOST_CALLS, Found, LookUp, Need


def answered(found: Found) -> list[Need]:
    """All that has an answer, one that says nothing too."""
    return [*found.days, *found.starts, *found.events, *found.day_of_staff, *found.free_staff]


def calls_left(found: Found) -> int:
    """How many calls a turn may still make to find out what to say."""
    return MOST_CALLS - len(answered(found)) - (found.visits is not None)


def still_needed(found: Found, needs: Iterable[Need]) -> LookUp | None:
    """What of this has not been looked up, as much of it as may be; None where nothing is left to be asked."""
    known = set(answered(found))
    missing = [need for need in dict.fromkeys(needs) if need not in known][: max(calls_left(found), 0)]
    return LookUp(tuple(missing)) if missing else None
