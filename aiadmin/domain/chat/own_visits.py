"""A client's records as visits that may be spoken of, and the name that may be said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.morphology import Morphology
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.messages.client_name import greeting_name

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def is_visit(record: Record) -> bool:
    """Whether a record is a visit that a client may ask about or change: it is there, and no block and no class."""
    return not record.is_deleted and bool(record.services) and not record.is_group


def wall_clock(at: datetime, zone: str) -> datetime:
    """What a salon's clock shows, naive."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@dataclass(frozen=True, kw_only=True)
class OwnVisits:
    """A client's visits: those that are not over, earliest first, and those that were, the latest first."""

    coming: tuple[OwnVisit, ...] = ()
    past: tuple[OwnVisit, ...] = ()


def own_visits(
    records: Iterable[Record], now: datetime, zone: str, guests: Mapping[int, str] | None = None
) -> OwnVisits:
    """The visits among records, each once; what was missed is no visit that was.

    Args:
        now: the salon's wall clock.
        guests: by number of a record, for whom else it was booked.
    """
    each = {record.record_id: record for record in records if is_visit(record)}
    known = guests or {}
    found = [(record, own_visit(record, zone, guest=known.get(number))) for number, record in each.items()]
    coming = [visit for _, visit in found if visit.starts + visit.length > now]
    past = [
        visit
        for record, visit in found
        if visit.starts + visit.length <= now and record.attendance is not Attendance.NO_SHOW
    ]
    return OwnVisits(coming=tuple(sorted(coming, key=_when)), past=tuple(sorted(past, key=_when, reverse=True)))


def _when(visit: OwnVisit) -> tuple[datetime, int]:
    return visit.starts, visit.record_id


def own_visit(record: Record, zone: str, *, guest: str | None = None) -> OwnVisit:
    """A record as its client knows it; `services` are what is booked, a composite service as its parts."""
    return OwnVisit(
        record_id=record.record_id,
        starts=record.wall_clock or wall_clock(record.starts_at, zone),
        length=record.length,
        services=tuple(number for one in record.services for number in one.each()),
        titles=tuple(one.title for one in record.services),
        staff_id=record.staff_id,
        staff_name=record.staff_name,
        price=_price(record),
        guest=guest,
        is_confirmed=record.attendance is Attendance.CONFIRMED,
        is_written_off=record.attendance is Attendance.NO_SHOW,
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
