"""Contacts and the inbox on a real PostgreSQL, as the rules of `domain.messages.contact` want them."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.device import Device
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import Direction, MessageKind, MessageSeen, ReceiptSeen, ReceivedEvent
from aiadmin.services.messages import messages
from tests.integration.messages.conftest import Salons, now

LID, PHONE = "200@lid", "79995550001"


def heard(device: Device, message_id: str, **peer: str) -> ReceivedEvent:
    """A text from somebody."""
    event = MessageSeen(
        message_id=message_id,
        peer=IdentityObservation(**peer),
        direction=Direction.IN,
        kind=MessageKind.TEXT,
        text="Здравствуйте",
        media=None,
        quoted_id=None,
        sent_at=now(),
    )
    return ReceivedEvent(device_id=device.device_id, company_id=device.company_id, event=event, received_at=now())


def receipt(device: Device, *message_ids: str, is_read: bool = False, lid: str = LID) -> ReceivedEvent:
    event = ReceiptSeen(message_ids=message_ids, peer=IdentityObservation(lid=lid), is_read=is_read, at=now())
    return ReceivedEvent(device_id=device.device_id, company_id=device.company_id, event=event, received_at=now())


def people(salons: Salons, device: Device) -> list[tuple[str | None, str | None, int]]:
    """LID, phone and the number of messages in and out, of each contact."""
    rows = salons.rows(
        "SELECT lid, phone, (SELECT count(*) FROM inbox_messages WHERE contact_id = c.id)"
        " + (SELECT count(*) FROM outbox_messages WHERE contact_id = c.id) AS messages"
        " FROM contacts c WHERE company_id = :id ORDER BY lid",
        id=device.company_id,
    )
    return [(row["lid"], row["phone"], row["messages"]) for row in rows]


def test_a_row_known_by_phone_and_one_known_by_lid_become_one_with_all_messages(salons: Salons) -> None:
    device = salons.add()
    salons.owe(device, PHONE)
    messages.store([heard(device, "A", lid=LID)], uow=salons.uow)
    assert people(salons, device) == [(LID, None, 1), (None, PHONE, 1)]
    messages.store([heard(device, "B", lid=LID, phone=PHONE)], uow=salons.uow)
    assert people(salons, device) == [(LID, PHONE, 3)]


def test_a_number_that_changed_hands_keeps_the_messages_apart(salons: Salons) -> None:
    device = salons.add()
    batch = [heard(device, "A", lid=LID, phone=PHONE), heard(device, "B", lid="300@lid", phone=PHONE)]
    messages.store(batch, uow=salons.uow)
    assert people(salons, device) == [(LID, None, 1), ("300@lid", PHONE, 1)]


def test_two_companies_know_one_person_apart(salons: Salons) -> None:
    ours, theirs = salons.add(), salons.add()
    messages.store([heard(ours, "A", lid=LID, phone=PHONE), heard(theirs, "A", lid=LID)], uow=salons.uow)
    assert people(salons, ours) == [(LID, PHONE, 1)]
    assert people(salons, theirs) == [(LID, None, 1)]


def test_one_person_seen_by_many_at_once_is_one_row(salons: Salons) -> None:
    device = salons.add()
    kinds = [{"lid": LID}, {"phone": PHONE}, {"lid": LID, "phone": PHONE}]

    def see(start: int) -> None:
        for number in range(start, start + 12):
            messages.store([heard(device, f"M{number}", **kinds[number % 3])], uow=salons.uow)

    threads = [threading.Thread(target=see, args=[start]) for start in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert people(salons, device) == [(LID, PHONE, 48)]


def test_a_message_told_again_is_stored_once(salons: Salons) -> None:
    device = salons.add()
    for _ in range(2):
        messages.store([heard(device, "A", lid=LID), heard(device, "A", lid=LID)], uow=salons.uow)
    assert people(salons, device) == [(LID, None, 1)]


def test_receipts_mark_what_was_sent_and_never_take_a_mark_back(salons: Salons) -> None:
    device = salons.add()
    number = salons.owe(device, PHONE)
    salons.run("UPDATE outbox_messages SET state = 'sent', message_id = 'M', device_id = :id", id=device.device_id)
    assert messages.store([receipt(device, "M", is_read=True)], uow=salons.uow) == []
    read = salons.message(device, number)
    assert read.read_at is not None
    assert read.delivered_at == read.read_at, "who has read it has got it"
    messages.store([receipt(device, "M")], uow=salons.uow)
    assert salons.message(device, number) == read
    assert people(salons, device) == [(LID, PHONE, 1)], "whoever got it is the person of that phone"


def test_receipts_of_what_we_did_not_send_are_given_back(salons: Salons) -> None:
    ours, theirs = salons.add(), salons.add()
    salons.owe(ours, PHONE)
    salons.run("UPDATE outbox_messages SET state = 'sent', message_id = 'M', device_id = :id", id=ours.device_id)
    stray = [receipt(ours, "X"), receipt(theirs, "M")]
    assert messages.store(stray, uow=salons.uow) == stray
    assert salons.rows("SELECT 1 FROM outbox_messages WHERE delivered_at IS NOT NULL") == []
    [left] = messages.store([receipt(ours, "X", "M")], uow=salons.uow)
    assert isinstance(left.event, ReceiptSeen)
    assert left.event.message_ids == ("X",), "of several the unknown ones"
    assert len(salons.rows("SELECT 1 FROM outbox_messages WHERE delivered_at IS NOT NULL")) == 1


def test_a_contact_without_an_address_cannot_be(salons: Salons) -> None:
    device = salons.add()
    with pytest.raises(Exception, match="ck_contacts_known"):
        salons.run("INSERT INTO contacts (company_id) VALUES (:id)", id=device.company_id)


def test_an_outage_stores_nothing_and_says_so(salons: Salons) -> None:
    device = salons.add()
    salons.is_down = True
    with pytest.raises(DependencyDownError):
        messages.store([heard(device, "A", lid=LID)], uow=salons.shaky_uow)
    assert people(salons, device) == []


def test_a_deleted_device_leaves_its_messages(salons: Salons) -> None:
    device = salons.add()
    messages.store([heard(device, "A", lid=LID)], uow=salons.uow)
    salons.run("DELETE FROM devices")
    assert people(salons, device) == [(LID, None, 1)]
    assert timedelta() < now() - salons.rows("SELECT received_at FROM inbox_messages")[0]["received_at"]
