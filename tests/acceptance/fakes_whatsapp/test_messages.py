"""The real client library against the fake WhatsApp: messages both ways, receipts, queues, and what can go wrong.

One salon, linked to one client; every test has a customer of its own.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import WaitUntil
from tests.fakes.whatsapp.client import ControlError, FakeWhatsApp
from tests.fakes.whatsapp.probe_process import ProbeProcess

SALON = "79990000001"
_CUSTOMERS = itertools.count(79_995_550_001)
_BURST = 50


@pytest.fixture(scope="module")
def server() -> Iterator[FakeWhatsApp]:
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture(scope="module")
def salon(server: FakeWhatsApp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProbeProcess]:
    """The salon's linked client, connected."""
    with ProbeProcess(server, tmp_path_factory.mktemp("salon") / "keys.db") as client:
        server.scan(client.wait_for("qr")["text"], phone=SALON, push_name="Салон")
        client.wait_for("Connected")
        yield client


@pytest.fixture
def customer(server: FakeWhatsApp) -> str:
    """A customer's phone number, on WhatsApp."""
    return str(server.phone(str(next(_CUSTOMERS)), push_name="Анна")["phone"])


def received(client: ProbeProcess, message_id: str, after: int = 0, within: float = 20) -> dict[str, Any]:
    """The event by which *client* reports a message."""
    return client.wait_for("Message", lambda event: event["Info"]["ID"] == message_id, after, within)


def said(client: ProbeProcess, to: str, text: str, within: float = 20) -> dict[str, Any]:
    """Have *client* send a text and return what came of it."""
    start = client.mark()
    client.do("send", to=to, text=text)
    return client.wait_for("sent", lambda event: event["text"] == text, start, within)


def source(event: dict[str, Any]) -> dict[str, Any]:
    where: dict[str, Any] = event["Info"]["MessageSource"]
    return where


def test_a_customer_writes_and_the_client_answers(server: FakeWhatsApp, salon: ProbeProcess, customer: str) -> None:
    question = server.message(customer, SALON, "Можно записаться?")
    event = received(salon, question)
    assert event["Message"]["conversation"] == "Можно записаться?"
    assert event["Info"]["Pushname"] == "Анна"
    assert (source(event)["Chat"]["Server"], source(event)["SenderAlt"]["User"]) == ("lid", customer)
    sent = said(salon, customer, "Конечно!")
    assert sent["error"] == ""
    answer = server.wait_for_message(customer, lambda entry: entry["id"] == sent["id"])
    assert (answer["text"], answer["from"], answer["device"]) == ("Конечно!", SALON, 1)
    on_the_owners_phone = [
        entry["text"] for entry in server.messages(SALON) if customer in (entry["from"], entry["to"])
    ]
    assert on_the_owners_phone == ["Можно записаться?", "Конечно!"]


def test_the_client_may_write_first(server: FakeWhatsApp, salon: ProbeProcess, customer: str) -> None:
    sent = said(salon, customer, "Напоминаем о визите завтра")
    server.wait_for_message(customer, lambda entry: entry["id"] == sent["id"])
    reply = server.message(customer, SALON, "Спасибо", quoted=sent["id"])
    context = received(salon, reply)["Message"]["extendedTextMessage"]["contextInfo"]
    assert (context["stanzaID"], context["quotedMessage"]["conversation"]) == (
        sent["id"],
        "Напоминаем о визите завтра",
    )


