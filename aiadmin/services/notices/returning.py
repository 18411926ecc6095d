"""Whether a reminder that was dropped may come back: what it was dropped for is not so any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiadmin.domain.chat.confirmation import ClientAnswer
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.messages.sending_policy import BlockReason, Drop, may_send
from aiadmin.domain.notices.notice import StaleReason
from aiadmin.domain.notices.reminder_planning import Reminder
from aiadmin.domain.notices.telling import AnnouncedBooking, is_under_way
from aiadmin.services.notices.recipients import recipient_of
from aiadmin.services.notices.visits import is_part_declined, known_beside
from aiadmin.storage.notices.planning import DueBooking, NotifyingSalon
from aiadmin.storage.unit_of_work import UnitOfWork


def is_undone(
    work: UnitOfWork, salon: NotifyingSalon, found: DueBooking, reminder: Reminder, *, now: datetime
) -> bool:
    """Whether nothing of what the last reminder of its kind was dropped for is left; also where there was none.

    The booking itself was looked at by what says that it owes one. Anything else is looked at here, in the same way
    as before a message is sent: or the reminder would be planned and dropped again and again.
    """
    why = None if found.planned is None else found.planned.dropped
    if why in set(BlockReason):
        return _may_be_sent(work, salon, found.record, reminder, now)
    if why == StaleReason.DECLINED:
        return _is_reconciled(work, salon, found.record)
    if why == StaleReason.UNDER_WAY:
        return not is_under_way(_beside(work, salon, found.record), now)
    return True


def _may_be_sent(work: UnitOfWork, salon: NotifyingSalon, record: Record, reminder: Reminder, now: datetime) -> bool:
    if not record.client_phone or record.client_id is None:
        return False
    client = work.due_notices.recipient(salon.company_id, record.client_id)
    contact_id = work.contacts.upsert(salon.company_id, IdentityObservation(phone=record.client_phone), now)
    decision = may_send(
        Purpose(reminder.kind),
        deadline_at=reminder.deadline_at,
        sender=work.due_notices.sender(salon.company_id, zone=salon.zone, now=now),
        recipient=recipient_of(work, salon.company_id, contact_id, client),
        policy=salon.settings.policy,
        now=now,
    )
    return not isinstance(decision, Drop)


def _is_reconciled(work: UnitOfWork, salon: NotifyingSalon, record: Record) -> bool:
    """By the salon: a client who changes her mind herself is thanked with the time of her visit."""
    questions = work.questions.of_booking(salon.company_id, record)
    has_agreed = any(one.answer is ClientAnswer.YES for one in questions)
    visit = [record, *_beside(work, salon, record)]
    return not has_agreed and not is_part_declined(work, salon.company_id, visit)


def _beside(work: UnitOfWork, salon: NotifyingSalon, record: Record) -> Sequence[Record]:
    return known_beside(work, salon.company_id, [AnnouncedBooking.of(record)], salon.settings)
