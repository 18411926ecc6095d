"""Dispatch: a notice that is due is looked at once more, and becomes a message in the same transaction that says so.

A worker claims notices of one salon and reads once what is the salon's, and what is known of their bookings and
clients. For each notice it decides whether anything may be written now, then asks YClients whether it is still true,
and enqueues the message for two minutes: what is not sent by then is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from functools import partial

from aiadmin.domain.chat.confirmation import ASKING, Question
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId, ContactId, NoticeId
from aiadmin.domain.journal.journal import Record, is_same_person
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import SENDING_AT_MOST, NewMessage, Purpose
from aiadmin.domain.messages.sending_policy import (
    COURTESY,
    LOOK_AGAIN,
    OF_THE_SALON,
    TURNS_AWAY,
    UNLIMITED,
    BlockReason,
    Decision,
    Drop,
    Recipient,
    Send,
    Sender,
    SendingPolicy,
    WaitUntil,
    may_send,
)
from aiadmin.domain.notices.dispatch import (
    AFTER_CHANGES,
    BATCH,
    CLAIM,
    AfterChanges,
    Needless,
    NoticeRecipient,
    Outcome,
    beside_changes,
    card_of,
    drop_reason,
    heirs,
    is_confirmed,
    is_part_declined,
    message_deadline,
    message_key,
    needed_by,
    purpose_of,
    question_of,
    recipient_of,
    visit_as_answered,
    wait_after,
)
from aiadmin.domain.notices.notice import CHANGE_NOTICES, Notice, NoticeKind, StaleReason
from aiadmin.domain.notices.reminder_planning import SETTLED, inherited
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.notices.telling import (
    INHERITED,
    NoticeWithBooking,
    VisitNotices,
    by_visit,
    has_begun,
    is_asking,
    is_of_visit,
    is_rest,
)
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.services.journal.fresh_bookings import FreshBookings
from aiadmin.services.notices import calls, rendering
from aiadmin.services.notices.recipients import recipients_of
from aiadmin.services.notices.visits import known_about
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.yclients import SalonApi
from aiadmin.services.work import ClaimRule, QueueRunner
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.notices.settings import SalonMessages
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

Render = Callable[[Sequence[VisitNotices], SyncedSalon, SalonMessages, UnitOfWork], str]
"""Writes the text of a message, as `rendering.render` does."""


def own_policy(settings: MessageSettings) -> SendingPolicy:
    """As the salon has set it."""
    return settings.policy


def unlimited(_settings: MessageSettings) -> SendingPolicy:
    """As fast as it goes: for measurements."""
    return UNLIMITED


class _Released(Enum):
    """What became of a notice."""

    YES = auto()
    NO = auto()
    """It was dropped, or waits by itself."""
    SALON_WAITS = auto()
    """So do all notices of its salon."""
    COURTESY_WAITS = auto()
    """So do all notices of its salon but cancellations and moves, which keep clients from coming in vain."""


@dataclass(kw_only=True)
class _Batch:
    """Notices of one salon that were claimed together, with what is read once for all of them.

    Attributes:
        fresh: reads their bookings from YClients.
        known: their bookings as we know them.
        cards: what the salon's list says of their clients.
        people: whether their clients may be written to, by phone; one who is not there is new.
        sender: the salon's phone; what is written meanwhile is added.
        related: notices that were claimed along with another and have another claim since.
    """

    salon: SyncedSalon
    messages: SalonMessages
    policy: SendingPolicy
    fresh: FreshBookings
    known: Mapping[int, Record]
    cards: Mapping[int, NoticeRecipient]
    sender: Sender
    people: Mapping[str, Recipient] = field(default_factory=dict)
    related: set[NoticeId] = field(default_factory=set)

    @property
    def settings(self) -> MessageSettings:
        return self.messages.settings

    def client(self, told: NoticeWithBooking) -> NoticeRecipient:
        """Whom a notice is for."""
        card = self.cards.get(card_of(told) or 0, NoticeRecipient())
        return recipient_of(told, card, are_phones_hidden=self.salon.are_phones_hidden)


@dataclass(frozen=True, kw_only=True)
class NoticeDispatcher:
    """Turns due notices into messages.

    Attributes:
        rng: returns a random number from 0 up to 1, for jitter.
        policy: how a salon with these settings wants to write.
        render: what its notices say.
    """

    uow: NewUnitOfWork
    api: SalonApi
    clock: Clock
    rng: Callable[[], float]
    policy: Callable[[MessageSettings], SendingPolicy] = own_policy
    render: Render = rendering.render

    def work(self) -> int:
        """Dispatch for a few seconds, salon after salon; how many messages are owed now.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was claimed is due again when its claim is over.
        """
        now = self.clock()
        with self.uow() as work:
            found = work.due_notices.look(now)
            if not found and not work.calls.has_due(now):
                return 0
        runner = QueueRunner(uow=self.uow, clock=self.clock)
        if found.is_decided:
            self._sync_with_messages()
        if found.is_decided or found.is_untaken:
            calls.give_up_untaken(runner, uow=self.uow, clock=self.clock)
        claims = ClaimRule[Notice](table=lambda work: work.due_notices, lasts=CLAIM, batch=BATCH)
        released = runner.work_off(
            WorkQueue.NOTICES,
            claims,
            partial(self._release, runner),
            again=self._release_again,
            is_to_retry=found.is_to_retry,
        )
        calls.ask_for_all(runner, uow=self.uow, clock=self.clock)
        return sum(released)

    def _sync_with_messages(self) -> None:
        now = self.clock()
        with self.uow() as work:
            work.outbox_messages.give_up([], now=now, claimed_before=now - SENDING_AT_MOST)
            work.outbox_messages.expire(now)
            work.due_notices.sync_with_messages(now)
            work.commit()

    def _release(self, runner: QueueRunner, notices: Sequence[Notice]) -> int:
        """One after the other, until the salon as a whole has to wait; one that raises is set aside."""
        count, batch = 0, self._open(notices)
        if batch is None:
            return 0
        release, waits = partial(self._release_one, batch), False
        for notice in notices:
            if waits and Purpose(notice.kind) not in TURNS_AWAY:
                continue
            [*released] = runner.rows(WorkQueue.NOTICES, [notice], release, key=lambda one: one.row_key)
            count += released.count(_Released.YES)
            if _Released.SALON_WAITS in released:
                break
            waits = waits or _Released.COURTESY_WAITS in released
        return count

    def _release_again(self, notices: Sequence[Notice]) -> int:
        """A notice that was set aside, and nothing else."""
        batch = self._open(notices)
        return 0 if batch is None else int(self._release_one(batch, notices) is _Released.YES)

    def _open(self, notices: Sequence[Notice]) -> _Batch | None:
        """Read what is common to notices of one salon; None where its journal is not to be read any more."""
        now, company_id = self.clock(), notices[0].company_id
        with self.uow() as work:
            salon = work.sync_runs.salon(company_id)
            if salon is None:
                return None
            messages = work.message_settings.of_salon(company_id)
            found = work.records.find_all(company_id, [one.record_id for one in notices])
            known = {number: one.record for number, one in found.items()}
            told = [
                NoticeWithBooking(notice=one, record=known[one.record_id])
                for one in notices
                if one.record_id in known
            ]
            cards = {one.announced.client_id for one in notices} | {card_of(one) for one in told}
            batch = _Batch(
                salon=salon,
                messages=messages,
                policy=self.policy(messages.settings),
                fresh=FreshBookings(uow=self.uow, api=self.api, clock=self.clock, salon=salon, due=notices),
                known=known,
                cards=work.due_notices.recipients(company_id, {one for one in cards if one is not None}),
                sender=work.senders.find(company_id, zone=salon.zone, now=now),
            )
            phones = {phone for one in told if (phone := batch.client(one).phone)}
            batch.people = recipients_of(work, company_id, phones)
        return batch

    def _release_one(self, batch: _Batch, notices: Sequence[Notice]) -> _Released:
        try:
            decision = self._try(batch, notices[0])
        except (YClientsError, DependencyDownError) as error:
            until = self.clock() + wait_after(error, self.rng())
            self._hold_salon(batch.salon, until=until, why=BlockReason.YCLIENTS_AWAY)
            return _Released.SALON_WAITS
        if isinstance(decision, WaitUntil) and decision.why in OF_THE_SALON:
            self._hold_salon(batch.salon, until=decision.at, why=decision.why)
            return _Released.COURTESY_WAITS if decision.why in COURTESY else _Released.SALON_WAITS
        return _Released.YES if isinstance(decision, Send) else _Released.NO

    def _try(self, batch: _Batch, notice: Notice) -> Outcome | None:
        """What is decided; None for a notice that is not true any more. YClients is asked only about what may go."""
        now = self.clock()
        if notice.id in batch.related:
            return None
        with self.uow() as work:
            early = _early(work, batch, notice, now)
            if not isinstance(early, Send):
                _apply(work, [notice], early, now)
                work.commit()
                return early
            related = work.due_notices.claim_related(notice, now=now, until=now + CLAIM)
            work.commit()
        if related is None:
            return None
        batch.related |= {one.id for one in related}
        told = [one for each in (notice, *related) if (one := self._refetch(batch, each)) is not None]
        if not told or told[0].notice != notice:
            self._return([one.notice for one in told])
            return None
        return self._tell(batch, told)

    def _tell(self, batch: _Batch, told: Sequence[NoticeWithBooking]) -> Outcome | None:
        """Enqueue one message about the visits that have the words of the first; notices of others are due again."""
        with self.uow() as work:
            known = known_about(work, batch.salon.company_id, told)
        visits = [self._visit(batch, each, known) for each in by_visit(told)]
        if has_begun(visits[0], self.clock()):
            self._drop([one.notice for one in visits[0].told], StaleReason.UNDER_WAY)
            self._return([one.notice for visit in visits[1:] for one in visit.told])
            return None
        alike = [one for one in visits if one.words is visits[0].words]
        self._return([one.notice for visit in visits if visit not in alike for one in visit.told])
        return self._enqueue(batch, alike, known)

    def _refetch(self, batch: _Batch, notice: Notice) -> NoticeWithBooking | None:
        """A notice with its booking as YClients has it; None for one that is not true any more: it is dropped."""
        record = batch.fresh.record(notice)
        why = drop_reason(notice, record, batch.settings, self.clock())
        if why is None and record is not None and self._is_merge(batch.salon, notice, record):
            why = StaleReason.CARD_GONE
        if record is None or why is not None:
            self._drop_stale(batch, notice, why or StaleReason.GONE)
            return None
        return NoticeWithBooking(notice=notice, record=record)

    def _visit(self, batch: _Batch, told: Sequence[NoticeWithBooking], known: Sequence[Record]) -> VisitNotices:
        """The notices of a visit with what else stands of it, as YClients has it and as we have known it."""
        numbers = {one.record.record_id for one in told}
        others = {one.record_id: one for one in known if one.record_id not in numbers and is_of_visit(one, told)}
        found, now = batch.fresh.each(others), self.clock()
        rest = [one for one in found if is_rest(one, told, batch.settings, now)]
        return VisitNotices(told=told, rest=rest, known=[others[one.record_id] for one in rest])

    def _is_merge(self, salon: SyncedSalon, notice: Notice, record: Record) -> bool:
        """Whether a booking left a client's card because the card is gone: the desk has merged two of one person."""
        card = notice.announced.client_id
        is_exchange = notice.kind is NoticeKind.CANCELLED and not record.is_deleted
        if not is_exchange or card is None or is_same_person(record, notice.announced):
            return False
        return self.api.client(salon.salon_id, card, country=salon.country) is None

    def _drop_stale(self, batch: _Batch, notice: Notice, why: StaleReason) -> None:
        """Another booking of the visit that still stands takes a reminder over, which its client has not had yet."""
        rest: Sequence[Record] = ()
        if notice.kind not in CHANGE_NOTICES and why in INHERITED and notice.announced.visit_id is not None:
            rest = batch.fresh.of_visits([notice.announced.visit_id], but=[notice.record_id])
        now = self.clock()
        with self.uow() as work:
            work.due_notices.drop([notice], why=why, at=now)
            work.notices.add([inherited(notice, one) for one in heirs(notice, rest, batch.settings, now)[:1]], now)
            work.commit()

    def _drop(self, notices: Sequence[Notice], why: StaleReason) -> None:
        with self.uow() as work:
            work.due_notices.drop(notices, why=why, at=self.clock())
            work.commit()

    def _return(self, notices: Sequence[Notice]) -> None:
        """Notices that were claimed along with one that is not told are due again."""
        if not notices:
            return
        with self.uow() as work:
            work.due_notices.hold(notices, until=self.clock(), why=None)
            work.commit()

    def _enqueue(self, batch: _Batch, visits: Sequence[VisitNotices], known: Sequence[Record]) -> Outcome | None:
        """The message, the notices that it was and the question that it asks: all or nothing.

        Whether it may be written is decided once more, while no other worker writes for this salon.

        Args:
            known: bookings about these visits, as far as we know.
        """
        now, notices = self.clock(), [one.notice for each in visits for one in each.told]
        with self.uow() as work:
            work.senders.lock(batch.salon.company_id)
            questions = _questions(work, batch.salon.company_id, visits)
            visits = [visit_as_answered(each, questions) for each in visits]
            confirmed = [one.notice for each in visits for one in each.told if is_confirmed(one)]
            if confirmed:
                work.due_notices.drop(confirmed, why=StaleReason.CONFIRMED, at=now)
                work.due_notices.hold([one for one in notices if one not in confirmed], until=now, why=None)
                work.commit()
                return None
            outcome, contact_id = _decide(work, batch, visits[0], questions, known, now)
            if not isinstance(outcome, Send) or contact_id is None:
                _apply(work, [one.notice for one in visits[0].told], outcome, now)
                work.due_notices.hold([one.notice for each in visits[1:] for one in each.told], until=now, why=None)
            elif not self._write(work, batch, visits, contact_id, now):
                return None
            work.commit()
        return outcome

    def _write(
        self, work: UnitOfWork, batch: _Batch, visits: Sequence[VisitNotices], contact_id: ContactId, now: datetime
    ) -> bool:
        """False when another worker has claimed a notice meanwhile: then nothing of this may stay."""
        notices = [one.notice for visit in visits for one in visit.told]
        first = notices[0]
        new = NewMessage(
            company_id=first.company_id,
            text=self.render(visits, batch.salon, batch.messages, work),
            dedup_key=message_key(first),
            deadline_at=min(message_deadline(one, now) for one in notices),
            purpose=visits[0].purpose,
            record_id=first.record_id,
        )
        number = work.outbox_messages.add(new, contact_id, now)
        if number is None or not work.due_notices.mark_released(notices, number):
            return False
        if is_asking(visits[0]):
            work.questions.ask(question_of(visits[0], contact_id, number, now))
        batch.sender = replace(batch.sender, recent=[*batch.sender.recent, now])
        return True

    def _hold_salon(self, salon: SyncedSalon, *, until: datetime, why: str) -> None:
        with self.uow() as work:
            but = TURNS_AWAY if why in COURTESY else ()
            work.due_notices.hold_salon(salon.company_id, now=self.clock(), until=until, why=why, but=but)
            work.commit()


