"""Changes of the journal that clients have agreed to: each made once, and said to be done only when it is.

A change is a row before any call is made for it. It is committed as `sending` right before the one call that changes
something; when the answer of that is lost, or the worker dies, the journal is looked at, and the call is never made
again. What waits behind a change that failed is not made: the client has agreed to all of it together.
What the client has written since, while the journal was asked, may take the yes back: nothing is begun then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from aiadmin.domain.chat.dialogue import Proposal, VisitOperation
from aiadmin.domain.chat.own_visits import wall_clock
from aiadmin.domain.chat.situation import ClientView, SalonView
from aiadmin.domain.chat.turn import Chat
from aiadmin.domain.chat.visit_write import (
    SENDING_LASTS,
    VisitWrite,
    WriteState,
    appointment_of,
    as_booked,
    guest_of,
    has_room,
    move_of,
    outcomes,
)
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId, ContactId, SalonId
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.journal.online_booking import Appointment, Move, NewBooking, Start
from aiadmin.domain.messages.contact import spellings
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, Unknown, WriteOutcome
from aiadmin.services.chat.lost_writes import LostWrites
from aiadmin.services.chat.salon_views import SalonKnown
from aiadmin.services.ports.booking import BookingApi
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.chat.catalogue import BotSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork
from aiadmin.texts.chat import journal

log = structlog.get_logger(__name__)


class NewerWordsError(Exception):
    """The client has written since the turn was read, or another worker has the chat: nothing was begun."""


@dataclass(frozen=True, kw_only=True)
class AgreedTurn:
    """Who has agreed, where, and to what.

    Attributes:
        chat: as it was claimed: its version tells of words that the turn does not know.
        client: as the turn knows them: a record of somebody else is never touched.
    """

    known: SalonKnown
    chat: Chat
    client: ClientView
    proposal: Proposal

    @property
    def salon(self) -> BotSalon:
        return self.known.salon

    @property
    def view(self) -> SalonView:
        return self.known.view

    @property
    def contact_id(self) -> ContactId:
        return self.chat.contact_id

    @property
    def company_id(self) -> CompanyId:
        return self.salon.company_id

    @property
    def salon_id(self) -> SalonId:
        return self.salon.salon_id


@dataclass(frozen=True, kw_only=True)
class VisitWriter:
    """Makes changes.

    Attributes:
        lost: looks for what may have been made.
    """

    uow: NewUnitOfWork
    api: BookingApi
    clock: Clock
    lost: LostWrites

    def perform(self, turn: AgreedTurn) -> tuple[WriteOutcome, ...]:
        """Do what a client has just agreed to; what became of each visit of the proposal, in order.

        For a proposal whose changes are rows already, as after a crash, it goes on where it was. The yes is looked at
        once more under a lock; where it does not count any more, nothing is done, and may be done later.

        Raises:
            NewerWordsError: nothing was begun; the words that have come decide.
            DependencyDownError: PostgreSQL does not answer; `perform` goes on from the rows.
        """
        writes = self._agreed(turn)
        if not writes:
            log.warning("a yes does not count any more", company_id=turn.company_id)
            return (Refused(Refusal.NOT_NOW),) * max(len(turn.proposal.slots), 1)
        writes = self._checked(turn, writes)
        done: list[VisitWrite] = []
        for write in writes:
            is_free = all(one.state is WriteState.SAVED for one in done)
            done.append(self._made(turn, write) if is_free else self._not_made(write))
        return outcomes(done)

    def _agreed(self, turn: AgreedTurn) -> Sequence[VisitWrite]:
        """The rows of the proposal; they are made with the yes, in one commit."""
        now = self.clock()
        with self.uow() as work:
            known = work.visit_writes.of_proposal(turn.company_id, turn.proposal)
            if known:
                return known
            if not work.proposals.agree(turn.company_id, turn.contact_id, turn.proposal, now):
                return work.visit_writes.of_proposal(turn.company_id, turn.proposal)  # another worker was quicker
            work.visit_writes.add(_planned(turn), now)
            writes = work.visit_writes.of_proposal(turn.company_id, turn.proposal)
            work.commit()
        return writes

    def _checked(self, turn: AgreedTurn, writes: Sequence[VisitWrite]) -> Sequence[VisitWrite]:
        """Bookings are checked, all of them, before the first is made: half of what was agreed to helps nobody."""
        is_new = all(one.state is WriteState.WAITING for one in writes)
        if turn.proposal.operation is not VisitOperation.BOOK or not is_new:
            return writes
        for write in writes:
            refused = self._refusal(turn, write)
            if refused is not None:
                return [self._finish(one, refused if one is write else Refused(Refusal.NOT_NOW)) for one in writes]
        return writes

    def _made(self, turn: AgreedTurn, write: VisitWrite) -> VisitWrite:
        match write.state:
            case WriteState.WAITING:
                return _MAKERS[write.operation](self, turn, write)
            case WriteState.SENDING:
                return self.lost.look(turn.salon, write)
            case _:
                return write

    def _not_made(self, write: VisitWrite) -> VisitWrite:
        if write.state is not WriteState.WAITING:
            return write
        return self._finish(write, Refused(Refusal.NOT_NOW))

    # --- a booking ---

    def _refusal(self, turn: AgreedTurn, write: VisitWrite) -> Refused | None:
        """Why a booking cannot be made now; None where it can. Nothing is known to be free without an answer."""
        if turn.client.phone is None:
            return Refused(Refusal.BAD_PHONE)
        if not _booking(turn, write).name:
            return Refused(Refusal.NO_NAME)
        if turn.client.is_barred:
            return Refused(Refusal.BLACKLISTED)
        checked = self.api.check(turn.salon_id, [_appointment(turn, write)])
        if isinstance(checked, Saved):
            return self._desk_refusal(turn, write) if _needs_code(turn) else None
        return checked if isinstance(checked, Refused) else Refused(Refusal.NOT_NOW)

    def _desk_refusal(self, turn: AgreedTurn, write: VisitWrite) -> Refused | None:
        """What online booking would refuse and the desk's route does not: lead time, horizon, what is closed online.

        `book_times` is held to all of them, so that the time must be among its answers now.
        """
        assert write.starts is not None  # noqa: S101 - of a booking
        assert write.staff_id is not None  # noqa: S101 - of a booking
        now = wall_clock(self.clock(), turn.view.zone)
        rules, services = turn.view.rules, turn.view.services
        lead = max(rules.lead if rules else timedelta(0), turn.view.bot.gap)
        is_open = all(services[one].is_online for one in write.services if one in services)
        if write.starts < now + lead or not is_open:
            return Refused(Refusal.BUSY if is_open else Refusal.NO_SERVICE)
        try:
            starts = self.api.starts(
                turn.salon_id, services=write.services, day=write.starts.date(), staff_id=write.staff_id
            )
        except (YClientsError, DependencyDownError):
            return Refused(Refusal.NOT_NOW)
        return None if any(one.wall_clock == write.starts for one in starts) else Refused(Refusal.BUSY)

    def book(self, turn: AgreedTurn, write: VisitWrite) -> VisitWrite:
        booking = _booking(turn, write)
        if _needs_code(turn):
            return self._sent(turn, write, lambda: self._enter(turn, booking, write))
        return self._sent(turn, write, lambda: self._book_online(turn, booking, write))

    def _book_online(self, turn: AgreedTurn, booking: NewBooking, write: VisitWrite) -> WriteOutcome:
        """A salon may have begun to want a code without our knowing: nothing was booked then, and the desk books."""
        outcome = self.api.book(turn.salon_id, booking)
        if outcome != Refused(Refusal.WRONG_CODE):
            return outcome
        return self._desk_refusal(turn, write) or self._enter(turn, booking, write)

    def _enter(self, turn: AgreedTurn, booking: NewBooking, write: VisitWrite) -> WriteOutcome:
        visit = booking.appointment
        start = Start(wall_clock=visit.wall_clock, length=write.length or timedelta(), token=visit.token)
        return self.api.enter(turn.salon_id, booking, start=start)

    # --- a move ---

    def move(self, turn: AgreedTurn, write: VisitWrite) -> VisitWrite:
        record = self._own_record(turn, write)
        if isinstance(record, Refused):
            return self._finish(write, record)
        move = move_of(write, record, turn.view.services)
        refused = self._move_refusal(turn, record, move)
        if refused is not None:
            return self._finish(write, refused)
        return self._sent(turn, write, lambda: self.api.move(turn.salon_id, record, move))

    def _move_refusal(self, turn: AgreedTurn, record: Record, move: Move) -> Refused | None:
        """Why a record cannot go there: its own time is no obstacle to it, and `book_check` would take it for one."""
        now, rules = wall_clock(self.clock(), turn.view.zone), turn.view.rules
        if move.wall_clock <= now or (rules is not None and not rules.move.allows(_starts(record, turn), now)):
            return Refused(Refusal.FORBIDDEN if move.wall_clock > now else Refusal.BUSY)
        staff_id = move.staff_id or record.staff_id or 0
        try:
            day = self.api.day(turn.salon_id, day=move.wall_clock.date(), staff_id=staff_id)
        except (YClientsError, DependencyDownError):
            return Refused(Refusal.NOT_NOW)
        is_free = day is not None and has_room(day, move, record)
        return None if is_free else Refused(Refusal.BUSY)

    # --- a cancellation ---

    def cancel(self, turn: AgreedTurn, write: VisitWrite) -> VisitWrite:
        record = self._own_record(turn, write)
        if record == Refused(Refusal.NOT_FOUND):
            return self._finish(write, Saved())  # it is off, whoever did it
        if isinstance(record, Refused):
            return self._finish(write, record)
        now, rules = wall_clock(self.clock(), turn.view.zone), turn.view.rules
        if rules is not None and not rules.cancel.allows(_starts(record, turn), now):
            return self._finish(write, Refused(Refusal.FORBIDDEN))
        number = record.record_id
        return self._sent(turn, write, lambda: self.api.cancel(turn.salon_id, number))

    def _own_record(self, turn: AgreedTurn, write: VisitWrite) -> Record | Refused:
        """The client's record as it is now; NOT_FOUND where it is deleted, or is not theirs."""
        assert write.record_id is not None  # noqa: S101 - of a change
        salon = turn.salon
        try:
            record = self.api.record(turn.salon_id, write.record_id, zone=salon.zone, country=salon.country)
        except (YClientsError, DependencyDownError):
            return Refused(Refusal.NOT_NOW)
        if record is None or record.is_deleted:
            return Refused(Refusal.NOT_FOUND)
        if not _is_of(record, turn.client) or record.attendance in {Attendance.CAME, Attendance.NO_SHOW}:
            return Refused(Refusal.FORBIDDEN)
        return record

    # --- the one call ---

    def _sent(self, turn: AgreedTurn, write: VisitWrite, call: Callable[[], WriteOutcome]) -> VisitWrite:
        """The row is committed as `sending` and the call made; of several visits, the first decides for all."""
        now = self.clock()
        with self.uow() as work:
            if write.part == 0 and work.chats.lock(turn.chat) != turn.chat.version:
                raise NewerWordsError
            is_ours = work.visit_writes.begin(write, now, check_at=now + SENDING_LASTS)
            work.commit()
        if not is_ours:
            return self.lost.look(turn.salon, self.lost.again(write))
        write = replace(write, state=WriteState.SENDING)
        outcome = call()
        return self.lost.look(turn.salon, write) if isinstance(outcome, Unknown) else self._finish(write, outcome)

    def _finish(self, write: VisitWrite, outcome: WriteOutcome) -> VisitWrite:
        return self.lost.finish(write.settled(outcome))


