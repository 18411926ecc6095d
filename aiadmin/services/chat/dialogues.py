"""What an owner sees of the bot's chats, and who is to speak in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiadmin.domain.chat.floor import HELD_BY_HUMAN, Floor, Holder
from aiadmin.domain.errors import ChatNotFoundError
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.chat.dialogues import SeenTurn, TalkedChat
from aiadmin.storage.unit_of_work import NewUnitOfWork

CHATS, TURNS = 20, 50
BUTTON = "button"
"""Why a human has the chat: they took it."""


@dataclass(frozen=True, kw_only=True)
class DialogueReader:
    """Every method raises DependencyDownError."""

    uow: NewUnitOfWork
    clock: Clock

    def chats(self, company_id: CompanyId, *, before: int | None = None) -> Sequence[TalkedChat]:
        """Twenty chats, the newest first; `before` is the turn that the last list ended with."""
        with self.uow() as work:
            return work.dialogues.latest(company_id, before=before, limit=CHATS)

    def turns(self, company_id: CompanyId, contact_id: ContactId) -> Sequence[SeenTurn]:
        """The last turns of a chat, the oldest first; none of another company's."""
        with self.uow() as work:
            return work.dialogues.turns(company_id, contact_id, limit=TURNS)

    def give_floor(self, company_id: CompanyId, contact_id: ContactId, *, to_human: bool) -> Floor:
        """Take a chat from the bot for two hours, or give it back.

        Raises:
            ChatNotFoundError: this company has no such chat.
        """
        now = self.clock()
        floor = Floor(holder=Holder.HUMAN, why=BUTTON, until=now + HELD_BY_HUMAN) if to_human else Floor()
        with self.uow() as work:
            if work.chats.find(company_id, contact_id) is None:
                raise ChatNotFoundError
            work.chats.give_floor(company_id, contact_id, floor, now)
            work.commit()
        return floor
