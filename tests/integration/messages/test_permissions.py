"""Whom we may write to, as WhatsApp, clients and operators have said; on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.floor import Floor, Holder
from aiadmin.domain.hosting.device import Device
from aiadmin.domain.ids import ContactId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import (
    DeviceClaim,
    MessageReason,
    NewMessage,
    Purpose,
    SendOutcome,
    SendResult,
    SendScope,
)
from aiadmin.domain.messages.reachout_lock import LOCK, MANY
from aiadmin.domain.messages.sending_policy import Recipient
from aiadmin.services.messages import messages, pauses
from tests.integration.messages.conftest import Salons, now
from tests.integration.messages.test_contacts import LID, PHONE, heard, receipt

SENT = SendResult(outcome=SendOutcome.SENT, message_id="3EB0", sent_at=now())
LOCKED = SendResult(outcome=SendOutcome.FAILED, reason=MessageReason.REACHOUT_LOCKED)


def pull(salons: Salons, device: Device, takes: SendScope = SendScope.ALL) -> list[str]:
    """The texts that a host gets to send."""
    return [message.text for message in _pull(salons, device, takes)]


def _pull(salons: Salons, device: Device, takes: SendScope = SendScope.ALL) -> Any:
    hold = DeviceClaim(device_id=device.device_id, epoch=device.epoch, scope=takes)
    seen = messages.peek([hold], uow=salons.uow, clock=now)
    claimed = messages.pull([hold], uow=salons.uow, clock=now)
    assert [one.outbox_message_id for one in seen.values()] == [one.outbox_message_id for one in claimed]
    return claimed


def send(salons: Salons, device: Device, phone: str, result: SendResult) -> ContactId:
    """Write to somebody, with this outcome."""
    salons.owe(device, phone)
    [message] = _pull(salons, device)
    assert messages.record_result(message, result, uow=salons.uow, clock=now, jitter=0.0)
    return ContactId(message.contact_id)


def person(salons: Salons, device: Device, contact_id: ContactId) -> Recipient:
    with salons.uow() as work:
        return work.permissions.recipient(device.company_id, contact_id)


def test_who_has_no_whatsapp_is_remembered_until_a_message_arrives(salons: Salons) -> None:
    device = salons.add()
    whom = send(salons, device, PHONE, SendResult(outcome=SendOutcome.FAILED, reason=MessageReason.NOT_ON_WHATSAPP))
    assert person(salons, device, whom).unreachable_at is not None
    assert send(salons, device, PHONE, SENT) == whom
    assert person(salons, device, whom) == Recipient()


def test_several_refused_people_lock_the_account_and_one_locks_only_himself(salons: Salons) -> None:
    device, other = salons.add(), salons.add()
    for number in range(MANY):
        assert account_lock(salons, device) is None
        whom = send(salons, device, f"7999555000{number}", LOCKED)
        until = person(salons, device, whom).locked_until
        assert until is not None
        assert abs(until - now() - LOCK) < timedelta(minutes=1)
    assert account_lock(salons, device) is not None
    assert account_lock(salons, other) is None


def test_refusals_of_hours_ago_do_not_add_up(salons: Salons) -> None:
    device = salons.add()
    for number in range(MANY):
        send(salons, device, f"7999555000{number}", LOCKED)
        salons.run("UPDATE contacts SET locked_until = locked_until - interval '1 hour'")
    assert account_lock(salons, device) is None


def account_lock(salons: Salons, device: Device) -> Any:
    [row] = salons.rows("SELECT locked_until FROM devices WHERE id = :id", id=device.device_id)
    return row["locked_until"]


def test_an_opt_out_is_said_once_and_holds_for_the_person_under_all_names(salons: Salons) -> None:
    device = salons.add()
    with salons.uow() as work:
        company = device.company_id
        by_phone = work.contacts.upsert(company, IdentityObservation(phone=PHONE), now())
        by_lid = work.contacts.upsert(company, IdentityObservation(lid=LID), now())
        assert by_phone != by_lid
        assert work.permissions.opt_out(company, by_phone, now())
        assert not work.permissions.opt_out(company, by_phone, now())
        human = Floor(holder=Holder.HUMAN, why="wrote", until=now() + timedelta(hours=2))
        work.chats.give_floor(company, by_phone, human, now())
        whole = work.contacts.upsert(company, IdentityObservation(lid=LID, phone=PHONE), now())
        stands = work.permissions.recipient(company, whole)
        assert stands.opted_out_at is not None
        assert stands.muted_until is not None
        assert stands.muted_until > now() + timedelta(hours=1, minutes=30)
        assert work.permissions.opt_in(company, whole)
        assert not work.permissions.opt_in(company, whole)
        work.commit()


BRAZIL, CANONICAL = "5531988887777", "553188887777"


@pytest.mark.parametrize("stops_as", ["phone", "lid"])
def test_w8_stop_cancels_what_was_owed_to_the_person_under_the_other_name(salons: Salons, stops_as: str) -> None:
    """W8: a notice waits for the journal's number, STOP comes from a LID, and then both are told to be one."""
    device = salons.add()
    company, names = (
        device.company_id,
        {"phone": IdentityObservation(phone=BRAZIL), "lid": IdentityObservation(lid=LID)},
    )
    with salons.uow() as work:
        contacts = {name: work.contacts.upsert(company, seen, now()) for name, seen in names.items()}
        for name, contact_id in contacts.items():
            for purpose in (Purpose.REMINDER_DAY, Purpose.MANUAL):
                new = NewMessage(
                    company_id=company, text=name, dedup_key=name + purpose, deadline_at=None, purpose=purpose
                )
                work.outbox_messages.add(new, contact_id, now())
        work.permissions.opt_out(company, contacts[stops_as], now())
        work.commit()
    messages.store([heard(device, "A", lid=LID, phone=CANONICAL)], uow=salons.uow)
    rows = salons.rows("SELECT purpose, state, reason FROM outbox_messages ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        ("reminder_day", "cancelled", "opted_out"),
        ("manual", "pending", None),
    ] * 2


