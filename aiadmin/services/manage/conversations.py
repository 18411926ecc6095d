"""Chats in the cabinet: a list, one of them with its client, what was read of it, and what the salon types there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiadmin.domain.chat.floor import HELD_BY_HUMAN, WROTE, Floor, Holder
from aiadmin.domain.errors import ChatNotFoundError, PhoneNotLinkedError
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.manage.conversation import ClientCard
from aiadmin.domain.messages.contact import one_spelling
from aiadmin.domain.messages.message import NewMessage, Purpose
from aiadmin.domain.messages.message_log import ChatLine, Cursor, LogEntry
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.pages import PageEvents
from aiadmin.storage.messages import message_log
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

CHATS = message_log.CHATS
UPCOMING = 3


@dataclass(frozen=True, kw_only=True)
class ConversationService:
    """Every method raises DependencyDownError; those with a contact ChatNotFoundError where it is not this company's.

    Attributes:
        page_events: tells the salon's other open pages.
    """

    uow: NewUnitOfWork
    clock: Clock
    page_events: PageEvents

    def messages(
        self, company_id: CompanyId, *, before: Cursor | None, phone: str | None, contact: ContactId | None = None
    ) -> Sequence[LogEntry]:
        """A page of the log, newest first; with `contact` of one chat."""
        with self.uow() as work:
            return work.message_log.page(company_id, before=before, phone=phone, contact_id=contact)

    def chats(self, company_id: CompanyId, *, search: str | None, before: datetime | None) -> Sequence[ChatLine]:
        """A page of the chats, the one with the newest message first."""
        with self.uow() as work:
            return work.message_log.chats(company_id, search=search, before=before, now=self.clock())

    def card(self, company_id: CompanyId, contact_id: ContactId) -> ClientCard:
        """The client of a chat, and what they have booked by whichever of their numbers."""
        now = self.clock()
        with self.uow() as work:
            person = work.contacts.find(company_id, contact_id)
            if person is None:
                raise ChatNotFoundError
            numbers = {one_spelling(one) for one in (person.phone, *person.also) if one and "@" not in one}
            chat = work.chats.find(company_id, contact_id)
            return ClientCard(
                contact_id=contact_id,
                zone=work.journal.zone(company_id) or DEFAULT_ZONE,
                name=work.message_log.name(company_id, contact_id),
                phone=person.phone,
                is_opted_out=work.permissions.recipient(company_id, contact_id).opted_out_at is not None,
                floor=Floor() if chat is None else chat.floor.now(now),
                can_give=chat is not None,
                upcoming=work.records.upcoming(company_id, numbers, now, limit=UPCOMING),
                last=work.records.last(company_id, numbers, now),
            )

    def mark_seen(self, company_id: CompanyId, contact_id: ContactId, up_to: datetime) -> None:
        """Keep that the salon has read what had come by then."""
        with self.uow() as work:
            if not work.contacts.mark_seen(company_id, contact_id, min(up_to, self.clock())):
                raise ChatNotFoundError
            work.commit()

    def reply(self, company_id: CompanyId, contact_id: ContactId, words: str, *, key: str) -> Floor:
        """Owe what the salon has typed, once for each `key`, and have a human speak: as if its phone had written.

        Raises:
            PhoneNotLinkedError: nothing would send it.
        """
        now = self.clock()
        with self.uow() as work:
            if not work.companies.get(company_id).whatsapp_connected:
                raise PhoneNotLinkedError
            if not work.contacts.mark_seen(company_id, contact_id, now):
                raise ChatNotFoundError
            new = NewMessage(
                company_id=company_id,
                text=words,
                dedup_key=f"staff:{key}",
                deadline_at=now + HELD_BY_HUMAN,
                purpose=Purpose.STAFF,
            )
            work.outbox_messages.add(new, contact_id, now)
            floor = _take_floor(work, company_id, contact_id, now)
            work.commit()
        self.page_events.messages(company_id, [contact_id])
        return floor


def _take_floor(work: UnitOfWork, company_id: CompanyId, contact_id: ContactId, now: datetime) -> Floor:
    """For two hours, or for as long as a human has it already."""
    chat = work.chats.find(company_id, contact_id)
    given = Floor(holder=Holder.HUMAN, why=WROTE, until=now + HELD_BY_HUMAN)
    floor = given if chat is None else chat.floor.now(now).or_longer(given)
    work.chats.give_floor(company_id, contact_id, floor, now)
    return floor