def _planned(turn: AgreedTurn) -> Sequence[VisitWrite]:
    proposal = turn.proposal
    one = VisitWrite(
        write_id=0,
        company_id=turn.company_id,
        contact_id=turn.contact_id,
        proposal_id=int(proposal.proposal_id),
        part=0,
        operation=proposal.operation,
        api_id="",
        record_id=proposal.record_id,
    )
    if not proposal.slots:
        return [replace(one, api_id=_new_id())]
    return [
        replace(
            one,
            part=part,
            api_id=_new_id(),
            staff_id=slot.staff_id,
            starts=slot.starts,
            length=slot.length,
            services=as_booked(slot, turn.view.services),
            guest=guest_of(proposal, part),
        )
        for part, slot in enumerate(proposal.slots)
    ]


def _new_id() -> str:
    return f"aiadmin-{uuid4().hex}"


def _appointment(turn: AgreedTurn, write: VisitWrite) -> Appointment:
    return appointment_of(write, turn.view.zone, turn.proposal.slots[write.part].token)


def _booking(turn: AgreedTurn, write: VisitWrite) -> NewBooking:
    """Under the name of the card where there is one, whole: YClients takes the name that is sent for the card's."""
    proposal, client = turn.proposal, turn.client
    told = " ".join(filter(None, (proposal.name or client.name, proposal.family)))
    return NewBooking(
        api_id=write.api_id,
        appointment=_appointment(turn, write),
        phone=client.phone or "",
        name=client.full_name or told,
        comment=journal.comment(write.guest),
        client_id=client.cards[0] if client.cards else None,
    )


def _needs_code(turn: AgreedTurn) -> bool:
    return turn.view.rules is not None and turn.view.rules.needs_code


def _starts(record: Record, turn: AgreedTurn) -> datetime:
    return record.wall_clock or wall_clock(record.starts_at, turn.view.zone)


def _is_of(record: Record, client: ClientView) -> bool:
    """Whether a record is the client's: with a number of theirs; where we see none, of one of their cards."""
    if record.client_phone is not None:
        return not spellings(client.numbers).isdisjoint(spellings([record.client_phone]))
    return record.client_id in client.cards


_MAKERS: Mapping[VisitOperation, Callable[[VisitWriter, AgreedTurn, VisitWrite], VisitWrite]] = {
    VisitOperation.BOOK: VisitWriter.book,
    VisitOperation.MOVE: VisitWriter.move,
    VisitOperation.CANCEL: VisitWriter.cancel,
}
