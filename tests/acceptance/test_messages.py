"""Messages through a real host: the real library, the fake WhatsApp's phones, processes that die."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest

from aiadmin.adapters.embedded import EmbeddedServer
from aiadmin.domain.contact import Sighting
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.message import NewMessage, Purpose
from aiadmin.services import messages
from tests.acceptance.hosting import LAST, ROOT, child, pair, settings
from tests.acceptance.test_hosting import SLOWLY, Salons
from tests.conftest import WaitUntil
from tests.fakes.whatsapp.client import FakeWhatsApp

_PHONES = itertools.count(79_995_550_001)
_KEYS = itertools.count(1)
LATENCY = 1.5
"""A second, and something for two busy cores."""


class Salon:
    """A salon whose phone is linked, as the tests see it."""

    def __init__(self, whatsapp: FakeWhatsApp, database: Salons) -> None:
        self.whatsapp, self.database = whatsapp, database
        [linked] = pair(whatsapp, database.database_url)
        self.jid: str = linked["jid"]
        self.phone = self.jid.partition(":")[0]
        self.company_id: CompanyId = database.add(**linked)

    def owe(self, phone: str, text: str, purpose: Purpose = Purpose.MANUAL) -> int:
        """Owe a message; nobody is nudged."""
        key = f"test:{next(_KEYS)}"
        new = NewMessage(company_id=self.company_id, text=text, dedup_key=key, deadline_at=None, purpose=purpose)
        number = messages.send(new, to=Sighting(phone=phone), uow=self.database.uow, clock=lambda: datetime.now(UTC))
        assert number is not None
        return number

    def outbox(self, number: int) -> dict[str, Any]:
        [row] = self.database.rows("SELECT * FROM outbox_messages WHERE id = %s", number)
        return row

    def inbox(self, message_id: str) -> dict[str, Any]:
        """The stored message with its contact, or nothing."""
        rows = self.database.rows(
            "SELECT m.*, c.lid, c.phone, c.push_name FROM inbox_messages m JOIN contacts c ON c.id = m.contact_id"
            " WHERE message_id = %s",
            message_id,
        )
        return next(iter(rows), {})

    def contacts(self, phone: str) -> list[tuple[str | None, str | None]]:
        """The rows that are this person, by LID or by phone."""
        lid = str(self.whatsapp.phone(phone)["lid"])
        rows = self.database.rows("SELECT lid, phone FROM contacts WHERE lid = %s OR phone = %s", lid, phone)
        return [(row["lid"], row["phone"]) for row in rows]

    def is_online(self, *, epoch: int = 1) -> bool:
        return self.database.is_online(self.company_id, epoch=epoch)

    def arrived(self, phone: str) -> list[str]:
        """The texts that a client's phone has got."""
        return [entry["text"] for entry in self.whatsapp.messages(phone) if entry["to"] == phone]


@pytest.fixture(scope="module")
def whatsapp() -> Iterator[FakeWhatsApp]:
    """One WhatsApp for all tests here; every test has clients of its own."""
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture(scope="module")
def shared_database(postgres_server: EmbeddedServer, template_database: str) -> Iterator[str]:
    """A database for the tests that share one host."""
    name = f"messages_{uuid.uuid4().hex[:8]}"
    connection = psycopg2.connect(postgres_server.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}" STRATEGY wal_log')
        yield postgres_server.url.rsplit("/", 1)[0] + f"/{name}"
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


@pytest.fixture(scope="module")
def salon(whatsapp: FakeWhatsApp, shared_database: str, wait_until: WaitUntil) -> Iterator[Salon]:
    """A salon, linked and hosted."""
    database = Salons(shared_database)
    salon = Salon(whatsapp, database)
    with child(whatsapp, shared_database, "host") as host:
        host.read()
        wait_until(salon.is_online, SLOWLY, "online")
        yield salon
        assert host.end() == 0
    database._engine.dispose()


