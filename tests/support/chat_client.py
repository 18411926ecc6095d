"""Somebody who writes to a salon's WhatsApp, and reads what comes back, under a clock that is set."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from aiadmin.domain.chat.bot_settings import BotMode, BotSettings
from aiadmin.domain.chat.burst import QUIET
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import DeviceId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import Direction, MessageKind, MessageSeen, MessageWithdrawn, ReceivedEvent
from aiadmin.domain.messages.voice import VoiceNote
from aiadmin.services.messages import messages
from tests.support.played_salon import PlayedSalon

_NUMBERS = itertools.count(1)


@dataclass
class ChatClient:
    """Somebody who writes to the salon, and reads what comes back."""

    played: PlayedSalon
    phone: str
    device_id: DeviceId
    lid: str = field(default_factory=lambda: f"{next(_NUMBERS)}555@lid")

    def say(self, *texts: str, **facts: Any) -> None:
        for words in texts:
            self.played.later(seconds=1)
            self.hear(words, **facts)
        self.played.later(seconds=QUIET.total_seconds())

    def hear(self, words: str | None, *, voice: VoiceNote | None = None, **facts: Any) -> None:
        event = MessageSeen(
            message_id=f"C{next(_NUMBERS)}",
            peer=IdentityObservation(lid=self.lid, phone=self.phone),
            direction=facts.get("direction", Direction.IN),
            kind=MessageKind.TEXT if voice is None else MessageKind.OTHER,
            text=words,
            media=None if voice is None else "audio",
            voice=voice,
            quoted_id=None,
            sent_at=self.played.box.now,
        )
        heard = ReceivedEvent(
            device_id=self.device_id,
            company_id=self.played.company_id,
            event=event,
            received_at=self.played.box.now,
        )
        messages.store([heard], uow=self.played.box.uow, keeps_voices=facts.get("keeps_voices", True))

    def withdraw(self, message_id: str) -> None:
        event = MessageWithdrawn(
            message_id=message_id, peer=IdentityObservation(lid=self.lid, phone=self.phone), direction=Direction.IN
        )
        heard = ReceivedEvent(
            device_id=self.device_id,
            company_id=self.played.company_id,
            event=event,
            received_at=self.played.box.now,
        )
        messages.store([heard], uow=self.played.box.uow)

    def answered(self, *texts: str) -> str:
        """What is replied, once it has reached the client's phone."""
        self.say(*texts)
        self.played.box.chat_handler.work()
        return self.got()

    def got(self) -> str:
        self.played.later(seconds=1)
        statement = text(
            "UPDATE outbox_messages SET state = 'sent', next_attempt_at = NULL, sent_at = :now, device_id = :device,"
            " message_id = 'M' || id WHERE state = 'pending' AND about_contact_id IS NULL RETURNING text"
        )
        with self.played.engine.begin() as connection:
            rows = connection.execute(statement, {"now": self.played.box.now, "device": self.device_id}).all()
        return "\n".join(row[0] for row in rows)

    def told(self) -> list[str]:
        """What the salon's own number is owed."""
        rows = self.played.rows("SELECT text FROM outbox_messages WHERE about_contact_id IS NOT NULL ORDER BY id")
        return [row[0] for row in rows]

    def visits(self) -> list[dict[str, Any]]:
        return [one for one in self.played.yclients.writes(self.played.salon_id) if one["op"] == "create"]


def linked(played: PlayedSalon) -> DeviceId:
    """The salon's phone is linked, and its bot answers everybody."""
    with played.box.uow() as work:
        account = LinkedAccount(jid="79990000000:1@s.whatsapp.net", lid=None)
        device = work.devices.add(played.company_id, account, played.box.now)
        work.bot_salons.set_settings(played.company_id, BotSettings(mode=BotMode.ALWAYS), played.box.now)
        work.commit()
    return DeviceId(device if isinstance(device, int) else device.device_id)


WISH = "Здравствуйте! Хочу на женскую стрижку к Анне завтра в 10:00"


def offered(client: ChatClient) -> str:
    """A wish, and what is offered for it."""
    reply = client.answered(WISH)
    assert "10:00" in reply
    return client.answered("Мария Петрова")
