"""Whether a reminder that was dropped may come back: what it was dropped for is not so any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from aiadmin.domain.chat.confirmation import ClientAnswer
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.messages.sending_policy import BlockReason, Drop, Recipient, Sender, may_send
from aiadmin.domain.notices.dispatch import is_part_declined
from aiadmin.domain.notices.notice import StaleReason
from aiadmin.domain.notices.reminder_planning import Reminder
from aiadmin.domain.notices.telling import AnnouncedBooking, is_under_way
from aiadmin.services.notices.recipients import recipients_of
from aiadmin.services.notices.visits import known_beside
from aiadmin.storage.notices.reminder_planning import DueBooking
from aiadmin.storage.notices.salons import NotifyingSalon
from aiadmin.storage.unit_of_work import UnitOfWork

_BLOCKS = frozenset(BlockReason)


@dataclass(frozen=True, kw_only=True)
class Returns:
    """Dropped reminders of one salon; what is the salon's, and what is known of its clients, is read once.

    Attributes:
        found: the salon's bookings that may owe a reminder.
    """

    work: UnitOfWork
    salon: NotifyingSalon
    found: Sequence[DueBooking]
    now: datetime

    def is_undone(self, found: DueBooking, reminder: Reminder) -> bool:
        """Whether nothing of what the last reminder of its kind was dropped for is left; also where there was none.

        The booking itself was looked at by what says that it owes one. Anything else is looked at here, in the same
        way as before a message is sent: or the reminder would be planned and dropped again and again.
        """
        why = _why(found)
        if why is None:
            return True
        if why in _BLOCKS:
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
        recipient = self._recipients.get(record.record_id)
        if recipient is None:
            return False
        decision = may_send(
            Purpose(reminder.kind),
            deadline_at=reminder.deadline_at,
            sender=self._sender,
            recipient=recipient,
            policy=self.salon.settings.policy,
            now=self.now,
        )
        return not isinstance(decision, Drop)

    @cached_property
    def _recipients(self) -> Mapping[int, Recipient]:
        """Whom reminders that were not to be sent are for, by their bookings; none for a booking without a phone."""
        records = [one.record for one in self.found if _why(one) in _BLOCKS]
        phones = {one.record_id: one.client_phone for one in records if one.client_phone}
        cards = {one.record_id: one.client_id for one in records if one.client_id is not None}
        known = recipients_of(self.work, self.salon.company_id, set(phones.values()))
        listed = self.work.due_notices.recipients(self.salon.company_id, set(cards.values()))
        return {
            number: replace(known.get(phone, Recipient()), is_muted=listed[cards[number]].is_muted)
            for number, phone in phones.items()
            if number in cards
        }

    @cached_property
    def _sender(self) -> Sender:
        return self.work.senders.find(self.salon.company_id, zone=self.salon.zone, now=self.now)

    def _is_reconciled(self, record: Record) -> bool:
        """By the salon: a client who changes her mind herself is thanked with the time of her visit."""
        visit = [record, *self.beside(record)]
        questions = {one.record_id: self.work.questions.of_booking(self.salon.company_id, one) for one in visit}
        has_agreed = any(one.answer is ClientAnswer.YES for one in questions[record.record_id])
        return not has_agreed and not is_part_declined(visit, questions)


def _why(found: DueBooking) -> str | None:
    """Why the last reminder of its kind was dropped; None where it was not, or there was none."""
    return None if found.planned is None else found.planned.dropped
