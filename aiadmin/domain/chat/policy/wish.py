"""A wish for a visit, step by step: the service, who does it, when; one question at most, and no needless one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from aiadmin.domain.chat.advancing import as_last_time
from aiadmin.domain.chat.bot_settings import Ability
from aiadmin.domain.chat.commands import NamedService, Repeatedly, Suits, WantBooking
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.guest_lines import has_lines
from aiadmin.domain.chat.parts.booking import (
    AgreeWithSalon,
    ByAdministrator,
    ForGroup,
    NoSuchMaster,
    NoSuchService,
    NothingFree,
    NotTheirs,
    OneAtATime,
    OneMoreOrMove,
    OnlyMasters,
    Prepaid,
    WhichDay,
    WhichMaster,
)
from aiadmin.domain.chat.policy import catalogue
from aiadmin.domain.chat.policy.facts import told_of_day
from aiadmin.domain.chat.policy.free_times import look, nearest_to
from aiadmin.domain.chat.policy.history import needs_history, with_history
from aiadmin.domain.chat.policy.limits import over_limits
from aiadmin.domain.chat.policy.looking import calls_left, still_needed
from aiadmin.domain.chat.policy.offering import MOST_SHOWN, asking, handing_over
from aiadmin.domain.chat.policy.service_choice import ask_for_service, in_order, is_for_children, is_for_two, narrowed
from aiadmin.domain.chat.policy.several_visits import (
    cannot_be_together,
    groups_of,
    lines_of,
    one_after_the_other,
    one_each,
    preferred,
    together,
)
from aiadmin.domain.chat.policy.single_visit import away, search_for, single_visit
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.wished_times import named_days
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.chat.steps import Asks, LookUp, NeedEvents, NeedVisits, Part, Reply, Step, Unavailable
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.journal.journal import Service

_PAIR = 2


def look_for(turn: TurnFacts, before: Sequence[Part] = ()) -> Step:
    """The next step towards a visit that is wished for.

    Args:
        before: what is said first.
    """
    if needs_history(turn) and calls_left(turn.found) > 0:
        return LookUp((NeedVisits(),))
    situation = with_history(turn)
    situation = replace(situation, dialogue=as_last_time(situation.dialogue, situation))
    turn = replace(turn, situation=replace(situation, dialogue=narrowed(situation)))
    turn, before = _without_unclear(turn, before)
    before = [*before, OneAtATime()] if turn.has(Repeatedly) else before
    before = [*before, *_told_of_days(turn)]
    return (
        over_limits(turn)
        or _unclear_day(turn, before)
        or _unknown_master(turn, before)
        or _away_master(turn, before)
        or _guests_apart(turn, before)
        or _of_group_or_prepaid(turn, before)
        or ask_for_service(turn, before)
        or _closed_to_chat(turn, before)
        or _one_more(turn)
        or _visits(turn, before)
    )


def _told_of_days(turn: TurnFacts) -> list[Part]:
    """What the owner has told of a day that is named now, such as a holiday; it is said before all else."""
    named = named_days([when for one in turn.of(Suits) for when in one.whens])
    days = [one.first for one in named if one.is_one_day]
    return [*dict.fromkeys(part for day in days for part in told_of_day(turn.salon, day))]


def _without_unclear(turn: TurnFacts, before: Sequence[Part]) -> tuple[TurnFacts, Sequence[Part]]:
    """A service that there is none of is said to be so beside those that there are."""
    dialogue = turn.dialogue
    if not dialogue.unclear or not (dialogue.services or dialogue.choices):
        return turn, before
    known = replace(turn, situation=replace(turn.situation, dialogue=replace(dialogue, unclear="")))
    return known, [*before, NoSuchService(said=dialogue.unclear)]


# --- what has to be cleared up first ---


def _unclear_day(turn: TurnFacts, before: Sequence[Part]) -> Reply | None:
    """Words that may mean two days: which of them, before anything is looked up."""
    days: set[date] = set()
    for when in turn.dialogue.whens:
        if when.day and when.day.or_else:
            days |= {one.first for one in (*when.day.any_of, *when.day.or_else)}
    if not days:
        return None
    return asking(turn, [*before, WhichDay(days=tuple(sorted(days)[:2]))], Asks.WHICH_DAY, Asked.DAY)


def _wished_services(turn: TurnFacts) -> tuple[int, ...]:
    dialogue = turn.dialogue
    return (*dialogue.services, *(one for choice in dialogue.choices for one in choice))


def _who_does(turn: TurnFacts, services: Sequence[int]) -> tuple[int, ...]:
    """All who do any of these and are not refused."""
    found = dict.fromkeys(one for service in services for one in catalogue.performers(turn.salon, [service]))
    return tuple(one for one in found if one not in turn.dialogue.excluded_staff)


def _unknown_master(turn: TurnFacts, before: Sequence[Part]) -> Reply | None:
    if not turn.dialogue.unknown_staff:
        return None
    services = _wished_services(turn)
    staff = _who_does(turn, services)
    part = NoSuchMaster(staff=staff[:MOST_SHOWN], services=services if not turn.dialogue.choices else ())
    cleared = replace(turn, situation=replace(turn.situation, dialogue=replace(turn.dialogue, unknown_staff="")))
    if not staff:
        reply = ask_for_service(cleared, [*before, part])
        if reply:
            return reply
    named = staff[:MOST_SHOWN]
    return asking(cleared, [*before, part, WhichMaster(staff=named)], Asks.STAFF, Asked.STAFF, named)


def _away_master(turn: TurnFacts, before: Sequence[Part]) -> Reply | None:
    """The one master who was asked for does not work on any of the days that were asked for."""
    staff = turn.dialogue.staff
    if len(staff) != 1 or turn.dialogue.picked:
        return None
    services = _wished_services(turn)
    if services and staff[0] not in _who_does(turn, services):
        return None
    reply = away(turn, staff[0], [one for one in _who_does(turn, services) if one != staff[0]])
    return reply and replace(reply, parts=(*before, *reply.parts))


def _guests_apart(turn: TurnFacts, before: Sequence[Part]) -> Reply | None:
    """Which service for several guests, while it is known already that they cannot be served at once."""
    dialogue = turn.dialogue
    number = dialogue.guest_count or 1
    if number < 2 or not dialogue.choices or has_lines(dialogue):  # noqa: PLR2004 - two are several
        return None
    if all(is_for_two(turn.salon, one) for one in dialogue.choices[0]):
        return None
    apart = cannot_be_together(turn, dialogue.choices[0], number)
    return ask_for_service(turn, [*before, apart]) if apart else None


# --- what no chat books ---


def _of_group_or_prepaid(turn: TurnFacts, before: Sequence[Part]) -> Step | None:
    """What is not booked alone, or not before it is paid: said at once, whatever else is open."""
    services = [turn.salon.services[one] for one in turn.dialogue.services]
    for service in services:
        if service.is_group:
            return _group(turn, service, before)
    prepaid = next((one for one in services if one.is_prepaid), None)
    return _prepaid(turn, prepaid, before) if prepaid else None


def _closed_to_chat(turn: TurnFacts, before: Sequence[Part]) -> Step | None:
    services = [turn.salon.services[one] for one in turn.dialogue.services]
    closed = [one for one in services if not one.is_online or not catalogue.performers(turn.salon, [one.service_id])]
    if closed or Ability.BOOK not in turn.salon.bot.abilities:
        parts = [*before, ByAdministrator(services=turn.dialogue.services)]
        return handing_over(turn, parts, HandOverReason.FORBIDDEN)
    return None


def _group(turn: TurnFacts, service: Service, before: Sequence[Part]) -> Step:
    need = NeedEvents((service.service_id,))
    step = still_needed(turn.found, [need])
    if step:
        return step
    answer = turn.found.events.get(need)
    events = () if answer is None or isinstance(answer, Unavailable) else tuple(answer[:MOST_SHOWN])
    part = ForGroup(service_id=service.service_id, events=events)
    return handing_over(turn, [*before, part], HandOverReason.GROUP)


def _prepaid(turn: TurnFacts, service: Service, before: Sequence[Part]) -> Step:
    search = search_for(turn, preferred(_who_does(turn, turn.dialogue.services), turn.dialogue.staff))
    free = look(search, turn.found)
    if isinstance(free, LookUp):
        return free
    fits = [one for one in free.slots if search.fits(one)] or nearest_to(search, free.slots)
    part = Prepaid(service_id=service.service_id, nearest=next(iter(fits), None))
    return handing_over(turn, [*before, part], HandOverReason.PREPAY)


def _one_more(turn: TurnFacts) -> Step | None:
    """A visit of the same kind stands already: it may be that one which is to be at another time."""
    dialogue = turn.dialogue
    if dialogue.is_extra or dialogue.guests or not turn.has(WantBooking, NamedService):
        return None
    if not _alike(turn, turn.situation.client.visits):
        return None
    if turn.found.visits is None and calls_left(turn.found) > 0:
        return LookUp((NeedVisits(),))
    live = () if turn.found.visits is None or isinstance(turn.found.visits, Unavailable) else tuple(turn.found.visits)
    alike = _alike(turn, live)
    if not alike:
        return None
    asked = replace(turn, situation=replace(turn.situation, dialogue=replace(dialogue, is_extra=True)))
    return asking(asked, [OneMoreOrMove(visit=alike[0])], Asks.OTHER, None)


def _alike(turn: TurnFacts, visits: Sequence[OwnVisit]) -> list[OwnVisit]:
    wished = set(catalogue.as_booked(turn.salon, turn.dialogue.services))
    return [one for one in visits if wished & set(one.services) and one.guest is None]


# --- one visit, or several ---


def _visits(turn: TurnFacts, before: Sequence[Part]) -> Step:
    dialogue, salon = turn.dialogue, turn.salon
    everybody = catalogue.performers(salon, dialogue.services)
    able = tuple(one for one in everybody if one not in dialogue.excluded_staff)
    if everybody and not able:
        part = OnlyMasters(staff=everybody[:MOST_SHOWN], services=dialogue.services)
        turn = replace(
            turn, situation=replace(turn.situation, dialogue=replace(dialogue, excluded_staff=frozenset()))
        )
        return _visits(turn, [*before, part])
    lines = lines_of(salon, dialogue)
    if lines:
        return one_after_the_other(turn, lines, before, is_apart=True)
    if _is_one_each(turn):
        return one_after_the_other(turn, one_each(salon, dialogue.services, dialogue.staff), before)
    number = _number_of_guests(turn)
    if able and number > 1:
        return together(turn, preferred(_by_history(turn, able), dialogue.staff), number, before)
    is_by_several = len(dialogue.services) > 1 and dialogue.staff and not set(dialogue.staff) <= set(able)
    if able and not is_by_several:
        return _by_one(turn, able, before)
    return _by_several(turn, before)


def _is_one_each(turn: TurnFacts) -> bool:
    """Whether a client and a guest come, each for a service of their own: "a cut for me, a beard for him"."""
    dialogue = turn.dialogue
    is_pair = dialogue.guest_count == len(dialogue.services) == _PAIR and len(dialogue.guests) == 1
    return is_pair and all(catalogue.performers(turn.salon, [one]) for one in dialogue.services)


def _number_of_guests(turn: TurnFacts) -> int:
    """How many visits are alike: a child beside a grown-up has one of its own; a pair may be one."""
    dialogue = turn.dialogue
    if dialogue.services and all(is_for_two(turn.salon, one) for one in dialogue.services):
        return 1
    is_for_child = all(is_for_children(turn.salon, one) for one in dialogue.services)
    if is_for_child and dialogue.guests and all(one.is_child for one in dialogue.guests):
        return len(dialogue.guests)
    return dialogue.guest_count or 1


def _by_one(turn: TurnFacts, able: Sequence[int], before: Sequence[Part]) -> Step:
    """All services with one master, who is asked for, or any."""
    dialogue = turn.dialogue
    wished = [one for one in able if one in dialogue.staff]
    said = list(before)
    if dialogue.staff and not wished and not dialogue.is_other_staff:
        said.append(NotTheirs(staff_id=dialogue.staff[0], services=dialogue.services, staff=tuple(able[:MOST_SHOWN])))
    staff = preferred(_by_history(turn, able), wished)
    step = single_visit(turn, staff, [one for one in able if one not in staff], said)
    is_nothing = isinstance(step, Reply) and any(isinstance(one, NothingFree) for one in step.parts)
    return _by_several(turn, before) if is_nothing and len(dialogue.services) > 1 else step


def _by_several(turn: TurnFacts, before: Sequence[Part]) -> Step:
    """Services of different masters, or that no one has the time for in one go: a visit for each."""
    groups = groups_of(turn.salon, in_order(turn.salon, turn.dialogue.services), turn.dialogue.staff)
    if len(groups) == 1:
        groups = [replace(groups[0], services=(one,)) for one in groups[0].services]
    if not groups:
        return handing_over(turn, [*before, AgreeWithSalon()], HandOverReason.FACT)
    return one_after_the_other(turn, groups, before)


def _by_history(turn: TurnFacts, staff: Sequence[int]) -> tuple[int, ...]:
    """Masters whom the client has been with come first."""
    been = [one.staff_id for one in turn.situation.client.past]
    return tuple(sorted(staff, key=lambda one: been.index(one) if one in been else len(been)))
