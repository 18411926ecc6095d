"""Whether a reminder that was dropped may come back: what it was dropped for is not so any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from aiadmin.domain.chat.confirmation import ClientAnswer
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.messages.sending_policy import BlockReason, Drop, Sender, may_send
from aiadmin.domain.notices.dispatch import is_part_declined
from aiadmin.domain.notices.notice import StaleReason
from aiadmin.domain.notices.reminder_planning import Reminder
from aiadmin.domain.notices.telling import AnnouncedBooking, is_under_way
from aiadmin.services.notices.visits import known_beside
from aiadmin.storage.notices.reminder_planning import DueBooking
from aiadmin.storage.notices.salons import NotifyingSalon
from aiadmin.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Returns:
    """Dropped reminders of one salon; what is the salon's is read once."""

    work: UnitOfWork
    salon: NotifyingSalon
    now: datetime

    def is_undone(self, found: DueBooking, reminder: Reminder) -> bool:
        """Whether nothing of what the last reminder of its kind was dropped for is left; also where there was none.

        The booking itself was looked at by what says that it owes one. Anything else is looked at here, in the same
        way as before a message is sent: or the reminder would be planned and dropped again and again.
        """
        why = None if found.planned is None else found.planned.dropped
        if why in set(BlockReason):
            return self._may_be_sent(found.record, reminder)
        if why == StaleReason.DECLINED:
            return self._is_reconciled(found.record)
        if why == StaleReason.UNDER_WAY:
            return not is_under_way(self.beside(found.record), self.now)
        return True

    def beside(self, record: Record) -> Sequence[Record]:
        """What stands of its visit beside a booking."""
        return known_beside(self.work, self.salon.company_id, [AnnouncedBooking.of(record)], self.salon.settings)

    def _may_be_sent(self, record: Record, reminder: Reminder) -> bool:
        if not record.client_phone or record.client_id is None:
            return False
        company_id = self.salon.company_id
        card = self.work.due_notices.recipient(company_id, record.client_id)
        contact_id = self.work.contacts.upsert(company_id, IdentityObservation(phone=record.client_phone), self.now)
        recipient = self.work.permissions.recipient(company_id, contact_id)
        decision = may_send(
            Purpose(reminder.kind),
            deadline_at=reminder.deadline_at,
            sender=self._sender,
            recipient=replace(recipient, is_muted=card.is_muted),
            policy=self.salon.settings.policy,
            now=self.now,
        )
        return not isinstance(decision, Drop)

    @cached_property
    def _sender(self) -> Sender:
        return self.work.due_notices.sender(self.salon.company_id, zone=self.salon.zone, now=self.now)

    def _is_reconciled(self, record: Record) -> bool:
        """By the salon: a client who changes her mind herself is thanked with the time of her visit."""
        visit = [record, *self.beside(record)]
        questions = {one.record_id: self.work.questions.of_booking(self.salon.company_id, one) for one in visit}
        has_agreed = any(one.answer is ClientAnswer.YES for one in questions[record.record_id])
        return not has_agreed and not is_part_declined(visit, questions)
