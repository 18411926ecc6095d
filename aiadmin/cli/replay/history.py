"""The chat before a conversation begins, said as it was: each message at its time, through the same services."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from aiadmin.cli.replay.salon import PlayedSalon, given_dialogue, given_proposal
from aiadmin.domain.chat.confirmation import ASKING, Question
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.steps import Act, Asks
from aiadmin.domain.chat.turn import TurnRecord, TurnVerdict
from aiadmin.domain.ids import ContactId, MessageId
from aiadmin.domain.messages.message import Direction, NewMessage, Purpose
from aiadmin.storage.unit_of_work import UnitOfWork

_PURPOSES = {
    "reminder_day": Purpose.REMINDER_DAY,
    "reminder_hours": Purpose.REMINDER_HOURS,
    "reminder_again": Purpose.REMINDER_AGAIN,
    "review": Purpose.REVIEW,
    "promo": Purpose.MANUAL,
}
_LASTS = timedelta(hours=1)
_QUIET = timedelta(seconds=6)
_OFFERED = "Записать вас?"


def remember(salon: PlayedSalon) -> None:
    """Everything up to the first turn; the clock stands there afterwards."""
    events = [(one["minutes"], one) for one in salon.case.get("before", [])]
    offer = salon.case.get("offer")
    if offer:
        events.append((offer["minutes"], {"from": "offer"}))
    for minutes, event in sorted(events, key=lambda one: -one[0]):
        salon.move_to(salon.now - timedelta(minutes=minutes))
        _SAY[event["from"]](salon, event)
    dialogue = given_dialogue(salon.case, _local(salon, salon.now - timedelta(minutes=5)))
    salon.move_to(salon.now)
    if dialogue is not None:
        _keep(salon, dialogue)


def _client(salon: PlayedSalon, event: Mapping[str, Any]) -> None:
    """It was answered then, by whatever stands behind it."""
    salon.phone.hear(event["text"])
    _settle(salon)


def _salon_phone(salon: PlayedSalon, event: Mapping[str, Any]) -> None:
    salon.phone.hear(event["text"], direction=Direction.OWN_PHONE)
    salon.move_to(salon.product.clock() + _QUIET)
    salon.product.chat_handler.work()


def _us(salon: PlayedSalon, event: Mapping[str, Any]) -> None:
    purpose = _PURPOSES.get(event.get("kind", ""), Purpose.REPLY)
    message_id = _send(salon, event["text"], purpose, event.get("record"))
    if purpose in ASKING:
        _ask(salon, event["record"], message_id)


def _offer(salon: PlayedSalon, _event: Mapping[str, Any]) -> None:
    given = given_proposal(salon)
    if given is None:
        return
    message_id = _send(salon, _OFFERED, Purpose.REPLY, None)
    salon.phone.first_offer = salon.phone.said[-1]
    contact_id, now = salon.phone.contact(), salon.product.clock()
    with salon.product.uow() as work:
        proposal = work.proposals.add(salon.company_id, contact_id, given, message_id=message_id, at=now)
        turn_id = work.chats.add_turn(_turn(salon, contact_id))
        work.chats.set_reply(salon.company_id, turn_id, outbox_message_id=message_id, proposal=proposal)
        work.commit()


_SAY = {"client": _client, "salon_phone": _salon_phone, "us": _us, "offer": _offer}


def _send(salon: PlayedSalon, text: str, purpose: Purpose, record_id: int | None) -> MessageId:
    now = salon.product.clock()
    new = NewMessage(
        company_id=salon.company_id,
        text=text,
        dedup_key=f"replay:{uuid.uuid4().hex}",
        deadline_at=now + _LASTS,
        purpose=purpose,
        record_id=record_id,
    )
    with salon.product.uow() as work:
        message_id = work.outbox_messages.add(
            new, work.contacts.upsert(salon.company_id, salon.phone.client, now), now
        )
        work.commit()
    salon.phone.deliver()
    if message_id is None:
        raise RuntimeError("a message of the past was not owed")
    return message_id


def _ask(salon: PlayedSalon, record_id: int, message_id: MessageId) -> None:
    """As a reminder does."""
    visit = next(one for one in salon.case["visits"] if one["record"] == record_id)
    starts_at = datetime.fromisoformat(visit["at"]).replace(tzinfo=salon.zone)
    contact_id = salon.phone.contact()
    with salon.product.uow() as work:
        known = work.records.find(salon.company_id, record_id)
        work.questions.ask(
            Question(
                company_id=salon.company_id,
                record_id=record_id,
                starts_at=starts_at,
                visit_id=None if known is None else known.record.visit_id,
                contact_id=contact_id,
                asked_at=salon.product.clock(),
                message_id=message_id,
            )
        )
        work.commit()


def _settle(salon: PlayedSalon) -> None:
    """What waits in the chat was handled."""
    contact_id, now = salon.phone.contact(), salon.product.clock()
    with salon.product.uow() as work:
        waiting = [one.number for one in work.transcripts.read(salon.company_id, contact_id) if one.waits]
        work.transcripts.finish(salon.company_id, waiting, now)
        _release(work, salon)
        work.commit()


def _keep(salon: PlayedSalon, dialogue: Dialogue) -> None:
    contact_id, now = salon.phone.contact(), salon.product.clock()
    with salon.product.uow() as work:
        if work.chats.find(salon.company_id, contact_id) is None:
            work.chats.hear(salon.company_id, contact_id, at=now, due_at=now)
            _release(work, salon)
        chat = work.chats.find(salon.company_id, contact_id)
        if chat is not None:
            work.chats.keep(replace(chat, dialogue=replace(dialogue, touched_at=_local(salon, now))), now)
        work.commit()


def _release(work: UnitOfWork, salon: PlayedSalon) -> None:
    chat = work.chats.find(salon.company_id, salon.phone.contact())
    if chat is not None:
        work.chats.release(chat, due_at=None, waits_since=None)


def _turn(salon: PlayedSalon, contact_id: ContactId) -> TurnRecord:
    now = salon.product.clock()
    return TurnRecord(
        company_id=salon.company_id,
        contact_id=contact_id,
        inbox_ids=(),
        heard=(),
        written_at=now,
        began_at=now,
        finished_at=now,
        act=Act.OFFER,
        asks=Asks.CONSENT,
        reply=_OFFERED,
        verdict=TurnVerdict.ANSWERED,
    )


def _local(salon: PlayedSalon, at: datetime) -> datetime:
    return at.astimezone(salon.zone).replace(tzinfo=None)
