"""A client's records as visits that may be spoken of, and the name that may be said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.morphology import Morphology
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.messages.client_name import greeting_name

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def is_visit(record: Record) -> bool:
    """Whether a record is a visit that a client may ask about or change: no block, no class, none that was missed."""
    is_there = not record.is_deleted and record.attendance is not Attendance.NO_SHOW
    return is_there and bool(record.services) and not record.is_group


def own_visit(record: Record, zone: str, *, guest: str | None = None) -> OwnVisit:
    """A record as its client knows it; `services` are what is booked, a composite service as its parts."""
    return OwnVisit(
        record_id=record.record_id,
        starts=record.wall_clock or record.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None),
        length=record.length,
        services=tuple(number for one in record.services for number in one.each()),
        titles=tuple(one.title for one in record.services),
        staff_id=record.staff_id,
        staff_name=record.staff_name,
        price=_price(record),
        guest=guest,
    )


def _price(record: Record) -> Decimal | None:
    """What is to be paid for all of it; None where that is not known of a part."""
    costs = [one.cost for one in record.services]
    return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal())


def given_name(names: Iterable[str | None], morphology: Morphology) -> str | None:
    """The given name of the first of some cards that says one; all of a name in which none is known.

    Salons write the family's name first as often as last.
    """
    for name in names:
        said = greeting_name(name)
        if said is not None:
            words = _WORD.findall(said)
            known = [word for word in words if _is_given(word, morphology)]
            return known[0] if known else said
    return None


def _is_given(word: str, morphology: Morphology) -> bool:
    plain = word.lower().replace("ё", "е")
    return morphology.given_name(plain) == plain
