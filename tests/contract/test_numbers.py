"""W8, W17: numbers in two spellings, chats with a timer, and typing, with the real library, on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from aiadmin.domain.ids import CompanyId, MessageId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage, OutboxMessage, Purpose
from aiadmin.services.messages import messages
from tests.conftest import WaitUntil
from tests.contract.worlds import FakeWorld, LibraryWorld, World
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.database import Databases
from tests.support.hosted_salons import SLOWLY, Salons
from tests.support.hosts import Pair

SPELLINGS = {
    "Brazil": ("5531988887777", "553188887777"),
    "Mexico": ("5215512345678", "525512345678"),
    "no rule of ours": ("33012345678", "33612345678"),
}
WEEK = 604_800
SAID = {"От руки": Purpose.MANUAL, "Вы записаны": Purpose.BOOKED, "Спасибо!": Purpose.REPLY}


@dataclass
class Chat:
    """A salon that is online, and the people who write to it."""

    salons: Salons
    whatsapp: FakeWhatsApp
    company_id: CompanyId
    number: str
    world: LibraryWorld
    wait_until: WaitUntil

    def send(self, phone: str, text: str, purpose: Purpose = Purpose.BOOKED) -> MessageId:
        new = NewMessage(company_id=self.company_id, text=text, dedup_key=text, deadline_at=None, purpose=purpose)
        number = messages.send(
            new, to=IdentityObservation(phone=phone), uow=self.salons.uow, clock=lambda: datetime.now(UTC)
        )
        assert number is not None
        self.world.nudge()
        return number

    def message(self, number: MessageId) -> OutboxMessage:
        found = messages.find(self.company_id, number, uow=self.salons.uow)
        assert found is not None
        return found

    def settled(self, number: MessageId) -> OutboxMessage:
        """The message, once it was tried and decided."""
        decided = {"sent", "failed", "unknown"}
        self.wait_until(lambda: self.message(number).state in decided, SLOWLY, f"{number} decided")
        return self.message(number)

    def contacts(self) -> list[dict[str, Any]]:
        return self.salons.rows("SELECT * FROM contacts WHERE company_id = %s ORDER BY id", self.company_id)

    def timer(self, phone: str) -> Any:
        return next(one["disappears_after"] for one in self.contacts() if one["phone"] == phone)

    def hear(self, client: str, text: str, **facts: Any) -> None:
        """A client writes, and we have it."""
        self.whatsapp.message(client, self.number, text, **facts)
        self.wait_until(
            lambda: self.salons.rows("SELECT 1 FROM inbox_messages WHERE text = %s", text) != [], SLOWLY, text
        )

    def shown(self, client: str, text: str) -> dict[str, Any]:
        """A message of ours as the client's phone shows it."""
        return self.whatsapp.wait_for_message(client, lambda one: one["text"] == text)


@pytest.fixture(scope="module")
def chat(databases: Databases, whatsapp: FakeWhatsApp, pair: Pair, wait_until: WaitUntil) -> Iterator[Chat]:
    with ExitStack() as stack:
        salons = stack.enter_context(closing(Salons(stack.enter_context(databases.lend()))))
        world = LibraryWorld(salons, whatsapp, pair)
        [(jid, company_id)] = world.link(1)
        stack.enter_context(world.hosting())
        wait_until(lambda: salons.is_online(company_id), SLOWLY, "online")
        yield Chat(salons, whatsapp, company_id, jid.partition(":")[0], world, wait_until)


@pytest.mark.parametrize("country", SPELLINGS)
def test_w8_a_number_in_another_spelling_is_found_and_remembered(chat: Chat, country: str) -> None:
    journal, canonical = SPELLINGS[country]
    chat.whatsapp.phone(canonical, typed_as=[journal])
    sent = chat.settled(chat.send(journal, f"Вы записаны, {country}"))
    assert (sent.state, sent.reason) == ("sent", None)
    assert sent.address == f"{canonical}@s.whatsapp.net"
    chat.shown(canonical, f"Вы записаны, {country}")
    asked = len(chat.whatsapp.log("iq"))
    chat.settled(chat.send(journal, f"Напоминаем, {country}"))
    chat.shown(canonical, f"Напоминаем, {country}")
    assert len(chat.whatsapp.log("iq")) - asked <= 1, "it is not asked again"
    chat.hear(canonical, f"стоп {country}")
    known = [one for one in chat.contacts() if one["phone"] in (journal, canonical)]
    assert [(one["phone"], one["unreachable_at"]) for one in known] == [(canonical, None)]


