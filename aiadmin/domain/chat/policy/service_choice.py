"""Which services a wish means: words beat history, one question where several fit, none where one does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from aiadmin.domain.chat.another_person import FOR_CHILDREN, words_for, words_for_partner
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.guest_lines import has_lines
from aiadmin.domain.chat.parts.booking import NoSuchService, WhatFor, WhichService
from aiadmin.domain.chat.policy import catalogue
from aiadmin.domain.chat.policy.possible_services import possible
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.chat.steps import Act, Asks, Part, Reply
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.chat.wished_services import as_said

MOST_NAMED = 3
"""Services, or categories, that one question names."""
_FOR_TWO = ("двоих", "вдво", "парный", "парное", "парные", "для пары", "2 человек", "двух человек", "дуэт")
_TWO = 2
_FIRST = ("снят", "удален", "смыв", "демонтаж")
"""How titles begin of what has to be done before anything else."""


def narrowed(situation: Situation) -> Dialogue:
    """The dialogue with each choice narrowed by all that is known besides: masters, guests, what the client had."""
    situation = replace(situation, dialogue=_told_apart(situation))
    dialogue, salon = situation.dialogue, situation.salon
    services = list(catalogue.known(salon, dialogue.services))
    choices: list[tuple[int, ...]] = []
    for choice in dialogue.choices:
        left = _narrowed(situation, [one for one in choice if one in salon.services])
        if len(left) == 1:
            services += left
        elif left:
            choices.append(tuple(left))
    ordered = in_order(salon, as_said(dialogue, services))
    is_of_several = has_lines(dialogue)  # what two people have is no composite of one
    whole = ordered if is_of_several else catalogue.as_composites(salon, ordered)
    return replace(dialogue, services=whole, choices=tuple(choices))


def _told_apart(situation: Situation) -> Dialogue:
    """The dialogue with what each who comes has, where titles tell them apart: for "мужа" a men's cut."""
    dialogue, salon = situation.dialogue, situation.salon
    if not comes_in_company(dialogue) or has_lines(dialogue) or len(dialogue.choices) != 1 or dialogue.services:
        return dialogue
    choice = tuple(one for one in dialogue.choices[0] if one in salon.services)
    theirs = [_titled(salon, choice, words_for(guest)) for guest in dialogue.guests]
    is_client_served = (dialogue.guest_count or 0) > len(dialogue.guests)
    each = [_own_in_company(situation, choice, theirs[0]), *theirs] if is_client_served else theirs
    if not all(each):
        return dialogue
    if len({*each}) == 1:
        return replace(dialogue, choices=(each[0],))
    guests = tuple(replace(guest, services=ids) for guest, ids in zip(dialogue.guests, theirs, strict=True))
    return replace(dialogue, guests=guests, choices=tuple(each))


def comes_in_company(dialogue: Dialogue) -> bool:
    """Whether two or more come, of whom is said who they are: the client and somebody, or several others."""
    whole = max(dialogue.guest_count or 0, len(dialogue.guests))
    return whole > 1 and bool(dialogue.guests) and all(guest.who for guest in dialogue.guests)


def _own_in_company(situation: Situation, choice: Sequence[int], theirs: Sequence[int]) -> tuple[int, ...]:
    """What the client may mean who comes with others: by whose husband or wife that is, by the last visits."""
    salon, guests = situation.salon, situation.dialogue.guests
    adult = tuple(one for one in choice if not is_for_children(salon, one))
    partner = _titled(salon, adult, [word for guest in guests for word in words_for_partner(guest.who)])
    had = _of_history(situation, partner or adult)
    is_known = bool(partner) or len(had) < len(adult)
    return tuple(had) if is_known or any(guest.is_child for guest in guests) else tuple(theirs)


def _titled(salon: SalonView, choice: Iterable[int], words: Sequence[str]) -> tuple[int, ...]:
    """The services whose titles have one of these words."""
    return tuple(one for one in choice if any(word in salon.services[one].title.lower() for word in words))


def in_order(salon: SalonView, services: Iterable[int]) -> tuple[int, ...]:
    """Services as they are done: what removes something comes first, all else as it was said."""
    known = dict.fromkeys(one for one in services if one in salon.services)
    return tuple(sorted(known, key=lambda one: not salon.services[one].title.lower().startswith(_FIRST)))


def _narrowed(situation: Situation, choice: Sequence[int]) -> list[int]:
    dialogue, salon = situation.dialogue, situation.salon
    left = list(choice)
    if dialogue.staff:
        of_staff = [one for one in left if set(catalogue.performers(salon, [one])) & set(dialogue.staff)]
        left = of_staff or left
    if dialogue.is_either:
        return left
    left = possible(situation, left)
    left = _for_two(situation, left) or _for_guest(situation, left)
    return _of_history(situation, left) if len(left) > 1 and not dialogue.guests else left


