"""Telling of a change that was found in the journal after its client had heard that nobody knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.floor import Floor
from aiadmin.domain.chat.own_visits import wall_clock
from aiadmin.domain.chat.policy.found_later import found_later
from aiadmin.domain.chat.situation import ClientView, Situation
from aiadmin.domain.chat.turn import Chat
from aiadmin.domain.chat.visit_write import VisitWrite
from aiadmin.domain.messages.message import NewMessage, Purpose
from aiadmin.services.chat.salon_messages import tell_salon
from aiadmin.services.chat.views import Views
from aiadmin.storage.unit_of_work import UnitOfWork
from aiadmin.texts.chat import render, salon

TOLD_WITHIN = timedelta(hours=1)
"""Later the client has heard it from the salon."""


def tell_found(work: UnitOfWork, views: Views, write: VisitWrite, now: datetime) -> None:
    """Owe the client and the salon the news, in the caller's transaction; each of it once.

    A client who has not been told that nobody knows is told the outcome by the turn that is not finished.
    """
    chat = work.chats.find(write.company_id, write.contact_id)
    if chat is None or not work.proposals.is_told(write.company_id, write.proposal_id):
        return
    situation = _situation(work, views, chat, now)
    reply = found_later(write.operation, _starts(work, write, situation.salon.zone), situation)
    text = render(reply, situation)
    if text:
        new = NewMessage(
            company_id=write.company_id,
            text=text,
            dedup_key=f"found:{write.write_id}",
            deadline_at=now + TOLD_WITHIN,
            purpose=Purpose.REPLY,
            record_id=write.record_id,
        )
        work.outbox_messages.add(new, write.contact_id, now)
    told, key = salon.to_salon(reply, situation, ""), f"told:found:{write.write_id}"
    tell_salon(work, write.company_id, told, about=write.contact_id, key=key, now=now, record_id=write.record_id)


def _starts(work: UnitOfWork, write: VisitWrite, zone: str) -> datetime | None:
    """When the visit is; of a cancelled one, when it was by our copy of the journal."""
    if write.starts is not None or write.record_id is None:
        return write.starts
    known = work.records.find(write.company_id, write.record_id)
    return None if known is None else wall_clock(known.record.starts_at, zone)


def _situation(work: UnitOfWork, views: Views, chat: Chat, now: datetime) -> Situation:
    view = views.salon(work, chat.company_id).view
    contact = work.contacts.find(chat.company_id, chat.contact_id)
    whom = {"phone": contact.phone, "also": contact.also} if contact else {"phone": None}
    quiet = work.message_settings.settings(chat.company_id).quiet
    local = now.astimezone(ZoneInfo(view.zone)).replace(tzinfo=None)
    is_over = chat.floor.until is not None and chat.floor.until <= now
    return Situation(
        now=local,
        written_at=local,
        salon=view,
        client=views.client(work, chat.company_id, zone=view.zone, **whom) if contact else ClientView(),
        dialogue=chat.dialogue,
        floor=Floor() if is_over else chat.floor,
        is_opted_out=work.permissions.recipient(chat.company_id, chat.contact_id).opted_out_at is not None,
        quiet=(quiet.begins, quiet.ends),
    )
