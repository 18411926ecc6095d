"""What a turn of the chat is in the words of the form: its proposal, what was known before it, and what it found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from aiadmin.domain.chat.dialogue import Dialogue, Proposal, Slot
from aiadmin.domain.chat.steps import Act
from aiadmin.domain.journal.online_booking import GroupEvent, Start
from aiadmin.domain.replay.played import Offer, OfferedVisit


def offer_of(proposal: Proposal | None) -> Offer | None:
    """A proposal in the words of the form."""
    if proposal is None:
        return None
    visits = tuple(map(_visit, proposal.slots))
    return Offer(op=proposal.operation.value, visits=visits, record=proposal.record_id)


def made_offer(act: Act, offered: Proposal | None, stood: Proposal | None) -> Offer | None:
    """The proposal that a reply makes: one that only stays open is none, unless the reply offers it again."""
    is_old = offered is not None and stood is not None and stood.fingerprint == offered.fingerprint
    return None if is_old and act is not Act.OFFER else offer_of(offered)


def _visit(slot: Slot) -> OfferedVisit:
    return OfferedVisit(
        services=slot.services,
        staff=slot.staff_id,
        at=slot.starts,
        length=slot.length,
        price=slot.price.low if slot.price.low == slot.price.high else None,
        low=slot.price.low,
        high=slot.price.high,
    )


def known_of(dialogue: Dialogue, *, has_name: bool) -> frozenset[str]:
    """What need not be asked any more, in the words of `asks`."""
    known = {
        "service": bool(dialogue.services) and not dialogue.candidates,
        "staff": bool(dialogue.staff) or dialogue.is_any_staff,
        "day": any(one.day and one.day.any_of and not one.day.or_else for one in dialogue.whens),
        "time": any(one.time and one.time.any_of for one in dialogue.whens),
        "name": has_name or dialogue.name is not None,
    }
    return frozenset(name for name, is_known in known.items() if is_known)


def times_of(found: Iterable[Start | GroupEvent]) -> frozenset[str]:
    """When these begin, and end where that is known, as HH:MM."""
    moments = [(one.wall_clock, one.length if isinstance(one, Start) else timedelta()) for one in found]
    return frozenset(f"{at + length:%H:%M}" for at, long in moments for length in (timedelta(), long))
