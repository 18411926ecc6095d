"""Messages while hosts come, go and die under them: each is stored, each is sent, none twice."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from typing import Any

from click.testing import CliRunner

from aiadmin.cli import cli
from tests.acceptance.messages.salon import Salon
from tests.conftest import WaitUntil
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.hosted_salons import SLOWLY
from tests.support.hosts import LAST, child, settings, start_sessions


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


def test_hosts_are_exchanged_under_a_stream_of_messages_and_every_one_is_accounted_for(
    whatsapp: FakeWhatsApp, own_salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    url, written, owed = own_salon.database.database_url, [], []

    def both_ways(count: int) -> None:
        for _ in range(count):
            number = len(written)
            written.append(whatsapp.message(client, own_salon.phone, f"к нам {number}"))
            owed.append(own_salon.owe(client, f"от нас {number}"))

    for epoch in (1, 2):
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
            if len(written) < len(read) + 100 or is_over.wait(0.01):
                written.append(whatsapp.message(client, own_salon.phone, f"к нам {len(written)}"))

    with child(whatsapp, own_salon.database.database_url, "blink", own_salon.jid) as blinking:
        writer = threading.Thread(target=write)
        writer.start()
        for _ in range(4):
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
    process = start_sessions(env)
    try:
        wait_until(own_salon.is_online, SLOWLY, "online")
        command = ["companies", "send", str(own_salon.company_id), f"+{client}", "Привет"]
        said = CliRunner().invoke(cli, command, env=env, catch_exceptions=False)
        assert ": sent as " in said.output
        [row] = own_salon.database.rows("SELECT sent_at, attempted_at, created_at FROM outbox_messages")
        print(f"owed to taken {(row['attempted_at'] - row['created_at']).total_seconds() * 1000:.0f} ms, nudged")
        whatsapp.fault("slow-ack", scope=own_salon.phone, delay=3)
        in_hand, waiting = own_salon.owe(client, "В пути"), own_salon.owe(client, "В очереди")
        whatsapp.wait_for_message(client, lambda entry: entry["text"] == "В пути")
        process.send_signal(signal.SIGTERM)
        assert process.wait(25) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert own_salon.outbox(in_hand)["state"] == "sent"
    assert own_salon.outbox(waiting)["state"] == "pending"
    assert own_salon.arrived(client) == ["Привет", "В пути"]
