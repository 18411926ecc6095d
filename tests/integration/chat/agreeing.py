"""A client who has been offered something, and says yes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from aiadmin.domain.chat.dialogue import GuestWish, Price, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.floor import Floor
from aiadmin.domain.chat.turn import Chat
from aiadmin.domain.ids import ContactId, MessageId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage, Purpose
from aiadmin.domain.yclients.write_outcome import WriteOutcome
from aiadmin.services.chat.lost_writes import LostWrites
from aiadmin.services.chat.writes import AgreedTurn, VisitWriter
from aiadmin.services.messages import messages
from aiadmin.storage.unit_of_work import NewUnitOfWork
from tests.support.played_salon import IRINA, MARIAS_PHONE, PlayedSalon


def slot(at: str, staff_id: int = IRINA, *services: int, minutes: int = 120, price: int = 2300) -> Slot:
    """A time that was found free."""
    return Slot(
        starts=datetime.fromisoformat(at),
        staff_id=staff_id,
        services=services or (201,),
        length=timedelta(minutes=minutes),
        price=Price(low=Decimal(price), high=Decimal(price)),
        token=f"{at}:00+03:00",
    )


def booking(*slots: Slot, name: str | None = None, guests: Sequence[GuestWish | None] = ()) -> Proposal:
    return Proposal(operation=VisitOperation.BOOK, slots=slots, name=name, guests=tuple(guests))


def move(record_id: int, to: Slot) -> Proposal:
    return Proposal(operation=VisitOperation.MOVE, slots=(to,), record_id=record_id)


def cancellation(record_id: int) -> Proposal:
    return Proposal(operation=VisitOperation.CANCEL, record_id=record_id)


@dataclass
class Client:
    """Somebody who writes to the played salon."""

    played: PlayedSalon
    phone: str = MARIAS_PHONE

    @cached_property
    def contact_id(self) -> ContactId:
        played = self.played
        with played.box.uow() as work:
            seen = IdentityObservation(phone=self.phone)
            contact_id = work.contacts.upsert(played.company_id, seen, played.box.clock())
            work.commit()
        return contact_id

    @property
    def chat(self) -> Chat:
        """As a worker has it who knows all that was said."""
        played, contact_id = self.played, self.contact_id
        with played.box.uow() as work:
            work.chats.give_floor(played.company_id, contact_id, Floor(), played.box.clock())
            chat = work.chats.find(played.company_id, contact_id)
            work.commit()
        assert chat is not None
        return chat

    def offered(self, proposal: Proposal, *, is_sent: bool = True) -> Proposal:
        """The proposal as it is kept, its message sent unless told otherwise."""
        played, now = self.played, self.played.box.clock()
        contact_id = self.contact_id
        new = NewMessage(
            company_id=played.company_id,
            text="Записать вас?",
            dedup_key=f"reply:{uuid4()}",
            deadline_at=now + timedelta(hours=1),
            purpose=Purpose.REPLY,
        )
        with played.box.uow() as work:
            message_id = messages.enqueue(new, to=IdentityObservation(phone=self.phone), work=work, now=now)
            kept = work.proposals.add(
                played.company_id, contact_id, proposal, message_id=MessageId(message_id), at=now
            )
            work.commit()
        if is_sent:
            played.execute(
                "UPDATE outbox_messages SET state = 'sent', sent_at = :now WHERE id = :id", now=now, id=message_id
            )
        return kept

    def turn(self, proposal: Proposal, **known: Any) -> AgreedTurn:
        """The turn in which they say yes."""
        played = self.played
        with played.box.uow() as work:
            salon = played.box.views.salon(work, played.company_id)
            client = played.box.views.client(work, played.company_id, phone=self.phone, zone=salon.view.zone)
        if "rules" in known:
            salon = replace(salon, view=replace(salon.view, rules=known.pop("rules")))
        return AgreedTurn(known=salon, chat=self.chat, client=replace(client, **known), proposal=proposal)

    def says_yes(self, proposal: Proposal, **known: Any) -> tuple[WriteOutcome, ...]:
        return writer(self.played).perform(self.turn(proposal, **known))

    @property
    def writes(self) -> Sequence[Mapping[str, Any]]:
        return self.played.yclients.writes(self.played.salon_id)


def writer(
    played: PlayedSalon, *, uow: NewUnitOfWork | None = None, api: Any = None, sleep: Any = None
) -> VisitWriter:
    """The product's, whose pauses are jumped over."""

    def jump(seconds: float) -> None:
        if seconds:
            played.later(seconds=seconds)

    parts: dict[str, Any] = {
        "uow": uow or played.box.uow,
        "api": api or played.box.booking_api,
        "clock": played.box.clock,
    }
    return VisitWriter(**parts, lost=LostWrites(**parts, views=played.box.views, sleep=sleep or jump))