def test_the_client_hears_when_its_message_is_delivered_and_read(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    server.phone(customer, online=False)
    sent = said(salon, customer, "Ждём вас")

    def about(event: dict[str, Any]) -> bool:
        return sent["id"] in event["MessageIDs"]

    with pytest.raises(TimeoutError):
        salon.wait_for("Receipt", about, within=0.3)
    server.phone(customer, online=True)
    assert salon.wait_for("Receipt", about)["Type"] == "DELIVERED"
    delivered = salon.mark()
    server.read(customer, sent["id"])
    assert salon.wait_for("Receipt", about, after=delivered)["Type"] == "READ"
    marks = server.wait_for_message(SALON, lambda entry: entry["id"] == sent["id"] and entry["read_at"])
    assert marks["delivered_at"] <= marks["read_at"]


def test_the_customer_sees_that_the_client_read_the_message(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    ids = [server.message(customer, SALON, text) for text in ("Привет", "Вы открыты?")]
    chat = server.phone(customer)["lid"]
    for one in ids:
        received(salon, one)
    salon.do("read", chat=chat, ids=ids)
    for one in ids:
        server.wait_for_message(customer, lambda entry, one=one: entry["id"] == one and entry["read_at"])
        server.wait_for_message(SALON, lambda entry, one=one: entry["id"] == one and entry["read_at"])


def test_what_the_owner_writes_and_reads_on_the_phone_is_seen_by_the_client(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    question = server.message(customer, SALON, "Есть кто?")
    own = server.message(SALON, customer, "Да, пишу с телефона")
    event = received(salon, own)
    assert source(event)["IsFromMe"] is True
    assert (source(event)["Chat"]["Server"], source(event)["RecipientAlt"]["User"]) == ("lid", customer)
    assert event["Message"]["conversation"] == "Да, пишу с телефона"
    server.wait_for_message(customer, lambda entry: entry["id"] == own)
    server.read(SALON, question)
    told = salon.wait_for("Receipt", lambda event: question in event["MessageIDs"])
    assert told["Type"] == "READ_SELF"


def test_what_comes_while_the_client_is_away_waits_and_nothing_comes_twice(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    first = server.message(customer, SALON, "Первое")
    received(salon, first)
    server.wait_for("receipt", lambda told: (told["id"], told["from"], told["device"]) == (first, SALON, 1))
    salon.do("stop")
    salon.wait_for("returned")
    start = salon.mark()
    missed = [server.message(customer, SALON, text) for text in ("Второе", "Третье")]
    salon.do("start", jid=f"{SALON}:1")
    for one in missed:
        received(salon, one, after=start)
    salon.wait_for("Connected", after=start)
    assert salon.wait_for("OfflineSyncPreview", after=start)["Message"] == 2
    salon.wait_for("OfflineSyncCompleted", after=start)
    texts = [event["Message"].get("conversation") for event in salon.events[start:] if event["event"] == "Message"]
    assert texts == ["Второе", "Третье"]


def test_a_message_that_was_not_confirmed_before_the_connection_broke_comes_again(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    start = salon.mark()
    server.fault("mute", scope=SALON)
    lost = server.message(customer, SALON, "В пустоту")
    server.fault("drop", scope=SALON)
    salon.wait_for("Connected", after=start)
    assert received(salon, lost, after=start)["Message"]["conversation"] == "В пустоту"


def test_a_number_may_stand_for_the_sender_or_nothing_at_all(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    """By number, the LID is beside it; hidden, only the LID is known until the client asks about the number."""
    hidden = source(received(salon, server.message(customer, SALON, "Аноним", addressing="hidden")))
    assert hidden["Sender"]["User"] == str(int(customer) + 2 * 10**14)
    assert hidden["SenderAlt"]["IsEmpty"] is True
    salon.do("number-of", lid=f"{hidden['Sender']['User']}@lid")
    assert salon.wait_for("number")["user"] == ""
    asked = salon.mark()
    assert said(salon, customer, "Узнали вас")["error"] == ""
    salon.do("number-of", lid=f"{hidden['Sender']['User']}@lid")
    assert salon.wait_for("number", after=asked)["user"] == customer
    named = source(received(salon, server.message(customer, SALON, "По номеру", addressing="pn")))
    assert (named["Chat"]["User"], named["Sender"]["Server"]) == (customer, "s.whatsapp.net")
    assert named["SenderAlt"]["Server"] == "lid"


def test_a_reaction_and_typing_reach_the_client(server: FakeWhatsApp, salon: ProbeProcess, customer: str) -> None:
    sent = said(salon, customer, "Вы записаны")
    server.wait_for_message(customer, lambda entry: entry["id"] == sent["id"])
    reaction = received(salon, server.react(customer, sent["id"], "👍"))["Message"]["reactionMessage"]
    assert (reaction["text"], reaction["key"]["ID"]) == ("👍", sent["id"])
    server.typing(customer, SALON)
    assert salon.wait_for("ChatPresence")["State"] == "COMPOSING"


def test_a_spoilt_message_is_asked_for_again_and_arrives(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    """Both ways: the client asks a phone, and a phone asks the client."""
    server.fault("undecryptable", scope=f"{SALON}:1@s.whatsapp.net")
    spoilt = server.message(customer, SALON, "Секрет")
    salon.wait_for("UndecryptableMessage", lambda event: event["Info"]["ID"] == spoilt)
    assert received(salon, spoilt)["Message"]["conversation"] == "Секрет"

    server.fault("undecryptable", scope=customer)
    sent = said(salon, customer, "Тоже секрет")
    server.wait_for("undecryptable", lambda entry: entry["id"] == sent["id"])
    assert server.wait_for_message(customer, lambda entry: entry["id"] == sent["id"])["text"] == "Тоже секрет"


@pytest.mark.parametrize("number", ["463", "479"])
def test_a_refused_message_fails_with_its_number_and_is_not_delivered(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str, number: str
) -> None:
    server.fault("ack-error", scope=SALON, error=number)
    assert number in said(salon, customer, f"Отказ {number}")["error"]
    after = said(salon, customer, "Дошло")
    server.wait_for_message(customer, lambda entry: entry["id"] == after["id"])
    assert [entry["text"] for entry in server.messages(customer)] == ["Дошло"]


def test_a_slow_acknowledgement_keeps_the_call_waiting(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    server.fault("slow-ack", scope=SALON, delay=0.5)
    assert 0.5 <= said(salon, customer, "Медленно")["took"] < 5


def test_without_acknowledgement_every_call_waits_until_the_connection_breaks(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    """The client sends one message at a time; one that was lost with its connection is sent again, id and all."""
    server.fault("no-ack", scope=SALON)
    start = salon.mark()
    salon.do("send", to=customer, text="Без ответа")
    first = server.wait_for_message(customer, lambda entry: entry["text"] == "Без ответа")
    salon.do("send", to=customer, text="После него")
    with pytest.raises(TimeoutError):
        salon.wait_for("sent", after=start, within=0.5)
    server.fault("drop", scope=SALON)
    for text in ("Без ответа", "После него"):
        assert salon.wait_for("sent", lambda event, text=text: event["text"] == text, start)["error"] == ""
    server.wait_for_message(customer, lambda entry: entry["text"] == "После него")
    assert [entry["text"] for entry in server.messages(customer)] == ["Без ответа", "После него"]
    assert salon.wait_for("sent", lambda event: event["text"] == "Без ответа", start)["id"] == first["id"]


def test_a_number_that_is_not_on_whatsapp_is_told_and_cannot_be_written_to(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    nobody = str(next(_CUSTOMERS))
    server.phone(customer, on_whatsapp=False)
    for phone in (nobody, customer):
        salon.do("check", phone=f"+{phone}")
        assert salon.wait_for("checked", lambda event, phone=phone: f"+{phone}" in event["found"])["found"] == {
            f"+{phone}": False
        }
        assert "no LID found" in said(salon, phone, f"Вы здесь, {phone}?")["error"]
    with pytest.raises(ControlError, match="not-on-whatsapp"):
        server.message(SALON, nobody, "Ау")


def test_a_phone_that_sends_twice_is_reported_twice_with_one_id(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str, wait_until: WaitUntil
) -> None:
    server.fault("duplicate", scope=customer)
    start = salon.mark()
    twice = server.message(customer, SALON, "Дважды")

    def told() -> list[str]:
        return [event["Info"]["ID"] for event in salon.events[start:] if event["event"] == "Message"]

    wait_until(lambda: len(told()) == 2, 20)
    assert told() == [twice, twice]


def test_two_clients_write_to_each_other_and_a_second_one_of_the_salon_sees_it(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str, tmp_path: Path
) -> None:
    with ProbeProcess(server, tmp_path / "anna.db") as anna, ProbeProcess(server, tmp_path / "second.db") as second:
        server.scan(anna.wait_for("qr")["text"], phone=customer)
        linked = server.scan(second.wait_for("qr")["text"], phone=SALON)
        for client in (anna, second):
            client.wait_for("Connected")
        question = said(anna, SALON, "Сколько стоит стрижка?")["id"]
        for client in (salon, second):
            assert received(client, question)["Message"]["conversation"] == "Сколько стоит стрижка?"
        answer = said(salon, customer, "Тысячу")["id"]
        assert source(received(anna, answer))["IsFromMe"] is False
        assert source(received(second, answer))["IsFromMe"] is True
        server.control("POST", "/unlink", jid=linked["jid"])
        second.wait_for("LoggedOut")
    afterwards = said(salon, customer, "С укладкой две")["id"]
    server.wait_for_message(customer, lambda entry: entry["id"] == afterwards)


def test_fifty_messages_at_once_pass_in_each_direction(
    server: FakeWhatsApp, salon: ProbeProcess, customer: str
) -> None:
    said(salon, customer, "Начали")
    texts = [f"Сообщение {number}" for number in range(_BURST)]
    started, start = time.monotonic(), salon.mark()
    for text in texts:
        salon.do("send", to=customer, text=text)
    for text in texts:
        assert salon.wait_for("sent", lambda event, text=text: event["text"] == text, after=start)["error"] == ""
    sent = time.monotonic()
    arrived = [entry["text"] for entry in server.messages(customer)]
    assert sorted(arrived) == sorted(["Начали", *texts])
    ids = [server.message(customer, SALON, text) for text in texts]
    for one in ids:
        received(salon, one, after=start)
    print(f"{_BURST} out {sent - started:.2f} s, {_BURST} in {time.monotonic() - sent:.2f} s")


def test_a_message_nobody_has_cannot_be_quoted_read_or_reacted_to(server: FakeWhatsApp, customer: str) -> None:
    with pytest.raises(ControlError, match="unknown-message"):
        server.message(customer, SALON, "?", quoted="NOSUCH")
    with pytest.raises(ControlError, match="unknown-message"):
        server.read(customer, "NOSUCH")
    with pytest.raises(ControlError, match="unknown-message"):
        server.react(customer, "NOSUCH", "👍")
    with pytest.raises(ControlError, match="unknown addressing"):
        server.message(customer, SALON, "?", addressing="by-pigeon")