def test_w8_only_a_no_of_whatsapp_makes_a_number_absent(chat: Chat) -> None:
    gone = chat.settled(chat.send("5531977776666", "Кого нет"))
    assert (gone.state, gone.reason) == ("failed", "not_on_whatsapp")
    [contact] = [one for one in chat.contacts() if one["phone"] == "5531977776666"]
    assert contact["unreachable_at"] is not None


def test_w8_an_unanswered_question_is_no_absence(chat: Chat) -> None:
    journal, canonical = "5531966665555", "553166665555"
    chat.whatsapp.phone(canonical, typed_as=[journal])
    chat.whatsapp.fault("no-contacts", times=1)
    number = chat.send(journal, "Не сразу")
    sent = chat.settled(number)
    assert sent.state == "sent", "it was asked again"
    assert sent.attempts == 2
    assert [one["unreachable_at"] for one in chat.contacts() if one["phone"] == canonical] == [None]


def test_w17_the_timer_of_a_chat_is_kept_and_sent_with(chat: Chat) -> None:
    """W17: the client's phone says that our message disappears as all others of the chat do."""
    client = "79995550017"
    chat.whatsapp.phone(client)
    chat.settled(chat.send(client, "Без таймера"))
    assert chat.shown(client, "Без таймера")["expiration"] == 0
    chat.hear(client, "Да, с таймером", expiration=WEEK)
    chat.settled(chat.send(client, "С таймером", Purpose.REPLY))
    assert chat.shown(client, "С таймером")["expiration"] == WEEK
    chat.hear(client, "Просто текст")
    chat.settled(chat.send(client, "Ещё с таймером"))
    assert chat.shown(client, "Ещё с таймером")["expiration"] == WEEK
    chat.hear(client, "Уже без таймера", expiration=0)
    chat.settled(chat.send(client, "Снова без"))
    assert chat.shown(client, "Снова без")["expiration"] == 0


@pytest.mark.parametrize("who", ["client", "salon"])
def test_w17_a_changed_timer_is_heard_from_either_side(chat: Chat, who: str) -> None:
    """W17: the setting itself, on the client's phone or on the salon's; 0 takes it away."""
    client = {"client": "79995550018", "salon": "79995550019"}[who]
    chat.whatsapp.phone(client)
    chat.hear(client, f"Здравствуйте, {client}")
    pair = (client, chat.number) if who == "client" else (chat.number, client)
    for seconds in (86_400, 0):
        chat.whatsapp.set_timer(*pair, seconds)
        chat.wait_until(lambda seconds=seconds: chat.timer(client) == seconds, SLOWLY, f"a timer of {seconds}")
        text = f"{who} {seconds}"
        chat.settled(chat.send(client, text))
        assert chat.shown(client, text)["expiration"] == seconds
    assert chat.salons.rows("SELECT text FROM inbox_messages WHERE text LIKE %s", f"%{client}") == [
        {"text": f"Здравствуйте, {client}"}
    ], "a setting is no letter"


@pytest.fixture(params=["fake", "library"])
def world(request: pytest.FixtureRequest, chat: Chat, database_url: str) -> Iterator[World]:
    """The chat's own, or one with our fake engine."""
    if request.param == "library":
        yield chat.world
        return
    with closing(Salons(database_url)) as salons:
        fake = FakeWorld(salons)
        with fake.hosting():
            yield fake


def test_typing_comes_before_what_nobody_has_typed(world: World, wait_until: WaitUntil) -> None:
    """A client sees somebody type before a notice, and nobody before what a human has typed, in either world."""
    client, salons = "79995551234", world.salons
    [(_, company_id)] = world.link(1)
    world.meet(client)
    wait_until(lambda: salons.is_online(company_id), SLOWLY, "online")
    for text, purpose in SAID.items():
        new = NewMessage(company_id=company_id, text=text, dedup_key=text, deadline_at=None, purpose=purpose)
        messages.send(new, to=IdentityObservation(phone=client), uow=salons.uow, clock=lambda: datetime.now(UTC))
        world.nudge()
        wait_until(lambda text=text: text in world.shown(client), SLOWLY, text)
    assert world.shown(client) == ["От руки", "composing", "Вы записаны", "composing", "Спасибо!"]
