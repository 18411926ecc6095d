"""Messages with clients: owed, sent, heard of. A host pulls what it has to send; what devices see is stored here."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from aiadmin.domain.chat.burst import due_after
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId, MessageId
from aiadmin.domain.messages import reachout_lock
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import (
    LONGEST_TEXT,
    SENDING_AT_MOST,
    DeviceClaim,
    MessageReason,
    MessageSeen,
    MessageWithdrawn,
    NewMessage,
    OutboxMessage,
    ReceiptSeen,
    ReceivedEvent,
    SendOutcome,
    SendResult,
    TimerSeen,
    after_send,
)
from aiadmin.domain.messages.sending_policy import UNPACED
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.services.ports.clock import Clock
from aiadmin.services.work import QueueRunner
from aiadmin.storage.messages.outbox_messages import MarkedMessage
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

T = TypeVar("T")


def enqueue(new: NewMessage, *, to: IdentityObservation, work: UnitOfWork, now: datetime) -> MessageId | None:
    """Enqueue a message, in the caller's transaction; None when one of its dedup key is owed already.

    Raises:
        ValueError: the text is empty, or longer than WhatsApp takes.
    """
    if not new.text.strip() or len(new.text) > LONGEST_TEXT:
        raise ValueError(f"a message has 1 to {LONGEST_TEXT} characters")
    return work.outbox_messages.add(new, work.contacts.upsert(new.company_id, to, now), now)


def send(new: NewMessage, *, to: IdentityObservation, uow: NewUnitOfWork, clock: Clock) -> MessageId | None:
    """`enqueue`, in a transaction of its own.

    Raises:
        CompanyNotFoundError: no such company.
        ValueError: see `enqueue`.
    """
    with uow() as work:
        work.companies.get(new.company_id)
        number = enqueue(new, to=to, work=work, now=clock())
        work.commit()
    return number


def find(company_id: CompanyId, outbox_message_id: MessageId, *, uow: NewUnitOfWork) -> OutboxMessage | None:
    """A message of this company, as it stands."""
    with uow() as work:
        return work.outbox_messages.find(company_id, outbox_message_id)


def tidy(holds: Sequence[DeviceClaim], *, uow: NewUnitOfWork, clock: Clock) -> None:
    """Decide what earlier attempts have left, before anything more goes through these devices.

    What former holders left `sending` becomes unknown: it may have arrived, so it is not sent again. What waited
    beyond its deadline is cancelled.

    Raises:
        DependencyDownError: PostgreSQL does not answer.
    """
    now = clock()
    with uow() as work:
        work.outbox_messages.give_up(holds, now=now, claimed_before=now - SENDING_AT_MOST)
        work.outbox_messages.expire(now)
        work.commit()


def pull(idle: Sequence[DeviceClaim], *, uow: NewUnitOfWork, clock: Clock) -> Sequence[OutboxMessage]:
    """What a host has to send now, committed as `sending`: at most one message for each idle device.

    Raises:
        DependencyDownError: PostgreSQL does not answer.
    """
    if not idle:
        return []

    def claim(only: Sequence[RowKey] | None) -> Sequence[OutboxMessage]:
        with uow() as work:
            claimed = work.outbox_messages.claim(idle, clock(), only)
            work.commit()
        return claimed

    pieces = _isolated(claim, idle, uow=uow, clock=clock)
    return [message for piece in pieces for message in piece]


def next_due_in(holds: Sequence[DeviceClaim], *, after: datetime, uow: NewUnitOfWork) -> float | None:
    """Seconds from `after` until a message falls due for one of these devices; None when none will that is known of.

    What was due before is not counted: it goes when the device, or whatever holds it up, lets it.

    Raises:
        DependencyDownError: PostgreSQL does not answer.
    """
    with uow() as work:
        return work.outbox_messages.next_due_in(holds, after)


def peek(idle: Sequence[DeviceClaim], *, uow: NewUnitOfWork, clock: Clock) -> Mapping[DeviceId, OutboxMessage]:
    """What `pull` would take now for each device; nothing is claimed. Raises DependencyDownError."""
    if not idle:
        return {}

    def look(only: Sequence[RowKey] | None) -> Mapping[DeviceId, OutboxMessage]:
        with uow() as work:
            return work.outbox_messages.peek(idle, clock(), only)

    return dict(ChainMap(*map(dict, _isolated(look, idle, uow=uow, clock=clock))))


def _isolated(
    do: Callable[[Sequence[RowKey] | None], T], idle: Sequence[DeviceClaim], *, uow: NewUnitOfWork, clock: Clock
) -> Sequence[T]:
    """A message that cannot be read is set aside, and each of the other devices gets its own."""

    def keys() -> Sequence[RowKey]:
        with uow() as work:
            return work.outbox_messages.due_keys(idle, clock())

    return QueueRunner(uow=uow, clock=clock).batch(WorkQueue.OUTBOX_MESSAGES, do, keys=keys)


def read_again(*, uow: NewUnitOfWork, clock: Clock) -> int:
    """Let messages that were set aside back into their queue if they can be read by now; how many."""

    def read(rows: Sequence[RowKey]) -> None:
        for row in rows:
            find(row.company_id, MessageId(row.number), uow=uow)

    return len(QueueRunner(uow=uow, clock=clock).retry(WorkQueue.OUTBOX_MESSAGES, read))


def record_result(
    message: OutboxMessage, result: SendResult, *, uow: NewUnitOfWork, clock: Clock, jitter: float
) -> bool:
    """Write what came of an attempt; False when the row was decided otherwise. Raises DependencyDownError."""
    now = clock()
    step = after_send(result, attempts=message.attempts, now=now, jitter=jitter)
    with uow() as work:
        written = work.outbox_messages.finish(message, result, step, now)
        _learn_of_person(message, result, work, now)
        work.commit()
    return written


def redirect(
    message: OutboxMessage, told: IdentityObservation, *, uow: NewUnitOfWork, clock: Clock
) -> OutboxMessage | None:
    """The message in hand, to the person as WhatsApp has just named them, who may be known to us by another number.

    None when that person wants no message that nobody typed or waits for. Raises DependencyDownError.
    """
    with uow() as work:
        contact_id = work.contacts.upsert(message.company_id, told, clock())
        person = work.permissions.recipient(message.company_id, contact_id)
        moved = work.outbox_messages.find(message.company_id, message.outbox_message_id)
        work.commit()
    is_unwanted = person.opted_out_at is not None and message.purpose not in UNPACED
    return None if moved is None or is_unwanted else moved


def _learn_of_person(message: OutboxMessage, result: SendResult, work: UnitOfWork, now: datetime) -> None:
    """What WhatsApp said of whom we wrote to, and, when it says it of several people, of our account."""
    whom = message.company_id, message.contact_id
    if result.outcome is SendOutcome.SENT:
        work.permissions.mark_reachable(*whom)
    elif result.reason == MessageReason.NOT_ON_WHATSAPP:
        work.permissions.mark_unreachable(*whom, now)
    elif result.reason == MessageReason.REACHOUT_LOCKED:
        work.permissions.lock(*whom, reachout_lock.locked_until(now))
        refused = work.permissions.count_locked(message.company_id, until_after=reachout_lock.counts_from(now))
        if message.device_id is not None and reachout_lock.is_of_account(refused):
            work.permissions.lock_account(message.device_id, reachout_lock.locked_until(now))


def store(
    batch: Sequence[ReceivedEvent],
    *,
    uow: NewUnitOfWork,
    on_due: Callable[[datetime], None] = lambda _: None,
    on_news: Callable[[CompanyId, ContactId], None] = lambda _company, _contact: None,
    keeps_voices: bool = False,
) -> Sequence[ReceivedEvent]:
    """Keep what devices heard, in one transaction; a repeat is left alone.

    Returns the receipts of messages that we know nothing of: a receipt may be quicker than the answer to the send.

    Args:
        on_due: told, once it is kept, when a chat is to be handled in which something was said.
        on_news: told, once it is kept, of each chat that reads otherwise now.
        keeps_voices: whether it is kept where voice messages lie, of salons whose bot may answer.

    Raises:
        DependencyDownError: nothing is stored; try again later.
    """
    due, news = set[datetime](), set[tuple[CompanyId, ContactId]]()
    receipts = [(one.device_id, one.event) for one in batch if isinstance(one.event, ReceiptSeen)]
    with uow() as work:
        marked = work.outbox_messages.mark(receipts)
        for heard in sorted(batch, key=lambda one: one.company_id):
            match heard.event:
                case MessageSeen() | MessageWithdrawn() as message:
                    said = _without_voice(heard, message, work, keeps_voices)
                    contact_id = work.contacts.upsert(heard.company_id, said.peer, heard.received_at)
                    due |= _store_message(heard, said, contact_id, work)
                    news.add((heard.company_id, contact_id))
                case TimerSeen() as timer:
                    contact_id = work.contacts.upsert(heard.company_id, timer.peer, heard.received_at)
                    work.contacts.set_timer(heard.company_id, contact_id, timer.disappears_after)
                case ReceiptSeen() as receipt:
                    _learn_of_sender(heard, receipt, marked, work)
                    news |= {(heard.company_id, one.contact_id) for one in _marked_by(heard, receipt, marked)}
        work.commit()
    for due_at in due:
        on_due(due_at)
    for company_id, contact_id in news:
        on_news(company_id, contact_id)
    return [early for one in batch if (early := _unmatched(one, marked)) is not None]


def _without_voice(
    heard: ReceivedEvent, message: MessageSeen | MessageWithdrawn, work: UnitOfWork, keeps_voices: bool
) -> MessageSeen | MessageWithdrawn:
    """A message, and where it can be heard only where that is listened to."""
    if isinstance(message, MessageWithdrawn) or message.voice is None:
        return message
    is_kept = keeps_voices and work.bot_salons.may_answer(heard.company_id)
    return message if is_kept else replace(message, voice=None)


def _store_message(
    heard: ReceivedEvent, message: MessageSeen | MessageWithdrawn, contact_id: ContactId, work: UnitOfWork
) -> set[datetime]:
    """When the chat is to be handled for it; nothing for a repeat."""
    if isinstance(message, MessageWithdrawn):
        is_news = work.inbox_messages.withdraw(heard, message, contact_id)
    elif message.is_edit:
        is_news = work.inbox_messages.correct(heard, message, contact_id)
    else:
        is_news = work.inbox_messages.add(heard, message, contact_id)
    if isinstance(message, MessageSeen) and message.disappears_after is not None:
        work.contacts.set_timer(heard.company_id, contact_id, message.disappears_after)
    if not is_news:
        return set()
    at = heard.received_at
    return {work.chats.hear(heard.company_id, contact_id, at=at, due_at=due_after(at, at))}


def _unmatched(heard: ReceivedEvent, marked: Mapping[tuple[DeviceId, str], object]) -> ReceivedEvent | None:
    """What is left of a receipt: the ids that are of no message of ours, or not yet."""
    if not isinstance(heard.event, ReceiptSeen):
        return None
    unknown = tuple(name for name in heard.event.message_ids if (heard.device_id, name) not in marked)
    return replace(heard, event=replace(heard.event, message_ids=unknown)) if unknown else None


def _learn_of_sender(
    heard: ReceivedEvent,
    receipt: ReceiptSeen,
    marked: Mapping[tuple[DeviceId, str], MarkedMessage],
    work: UnitOfWork,
) -> None:
    """The sender of a receipt is the person of the phone that we wrote to: the receipt may name the LID alone.

    What it names beside the LID is the number as WhatsApp has it, which is the one to show.
    """
    if receipt.peer.lid is None:
        return
    for contact in sorted(_marked_by(heard, receipt, marked), key=lambda one: one.contact_id):
        if contact.lid is None:
            pair = IdentityObservation(lid=receipt.peer.lid, phone=contact.phone)
            work.contacts.upsert(heard.company_id, pair, heard.received_at)
            if receipt.peer.phone is not None:
                work.contacts.upsert(heard.company_id, receipt.peer, heard.received_at)


def _marked_by(
    heard: ReceivedEvent, receipt: ReceiptSeen, marked: Mapping[tuple[DeviceId, str], MarkedMessage]
) -> set[MarkedMessage]:
    """The messages of ours that a receipt is of."""
    return {marked[key] for name in receipt.message_ids if (key := (heard.device_id, name)) in marked}
