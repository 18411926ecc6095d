"""What was sent is written down many at a time, and what a device sends next is claimed by the same statement."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.device import Device
from aiadmin.domain.messages.message import (
    DeviceClaim,
    OutboxMessage,
    Purpose,
    RecordedSend,
    SendOutcome,
    SendResult,
    SendScope,
    SentMessage,
)
from aiadmin.hosting.outgoing import Outgoing
from aiadmin.services.messages import messages
from tests.conftest import WaitUntil
from tests.integration.messages.conftest import Salons, now
from tests.integration.messages.test_contacts import LID, receipt
from tests.integration.messages.test_mail import SECONDS, Phone, mail, post, told

__all__ = ["mail", "post", "told"]


def hold(device: Device, scope: SendScope = SendScope.ALL) -> DeviceClaim:
    return DeviceClaim(device_id=device.device_id, epoch=device.epoch, scope=scope)


def claimed(salons: Salons, device: Device) -> OutboxMessage:
    [message] = messages.pull([hold(device)], uow=salons.uow, clock=now)
    return message


def sent(message: OutboxMessage, next_for: DeviceClaim | None = None, message_id: str = "") -> SentMessage:
    name = message_id or f"M{message.outbox_message_id}"
    result = SendResult(outcome=SendOutcome.SENT, message_id=name, sent_at=now())
    return SentMessage(message=message, result=result, at=now(), next_for=next_for)


def test_the_next_message_is_claimed_with_the_one_that_was_sent(salons: Salons) -> None:
    device = salons.add()
    first, second = salons.owe(device, text="1"), salons.owe(device, text="2")
    recorded = salons.record_sent(sent(claimed(salons, device), hold(device)))
    assert recorded.written
    assert recorded.following is not None
    assert (recorded.following.outbox_message_id, recorded.following.text) == (second, "2")
    assert salons.message(device, first).message_id == f"M{first}"
    assert salons.message(device, second).state is OutboxState.SENDING
    assert salons.message(device, second).attempts == 1
    assert salons.record_sent(sent(recorded.following, hold(device))) == RecordedSend(written=True)


def test_what_is_given_twice_is_written_once(salons: Salons) -> None:
    device = salons.add()
    salons.owe(device)
    message = sent(claimed(salons, device))
    assert [salons.record_sent(message).written for _ in range(2)] == [True, False]


def test_whoever_could_be_reached_may_be_written_to_again(salons: Salons) -> None:
    device = salons.add()
    salons.owe(device)
    message = claimed(salons, device)
    salons.run("UPDATE contacts SET unreachable_at = now(), locked_until = now()")
    salons.record_sent(sent(message))
    assert salons.rows("SELECT unreachable_at, locked_until FROM contacts") == [
        {"unreachable_at": None, "locked_until": None}
    ]


def _another_holds(salons: Salons, device: Device) -> None:
    salons.adopt(device.company_id)


def _everything_rests(salons: Salons, _device: Device) -> None:
    salons.run("INSERT INTO message_pause (since) VALUES (now())")


def _is_switched_off(salons: Salons, device: Device) -> None:
    salons.run("UPDATE devices SET desired = 'off' WHERE id = :id", id=device.device_id)


def _is_too_late(salons: Salons, _device: Device) -> None:
    salons.run("UPDATE outbox_messages SET deadline_at = now() WHERE state = 'pending'")


@pytest.mark.parametrize("happens", [_another_holds, _everything_rests, _is_switched_off, _is_too_late])
def test_what_a_pull_would_not_take_does_not_follow_either(
    salons: Salons, happens: Callable[[Salons, Device], None]
) -> None:
    device = salons.add()
    salons.owe(device)
    waits = salons.owe(device, purpose=Purpose.BOOKED)
    message = claimed(salons, device)
    happens(salons, device)
    assert salons.record_sent(sent(message, hold(device))) == RecordedSend(written=True)
    assert salons.message(device, waits).state is OutboxState.PENDING


def test_a_message_that_cannot_be_read_follows_none_and_stops_none(salons: Salons) -> None:
    device = salons.add()
    salons.owe(device)
    bad, good = salons.owe(device, text="bad"), salons.owe(device, text="good")
    message = claimed(salons, device)
    salons.run("ALTER TABLE outbox_messages DROP CONSTRAINT ck_outbox_messages_purpose")
    salons.run("UPDATE outbox_messages SET purpose = 'of tomorrow' WHERE id = :id", id=bad)
    following = salons.record_sent(sent(message, hold(device))).following
    assert following is not None
    assert following.outbox_message_id == good
    assert salons.rows("SELECT state FROM outbox_messages WHERE id = :id", id=bad) == [{"state": "pending"}]


def test_one_bad_result_fails_alone_and_many_share_a_statement(salons: Salons) -> None:
    devices = [salons.add() for _ in range(6)]
    for device in devices:
        salons.owe(device)
        salons.owe(device)
    waiting = [sent(claimed(salons, device), hold(device)) for device in devices]
    bad = replace(waiting[2], result=replace(waiting[2].result, message_id="no text in PostgreSQL: \0"))
    outcomes: dict[int, Any] = {}

    def record(number: int, one: SentMessage) -> None:
        try:
            outcomes[number] = salons.record_sent(one)
        except Exception as error:  # noqa: BLE001 - it is what is asked for
            outcomes[number] = error

    given = [*waiting[:2], bad, *waiting[3:]]
    threads = [threading.Thread(target=record, args=pair) for pair in enumerate(given)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert isinstance(outcomes.pop(2), ValueError)
    for number, recorded in outcomes.items():
        assert recorded.written
        assert recorded.following.company_id == devices[number].company_id


def test_an_outage_is_the_error_of_each_and_what_was_sent_is_written_when_it_is_over(
    salons: Salons, post: Any, wait_until: WaitUntil
) -> None:
    devices = [salons.add() for _ in range(3)]
    numbers = [salons.owe(device) for device in devices]
    _, phone = post(*devices)
    for _ in devices:
        phone.asked.get(timeout=SECONDS)
    salons.is_down = True
    for number in range(3):
        phone.take(f"M{number}")
    with pytest.raises(DependencyDownError):
        salons.record_sent(sent(salons.message(devices[0], numbers[0])))
    assert {salons.message(device, number).state for device, number in zip(devices, numbers, strict=True)} == {
        OutboxState.SENDING
    }
    salons.is_down = False
    for device, number in zip(devices, numbers, strict=True):
        wait_until(
            lambda device=device, number=number: salons.message(device, number).state is OutboxState.SENT,
            SECONDS,
            "written",
        )


def test_a_device_that_is_wanted_finishes_the_send_in_hand_and_begins_no_other(
    salons: Salons, post: Callable[..., tuple[Outgoing, Phone]], wait_until: WaitUntil
) -> None:
    """A host that has something to do with a session would wait for ever for a salon with much to say."""
    device = salons.add()
    first, second = salons.owe(device), salons.owe(device)
    outgoing, phone = post(device, net=SECONDS * 2)
    phone.asked.get(timeout=SECONDS)
    assert outgoing.is_sending(device.device_id)
    is_free = threading.Event()
    outgoing._begin = lambda *_: is_free.set()  # type: ignore[method-assign]
    phone.take()
    wait_until(lambda: salons.message(device, first).state is OutboxState.SENT, SECONDS, "sent")
    assert is_free.wait(SECONDS), "the device was free before the next message was taken"
    assert salons.message(device, second).attempts == 1
    assert phone.asked.empty()


def test_receipts_of_many_are_marked_at_once_and_each_finds_only_its_own(salons: Salons) -> None:
    one, other = salons.add(), salons.add()
    numbers = {}
    for device in (one, other):
        numbers[device.device_id] = salons.owe(device)
        salons.record_sent(sent(claimed(salons, device), message_id="SAME"))
    early = now() - timedelta(seconds=5)
    given = [
        receipt(one, "SAME"),
        replace(receipt(one, "SAME"), event=replace(receipt(one, "SAME", is_read=True).event, at=early)),
        receipt(other, "SAME"),
        receipt(other, "UNKNOWN"),
    ]
    [left] = messages.store(given, uow=salons.uow)
    assert left.device_id == other.device_id
    assert left.event.message_ids == ("UNKNOWN",)  # type: ignore[union-attr]
    read = salons.message(one, numbers[one.device_id])
    assert (read.read_at, read.delivered_at) == (early, early)
    delivered = salons.message(other, numbers[other.device_id])
    assert delivered.delivered_at is not None
    assert delivered.read_at is None
    assert {row["lid"] for row in salons.rows("SELECT lid FROM contacts")} == {LID}
