"""What a client says of the time of a visit that they have: later that day, not at that hour.

No word for a move is needed: who has a visit, and speaks of another time than it has, speaks of that visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.asks import AskKind
from aiadmin.domain.chat.dialogue import Dialogue, VisitOperation
from aiadmin.domain.chat.situation import OwnVisit, Situation
from aiadmin.domain.chat.when import Day, DayRange, Time, TimeRange, When
from aiadmin.domain.chat.wishes import names_another_hour

_OTHER_WISHES = (said.WantCancel, said.NamedService, said.SameAsLast, said.Guest)
_NEXT = timedelta(minutes=1)


def of_own_visit(dialogue: Dialogue, commands: Sequence[said.Command], situation: Situation) -> Dialogue:
    """The dialogue with a move of a visit, where a burst says of its time that it does not suit; else as it is.

    Args:
        dialogue: with the burst added to it, but for what it wishes to be done.
    """
    if _is_of_something_else(dialogue, commands, situation):
        return dialogue
    whens = [when for one in commands if isinstance(one, said.Suits) for when in one.whens]
    record_id = dialogue.record_id or _asked_about(situation)
    known = [one for one in situation.client.visits if record_id in {None, one.record_id}]
    visits = [one for one in known if all(_may_be_of(when, one.starts) for when in whens)]
    is_wish = any(isinstance(one, (said.WantBooking, said.WantMove)) for one in commands)
    for visit in visits if is_wish else ():
        if names_another_hour(whens, visit.starts):
            return _moving(dialogue, visit, [_without_its_hour(when, visit) for when in whens])
    if len(visits) == 1 and any(when.time and when.time.shift is not None for when in whens):
        return _moving(dialogue, visits[0], whens)
    return _sooner_or_later(dialogue, visits, whens, _way(commands, situation))


def _asked_about(situation: Situation) -> int | None:
    """The visit of the reminder that was sent last."""
    newest = next(iter(situation.asks), None)
    return newest.record_id if newest is not None and newest.kind is AskKind.ATTENDANCE else None


def _is_of_something_else(dialogue: Dialogue, commands: Sequence[said.Command], situation: Situation) -> bool:
    """Whether another visit is talked about, or times that we have named."""
    is_talk = dialogue.operation not in {None, VisitOperation.MOVE} or dialogue.services or dialogue.choices
    is_proposed = any(one.kind is AskKind.PROPOSAL for one in situation.asks[:1])
    is_wish = any(isinstance(one, _OTHER_WISHES) for one in commands)
    return bool(is_talk or is_proposed or dialogue.shown or is_wish)


def _sooner_or_later(
    dialogue: Dialogue, visits: Sequence[OwnVisit], whens: Sequence[When], way: said.WhichWay | None
) -> Dialogue:
    is_timed = any(when.time and when.time.any_of for when in whens)
    is_other = is_timed or way is not None
    refused = [one for one in visits if any(_refuses_hour(when, one.starts, is_other) for when in whens)]
    meant = refused or (visits if way is not None else [])
    if len(meant) > 1:
        return replace(dialogue, operation=VisitOperation.MOVE)
    if not meant:
        return dialogue
    visit = meant[0]
    is_day_off = any(when.day and _has(when.day.not_on, visit.starts) for when in whens)
    if refused and (is_timed or way is None):
        return _moving(dialogue, visit, [_on_its_day(when, visit) for when in whens])
    if way is None or (is_day_off and not refused):
        return _moving(dialogue, visit, whens)
    return _moving(dialogue, visit, [_at(visit, Time(any_of=(_span(visit, way),)))])


def _span(visit: OwnVisit, way: said.WhichWay) -> TimeRange:
    """The times of the day before, or after, the visit's own."""
    is_earlier = way is said.WhichWay.EARLIER
    return TimeRange(None, visit.starts.time()) if is_earlier else TimeRange((visit.starts + _NEXT).time(), None)


def _way(commands: Sequence[said.Command], situation: Situation) -> said.WhichWay | None:
    """Whether it is to be later or earlier; who is late for a visit of another day wishes it to be later."""
    if any(isinstance(one, said.WantBooking) for one in commands):
        return None
    ways = [one.way for one in commands if isinstance(one, said.Elsewhen)]
    if ways:
        return ways[-1] if ways[-1] in {said.WhichWay.LATER, said.WhichWay.EARLIER} else None
    today = [one for one in situation.client.visits if one.starts.date() == situation.now.date()]
    is_coming = any(isinstance(one, said.Yes) for one in commands)
    is_late = any(isinstance(one, said.Late) and one.minutes is None for one in commands) and not is_coming
    return said.WhichWay.LATER if is_late and not today else None


def _moving(dialogue: Dialogue, visit: OwnVisit, whens: Sequence[When]) -> Dialogue:
    wish = replace(dialogue, operation=VisitOperation.MOVE, record_id=visit.record_id)
    return replace(wish, whens=tuple(whens), picked=None)


def _at(visit: OwnVisit, of_day: Time) -> When:
    return When(day=Day(any_of=(DayRange.of(visit.starts.date()),)), time=of_day)


def _may_be_of(when: When, at: datetime) -> bool:
    """Whether no other day is spoken of than that of a visit."""
    day = when.day
    if day is None:
        return True
    named, weekdays = (*day.any_of, *day.not_on, *day.moved_from), day.weekdays | day.not_weekdays
    return _has(named, at) or at.weekday() in weekdays or not (named or weekdays)


def _has(days: Sequence[DayRange], at: datetime) -> bool:
    return any(one.has(at.date()) for one in days)


def _refuses_hour(when: When, at: datetime, is_other: bool) -> bool:
    """Whether just the hour of a visit does not suit, or its part of the day where another one is wished for."""
    return when.time is not None and any(
        (one.is_point or is_other) and one.has(at.time()) for one in when.time.not_in
    )


def _without_its_hour(when: When, visit: OwnVisit) -> When:
    of_day = when.time or Time()
    left = tuple(one for one in of_day.any_of if not (one.is_point and one.has(visit.starts.time())))
    return _on_its_day(replace(when, time=replace(of_day, any_of=left)), visit)


def _on_its_day(when: When, visit: OwnVisit) -> When:
    """The wish on the visit's own day: what was refused there is the hour alone."""
    named = (*when.day.any_of, *when.day.not_on) if when.day else ()
    is_another = any(not one.has(visit.starts.date()) for one in named)
    return when if is_another else _at(visit, when.time or Time())
