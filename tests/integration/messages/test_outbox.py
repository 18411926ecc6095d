"""What salons owe their clients, on a real PostgreSQL: owed once, taken by one holder, decided by who knows."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.companies.outbox import RETRIES, OutboxState
from aiadmin.domain.errors import CompanyNotFoundError
from aiadmin.domain.hosting.device import Device, LinkedAccount
from aiadmin.domain.ids import CompanyId, HostId, MessageId
from aiadmin.domain.job import Job
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import (
    SENDING_AT_MOST,
    DeviceClaim,
    NewMessage,
    OutboxMessage,
    SendOutcome,
    SendResult,
)
from aiadmin.services.messages import messages
from tests.integration.messages.conftest import Salons, now

SENT = SendResult(outcome=SendOutcome.SENT, message_id="3EB0", sent_at=now())


def hold(device: Device) -> DeviceClaim:
    return DeviceClaim(device_id=device.device_id, epoch=device.epoch)


def pull(salons: Salons, *devices: Device, later: timedelta = timedelta(0)) -> list[OutboxMessage]:
    holds = [hold(device) for device in devices]
    messages.tidy(holds, uow=salons.uow, clock=lambda: now() + later)
    return list(messages.pull(holds, uow=salons.uow, clock=lambda: now() + later))


def settle(salons: Salons, message: OutboxMessage, result: SendResult) -> bool:
    return messages.record_result(message, result, uow=salons.uow, clock=now, jitter=0.0)


def test_what_is_owed_twice_under_one_key_is_owed_once(salons: Salons) -> None:
    device = salons.add()
    salons.owe(device, dedup_key="record:1:booked")
    again = NewMessage(company_id=device.company_id, text="?", dedup_key="record:1:booked", deadline_at=None)
    assert messages.send(again, to=IdentityObservation(phone="79995550001"), uow=salons.uow, clock=now) is None
    assert len(salons.rows("SELECT 1 FROM outbox_messages")) == 1


@pytest.mark.parametrize("text", ["", "  \n", "я" * 65_537])
def test_a_text_that_whatsapp_would_not_take_is_refused(salons: Salons, text: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        salons.owe(salons.add(), text=text)


def test_nothing_is_owed_in_the_name_of_a_company_that_is_not_there(salons: Salons) -> None:
    new = NewMessage(company_id=CompanyId(999), text="?", dedup_key="a", deadline_at=None)
    with pytest.raises(CompanyNotFoundError):
        messages.send(new, to=IdentityObservation(phone="79995550001"), uow=salons.uow, clock=now)


def test_one_company_never_sees_the_message_of_another(salons: Salons) -> None:
    ours, theirs = salons.add(), salons.add()
    number = salons.owe(ours)
    assert messages.find(theirs.company_id, number, uow=salons.uow) is None


def test_messages_go_one_at_a_time_in_the_order_they_were_owed(salons: Salons) -> None:
    device, other = salons.add(), salons.add()
    first, second = salons.owe(device, text="Раз"), salons.owe(device, text="Два")
    elsewhere = salons.owe(other)
    taken = pull(salons, device, other)
    assert {message.outbox_message_id for message in taken} == {first, elsewhere}
    [message] = [one for one in taken if one.outbox_message_id == first]
    assert (message.state, message.attempts, message.text) == (OutboxState.SENDING, 1, "Раз")
    assert message.address == "79995550001@s.whatsapp.net"
    [following] = pull(salons, device, other)
    assert following.outbox_message_id == second
    assert pull(salons, device, other) == []


def test_an_old_epoch_gets_nothing(salons: Salons) -> None:
    former = salons.add()
    number = salons.owe(former)
    present = salons.adopt(former.company_id)
    assert pull(salons, former) == []
    assert salons.message(former, number).state is OutboxState.PENDING
    assert len(pull(salons, present)) == 1


def test_a_device_that_is_to_be_removed_sends_nothing(salons: Salons) -> None:
    device = salons.add()
    salons.owe(device)
    salons.run("UPDATE devices SET desired = 'removed'")
    assert pull(salons, device) == []


def test_of_many_that_pull_at_once_one_gets_the_message(salons: Salons) -> None:
    device = salons.add()
    numbers = [salons.owe(device) for _ in range(5)]
    taken: list[MessageId] = []

    def take() -> None:
        for _ in range(10):
            taken.extend(message.outbox_message_id for message in pull(salons, device))

    _together([take] * 4)
    assert sorted(taken) == numbers


@pytest.mark.parametrize(
    ("holder", "nudged"),
    [
        ("web-1.example:7", [(Job.SEND_MESSAGES, "web-1.example:7")]),
        ("", [(Job.WAKE_HOSTS,)]),
        ("a name of\nits own", [(Job.WAKE_HOSTS,)]),
        (None, []),
    ],
    ids=["held", "held by a nameless one", "held by one of another name", "held by nobody"],
)
def test_a_new_message_wakes_the_holder_of_its_device_and_nobody_else(
    salons: Salons, holder: str | None, nudged: list[tuple[Any, ...]]
) -> None:
    device, _other = salons.add(), salons.add()
    if holder is None:
        salons.run("UPDATE devices SET host_id = NULL WHERE id = :id", id=device.device_id)
    else:
        salons.run("UPDATE session_hosts SET name = :name", name=holder)
    told: list[tuple[Any, ...]] = []
    new = NewMessage(company_id=device.company_id, text="Ждём вас", dedup_key="once", deadline_at=None)
    for _ in range(2):
        with salons.uow(lambda *what: told.append(what)) as work:
            messages.enqueue(new, to=IdentityObservation(phone="79995550001"), work=work, now=now())
            work.commit()
    assert told == nudged, "what was owed already nudges nobody"


def test_no_host_can_adopt_a_device_between_the_look_at_its_epoch_and_the_commit(salons: Salons) -> None:
    """The claim holds the device's row; an adoption skips it until `sending` is there to be found."""
    device, other = salons.add(), HostId(uuid.uuid4())
    salons.owe(device)
    salons.run("UPDATE session_hosts SET lease_until = now() - interval '1 minute'")
    with salons.uow() as adoption:
        adoption.hosts.add(other, lease=timedelta(minutes=1), capacity=5)
        with salons.uow() as claim:
            assert claim.outbox_messages.claim([hold(device)], now())
            assert adoption.devices.adopt(other, limit=5, now=now()) == []
            claim.commit()
        assert len(adoption.devices.adopt(other, limit=5, now=now())) == 1


