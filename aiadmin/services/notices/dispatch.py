"""Release: a notice that is due is looked at once more, and becomes a message in the same transaction that says so.

A worker claims the notices of one salon, asks first whether anything may be written now, then YClients whether it is
still true, and only then owes the message, for two minutes: what is not sent by then waits for another look.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from functools import partial

from aiadmin.domain.chat.confirmation import (
    ASKING,
    Question,
    is_agreed,
    is_confirmed_by_another,
    was_declined,
)
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.job import Job
from aiadmin.domain.journal.journal import Attendance, Record, is_same_person
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import SENDING_AT_MOST, NewMessage, Purpose
from aiadmin.domain.messages.sending_policy import (
    COURTESY,
    LOOK_AGAIN,
    OF_THE_SALON,
    TURNS_AWAY,
    BlockReason,
    Decision,
    Drop,
    Send,
    WaitUntil,
    may_send,
)
from aiadmin.domain.notices.dispatch import BATCH, CLAIM, NoticeRecipient, message_deadline, message_key, wait_after
from aiadmin.domain.notices.notice import CHANGE_NOTICES, AnnouncedVisit, Notice, NoticeKind, StaleReason
from aiadmin.domain.notices.reminder_planning import SETTLED, inherited
from aiadmin.domain.notices.telling import (
    INHERITED,
    NoticeWithBooking,
    VisitNotices,
    by_visit,
    has_begun,
    is_asking,
    is_heir,
    is_of_visit,
    is_rest,
)
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.services.journal.fresh_bookings import FreshBookings
from aiadmin.services.notices import calls
from aiadmin.services.notices.recipients import recipient_of
from aiadmin.services.notices.rendering import NoticeRenderer
from aiadmin.services.notices.visits import is_part_declined, known_about, known_beside
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.yclients import SalonApi
from aiadmin.services.work import ClaimRule, QueueRunner
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork


class _Released(Enum):
    """What became of a notice."""

    YES = auto()
    NO = auto()
    SALON_WAITS = auto()
    MANNERS_WAIT = auto()
    """So does the salon, but for what keeps a client from coming in vain."""


@dataclass(frozen=True, kw_only=True)
class NoticeDispatcher:
    """Turns due notices into messages.

    Attributes:
        renderer: what the notices of a salon say, and how it wants to write; made anew in each transaction.
        rng: returns a random number from 0 up to 1, for jitter.
    """

    uow: NewUnitOfWork
    api: SalonApi
    renderer: Callable[[UnitOfWork], NoticeRenderer]
    clock: Clock
    rng: Callable[[], float]

    def work(self) -> int:
        """Release for a few seconds, salon after salon; how many messages are owed now.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was claimed is due again when its claim is over.
        """
        self._sync_with_messages()
        runner = QueueRunner(uow=self.uow, clock=self.clock)
        calls.give_up_untaken(runner, uow=self.uow, clock=self.clock)
        claims = ClaimRule[Notice](table=lambda work: work.due_notices, lasts=CLAIM, batch=BATCH)
        release = partial(self._release, runner)
        released = runner.work_off(WorkQueue.NOTICES, claims, release, again=self._release_again)
        calls.ask_for_all(runner, uow=self.uow, clock=self.clock)
        return sum(released)

    def _sync_with_messages(self) -> None:
        now = self.clock()
        with self.uow() as work:
            work.outbox_messages.give_up([], now=now, claimed_before=now - SENDING_AT_MOST)
            work.outbox_messages.expire(now)
            work.due_notices.sync_with_messages(now)
            work.commit()

    def _fresh_bookings(self, notices: Sequence[Notice]) -> FreshBookings | None:
        """For notices of one salon; None for one that is not to be read any more."""
        with self.uow() as work:
            salon = work.sync_runs.salon(notices[0].company_id) if notices else None
        if salon is None:
            return None
        return FreshBookings(uow=self.uow, api=self.api, clock=self.clock, salon=salon, due=notices)

    def _release(self, runner: QueueRunner, notices: Sequence[Notice]) -> int:
        """One after the other, until the salon as a whole has to wait; one that raises is set aside."""
        count, fresh_bookings = 0, self._fresh_bookings(notices)
        if fresh_bookings is None:
            return 0
        release, waits = partial(self._release_one, fresh_bookings), False
        for notice in notices:
            if waits and Purpose(notice.kind) not in TURNS_AWAY:
                continue
            [*released] = runner.rows(WorkQueue.NOTICES, [notice], release, key=lambda one: one.row_key)
            count += released.count(_Released.YES)
            if _Released.SALON_WAITS in released:
                break
            waits = waits or _Released.MANNERS_WAIT in released
        return count

    def _release_again(self, notices: Sequence[Notice]) -> int:
        """A notice that was set aside, and nothing else."""
        fresh_bookings = self._fresh_bookings(notices)
        if fresh_bookings is None:
            return 0
        return int(self._release_one(fresh_bookings, notices) is _Released.YES)

    def _release_one(self, fresh_bookings: FreshBookings, notices: Sequence[Notice]) -> _Released:
        salon = fresh_bookings.salon
        try:
            decision = self._try(salon, notices[0], fresh_bookings)
        except (YClientsError, DependencyDownError) as error:
            self._hold_salon(salon, until=self.clock() + wait_after(error, self.rng()), why=BlockReason.YCLIENTS_AWAY)
            return _Released.SALON_WAITS
        if isinstance(decision, WaitUntil) and decision.why in OF_THE_SALON:
            self._hold_salon(salon, until=decision.at, why=decision.why)
            return _Released.MANNERS_WAIT if decision.why in COURTESY else _Released.SALON_WAITS
        return _Released.YES if isinstance(decision, Send) else _Released.NO

    def _try(self, salon: SyncedSalon, notice: Notice, fresh_bookings: FreshBookings) -> Decision | None:
        """What is decided; None for a notice that is not true any more. YClients is asked only about what may go."""
        now = self.clock()
        with self.uow() as work:
            if not work.due_notices.is_ours(notice):
                return None  # it went along with another
            known = work.records.find(salon.company_id, notice.record_id)
            early = self._early(work, salon, notice, known.record, now) if known else Send()
            self._log_decision(work, [notice], early, now)
            along = (
                work.due_notices.claim_related(notice, now=now, until=now + CLAIM) if isinstance(early, Send) else ()
            )
            work.commit()
        if not isinstance(early, Send):
            return early
        told = [one for one in (self._refetch(fresh_bookings, each) for each in (notice, *along)) if one is not None]
        if not told or told[0].notice != notice:
            self._return([one.notice for one in told])
            return None
        visits = [self._visit(fresh_bookings, each) for each in by_visit(told)]
        if has_begun(visits[0], self.clock()):
            self._drop_all([one.notice for one in visits[0].told], StaleReason.UNDER_WAY)
            self._return([one.notice for visit in visits[1:] for one in visit.told])
            return None
        alike = [one for one in visits if one.words is visits[0].words]
        self._return([one.notice for visit in visits if visit not in alike for one in visit.told])
        return self._enqueue(salon, alike)

    def _early(self, work: UnitOfWork, salon: SyncedSalon, notice: Notice, known: Record, now: datetime) -> Decision:
        """What is decided of a notice as far as we know."""
        return self._decide(work, salon, [NoticeWithBooking(notice=notice, record=known)], now)[0]

    def _refetch(self, fresh_bookings: FreshBookings, notice: Notice) -> NoticeWithBooking | None:
        """What there is to tell of a notice now; None for one that is not true any more: it is dropped."""
        record = fresh_bookings.record(notice)
        with self.uow() as work:
            if record is not None and Purpose(notice.kind) in ASKING:
                record = _as_theirs(work, notice.company_id, record)
            stale = self.renderer(work).stale_reason(notice, record, self.clock()) if record else StaleReason.GONE
        if record is None or stale is not None:
            self._drop(notice, stale or StaleReason.GONE, fresh_bookings)
            return None
        if self._is_merge(fresh_bookings.salon, notice, record):
            self._drop(notice, StaleReason.CARD_GONE, fresh_bookings)
            return None
        return NoticeWithBooking(notice=notice, record=record)

    def _visit(self, fresh_bookings: FreshBookings, told: Sequence[NoticeWithBooking]) -> VisitNotices:
        """The notices of a visit with what is told along with them."""
        company_id = fresh_bookings.salon.company_id
        with self.uow() as work:
            near = known_about(work, company_id, told)
        of_visit = [one.record_id for one in near if is_of_visit(one, told)]
        found = fresh_bookings.of_visits((), but=[one.record.record_id for one in told], more=of_visit)
        with self.uow() as work:
            settings = work.message_settings.settings(company_id)
            known = [work.records.find(company_id, one.record_id) for one in found]
        now = self.clock()
        rest = [(one, was) for one, was in zip(found, known, strict=True) if is_rest(one, told, settings, now)]
        if Purpose(told[0].notice.kind) in ASKING:
            with self.uow() as work:
                rest = [(_as_theirs(work, company_id, one), was) for one, was in rest]
        return VisitNotices(
            told=told,
            rest=[one for one, _ in rest],
            known=[was.record if was is not None else one for one, was in rest],
        )

    def _is_merge(self, salon: SyncedSalon, notice: Notice, record: Record) -> bool:
        """Whether a booking left a client's card because the card is gone: the desk has merged two of one person."""
        card = notice.announced.client_id
        is_exchange = notice.kind is NoticeKind.CANCELLED and not record.is_deleted
        if not is_exchange or card is None or is_same_person(record, notice.announced):
            return False
        return self.api.client(salon.salon_id, card, country=salon.country) is None

    def _drop(self, notice: Notice, why: str, fresh_bookings: FreshBookings) -> None:
        """What nobody has heard yet of the other bookings of the visit is theirs to say from now on."""
        rest: Sequence[Record] = ()
        if notice.kind not in CHANGE_NOTICES and why in INHERITED and notice.announced.visit_id is not None:
            rest = fresh_bookings.of_visits([notice.announced.visit_id], but=[notice.record_id])
        now = self.clock()
        with self.uow() as work:
            work.due_notices.drop(notice, why=why, at=now)
            work.notices.add([inherited(notice, one) for one in self._heirs(work, notice, rest, now)[:1]], now)
            work.commit()

    def _drop_all(self, notices: Sequence[Notice], why: str) -> None:
        """Of a whole visit: it has no heirs."""
        now = self.clock()
        with self.uow() as work:
            for notice in notices:
                work.due_notices.drop(notice, why=why, at=now)
            work.commit()

    def _heirs(self, work: UnitOfWork, notice: Notice, rest: Sequence[Record], now: datetime) -> Sequence[Record]:
        """The other bookings of its visit of which a notice would be true."""
        settings, wording = work.message_settings.settings(notice.company_id), self.renderer(work)
        heirs = (one for one in rest if is_heir(one, notice.announced, settings))
        return [
            one
            for one in heirs
            if wording.stale_reason(
                replace(notice, record_id=one.record_id, announced=AnnouncedVisit.of(one)), one, now
            )
            is None
        ]

    def _return(self, notices: Sequence[Notice]) -> None:
        """They went along with one that is not told."""
        now = self.clock()
        with self.uow() as work:
            work.due_notices.hold(notices, until=now, why=None)
            work.commit()

    def _enqueue(self, salon: SyncedSalon, visits: Sequence[VisitNotices]) -> Decision | None:
        """The message, the notices that it was and the question that it asks: all or nothing."""
        now = self.clock()
        others = [one.notice for each in visits[1:] for one in each.told]
        with self.uow() as work:
            work.due_notices.lock_salon(salon.company_id)
            decision: Decision | None
            decision, contact_id = self._decide(work, salon, visits[0].told, now)
            why = self._needless(work, visits[0], contact_id, now) if isinstance(decision, Send) else None
            if why is not None:
                for one in visits[0].told:
                    work.due_notices.drop(one.notice, why=why, at=now)
                decision = None
            elif isinstance(decision, Send) and _is_early(work, visits[0], now):
                early = [one.notice for one in visits[0].told]
                work.due_notices.hold(early, until=now + LOOK_AGAIN, why="news_first")
                decision = None
            elif isinstance(decision, Send) and contact_id is not None:
                if not self._write(work, salon, visits, contact_id, now):
                    return None
            else:
                self._log_decision(work, [one.notice for one in visits[0].told], decision, now)
            if not isinstance(decision, Send):
                work.due_notices.hold(others, until=now, why=None)
            work.commit()
        return decision

    def _needless(
        self, work: UnitOfWork, visit: VisitNotices, contact_id: ContactId | None, now: datetime
    ) -> StaleReason | None:
        """Why a reminder is not to be told to who has just read of the visit, or has said that they do not come."""
        notice = visit.told[0].notice
        if Purpose(notice.kind) not in ASKING or contact_id is None:
            return None
        if is_part_declined(work, notice.company_id, visit.bookings):
            return StaleReason.DECLINED
        records = [one.record_id for one in visit.bookings]
        since = now - SETTLED
        is_told = work.due_notices.is_told(notice.company_id, contact_id, records, but=notice.kind, since=since)
        return StaleReason.JUST_TOLD if is_told else None

    def _write(
        self,
        work: UnitOfWork,
        salon: SyncedSalon,
        visits: Sequence[VisitNotices],
        contact_id: ContactId,
        now: datetime,
    ) -> bool:
        """False when somebody else has looked at a notice meanwhile: then nothing of this may stay."""
        notices = [one.notice for visit in visits for one in visit.told]
        first = notices[0]
        new = NewMessage(
            company_id=first.company_id,
            text=self.renderer(work).render(visits, salon),
            dedup_key=message_key(first),
            deadline_at=min(message_deadline(one, now) for one in notices),
            purpose=visits[0].purpose,
            record_id=first.record_id,
        )
        number = work.outbox_messages.add(new, contact_id, now)
        if number is None or not all(work.due_notices.mark_released(one, number) for one in notices):
            return False
        if is_asking(visits[0]):
            work.questions.ask(_question(visits[0], contact_id, now))
        work.nudge(Job.WAKE_HOSTS)
        return True

    def _decide(
        self, work: UnitOfWork, salon: SyncedSalon, told: Sequence[NoticeWithBooking], now: datetime
    ) -> tuple[Decision, ContactId | None]:
        """Whether notices of one visit may be written now, and to whom."""
        notice, record = told[0].notice, told[0].record
        client = _addressee(work, notice, record, salon)
        if client.phone is None:
            return Drop(why=BlockReason.NO_PHONE), None
        contact_id = work.contacts.upsert(notice.company_id, IdentityObservation(phone=client.phone), now)
        decision = may_send(
            _urgency(work, notice, record),
            deadline_at=notice.deadline_at,
            sender=work.due_notices.sender(salon.company_id, zone=salon.zone, now=now),
            recipient=recipient_of(work, salon.company_id, contact_id, client),
            policy=self.renderer(work).policy(salon.company_id),
            now=now,
            needed_by=_needed_by(work, told, now),
        )
        return decision, contact_id

    def _log_decision(self, work: UnitOfWork, notices: Sequence[Notice], decision: Decision, now: datetime) -> None:
        if isinstance(decision, Drop):
            for notice in notices:
                work.due_notices.drop(notice, why=decision.why, at=now)
        elif isinstance(decision, WaitUntil):
            work.due_notices.hold(notices, until=decision.at, why=decision.why)

    def _hold_salon(self, salon: SyncedSalon, *, until: datetime, why: str) -> None:
        with self.uow() as work:
            but = TURNS_AWAY if why in COURTESY else ()
            work.due_notices.hold_salon(salon.company_id, now=self.clock(), until=until, why=why, but=but)
            work.commit()