def _early(work: UnitOfWork, batch: _Batch, notice: Notice, now: datetime) -> Decision:
    """What is decided of a notice as far as we know, before YClients is asked."""
    record = batch.known.get(notice.record_id)
    if record is None:
        return Send()
    told = NoticeWithBooking(notice=notice, record=record)
    client = batch.client(told)
    if client.phone is None:
        return Drop(why=BlockReason.NO_PHONE)
    is_urgent, is_off = Purpose(notice.kind) in TURNS_AWAY, notice.kind is NoticeKind.CANCELLED
    known = known_about(work, notice.company_id, [told]) if is_urgent else ()
    questions = work.questions.of_booking(notice.company_id, record) if is_off else ()
    return may_send(
        purpose_of(notice, questions),
        deadline_at=notice.deadline_at,
        sender=batch.sender,
        recipient=replace(batch.people.get(client.phone, Recipient()), is_muted=client.is_muted),
        policy=batch.policy,
        now=now,
        needed_by=needed_by([told], known, batch.settings, now),
    )


def _decide(
    work: UnitOfWork,
    batch: _Batch,
    visit: VisitNotices,
    questions: Mapping[int, Sequence[Question]],
    known: Sequence[Record],
    now: datetime,
) -> tuple[Outcome, ContactId | None]:
    """Whether notices of one visit may be written now, and to whom."""
    first = visit.told[0]
    notice, client = first.notice, batch.client(first)
    if client.phone is None:
        return Drop(why=BlockReason.NO_PHONE), None
    contact_id = work.contacts.upsert(notice.company_id, IdentityObservation(phone=client.phone), now)
    recipient = work.permissions.recipient(notice.company_id, contact_id)
    batch.sender = work.senders.find(notice.company_id, zone=batch.salon.zone, now=now)
    decision = may_send(
        purpose_of(notice, questions.get(first.record.record_id, ())),
        deadline_at=notice.deadline_at,
        sender=batch.sender,
        recipient=replace(recipient, is_muted=client.is_muted),
        policy=batch.policy,
        now=now,
        needed_by=needed_by(visit.told, known, batch.settings, now),
    )
    if not isinstance(decision, Send) or Purpose(notice.kind) not in ASKING:
        return decision, contact_id
    if is_part_declined(visit.bookings, questions):
        return Needless(why=StaleReason.DECLINED), contact_id
    changes = work.due_notices.change_notices_of(
        notice.company_id, contact_id, visit.bookings, but=notice.kind, since=now - SETTLED, now=now
    )
    return beside_changes(changes), contact_id


def _questions(
    work: UnitOfWork, company_id: CompanyId, visits: Sequence[VisitNotices]
) -> Mapping[int, Sequence[Question]]:
    """What was asked about the bookings of reminders, or about one that is cancelled, by the booking's number."""
    first = visits[0].told[0]
    bookings = [first.record] if first.notice.kind is NoticeKind.CANCELLED else []
    if Purpose(first.notice.kind) in ASKING:
        bookings = [one for each in visits for one in each.bookings]
    return {one.record_id: work.questions.of_booking(company_id, one) for one in bookings}


def _apply(work: UnitOfWork, notices: Sequence[Notice], outcome: Outcome, now: datetime) -> None:
    """Keep what was decided of notices that are not sent now."""
    if isinstance(outcome, Drop | Needless):
        work.due_notices.drop(notices, why=outcome.why, at=now)
    elif isinstance(outcome, WaitUntil):
        work.due_notices.hold(notices, until=outcome.at, why=outcome.why)
    elif isinstance(outcome, AfterChanges):
        work.due_notices.hold(notices, until=now + LOOK_AGAIN, why=AFTER_CHANGES)
