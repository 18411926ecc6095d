"""What each guest is to have, and with whom, where a burst says it person by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiadmin.domain.chat.commands import SELF, Command, NamedService, NamedStaff, Suits
from aiadmin.domain.chat.dialogue import Dialogue, GuestWish, Slot
from aiadmin.domain.chat.lines import SOMEBODY


def with_lines(dialogue: Dialogue, commands: Sequence[Command]) -> Dialogue:
    """The dialogue with the services and masters of each guest; the client's own are those of nobody else."""
    named = [one for one in commands if isinstance(one, (NamedService, NamedStaff)) and one.whom and one.ids]
    lines = [one for one in named if not one.is_excluded]
    guests = list(dialogue.guests)
    for one in lines:
        who = "" if one.whom == SOMEBODY else one.whom
        place = next((at for at, guest in enumerate(guests) if guest.who == who), len(guests))
        if one.whom == SELF:
            continue
        if place == len(guests):
            guests.append(GuestWish(who=who))
        guests[place] = _with(guests[place], one)
    for wish in commands:
        if isinstance(wish, Suits) and wish.whom:
            guests = [replace(one, whens=wish.whens) if one.who == wish.whom else one for one in guests]
    persons = {one.whom for one in lines}
    count = max(dialogue.guest_count or 1, len(persons)) if persons else dialogue.guest_count
    return replace(dialogue, guests=tuple(guests), guest_count=count) if lines else dialogue


def _with(guest: GuestWish, line: NamedService | NamedStaff) -> GuestWish:
    if isinstance(line, NamedService):
        return replace(guest, services=tuple(dict.fromkeys((*guest.services, *line.ids))))
    return replace(guest, staff=line.ids)


def guest_of(dialogue: Dialogue, slot: Slot) -> GuestWish | None:
    """The guest whose line a visit is; None for the client's own."""
    return next((one for one in dialogue.guests if _is_for(one, slot)), None)


def _is_for(guest: GuestWish, slot: Slot) -> bool:
    if guest.services:
        return bool({*guest.services} & {*slot.services})
    return slot.staff_id in guest.staff


def has_lines(dialogue: Dialogue) -> bool:
    """Whether a guest has something of their own."""
    return any(one.services or one.staff for one in dialogue.guests)
