"""A question that goes on in a few words: "а в воскресенье?" after the hours of Saturday asks for hours again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aiadmin.domain.chat.another_person import counterpart
from aiadmin.domain.chat.asks import AskKind
from aiadmin.domain.chat.commands import (
    AskDuration,
    AskHours,
    AskPrice,
    AskWorks,
    Command,
    Greet,
    Guest,
    NamedService,
    NamedStaff,
    Suits,
    Thank,
)
from aiadmin.domain.chat.dialogue import Dialogue, Inquiry
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.wishes import names_day, names_time

_CHITCHAT: tuple[type[Command], ...] = (Greet, Thank)


def inquiries(commands: Sequence[Command]) -> tuple[Inquiry, ...]:
    """What a burst asks that may be asked of another day, master or service in a few words."""
    found = [inquiry for inquiry, rule in _RULES.items() if any(map(rule.is_asked, commands))]
    return tuple(found)


def continued(commands: Sequence[Command], dialogue: Dialogue, situation: Situation) -> tuple[Command, ...]:
    """The commands; with the last question, where nothing but another day, master or service was said.

    Args:
        dialogue: as the last turn left it.
    """
    is_offered = any(one.kind is AskKind.PROPOSAL for one in situation.asks[:1])
    said = [one for one in commands if not isinstance(one, _CHITCHAT)]
    if is_offered or dialogue.shown or not said:
        return tuple(commands)
    asked = [_RULES[one] for one in dialogue.inquiries]
    more = [one for rule in asked if rule.goes_on(said, dialogue) for one in rule.again(said, dialogue)]
    return (*commands, *more, *(_of_guest(said, dialogue, situation) if more else ()))


def _of_guest(said: Sequence[Command], dialogue: Dialogue, situation: Situation) -> Sequence[Command]:
    """What was asked of, as it is for the guest of whom it is asked now: "а мужу?"."""
    guests = [one for one in said if isinstance(one, Guest)]
    if not guests or any(isinstance(one, NamedService) for one in said):
        return []
    ids = tuple(dict.fromkeys(counterpart(situation.salon, one, guests[0]) for one in dialogue.inquired))
    return [NamedService(ids=ids)] if ids and ids != dialogue.inquired else []


@dataclass(frozen=True)
class _Rule:
    """How one question goes on.

    Attributes:
        is_asked: whether a command asks it.
        goes_on: whether words are just another thing to ask it of.
        again: the question, of them.
    """

    is_asked: Callable[[Command], bool]
    goes_on: Callable[[Sequence[Command], Dialogue], bool]
    again: Callable[[Sequence[Command], Dialogue], Sequence[Command]]


def _is_only(said: Sequence[Command], *kinds: type[Command]) -> bool:
    return all(isinstance(one, kinds) for one in said)


def _is_day(said: Sequence[Command]) -> bool:
    whens = [when for one in said if isinstance(one, Suits) for when in one.whens]
    return names_day(whens) and not names_time(whens)


def _is_another_day(said: Sequence[Command], _: Dialogue) -> bool:
    return _is_only(said, Suits) and _is_day(said)


def _is_of_staff(said: Sequence[Command], dialogue: Dialogue) -> bool:
    staff = [one for one in said if isinstance(one, NamedStaff)]
    is_known = bool(staff or dialogue.staff) and all(one.ids and not one.is_excluded for one in staff)
    return is_known and _is_only(said, Suits, NamedStaff) and (_is_day(said) or _is_only(said, NamedStaff))


def _works_of(said: Sequence[Command], dialogue: Dialogue) -> Sequence[Command]:
    """Of whom was named now, else of whom it was asked; on the day of now, else on that of then."""
    ids = tuple(number for one in said if isinstance(one, NamedStaff) for number in one.ids)
    same_day = [] if any(isinstance(one, Suits) for one in said) or not dialogue.whens else [dialogue.whens]
    return [AskWorks(ids=ids or dialogue.staff), *(Suits(whens=whens) for whens in same_day)]


def _is_another_service(said: Sequence[Command], dialogue: Dialogue) -> bool:
    named = [one for one in said if isinstance(one, NamedService)]
    new = {number for one in named for number in one.ids} - {*dialogue.inquired}
    is_new = bool(new) or (not named and any(isinstance(one, Guest) for one in said))
    return is_new and not any(one.is_excluded for one in named) and _is_only(said, NamedService, NamedStaff, Guest)


_RULES: Mapping[Inquiry, _Rule] = {
    Inquiry.HOURS: _Rule(lambda one: isinstance(one, AskHours), _is_another_day, lambda *_: [AskHours()]),
    Inquiry.WHO_WORKS: _Rule(
        lambda one: isinstance(one, AskWorks) and not one.ids, _is_another_day, lambda *_: [AskWorks()]
    ),
    Inquiry.STAFF_WORKS: _Rule(lambda one: isinstance(one, AskWorks) and bool(one.ids), _is_of_staff, _works_of),
    Inquiry.PRICE: _Rule(lambda one: isinstance(one, AskPrice), _is_another_service, lambda *_: [AskPrice()]),
    Inquiry.LENGTH: _Rule(lambda one: isinstance(one, AskDuration), _is_another_service, lambda *_: [AskDuration()]),
}