def test_w8_the_whole_way_of_a_client_whose_number_whatsapp_writes_otherwise(salons: Salons) -> None:
    """W8: notice to the journal's number, receipt, answer and STOP from WhatsApp's; the next finds them."""
    device = salons.add()
    first = salons.owe(device, BRAZIL)
    [message] = _pull(salons, device)
    assert messages.record_result(message, SENT, uow=salons.uow, clock=now, jitter=0.0)
    messages.store([receipt(device, "3EB0")], uow=salons.uow)
    messages.store([heard(device, "A", lid=LID, phone=CANONICAL)], uow=salons.uow)
    whom = salons.message(device, first).contact_id
    with salons.uow() as work:
        assert work.permissions.opt_out(device.company_id, whom, now())
        work.commit()
    with salons.uow() as work:
        assert work.contacts.try_lock(device.company_id)
        found = work.contacts.upsert_phones(device.company_id, [BRAZIL, CANONICAL, PHONE], now())
        assert found[BRAZIL] == found[CANONICAL] == whom
        assert work.contacts.upsert(device.company_id, IdentityObservation(phone=BRAZIL), now()) == whom
        assert work.permissions.recipient(device.company_id, whom).opted_out_at is not None
        assert work.permissions.recipient(device.company_id, found[PHONE]).opted_out_at is None
        person = work.contacts.find(device.company_id, whom)
        assert person is not None
        assert (person.phone, person.also) == (CANONICAL, frozenset({BRAZIL}))


def test_w8_an_order_that_names_one_person_twice_makes_one_contact(salons: Salons) -> None:
    """W8: of two spellings in one order, none of which was known."""
    device = salons.add()
    with salons.uow() as work:
        found = work.contacts.upsert_phones(device.company_id, [BRAZIL, CANONICAL], now())
        assert len(set(found.values())) == 1
        assert work.contacts.upsert_phones(device.company_id, [CANONICAL], now())[CANONICAL] == found[BRAZIL]
        work.commit()
    assert len(salons.rows("SELECT 1 FROM contact_addresses")) == 2


