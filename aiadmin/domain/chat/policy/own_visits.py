"""The visits to come of who writes: read live, and those among them that words mean. Nobody else's are ever seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from aiadmin.domain.chat.commands import Choose, Guest, NamedService, NamedStaff, Suits, WantCancel, WantMove
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.visits import JournalSilent
from aiadmin.domain.chat.policy.looking import calls_left
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.wished_times import is_named, moved_from
from aiadmin.domain.chat.situation import OwnVisit, SalonView
from aiadmin.domain.chat.steps import Act, LookUp, NeedVisits, Reply, Unavailable
from aiadmin.domain.chat.vocabulary import plain
from aiadmin.domain.chat.when import When

MOST_NAMED = 3
"""Visits that one message names."""


def live_visits(turn: TurnFacts) -> tuple[OwnVisit, ...] | LookUp | Reply:
    """The visits to come as the journal has them now, earliest first; else the step that comes before that."""
    found = turn.found.visits
    if found is None and calls_left(turn.found) > 0:
        return LookUp((NeedVisits(),))
    if found is None or isinstance(found, Unavailable):
        return journal_silent(turn)
    return tuple(sorted((one for one in found if one.starts > turn.situation.now), key=lambda one: one.starts))


def journal_silent(turn: TurnFacts) -> Reply:
    """What is said where the journal does not answer: nothing of what is free, and a human looks."""
    parts, reason = (JournalSilent(),), HandOverReason.FACT
    return Reply(act=Act.HAND_OVER, parts=parts, dialogue=turn.dialogue, hand_over=reason)


@dataclass(frozen=True)
class Meant:
    """Visits that words may mean.

    Attributes:
        is_missed: whether something was named, such as a day, that no visit has.
    """

    visits: tuple[OwnVisit, ...]
    is_missed: bool = False


def meant(turn: TurnFacts, visits: Sequence[OwnVisit], *, is_move: bool = False) -> Meant:
    """Which of the visits a burst means.

    Args:
        is_move: whether days and masters that were named may be those that the visit is to get.
    """
    chosen = _chosen(turn, visits)
    if chosen is not None:
        return Meant((chosen,))
    so_far = Meant(tuple(visits))
    for fits in _tests(turn, visits, is_move=is_move):
        left = tuple(one for one in so_far.visits if fits(one))
        so_far = Meant(left, so_far.is_missed) if left else replace(so_far, is_missed=True)
    known = [one for one in so_far.visits if one.record_id == turn.dialogue.record_id]
    return Meant((known[0],)) if known and not (so_far.is_missed and not is_move) else so_far


def _chosen(turn: TurnFacts, visits: Sequence[OwnVisit]) -> OwnVisit | None:
    """The visit on a line of the list that was shown: of a question, or of the visits as they were told."""
    options = turn.dialogue.options
    if not options and turn.has(WantCancel, WantMove):
        options = tuple(one.record_id for one in visits)
    for choice in turn.of(Choose):
        if 1 <= choice.number <= len(options):
            return next((one for one in visits if one.record_id == options[choice.number - 1]), None)
    return None


def _tests(turn: TurnFacts, visits: Sequence[OwnVisit], *, is_move: bool) -> list[Callable[[OwnVisit], bool]]:
    """What was said of the visit, each a test of one."""
    tests: list[Callable[[OwnVisit], bool]] = []
    services = _services_named(turn)
    if services:
        tests.append(lambda visit: bool(services & {*visit.services, *composites(visit, turn.salon)}))
    staff = {one for named in turn.of(NamedStaff) if not named.is_excluded for one in named.ids}
    if staff and not is_move:
        tests.append(lambda visit: visit.staff_id in staff)
    whos = {one.who or one.name for one in turn.of(Guest)} - {""}
    if whos and any(one.guest for one in visits):
        tests.append(lambda visit: bool(visit.guest) and any(_is_of(visit, who) for who in whos))
    whens = tuple(when for one in turn.of(Suits) for when in one.whens)
    if whens:
        tests += [_is_source(whens)] if is_move else [lambda visit: is_named(whens, visit.starts)]
    return tests


def _is_source(whens: Sequence[When]) -> Callable[[OwnVisit], bool]:
    """Whether a visit is the one that is moved away from a day or time, where one was named so."""
    names_source = any((one.day and one.day.moved_from) or (one.time and one.time.moved_from) for one in whens)
    return lambda visit: not names_source or moved_from(whens, visit.starts)


def _services_named(turn: TurnFacts) -> set[int]:
    return {one for named in turn.of(NamedService) if not named.is_excluded for one in named.ids}


def _is_of(visit: OwnVisit, who: str) -> bool:
    """Whether a visit was booked for somebody: by their name, or by the word for them."""
    booked_for = re.findall(r"\w+", plain(visit.guest or ""))
    return any(word.startswith(plain(who)[:4]) for word in booked_for)


def is_for(visits: Sequence[OwnVisit], guests: Sequence[Guest]) -> bool:
    """Whether some of the client's own visits was booked for those people."""
    return any(_is_of(visit, one.who or one.name) for visit in visits if visit.guest for one in guests)


def composites(visit: OwnVisit, salon: SalonView) -> tuple[int, ...]:
    """The composite services that a visit's parts make up."""
    booked = sorted(visit.services)
    return tuple(number for number, one in salon.services.items() if one.parts and sorted(one.parts) == booked)
