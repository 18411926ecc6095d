"""The same for somebody else, in a few words: "а мужу?" behind what was booked, proposed, or asked the price of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.dialogue import Dialogue, GuestWish, VisitOperation
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.chat.wished_services import NO_WISH
from aiadmin.domain.chat.wishes import on

FOR_CHILDREN = ("детск", "дет.", "ребен", "ребён", "малыш")
FOR_MEN, FOR_WOMEN = ("мужск", "муж."), ("женск", "жен.")
MEN = frozenset({"муж", "папа", "друг", "брат", "парень", "дедушка"})
WOMEN = frozenset({"жена", "мама", "подруга", "сестра", "бабушка", "свекровь", "теща", "тетя"})
_HUSBANDS, _WIVES = frozenset({"муж", "парень"}), frozenset({"жена"})
_WORD = re.compile(r"\w+")


def words_for(guest: GuestWish | said.Guest) -> tuple[str, ...]:
    """How words of titles begin that say of a service that it is for such as this guest; none where that is open."""
    if guest.is_child:
        return FOR_CHILDREN
    return FOR_MEN if guest.who in MEN else FOR_WOMEN if guest.who in WOMEN else ()


def words_for_partner(who: str) -> tuple[str, ...]:
    """How words of titles begin of what somebody has whose husband, or wife, this is; none where that is open."""
    return FOR_WOMEN if who in _HUSBANDS else FOR_MEN if who in _WIVES else ()


def counterpart(salon: SalonView, service: int, guest: said.Guest) -> int:
    """The same service for a guest: a women's haircut is a men's one for a husband."""
    words, known = words_for(guest), salon.services.get(service)
    if not words or known is None:
        return service
    meant = _plain(known.title)
    alike = [number for number, one in salon.services.items() if _plain(one.title) == meant]
    fitting = [one for one in alike if _begins(salon.services[one].title, words)]
    return fitting[0] if fitting and not _begins(known.title, words) else service


def _begins(title: str, words: Sequence[str]) -> bool:
    return any(word in title.lower() for word in words)


def _plain(title: str) -> frozenset[str]:
    """A title without the words that say whom it is for."""
    whom = (*FOR_CHILDREN, *FOR_MEN, *FOR_WOMEN)
    return frozenset(word for word in _WORD.findall(title.lower()) if not word.startswith(whom))


def for_another(dialogue: Dialogue, commands: Sequence[said.Command], salon: SalonView) -> Dialogue:
    """The dialogue with a wish for a guest of whom only who it is was said; that is for what was booked last."""
    guests = [one for one in commands if isinstance(one, said.Guest) and (one.who or one.name)]
    others = (said.NamedService, said.AskMyVisits, said.WantCancel, said.WantMove, *NO_WISH, *said.QUESTIONS)
    booked = dialogue.booked
    is_open = dialogue.operation is not None or bool(dialogue.services or dialogue.choices)
    if booked is None or is_open or not guests or any(isinstance(one, others) for one in commands):
        return dialogue
    services = tuple(counterpart(salon, one, guests[0]) for one in booked.services)
    is_timed = any(isinstance(one, said.Suits) for one in commands)
    return replace(
        dialogue,
        operation=VisitOperation.BOOK,
        services=services,
        named=services,
        whens=() if is_timed else (on(booked.starts.date()),),
    )


def on_top(dialogue: Dialogue, commands: Sequence[said.Command], salon: SalonView) -> Dialogue:
    """The dialogue with what a guest is to have who comes on top, where that is not just what the client has."""
    guests = [one for one in commands if isinstance(one, said.Guest) and one.is_beside and one.who]
    if len(guests) != 1 or len(dialogue.services) != 1 or any(isinstance(one, said.NamedService) for one in commands):
        return dialogue
    theirs = counterpart(salon, dialogue.services[0], guests[0])
    if theirs == dialogue.services[0]:
        return dialogue
    known = tuple(
        replace(one, services=(theirs,)) if one.who == guests[0].who and not one.services else one
        for one in dialogue.guests
    )
    return replace(dialogue, guests=known, services=(*dialogue.services, theirs))