def _for_guest(situation: Situation, choice: Sequence[int]) -> list[int]:
    """What suits who comes: a child, a man, a woman, where titles tell them apart."""
    guests = situation.dialogue.guests
    is_of_others = bool(guests) and bool(guests[0].staff or guests[0].services)
    if len(guests) != 1 or (is_of_others and not {*guests[0].services} & {*choice}):
        return list(choice)
    return list(_titled(situation.salon, choice, words_for(guests[0]))) or list(choice)


def _for_two(situation: Situation, choice: Sequence[int]) -> list[int]:
    """What is made for two, where two come and want the same; empty where nothing is, or each has something else."""
    dialogue = situation.dialogue
    is_pair = dialogue.guest_count == _TWO and not any(one.staff or one.services for one in dialogue.guests)
    return [one for one in choice if is_for_two(situation.salon, one)] if is_pair else []


def is_for_two(salon: SalonView, service: int) -> bool:
    """Whether a title says that a service is one visit of two people."""
    return any(word in salon.services[service].title.lower() for word in _FOR_TWO)


def is_for_children(salon: SalonView, service: int) -> bool:
    """Whether a title says that a service is for children."""
    return any(word in salon.services[service].title.lower() for word in FOR_CHILDREN)


def _of_history(situation: Situation, choice: Sequence[int]) -> list[int]:
    """What the client had last of these: who always has one haircut means that one."""
    for visit in situation.client.past:
        had = [one for one in choice if one in visit.services or _is_made_of(situation.salon, one, visit.services)]
        if had:
            return had[:1] if len(had) == 1 else had
    return list(choice)


def _is_made_of(salon: SalonView, service: int, booked: Sequence[int]) -> bool:
    parts = salon.services[service].parts
    return bool(parts) and set(parts) == set(booked)


def ask_for_service(turn: TurnFacts, before: Sequence[Part] = ()) -> Reply | None:
    """The one question that is needed to know the service; None where it is known."""
    dialogue, salon = turn.dialogue, turn.salon
    if dialogue.unclear and not dialogue.services and not dialogue.choices:
        parts: Sequence[Part] = (
            NoSuchService(said=dialogue.unclear, categories=nearest_categories(salon)),
            WhatFor(),
        )
        return _asking(turn, [*before, *parts], Asks.SERVICE, ())
    if dialogue.choices:
        named = dialogue.choices[0][:MOST_NAMED] if dialogue.is_either else to_name(salon, dialogue.choices[0])
        which = WhichService(services=named, has_more=len(dialogue.choices[0]) > len(named))
        return _asking(turn, [*before, which], Asks.WHICH_SERVICE, dialogue.choices[0])
    if not dialogue.services:
        return _asking(turn, [*before, WhatFor(categories=nearest_categories(salon))], Asks.SERVICE, ())
    return None


def _asking(turn: TurnFacts, parts: Sequence[Part], asks: Asks, candidates: tuple[int, ...]) -> Reply:
    dialogue = replace(turn.dialogue, asked=Asked.SERVICE, candidates=candidates, shown=(), picked=None, unclear="")
    return Reply(act=Act.ASK, parts=tuple(parts), dialogue=dialogue, asks=asks)


def to_name(salon: SalonView, choice: Sequence[int]) -> tuple[int, ...]:
    """The services that are named in a question, the usual ones: at most three, in the catalogue's order."""
    usual = [one for one in choice if is_usual(salon, one)] if len(choice) > MOST_NAMED else []
    return tuple((usual or list(choice))[:MOST_NAMED])


def is_usual(salon: SalonView, service: int) -> bool:
    """Whether a service is for any hour, and booked as most are."""
    one = salon.services[service]
    return one.is_online and not (one.latest or one.earliest or one.is_group or one.is_prepaid)


def nearest_categories(salon: SalonView) -> tuple[str, ...]:
    """Titles of the categories that have something to book, the fullest first, as the salon has them in order."""
    sizes: dict[int, int] = {}
    for service in salon.services.values():
        if service.category_id in salon.categories and is_usual(salon, service.service_id):
            sizes[service.category_id or 0] = sizes.get(service.category_id or 0, 0) + 1
    fullest = sorted(sizes, key=lambda one: -sizes[one])[: MOST_NAMED + 1]
    return tuple(title for number, title in salon.categories.items() if number in fullest)
