"""A client books by chat: inbox, turns, a fake YClients over HTTP and the outbox, under a clock that is set."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import text

from aiadmin.domain.chat.situation import BotMode, BotSettings
from aiadmin.domain.chat.turn import QUIET
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import DeviceId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import Direction, MessageKind, MessageSeen, MessageWithdrawn, ReceivedEvent
from aiadmin.domain.yclients.write_outcome import WriteOutcome
from aiadmin.services.chat.writes import AgreedTurn, VisitWriter
from aiadmin.services.messages import messages
from tests.support.played_salon import NEW_PHONE, PlayedSalon

_NUMBERS = itertools.count(1)


@dataclass
class Client:
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

    def hear(self, words: str, **facts: Any) -> None:
        event = MessageSeen(
            message_id=f"C{next(_NUMBERS)}",
            peer=IdentityObservation(lid=self.lid, phone=self.phone),
            direction=facts.get("direction", Direction.IN),
            kind=MessageKind.TEXT,
            text=words,
            media=None,
            quoted_id=None,
            sent_at=self.played.box.now,
        )
        heard = ReceivedEvent(
            device_id=self.device_id,
            company_id=self.played.company_id,
            event=event,
            received_at=self.played.box.now,
        )
        messages.store([heard], uow=self.played.box.uow)

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


@pytest.fixture
def client(played: PlayedSalon) -> Client:
    played.play()
    with played.box.uow() as work:
        account = LinkedAccount(jid="79990000000:1@s.whatsapp.net", lid=None)
        device = work.devices.add(played.company_id, account, played.box.now)
        work.bot_salons.set_settings(played.company_id, BotSettings(mode=BotMode.ALWAYS), played.box.now)
        work.commit()
    device_id = device if isinstance(device, int) else device.device_id
    return Client(played, NEW_PHONE, DeviceId(device_id))


WISH = "Здравствуйте! Хочу на женскую стрижку к Анне завтра в 10:00"


def offered(client: Client) -> str:
    """A wish, and what is offered for it."""
    reply = client.answered(WISH)
    assert "10:00" in reply
    return client.answered("Мария Петрова")


def test_a_wish_becomes_one_visit_and_is_said_to_be_one(client: Client) -> None:
    offer = offered(client)
    assert "10:00" in offer
    assert client.visits() == []
    done = client.answered("да")
    [visit] = client.visits()
    assert visit["at"].startswith("2026-03-12T10:00")
    assert "10:00" in done
    verdicts = client.played.rows("SELECT verdict FROM chat_turns ORDER BY id")
    assert verdicts[-1] == ("booked",)
    assert client.answered("да") == ""
    assert client.answered("спасибо!") == ""
    assert len(client.visits()) == 1


def test_a_second_yes_before_the_answer_has_come_is_none(client: Client) -> None:
    offered(client)
    client.say("да")
    client.played.box.chat_handler.work()
    client.say("да")
    client.played.box.chat_handler.work()
    assert client.got().count("\n") == 0
    assert len(client.visits()) == 1


class Killed(BaseException):
    """As if the process had ended."""


@dataclass(frozen=True, kw_only=True)
class Dying(VisitWriter):
    """The process ends right behind the call, before anybody has heard of it."""

    def perform(self, turn: AgreedTurn) -> tuple[WriteOutcome, ...]:
        super().perform(turn)
        raise Killed


@pytest.mark.parametrize("meanwhile", [(), ("спасибо",), ("ой, нет, передумала",)])
def test_who_dies_behind_the_call_has_booked_once_and_the_client_is_told(
    client: Client, meanwhile: tuple[str, ...]
) -> None:
    """Whatever the client writes until then: the visit is in the journal, and that is said first."""
    offered(client)
    client.say("да")
    handler = client.played.box.chat_handler
    writer = handler.writer
    dying = Dying(uow=writer.uow, api=writer.api, clock=writer.clock, lost=writer.lost)
    with pytest.raises(Killed):
        replace(handler, writer=dying).work()
    assert len(client.visits()) == 1
    assert client.got() == ""
    client.say(*meanwhile)
    client.played.later(minutes=3)
    handler.work()
    first, *_ = client.got().split("\n")
    assert "10:00" in first
    assert len(client.visits()) == 1
    assert client.played.rows("SELECT 1 FROM inbox_messages WHERE handled_at IS NULL") == []


@dataclass(frozen=True, kw_only=True)
class Interrupted(VisitWriter):
    """The client writes while the journal is written."""

    client: Client

    def perform(self, turn: AgreedTurn) -> tuple[WriteOutcome, ...]:
        done = super().perform(turn)
        self.client.hear("и ещё вопрос: парковка есть?")
        return done


def test_what_was_written_into_the_journal_is_said_whatever_comes_meanwhile(client: Client) -> None:
    offered(client)
    client.say("да")
    handler = client.played.box.chat_handler
    writer = handler.writer
    slow = Interrupted(uow=writer.uow, api=writer.api, clock=writer.clock, lost=writer.lost, client=client)
    assert replace(handler, writer=slow).work() == 1
    assert "10:00" in client.got()
    assert client.answered() != "", "and then what has come is answered"
    assert len(client.visits()) == 1


def test_a_yes_that_is_taken_back_after_the_visit_was_booked_goes_to_a_human(client: Client) -> None:
    offered(client)
    client.answered("да")
    [(name,)] = client.played.rows("SELECT message_id FROM inbox_messages ORDER BY id DESC LIMIT 1")
    client.withdraw(name)
    client.played.later(seconds=6)
    client.played.box.chat_handler.work()
    assert len(client.visits()) == 1
    assert client.played.rows("SELECT is_human FROM chats") == [(True,)]
    assert len(client.told()) <= 1


def test_the_salon_writes_and_the_bot_is_silent(client: Client) -> None:
    offered(client)
    client.played.later(minutes=1)
    client.say("Мария, добрый день! Сейчас посмотрю", direction=Direction.OWN_PHONE)
    assert client.answered("да") == ""
    assert client.visits() == []