def test_what_the_former_holder_left_sending_is_unknown_and_never_sent_again(salons: Salons) -> None:
    former = salons.add()
    number = salons.owe(former)
    [message] = pull(salons, former)
    present = salons.adopt(former.company_id)
    assert pull(salons, present) == []
    left = salons.message(former, number)
    assert (left.state, left.reason) == (OutboxState.UNKNOWN, "host_lost")
    assert pull(salons, present) == []
    assert settle(salons, message, SENT), "the former holder lives after all, and what it knows is true"
    assert salons.message(former, number).state is OutboxState.SENT


def test_a_late_doubt_does_not_undo_what_is_known(salons: Salons) -> None:
    former = salons.add()
    number = salons.owe(former)
    [message] = pull(salons, former)
    assert settle(salons, message, SENT)
    for fate in (SendOutcome.UNKNOWN, SendOutcome.NOT_TAKEN, SendOutcome.FAILED):
        assert not settle(salons, message, SendResult(outcome=fate))
    assert salons.message(former, number).state is OutboxState.SENT


def test_unknown_does_not_become_pending_by_a_late_word(salons: Salons) -> None:
    former = salons.add()
    number = salons.owe(former)
    [message] = pull(salons, former)
    pull(salons, salons.adopt(former.company_id))
    assert not settle(salons, message, SendResult(outcome=SendOutcome.NOT_TAKEN))
    assert salons.message(former, number).state is OutboxState.UNKNOWN


def test_what_never_went_out_is_owed_again_after_a_while(salons: Salons) -> None:
    device = salons.add()
    number = salons.owe(device)
    [message] = pull(salons, device)
    assert settle(salons, message, SendResult(outcome=SendOutcome.NOT_TAKEN, reason="not_connected"))
    assert pull(salons, device) == [], "not at once: what fails together would come back together"
    [again] = pull(salons, device, later=RETRIES.wait(1, jitter=0.0))
    assert (again.outbox_message_id, again.attempts) == (number, 2)
    assert not settle(salons, message, SENT), "the first attempt has no say in the second"


def test_what_is_called_sending_for_minutes_is_unknown_whoever_had_it(salons: Salons) -> None:
    device = salons.add()
    number = salons.owe(device)
    pull(salons, device)
    later = now() + SENDING_AT_MOST + timedelta(seconds=1)
    messages.tidy([], uow=salons.uow, clock=lambda: later)
    assert salons.message(device, number).state is OutboxState.UNKNOWN


def test_what_has_expired_is_cancelled_and_not_sent(salons: Salons) -> None:
    device = salons.add()
    number = salons.owe(device, deadline_at=now())
    assert pull(salons, device) == []
    expired = salons.message(device, number)
    assert (expired.state, expired.reason) == (OutboxState.CANCELLED, "expired")


def test_a_new_phone_of_the_salon_sends_what_the_old_one_owed(salons: Salons) -> None:
    device = salons.add()
    salons.owe(device)
    salons.run("UPDATE devices SET desired = 'removed'")
    with salons.uow() as work:
        work.devices.add(device.company_id, LinkedAccount(jid="79991110000:1@s.whatsapp.net", lid=None), now())
        work.commit()
    salons.run("UPDATE devices SET observed = 'logged_out' WHERE desired = 'removed'")
    salons.run("DELETE FROM devices WHERE desired = 'removed'")
    [message] = pull(salons, salons.adopt(device.company_id))
    assert message.device_id != device.device_id


def _together(calls: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