@pytest.mark.parametrize("number", [BRAZIL, CANONICAL])
def test_w8_a_number_that_moves_takes_no_stop_along(salons: Salons, number: str) -> None:
    """W8: by whichever spelling the new owner is written to; refusals and silence stay with the old owner, too."""
    device = salons.add()
    with salons.uow() as work:
        company = device.company_id
        work.contacts.upsert(company, IdentityObservation(phone=BRAZIL), now())
        old = work.contacts.upsert(company, IdentityObservation(lid=LID, phone=CANONICAL), now())
        work.permissions.opt_out(company, old, now())
        work.permissions.lock(company, old, now() + timedelta(days=1))
        new = work.contacts.upsert(company, IdentityObservation(lid="300@lid", phone=CANONICAL), now())
        assert new != old
        assert work.contacts.upsert(company, IdentityObservation(phone=number), now()) == new
        assert work.permissions.recipient(company, new) == Recipient()
        assert work.permissions.recipient(company, old).opted_out_at is not None
        assert work.contacts.upsert(company, IdentityObservation(lid=LID), now()) == old
        work.commit()


def test_w8_what_waits_for_a_number_goes_to_whose_it_is_now(salons: Salons) -> None:
    """W8: a notice for the number of a booking never reaches its former owner; a reply is to whom it answers."""
    device = salons.add()
    company = device.company_id
    for purpose in (Purpose.REMINDER_DAY, Purpose.REPLY):
        salons.owe(device, BRAZIL, text=purpose, purpose=purpose)
    messages.store([heard(device, "A", lid=LID, phone=CANONICAL)], uow=salons.uow)
    messages.store([heard(device, "B", lid="300@lid", phone=CANONICAL)], uow=salons.uow)
    waiting = "SELECT lid, o.text FROM outbox_messages o JOIN contacts c ON c.id = o.contact_id ORDER BY o.id"
    assert [tuple(row.values()) for row in salons.rows(waiting)] == [("300@lid", "reminder_day"), (LID, "reply")]
    with salons.uow() as work:
        work.permissions.opt_out(
            company, work.contacts.upsert(company, IdentityObservation(lid="400@lid"), now()), now()
        )
        work.commit()
    messages.store([heard(device, "C", lid="400@lid", phone=CANONICAL)], uow=salons.uow)
    [notice, _] = salons.rows("SELECT state, reason FROM outbox_messages ORDER BY id")
    assert notice == {"state": "cancelled", "reason": "opted_out"}


def test_who_ever_wrote_has_written(salons: Salons) -> None:
    device = salons.add()
    messages.store([heard(device, "A", lid=LID, phone=PHONE)], uow=salons.uow)
    with salons.uow() as work:
        whom = work.contacts.upsert(device.company_id, IdentityObservation(lid=LID), now())
        assert work.permissions.recipient(device.company_id, whom).has_written


@pytest.mark.parametrize("is_everybody", [False, True])
def test_a_pause_holds_all_but_what_a_human_typed(salons: Salons, is_everybody: bool) -> None:
    ours, theirs = salons.add(), salons.add()
    whose = None if is_everybody else ours.company_id
    pauses.pause(whose, uow=salons.uow, clock=now)
    for device in (ours, theirs):
        salons.owe(device, text="напоминание", purpose=Purpose.REMINDER_DAY)
        salons.owe(device, text="руками", purpose=Purpose.MANUAL)
    assert pull(salons, ours) == ["руками"]
    assert pull(salons, ours) == []
    assert pull(salons, theirs) == ["руками"]
    assert pull(salons, theirs) == ([] if is_everybody else ["напоминание"])
    assert pauses.resume(whose, uow=salons.uow)
    assert pull(salons, ours) == ["напоминание"]


def test_a_salon_that_goes_on_is_still_held_by_a_pause_of_everybody(salons: Salons) -> None:
    device = salons.add()
    pauses.pause(None, uow=salons.uow, clock=now)
    pauses.pause(None, uow=salons.uow, clock=now)
    assert not pauses.resume(device.company_id, uow=salons.uow)


def test_what_is_urgent_goes_first_and_a_resting_number_sends_nothing_else(salons: Salons) -> None:
    device = salons.add()
    salons.owe(device, text="напоминание", purpose=Purpose.REMINDER_DAY)
    salons.owe(device, text="ответ", purpose=Purpose.REPLY)
    assert pull(salons, device, SendScope.HUMAN) == []
    assert pull(salons, device, SendScope.URGENT) == ["ответ"]
    assert pull(salons, device, SendScope.URGENT) == []
    assert pull(salons, device) == ["напоминание"]
