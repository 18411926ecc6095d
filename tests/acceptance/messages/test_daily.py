"""Messages through a real host that stays: the real library, the fake WhatsApp's phones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import psycopg2
import pytest

from aiadmin.adapters.secrets import DerivedSecrets
from aiadmin.adapters.whatsapp.store import SCHEMA
from aiadmin.domain.messages.message import Purpose
from aiadmin.services.privacy.privacy import PrivacyService
from aiadmin.storage.hosting.wa_store import MAP, PERSONAL
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.acceptance.messages.salon import PHONES, Salon
from tests.conftest import WaitUntil
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.hosted_salons import SLOWLY
from tests.support.hosts import child

LATENCY = 8.0
"""A second, and something for busy cores; a host that missed its nudge would look after ten."""


def test_what_a_client_writes_is_in_the_inbox_within_a_second(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    written_at = time.monotonic()
    message_id = whatsapp.message(client, salon.phone, "Можно записаться?")
    row = wait_until(lambda: salon.inbox(message_id), LATENCY, "in the inbox")
    print(f"phone to inbox {(time.monotonic() - written_at) * 1000:.0f} ms")
    assert (row["direction"], row["kind"], row["text"]) == ("in", "text", "Можно записаться?")
    assert (row["lid"], row["phone"], row["push_name"]) == (whatsapp.phone(client)["lid"], client, "Анна")
    assert abs((row["received_at"] - row["sent_at"]).total_seconds()) < LATENCY
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
    number = salon.owe(str(next(PHONES)), "Вы здесь?")
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
    absent = str(next(PHONES))
    whatsapp.fault("ack-error", scope=salon.phone, error="463")
    for phone in (client, absent):
        number = salon.owe(phone, "Напоминание")
        wait_until(lambda number=number: salon.outbox(number)["state"] == "failed", SLOWLY, "failed")
    [locked, gone] = salon.database.rows(
        "SELECT locked_until, unreachable_at FROM contacts WHERE phone = ANY(%s) ORDER BY phone", [client, absent]
    )
    assert (locked["locked_until"] is not None, locked["unreachable_at"]) == (True, None)
    assert (gone["locked_until"], gone["unreachable_at"] is not None) == (None, True)


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


def _tables(salon: Salon, *names: str) -> set[str]:
    """The library's tables in which one of these digits stands."""
    found = set()
    for table in (*PERSONAL, MAP):
        rows = salon.database.rows(f"SELECT * FROM wa_store.{table}")  # noqa: S608 - our own words
        shown = str([[value for value in row.values() if isinstance(value, str)] for row in rows])
        if any(name in shown for name in names):
            found.add(table)
    return found


def test_an_erased_client_is_gone_from_the_library_and_may_still_write(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    """While the session is live: the real library's tables, and what comes after."""
    lid = str(whatsapp.phone(client)["lid"]).partition("@")[0]
    first = whatsapp.message(client, salon.phone, "Можно записаться?")
    wait_until(lambda: salon.inbox(first), SLOWLY, "in the inbox")
    number = salon.owe(client, "Ждём вас")
    wait_until(lambda: salon.outbox(number)["delivered_at"], SLOWLY, "delivered")
    kept = _tables(salon, client, lid)
    assert {"whatsmeow_sessions", "whatsmeow_identity_keys", MAP} <= kept
    secrets = DerivedSecrets("a secret of these tests, 32 bytes or more")
    desk = PrivacyService(
        uow=lambda: UnitOfWork(salon.database._engine, secrets.fingerprint),
        secrets=secrets,
        clock=lambda: datetime.now(UTC),
    )
    desk.erase(salon.company_id, client, actor="test")
    assert _tables(salon, client, lid) == set()
    again = whatsapp.message(client, salon.phone, "Это снова я")
    wait_until(lambda: salon.inbox(again), SLOWLY, "a session is made anew")
    number = salon.owe(client, "И мы")
    wait_until(lambda: salon.outbox(number)["state"] == "sent", SLOWLY, "sent")
    whatsapp.wait_for_message(client, lambda entry: entry["text"] == "И мы")


def test_what_could_not_be_encrypted_is_not_called_sent(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    """WhatsApp acknowledges a message that holds nothing for anybody."""
    with _no_identities(salon):
        number = salon.owe(client, "Пусто")
        wait_until(lambda: salon.outbox(number)["state"] not in {"pending", "sending"}, SLOWLY, "decided")
    row = salon.outbox(number)
    assert (row["state"], row["reason"]) == ("unknown", "unencrypted")
    assert salon.arrived(client) == []
    later = salon.owe(client, "Теперь да")
    wait_until(lambda: salon.outbox(later)["delivered_at"], SLOWLY, "delivered")
    assert salon.arrived(client) == ["Теперь да"]


@contextmanager
def _no_identities(salon: Salon) -> Iterator[None]:
    """The library can neither read nor keep the clients' keys."""
    with closing(psycopg2.connect(salon.database.database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {SCHEMA}.whatsmeow_identity_keys RENAME TO away")
            yield
            cursor.execute(f"ALTER TABLE {SCHEMA}.away RENAME TO whatsmeow_identity_keys")