def _is_early(work: UnitOfWork, visit: VisitNotices, now: datetime) -> bool:
    """Whether a reminder would overtake news of its visit, which says the same and is to be read first."""
    first = visit.told[0].notice
    is_reminder = Purpose(first.kind) in ASKING
    return is_reminder and work.due_notices.is_news_coming(first.company_id, visit.bookings, now=now)


def _addressee(work: UnitOfWork, notice: Notice, record: Record, salon: SyncedSalon) -> NoticeRecipient:
    """The client that the notice was planned for: the booking may be somebody else's by now.

    Then it is the number that she was told of it by, whatever is read of her card. So it is where phones are hidden
    from us; of a salon that lets us see them, a phone that is gone from a booking was erased, and is not written to.
    """
    client_id = notice.announced.client_id or record.client_id
    known = NoticeRecipient() if client_id is None else work.due_notices.recipient(notice.company_id, client_id)
    is_theirs = is_same_person(notice.announced, record)
    if is_theirs and (record.client_phone or not salon.are_phones_hidden):
        return replace(known, phone=record.client_phone)
    return replace(known, phone=notice.announced.client_phone or known.phone)


def _needed_by(work: UnitOfWork, told: Sequence[NoticeWithBooking], now: datetime) -> datetime | None:
    """Until when the client has to know of the first of it; None where nothing of it turns them away."""
    urgent = [one for one in told if Purpose(one.notice.kind) in TURNS_AWAY]
    if not urgent:
        return None
    company_id = urgent[0].notice.company_id
    settings = work.message_settings.settings(company_id)
    return min(one.notice.needed_by(known_beside(work, company_id, [one], settings), now) for one in urgent)


