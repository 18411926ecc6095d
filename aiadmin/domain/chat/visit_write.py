"""A change of the journal that a client has agreed to: made once, and done only when the journal has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.dialogue import Proposal, Slot, VisitOperation
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.journal import Record, Service
from aiadmin.domain.journal.online_booking import Appointment, DayOfStaff, Move, PricedService, Token
from aiadmin.domain.quarantine import RowKey
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, SavedRecord, Unknown, WriteOutcome

READ_BACKS = (timedelta(0), timedelta(seconds=2), timedelta(seconds=5))
"""Before each look for a change whose answer was lost: a client waits."""
LATER_CHECKS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
"""Before each further look, when the client has been told that nobody knows."""
SENDING_LASTS = timedelta(minutes=5)
"""Longer than a call takes: a row that is `sending` for so long has lost its worker."""


class WriteState(StrEnum):
    """Where a change is."""

    WAITING = "waiting"
    """Agreed to; no call was made for it, and one may be."""
    SENDING = "sending"
    """A call may have been made: from here on it is looked for, never made again."""
    SAVED = "saved"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The answer was lost, and the journal does not show it: a human has to look."""


@dataclass(frozen=True, kw_only=True)
class VisitWrite:
    """One change: a visit to be booked, moved or cancelled.

    Attributes:
        part: which visit of the proposal, from 0.
        api_id: ours, never used before; the record carries it.
        record_id: the record to be changed; of a booking, the one that was made.
        staff_id, starts, length, services: where it is to be then; `services` as they are booked. None and nothing
            for a cancellation.
        guest: for whom it is, if not for the client.
        reason: why it was refused.
        checks: how often it was looked for.
    """

    write_id: int
    company_id: CompanyId
    contact_id: ContactId
    proposal_id: int
    part: int
    operation: VisitOperation
    api_id: str
    record_id: int | None = None
    staff_id: int | None = None
    starts: datetime | None = None
    length: timedelta | None = None
    services: tuple[int, ...] = ()
    guest: str | None = None
    state: WriteState = WriteState.WAITING
    reason: Refusal | None = None
    checks: int = 0

    @property
    def row_key(self) -> RowKey:
        """What names the row in its queue."""
        return RowKey(self.company_id, str(self.write_id))

    @property
    def outcome(self) -> WriteOutcome | None:
        """What became of it; None while that is not settled."""
        match self.state:
            case WriteState.SAVED:
                return Saved(() if self.record_id is None else (SavedRecord(record_id=self.record_id),))
            case WriteState.REFUSED:
                return Refused(self.reason or Refusal.INVALID)
            case WriteState.UNKNOWN:
                return Unknown()
            case _:
                return None

    def settled(self, outcome: WriteOutcome) -> VisitWrite:
        """The change once this has become of it."""
        match outcome:
            case Saved(records):
                made = records[0].record_id if records else self.record_id
                return replace(self, state=WriteState.SAVED, reason=None, record_id=made)
            case Refused(reason):
                return replace(self, state=WriteState.REFUSED, reason=reason)
            case Unknown():
                return replace(self, state=WriteState.UNKNOWN, reason=None)


def as_booked(slot: Slot, services: Mapping[int, Service]) -> tuple[int, ...]:
    """The services of a slot as YClients books them: a composite one as its parts, in order."""
    known = ((one, services.get(one)) for one in slot.services)
    return tuple(part for one, service in known for part in ((service.parts if service else ()) or (one,)))


def appointment_of(write: VisitWrite, zone: str, token: Token = "") -> Appointment:
    """What is asked for; without YClients' own spelling of its time, the wall clock says it."""
    assert write.staff_id is not None  # noqa: S101 - of a booking
    assert write.starts is not None  # noqa: S101 - of a booking
    return Appointment(
        staff_id=write.staff_id,
        service_ids=write.services,
        wall_clock=write.starts,
        token=token or write.starts.replace(tzinfo=ZoneInfo(zone)).isoformat(),
    )


def has_room(day: DayOfStaff, move: Move, record: Record) -> bool:
    """Whether a record may go to a place of a master's day; the time that it takes itself is no obstacle."""
    starts, ends = move.wall_clock, move.wall_clock + (move.length or record.length)
    works = any(_on(day, first) <= starts and ends <= _on(day, last, is_end=True) for first, last in day.hours)
    others = (span for span in day.busy if span.record_id != record.record_id)
    return works and not any(
        _on(day, span.first) < ends and starts < _on(day, span.last, is_end=True) for span in others
    )


def _on(day: DayOfStaff, clock: time, *, is_end: bool = False) -> datetime:
    """A time of a day; midnight as an end is that of the next day."""
    at = datetime.combine(day.day, clock)
    return at + timedelta(days=1) if is_end and clock == time() else at


def next_check(write: VisitWrite, now: datetime) -> datetime | None:
    """When a change is looked for again; None once that was often enough."""
    later = write.checks - len(READ_BACKS)
    return now + LATER_CHECKS[max(later, 0)] if later < len(LATER_CHECKS) else None


def move_of(write: VisitWrite, record: Record, services: Mapping[int, Service]) -> Move:
    """Where a record goes. Another master's prices are that master's; one that is not known stays as it is."""
    assert write.starts is not None  # noqa: S101 - of a move
    is_other = write.staff_id is not None and write.staff_id != record.staff_id
    priced = _priced(record, write.staff_id or 0, services) if is_other else None
    return Move(wall_clock=write.starts, length=write.length, staff_id=write.staff_id, services=priced)


def _priced(record: Record, staff_id: int, services: Mapping[int, Service]) -> tuple[PricedService, ...]:
    found = []
    for booked in record.services:
        service = services.get(booked.service_id)
        own = None if service is None else service.price_with(staff_id)[0]
        cost = own if own is not None else (booked.cost or Decimal()) / booked.amount
        found += [PricedService(service_id=number, cost=cost) for number in booked.each()]
    return tuple(found)


def guest_of(proposal: Proposal, part: int) -> str | None:
    """For whom a visit of a proposal is, as the salon reads it; None for the client."""
    guest = proposal.guests[part] if part < len(proposal.guests) else None
    return None if guest is None else " ".join(filter(None, (guest.name, f"({guest.who})" if guest.who else "")))


def outcomes(writes: Sequence[VisitWrite]) -> tuple[WriteOutcome, ...]:
    """What became of each, in order; what was not made, because one before it was not, may be made later."""
    return tuple(one.outcome or Refused(Refusal.NOT_NOW) for one in writes)