@pytest.fixture
def own_salon(whatsapp: FakeWhatsApp, database_url: str) -> Iterator[Salon]:
    """A salon of this test's own, linked; nobody hosts it yet."""
    database = Salons(database_url)
    yield Salon(whatsapp, database)
    database._engine.dispose()


@pytest.fixture
def client(whatsapp: FakeWhatsApp) -> str:
    """A client's phone number, on WhatsApp."""
    return str(whatsapp.phone(str(next(_PHONES)), push_name="Анна")["phone"])


def test_what_a_client_writes_is_in_the_inbox_within_a_second(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    written_at = time.monotonic()
    message_id = whatsapp.message(client, salon.phone, "Можно записаться?")
    row = wait_until(lambda: salon.inbox(message_id), LATENCY, "in the inbox")
    print(f"phone to inbox {(time.monotonic() - written_at) * 1000:.0f} ms")
    assert (row["direction"], row["kind"], row["text"]) == ("in", "text", "Можно записаться?")
    assert (row["lid"], row["phone"], row["push_name"]) == (whatsapp.phone(client)["lid"], client, "Анна")
    assert abs((row["received_at"] - row["sent_at"]).total_seconds()) < 5
    assert row["company_id"] == salon.company_id


def test_what_a_salon_owes_arrives_and_its_marks_come_back(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    number, owed_at = salon.owe(client, "Ждём вас завтра в 10:00"), time.monotonic()
    whatsapp.wait_for_message(client, lambda entry: entry["text"] == "Ждём вас завтра в 10:00")
    print(f"outbox to phone {(time.monotonic() - owed_at) * 1000:.0f} ms, without a nudge")
    row = wait_until(lambda: (r := salon.outbox(number))["delivered_at"] and r, LATENCY, "delivered")
    assert (row["state"], row["attempts"], row["reason"]) == ("sent", 1, None)
    assert row["sent_at"] <= row["finished_at"]
    assert row["read_at"] is None
    whatsapp.read(client, row["message_id"])
    wait_until(lambda: salon.outbox(number)["read_at"], LATENCY, "read")
    assert salon.contacts(client) == [(whatsapp.phone(client)["lid"], client)], "the receipt told the LID"


def test_a_receipt_that_comes_before_the_answer_to_the_send_is_not_lost(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    whatsapp.fault("slow-ack", scope=salon.phone, delay=1)
    number = salon.owe(client, "Медленно")
    whatsapp.wait_for_message(client, lambda entry: entry["text"] == "Медленно")
    assert salon.outbox(number)["state"] == "sending"
    row = wait_until(lambda: (r := salon.outbox(number))["delivered_at"] and r, SLOWLY, "delivered")
    assert row["state"] == "sent"


def test_what_the_owner_writes_on_the_phone_is_seen(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    message_id = whatsapp.message(salon.phone, client, "Пишу с телефона")
    row = wait_until(lambda: salon.inbox(message_id), LATENCY, "in the inbox")
    assert (row["direction"], row["text"], row["phone"]) == ("own_phone", "Пишу с телефона", client)
    assert row["push_name"] is None, "the salon's own name is not the client's"


def test_a_reaction_and_an_answer_say_to_what(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    number = salon.owe(client, "Подтвердите визит")
    sent = wait_until(lambda: salon.outbox(number)["message_id"], SLOWLY, "sent")
    reaction = whatsapp.react(client, sent, "👍")
    answer = whatsapp.message(client, salon.phone, "Да", quoted=sent)
    row = wait_until(lambda: salon.inbox(reaction), LATENCY, "reaction")
    assert (row["kind"], row["text"], row["quoted_id"]) == ("reaction", "👍", sent)
    row = wait_until(lambda: salon.inbox(answer), LATENCY, "answer")
    assert (row["kind"], row["text"], row["quoted_id"]) == ("text", "Да", sent)


def test_a_message_that_comes_twice_is_stored_once(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    whatsapp.fault("duplicate", scope=client)
    twice = whatsapp.message(client, salon.phone, "Дважды")
    last = whatsapp.message(client, salon.phone, "Потом")
    wait_until(lambda: salon.inbox(last), SLOWLY, "the last")
    [count] = salon.database.rows("SELECT count(*) FROM inbox_messages WHERE message_id = %s", twice)
    assert count["count"] == 1


@pytest.mark.parametrize(("number", "reason"), [("463", "reachout_locked"), ("479", "refused_479")])
def test_what_whatsapp_refuses_has_failed_with_the_reason_and_is_not_tried_again(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil, number: str, reason: str
) -> None:
    whatsapp.fault("ack-error", scope=salon.phone, error=number)
    refused = salon.owe(client, "Отказано")
    wait_until(lambda: salon.outbox(refused)["state"] == "failed", SLOWLY, "failed")
    assert (salon.outbox(refused)["reason"], salon.outbox(refused)["attempts"]) == (reason, 1)
    later = salon.owe(client, "Следующее")
    wait_until(lambda: salon.outbox(later)["state"] == "sent", SLOWLY, "sent")
    assert salon.arrived(client) == ["Следующее"]


def test_a_number_that_is_not_on_whatsapp_is_told(salon: Salon, wait_until: WaitUntil) -> None:
    number = salon.owe(str(next(_PHONES)), "Вы здесь?")
    wait_until(lambda: salon.outbox(number)["state"] == "failed", SLOWLY, "failed")
    assert salon.outbox(number)["reason"] == "not_on_whatsapp"


def test_a_client_sees_typing_and_the_number_rests_between_messages(
    whatsapp: FakeWhatsApp, own_salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    gap = 2.0
    with child(whatsapp, own_salon.database.database_url, "host", "15", "5", str(gap)) as host:
        host.read()
        wait_until(own_salon.is_online, SLOWLY, "online")
        notices = [own_salon.owe(client, text, Purpose.BOOKED) for text in ("Вы записаны", "Мастер другой")]
        wait_until(lambda: own_salon.outbox(notices[0])["state"] == "sent", SLOWLY, "sent")
        reply = own_salon.owe(client, "Спасибо", Purpose.REPLY)
        wait_until(lambda: own_salon.outbox(notices[1])["state"] == "sent", SLOWLY, "sent")
        assert host.end() == 0
    first, second, answer = (own_salon.outbox(number)["attempted_at"] for number in (*notices, reply))
    assert (second - first).total_seconds() >= gap
    assert answer < second, "an answer does not wait for the gap"
    shown = [one for one in whatsapp.log("typing") if (one["from"], one["to"]) == (own_salon.phone, client)]
    assert len(shown) >= 3
    assert all(one["state"] == "composing" for one in shown)
    assert shown[0]["at"] < first.timestamp(), "before the message"


def test_a_refused_client_is_left_alone_and_one_without_whatsapp_is_remembered(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    absent = str(next(_PHONES))
    whatsapp.fault("ack-error", scope=salon.phone, error="463")
    for phone in (client, absent):
        number = salon.owe(phone, "Напоминание")
        wait_until(lambda number=number: salon.outbox(number)["state"] == "failed", SLOWLY, "failed")
    [locked, gone] = salon.database.rows(
        "SELECT locked_until, absent_at FROM contacts WHERE phone = ANY(%s) ORDER BY phone", [client, absent]
    )
    assert (locked["locked_until"] is not None, locked["absent_at"]) == (True, None)
    assert (gone["locked_until"], gone["absent_at"] is not None) == (None, True)


def test_a_hidden_client_and_a_known_number_become_one_when_the_pair_appears(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    """The messages of both rows are of one person afterwards."""
    hidden = whatsapp.message(client, salon.phone, "Аноним", addressing="hidden")
    row = wait_until(lambda: salon.inbox(hidden), LATENCY, "hidden")
    assert row["phone"] is None
    whatsapp.phone(client, online=False)  # no receipt yet
    number = salon.owe(client, "Здравствуйте")
    wait_until(lambda: salon.outbox(number)["state"] == "sent", SLOWLY, "sent")
    lid = whatsapp.phone(client)["lid"]
    assert sorted(salon.contacts(client), key=str) == sorted([(lid, None), (None, client)], key=str)
    whatsapp.phone(client, online=True)
    wait_until(lambda: salon.contacts(client) == [(lid, client)], SLOWLY, "merged")
    assert salon.inbox(hidden)["contact_id"] == salon.outbox(number)["contact_id"]


def test_what_came_while_nobody_was_connected_is_stored_once(
    whatsapp: FakeWhatsApp, own_salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    missed = [whatsapp.message(client, own_salon.phone, text) for text in ("Раз", "Два")]
    number = own_salon.owe(client, "Долг")
    with child(whatsapp, own_salon.database.database_url, "host") as host:
        host.read()
        wait_until(lambda: all(own_salon.inbox(one) for one in missed), SLOWLY, "stored")
        wait_until(lambda: own_salon.outbox(number)["state"] == "sent", SLOWLY, "sent")
        assert host.end() == 0
    rows = own_salon.database.rows("SELECT text FROM inbox_messages ORDER BY id")
    assert [row["text"] for row in rows] == ["Раз", "Два"], "nothing of the phone's own housekeeping"


def test_a_message_that_is_lost_on_the_way_is_sent_once_when_the_connection_is_back(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    """The library itself repeats what it has handed over and nobody acknowledged."""
    whatsapp.fault("no-ack", scope=salon.phone, lost=True)
    number = salon.owe(client, "Потеряно")
    wait_until(lambda: salon.outbox(number)["state"] == "sending", SLOWLY, "sending")
    wait_until(lambda: not whatsapp.control("GET", "/faults")["faults"], SLOWLY, "lost")
    whatsapp.fault("drop", jid=salon.jid)
    row = wait_until(lambda: (r := salon.outbox(number))["delivered_at"] and r, SLOWLY, "delivered")
    assert (row["state"], row["attempts"]) == ("sent", 1)
    assert salon.arrived(client) == ["Потеряно"]


def test_hosts_are_exchanged_under_a_stream_of_messages_and_every_one_is_accounted_for(
    whatsapp: FakeWhatsApp, own_salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    url, written, owed = own_salon.database.database_url, [], []

    def both_ways(count: int) -> None:
        for _ in range(count):
            number = len(written)
            written.append(whatsapp.message(client, own_salon.phone, f"к нам {number}"))
            owed.append(own_salon.owe(client, f"от нас {number}"))

    for epoch in (1, 2, 3):
        with child(whatsapp, url, "host") as host:
            host.read()
            both_ways(5)  # while it connects
            wait_until(lambda epoch=epoch: own_salon.is_online(epoch=epoch), SLOWLY, "online")
            both_ways(10)
            assert host.end() == 0  # with some of them on their way
    with child(whatsapp, url, "host") as last:
        last.read()
        wait_until(lambda: not _open(own_salon), SLOWLY, "all decided")
        wait_until(lambda: len(_inbox(own_salon)) >= len(written), SLOWLY, "all stored")
        assert last.end() == 0
    assert sorted(_inbox(own_salon)) == sorted(f"к нам {number}" for number in range(len(written)))
    states = [own_salon.outbox(number)["state"] for number in owed]
    print(f"{len(written)} in; {len(owed)} out: {dict(Counter(states))}")
    assert set(states) == {"sent"}, "each host finished what it had in hand"
    assert own_salon.arrived(client) == [f"от нас {number}" for number in range(len(owed))]


def test_a_session_that_is_stopped_while_it_is_written_to_swallows_nothing(
    whatsapp: FakeWhatsApp, own_salon: Salon, client: str
) -> None:
    """The library has acknowledged what it is decrypting, and WhatsApp will not say it again."""
    written: list[str] = []
    read: list[str] = []
    is_over = threading.Event()

    def write() -> None:
        while not is_over.is_set():
            written.append(whatsapp.message(client, own_salon.phone, f"к нам {len(written)}"))

    with child(whatsapp, own_salon.database.database_url, "blink", own_salon.jid) as blinking:
        writer = threading.Thread(target=write)
        writer.start()
        for _ in range(10):
            read += blinking.read()["read"]
        is_over.set()
        writer.join()
        written.append(whatsapp.message(client, own_salon.phone, LAST))
        while written[-1] not in read:
            read += blinking.read()["read"]
    assert Counter(read) == Counter(written), "lost, or told twice"


def _open(salon: Salon) -> list[dict[str, Any]]:
    return salon.database.rows("SELECT 1 FROM outbox_messages WHERE state IN ('pending', 'sending')")


def _inbox(salon: Salon) -> list[str]:
    return [row["text"] for row in salon.database.rows("SELECT text FROM inbox_messages")]


def test_a_host_that_is_killed_while_it_sends_leaves_unknown_and_one_message_at_the_phone(
    whatsapp: FakeWhatsApp, own_salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    url = own_salon.database.database_url
    with child(whatsapp, url, "host", "3", "1") as first:
        first.read()
        wait_until(own_salon.is_online, SLOWLY, "online")
        whatsapp.fault("no-ack", scope=own_salon.phone)
        number = own_salon.owe(client, "Один раз")
        whatsapp.wait_for_message(client, lambda entry: entry["text"] == "Один раз")
        assert own_salon.outbox(number)["state"] == "sending"
        first.process.kill()
        with child(whatsapp, url, "host", "3", "1") as second:
            second.read()
            wait_until(lambda: own_salon.outbox(number)["state"] == "unknown", SLOWLY, "unknown")
            later = own_salon.owe(client, "Потом")
            wait_until(lambda: own_salon.outbox(later)["state"] == "sent", SLOWLY, "sent")
            assert second.end() == 0
    assert own_salon.outbox(number)["reason"] == "host_lost"
    assert own_salon.arrived(client) == ["Один раз", "Потом"]


def test_a_host_told_to_end_finishes_the_send_in_hand_and_takes_no_other(
    whatsapp: FakeWhatsApp, own_salon: Salon, client: str, redis_url: str, wait_until: WaitUntil
) -> None:
    """The whole process, by SIGTERM; the operator's command is what owes, and a nudge what makes it quick."""
    env = whatsapp.env() | settings(own_salon.database.database_url, redis_url)
    process = subprocess.Popen([sys.executable, "worker.py", "sessions"], cwd=ROOT, env=env)
    try:
        wait_until(own_salon.is_online, SLOWLY, "online")
        command = [sys.executable, "-m", "aiadmin", "companies", "send", str(own_salon.company_id), f"+{client}"]
        said = subprocess.run([*command, "Привет"], cwd=ROOT, env=env, check=True, capture_output=True, timeout=60)
        assert b": sent as " in said.stdout
        [row] = own_salon.database.rows("SELECT sent_at, attempted_at, created_at FROM outbox_messages")
        print(f"owed to taken {(row['attempted_at'] - row['created_at']).total_seconds() * 1000:.0f} ms, nudged")
        whatsapp.fault("slow-ack", scope=own_salon.phone, delay=3)
        in_hand, waiting = own_salon.owe(client, "В пути"), own_salon.owe(client, "В очереди")
        whatsapp.wait_for_message(client, lambda entry: entry["text"] == "В пути")
        process.send_signal(signal.SIGTERM)
        assert process.wait(12) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert own_salon.outbox(in_hand)["state"] == "sent"
    assert own_salon.outbox(waiting)["state"] == "pending"
    assert own_salon.arrived(client) == ["Привет", "В пути"]