def _urgency(work: UnitOfWork, notice: Notice, record: Record) -> Purpose:
    """Who has said that they do not come does not come in vain: that it is off can wait for the morning."""
    is_theirs = notice.kind is NoticeKind.CANCELLED and was_declined(
        notice.record_id, notice.announced, work.questions.of_booking(notice.company_id, record)
    )
    return Purpose.CHANGED if is_theirs else Purpose(notice.kind)


def _as_theirs(work: UnitOfWork, company_id: CompanyId, record: Record) -> Record:
    """A booking as confirmed where its client has said so to us, and not where somebody who had it before has."""
    if record.attendance not in {Attendance.WAITING, Attendance.CONFIRMED}:
        return record
    questions = work.questions.of_booking(company_id, record)
    if record.attendance is Attendance.WAITING:
        return replace(record, attendance=Attendance.CONFIRMED) if is_agreed(record, questions) else record
    is_others = is_confirmed_by_another(record, questions)
    return replace(record, attendance=Attendance.WAITING) if is_others else record


def _question(visit: VisitNotices, contact_id: ContactId, now: datetime) -> Question:
    first = visit.told[0]
    others = [one for one in visit.bookings if one.record_id != first.record.record_id]
    return Question(
        company_id=first.notice.company_id,
        record_id=first.notice.record_id,
        starts_at=first.record.starts_at,
        visit_id=first.record.visit_id,
        contact_id=contact_id,
        client_id=first.record.client_id,
        others={one.record_id: one.starts_at - first.record.starts_at for one in others},
        asked_at=now,
    )
