"""The two threads of a host that carry messages, on a real PostgreSQL that may be away, with sends that take long."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from structlog.processors import format_exc_info
from structlog.testing import capture_logs
from structlog.typing import EventDict

from aiadmin.adapters.whatsapp.engine import EngineError
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.hosting.device import Device
from aiadmin.domain.hosting.session_event import Connected, SessionEvent
from aiadmin.domain.look_schedule import TICK_SECONDS
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import MessageReason, Purpose, SendOutcome, SendResult, TimerSeen
from aiadmin.domain.messages.sending_policy import LeakyBucket
from aiadmin.hosting import incoming as incoming_module
from aiadmin.hosting.collaborators import SendingMode
from aiadmin.hosting.incoming import Incoming
from aiadmin.hosting.outgoing import Online, Outgoing
from tests.conftest import WaitUntil
from tests.integration.messages.conftest import Salons, now
from tests.integration.messages.test_contacts import LID, heard, receipt

pytestmark = pytest.mark.slow  # what is tried takes seconds of a real clock

SECONDS = 30.0
Logs = list[EventDict]


class Phone:
    """An engine whose sends the test answers."""

    def __init__(self) -> None:
        self.asked: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[SendResult] = queue.SimpleQueue()
        self.addresses: list[tuple[str, int]] = []
        self.numbers: dict[str, IdentityObservation | None] = {}
        self.on_number: Callable[[], None] = lambda: None
        self.typed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.outcomes: list[SendOutcome] = []

    def send(self, _session_id: str, address: str, text: str, *, disappears_after: int = 0) -> SendResult:
        self.addresses.append((address, disappears_after))
        self.asked.put(text)
        return self.answers.get(timeout=30)

    def find_number(self, _session_id: str, phone: str) -> IdentityObservation | None:
        if phone not in self.numbers:
            raise EngineError("no answer")
        self.on_number()
        return self.numbers[phone]

    def show_typing(self, _session_id: str, address: str) -> None:
        self.typed.put(address)

    def take(self, message_id: str = "M") -> None:
        """Let one send succeed."""
        self.answers.put(SendResult(outcome=SendOutcome.SENT, message_id=message_id, sent_at=now()))


@pytest.fixture
def logs() -> Iterator[Logs]:
    """What is logged, with the text of each exception."""
    with capture_logs(processors=[format_exc_info]) as logs:
        yield logs


def events(logs: Logs) -> list[str]:
    return [str(one["event"]) for one in logs]


@pytest.fixture
def told() -> list[tuple[int, int]]:
    """The chats that pages are told of: company and contact."""
    return []


@pytest.fixture
def mail(salons: Salons, told: list[tuple[int, int]]) -> Iterator[Incoming]:
    incoming = Incoming(uow=salons.shaky_uow, clock=now, on_news=lambda *chat: told.append(chat))
    incoming.start()
    yield incoming
    incoming.close(SECONDS)


@pytest.fixture
def post(
    salons: Salons, mail: Incoming, told: list[tuple[int, int]]
) -> Iterator[Callable[..., tuple[Outgoing, Phone]]]:
    """Start sending for devices."""
    started: list[Outgoing] = []

    def start(
        *devices: Device, manners: SendingMode | None = None, net: float = TICK_SECONDS
    ) -> tuple[Outgoing, Phone]:
        phone = Phone()
        online = [Online(device, f"session {device.device_id}") for device in devices]
        outgoing = Outgoing(
            engine=phone,  # type: ignore[arg-type]
            online=lambda: online,
            uow=salons.shaky_uow,
            clock=now,
            on_sent=mail.sent,
            on_news=lambda *chat: told.append(chat),
            on_result=phone.outcomes.append,
            record_sent=salons.record_sent,
            mode=manners,
            net_seconds=lambda: net,
        )
        outgoing.start()
        started.append(outgoing)
        return outgoing, phone

    yield start
    for outgoing in started:
        outgoing.stop(0)


def nobody(_event: SessionEvent) -> None:
    pytest.fail("this was mail")


def inbox(salons: Salons) -> list[str]:
    return [row["message_id"] for row in salons.rows("SELECT message_id FROM inbox_messages ORDER BY id")]


def test_mail_stays_here_and_the_rest_goes_to_the_host(salons: Salons, mail: Incoming, wait_until: WaitUntil) -> None:
    device, others = salons.add(), []
    hear = mail.listener(device, others.append)
    hear(Connected())
    hear(heard(device, "A", lid=LID).event)
    wait_until(lambda: inbox(salons) == ["A"])
    assert others == [Connected()]


def test_a_listener_never_waits_for_postgresql_and_nothing_is_lost_while_it_is_away(
    salons: Salons, mail: Incoming, wait_until: WaitUntil
) -> None:
    device = salons.add()
    hear = mail.listener(device, nobody)
    salons.is_down = True
    names = [f"M{number:03}" for number in range(250)]
    began = time.monotonic()
    for name in names:
        hear(heard(device, name, lid=LID).event)
    assert time.monotonic() - began < SECONDS / 2, "or it would have waited for ever"
    salons.is_down = False
    wait_until(lambda: len(inbox(salons)) == len(names), SECONDS, "stored")
    assert inbox(salons) == names, "in the order they came"


def test_more_than_memory_holds_is_lost_and_said(
    salons: Salons,
    mail: Incoming,
    monkeypatch: pytest.MonkeyPatch,
    logs: Logs,
    wait_until: WaitUntil,
) -> None:
    monkeypatch.setattr(incoming_module, "HELD_AT_MOST", 10)
    device = salons.add()
    hear = mail.listener(device, nobody)
    salons.is_down = True
    for number in range(200):
        hear(heard(device, f"M{number}", lid=LID).event)
    salons.is_down = False
    wait_until(lambda: len(inbox(salons)) >= 10, SECONDS, "stored")
    wait_until(lambda: any("too many wait" in one for one in events(logs)), SECONDS, "said")


def test_a_message_that_cannot_be_stored_does_not_hold_up_the_others(
    salons: Salons, mail: Incoming, logs: Logs, wait_until: WaitUntil
) -> None:
    """Here its company is gone. What it said is not in the log."""
    device, gone = salons.add(), salons.add()
    salons.run("DELETE FROM companies WHERE id = :id", id=gone.company_id)
    salons.is_down = True
    for of, name in ((device, "A"), (gone, "B"), (device, "C")):
        mail.listener(of, nobody)(heard(of, name, lid=LID).event)
    salons.is_down = False
    wait_until(lambda: inbox(salons) == ["A", "C"], SECONDS, "stored")
    wait_until(lambda: "a message is lost" in events(logs), SECONDS, "said")
    assert "Здравствуйте" not in str(logs)


def test_a_salon_that_talks_to_itself_is_not_listened_to(
    salons: Salons, mail: Incoming, wait_until: WaitUntil
) -> None:
    device = salons.add()
    hear = mail.listener(device, nobody)
    hear(heard(device, "A", phone=device.phone).event)
    hear(heard(device, "B", lid="77@lid").event)
    hear(heard(device, "C", lid=LID).event)
    wait_until(lambda: inbox(salons), SECONDS, "stored")
    assert inbox(salons) == ["C"]


def test_a_receipt_that_comes_before_its_message_has_an_id_finds_it(
    salons: Salons, mail: Incoming, post: Any, wait_until: WaitUntil
) -> None:
    device = salons.add()
    number = salons.owe(device)
    _, phone = post(device)
    phone.asked.get(timeout=SECONDS)
    hear = mail.listener(device, nobody)
    for is_read in (False, True, False):  # a client has several devices
        hear(receipt(device, "M", is_read=is_read).event)
    hear(heard(device, "last", lid=LID).event)
    wait_until(lambda: inbox(salons), SECONDS, "all heard")
    phone.take("M")
    wait_until(lambda: salons.message(device, number).read_at, SECONDS, "marked")


def test_pages_are_told_of_what_is_sent_read_and_said(
    salons: Salons, mail: Incoming, post: Any, told: list[tuple[int, int]], wait_until: WaitUntil
) -> None:
    device = salons.add()
    number = salons.owe(device)
    _, phone = post(device)
    phone.asked.get(timeout=SECONDS)
    phone.take("M")
    chat = (device.company_id, salons.message(device, number).contact_id)
    wait_until(lambda: told == [chat], SECONDS, "sent")
    hear = mail.listener(device, nobody)
    hear(receipt(device, "M", is_read=True).event)
    wait_until(lambda: told == [chat] * 2, SECONDS, "read")
    hear(heard(device, "A", lid="9@lid").event)
    wait_until(lambda: len(told) > 2, SECONDS, "said")
    assert told[2][0] == device.company_id


def test_each_salon_sends_one_at_a_time_and_none_waits_for_another(
    salons: Salons, post: Any, wait_until: WaitUntil
) -> None:
    slow, quick = salons.add(), salons.add()
    salons.owe(slow, text="медленно 1")
    salons.owe(slow, text="медленно 2")
    salons.owe(quick, text="быстро")
    _, phone = post(slow, quick)
    assert {phone.asked.get(timeout=SECONDS) for _ in range(2)} == {"медленно 1", "быстро"}
    with pytest.raises(queue.Empty):
        phone.asked.get(timeout=0.2)
    phone.take("M1")
    phone.take("M2")
    assert phone.asked.get(timeout=SECONDS) == "медленно 2"
    phone.take("M3")


def test_a_nudge_is_quicker_than_the_tick(salons: Salons, post: Any, wait_until: WaitUntil) -> None:
    device = salons.add()
    outgoing, phone = post(device)
    wait_until(lambda: outgoing._looks.at > time.monotonic())
    salons.owe(device)
    began = time.monotonic()
    outgoing.wake()
    phone.asked.get(timeout=SECONDS)
    print(f"nudge to library {(time.monotonic() - began) * 1000:.0f} ms")
    phone.take()
    assert time.monotonic() - began < 0.8


def test_what_falls_due_later_goes_then_although_nobody_says_so(
    salons: Salons, post: Any, wait_until: WaitUntil
) -> None:
    device, other = salons.add(), salons.add()
    for one in (device, other):
        salons.owe(one, text="потом")
    salons.run("UPDATE outbox_messages SET next_attempt_at = now() + interval '2 s'")
    salons.owe(device, text="сразу")
    _, phone = post(device, other, net=SECONDS * 2)
    assert phone.asked.get(timeout=SECONDS) == "сразу"
    phone.take("M1")
    assert [phone.asked.get(timeout=SECONDS) for _ in range(2)] == ["потом", "потом"]
    for name in ("M2", "M3"):
        phone.take(name)


def test_what_was_owed_just_behind_a_nudge_needs_none_of_its_own(
    salons: Salons, post: Any, wait_until: WaitUntil
) -> None:
    """A nudge a moment after another is not sent: whoever was nudged looks once more."""
    device = salons.add()
    outgoing, phone = post(device, net=SECONDS * 2)
    wait_until(lambda: outgoing._looks.at > time.monotonic())
    outgoing.wake()
    wait_until(lambda: outgoing._looks.at > time.monotonic())
    salons.owe(device)
    phone.asked.get(timeout=SECONDS)
    phone.take()


def test_a_device_that_has_rested_goes_on_although_nobody_says_so(salons: Salons, post: Any) -> None:
    device = salons.add()
    short = timedelta(seconds=1)
    for text in ("первое", "второе"):
        salons.owe(device, purpose=Purpose.BOOKED, text=text)
    rests = SendingMode(gaps=LeakyBucket(shortest_gap=short, longest_gap=short), typing_time=lambda _: timedelta(0))
    _, phone = post(device, manners=rests, net=SECONDS * 2)
    for name in ("M1", "M2"):
        phone.asked.get(timeout=SECONDS)
        phone.take(name)


def test_a_result_waits_for_postgresql_rather_than_be_called_unknown(
    salons: Salons, post: Any, wait_until: WaitUntil
) -> None:
    device = salons.add()
    number = salons.owe(device)
    _, phone = post(device)
    phone.asked.get(timeout=SECONDS)
    salons.is_down = True
    phone.take()
    assert salons.message(device, number).state is OutboxState.SENDING
    salons.is_down = False
    wait_until(lambda: salons.message(device, number).state is OutboxState.SENT, SECONDS, "written")
    wait_until(lambda: phone.outcomes == [SendOutcome.SENT], SECONDS, "counted")


def test_who_stops_finishes_the_send_in_hand_and_takes_no_other(
    salons: Salons, post: Any, wait_until: WaitUntil
) -> None:
    device = salons.add()
    first, second = salons.owe(device), salons.owe(device)
    outgoing, phone = post(device)
    phone.asked.get(timeout=SECONDS)
    threading.Timer(0.3, phone.take).start()
    assert outgoing.stop(SECONDS)
    assert salons.message(device, first).state is OutboxState.SENT
    assert salons.message(device, second).state is OutboxState.PENDING


def test_who_stops_does_not_wait_for_ever(salons: Salons, post: Any) -> None:
    device = salons.add()
    salons.owe(device)
    outgoing, phone = post(device)
    phone.asked.get(timeout=SECONDS)
    began = time.monotonic()
    assert not outgoing.stop(0.3)
    assert time.monotonic() - began < SECONDS / 2
    phone.take()


SLOW = SendingMode(gaps=LeakyBucket(shortest_gap=timedelta(hours=1), longest_gap=timedelta(hours=1)))


def test_a_client_sees_typing_and_then_the_number_rests_but_not_from_what_is_urgent(
    salons: Salons, post: Any, wait_until: WaitUntil
) -> None:
    device = salons.add()
    first = salons.owe(device, purpose=Purpose.BOOKED, text="Вы записаны")
    outgoing, phone = post(device, manners=SLOW)
    assert phone.typed.get(timeout=SECONDS) == "79995550001@s.whatsapp.net"
    assert salons.message(device, first).state is OutboxState.PENDING, "nothing is claimed while it types"
    assert phone.asked.get(timeout=SECONDS) == "Вы записаны"
    phone.take()
    second = salons.owe(device, purpose=Purpose.MOVED, text="Перенос")
    for urgent in (Purpose.REPLY, Purpose.TRIAL):
        number = salons.owe(device, purpose=urgent, text=urgent)
        outgoing.wake()
        assert phone.asked.get(timeout=SECONDS) == urgent
        phone.take()
        wait_until(lambda number=number: salons.message(device, number).state is OutboxState.SENT, SECONDS, "sent")
    assert salons.message(device, second).state is OutboxState.PENDING
    assert phone.typed.get(timeout=SECONDS), "before the reply"
    assert phone.typed.empty(), "whoever has just typed need not see it"


def test_who_stops_while_it_types_has_sent_nothing(salons: Salons, post: Any) -> None:
    device = salons.add()
    number = salons.owe(device, purpose=Purpose.BOOKED, text="Вы записаны " * 50)
    outgoing, phone = post(device, manners=SLOW)
    phone.typed.get(timeout=SECONDS)
    assert outgoing.stop(SECONDS)
    assert (salons.message(device, number).state, salons.message(device, number).attempts) == (OutboxState.PENDING, 0)
    assert phone.asked.empty()


def test_a_host_that_is_told_to_pause_sends_what_a_human_typed_alone(salons: Salons, post: Any) -> None:
    device = salons.add()
    salons.owe(device, purpose=Purpose.REPLY, text="ответ")
    salons.owe(device, purpose=Purpose.MANUAL, text="руками")
    _, phone = post(device, manners=SendingMode(is_paused=True))
    assert phone.asked.get(timeout=SECONDS) == "руками"
    phone.take()


JOURNAL, CANONICAL = "5531988887777", "553188887777"
REFUSED = SendResult(outcome=SendOutcome.FAILED, reason=MessageReason.NOT_ON_WHATSAPP)
SENT = SendResult(outcome=SendOutcome.SENT, message_id="M", sent_at=None)


def absent(salons: Salons) -> list[bool]:
    return [
        one["absent"] for one in salons.rows("SELECT unreachable_at IS NOT NULL AS absent FROM contacts ORDER BY id")
    ]


def test_w8_what_is_refused_goes_to_the_person_whom_whatsapp_names(
    salons: Salons, post: Callable[..., tuple[Outgoing, Phone]], wait_until: WaitUntil
) -> None:
    """W8: the number that it names is remembered, and the next message goes there at once."""
    device = salons.add()
    number = salons.owe(device, JOURNAL)
    outgoing, phone = post(device)
    phone.numbers[JOURNAL] = IdentityObservation(phone=CANONICAL, also=frozenset({JOURNAL}))
    phone.answers.put(REFUSED)
    phone.answers.put(SENT)
    wait_until(lambda: salons.message(device, number).state is OutboxState.SENT)
    salons.owe(device, JOURNAL)
    phone.answers.put(SENT)
    outgoing.wake()
    wait_until(lambda: len(phone.addresses) == 3)
    assert [address.partition("@")[0] for address, _ in phone.addresses] == [JOURNAL, CANONICAL, CANONICAL]
    assert absent(salons) == [False]


@pytest.mark.parametrize(
    "named", [IdentityObservation(phone="33612345678", also=frozenset({"33012345678"})), IdentityObservation(lid=LID)]
)
def test_w8_who_said_stop_under_the_number_that_whatsapp_names_is_not_written_to(
    salons: Salons, post: Callable[..., tuple[Outgoing, Phone]], wait_until: WaitUntil, named: IdentityObservation
) -> None:
    """W8: where no rule of ours knew that both numbers are one person's."""
    device = salons.add()
    with salons.uow() as work:
        whom = work.contacts.upsert(device.company_id, IdentityObservation(lid=LID, phone="33612345678"), now())
        work.permissions.opt_out(device.company_id, whom, now())
        work.commit()
    notice = salons.owe(device, "33012345678", purpose=Purpose.BOOKED)
    _, phone = post(device)
    phone.numbers["33012345678"] = named if named.phone else IdentityObservation(lid=LID, phone="33012345678")
    phone.answers.put(REFUSED)
    wait_until(lambda: salons.message(device, notice).state is OutboxState.FAILED)
    assert salons.message(device, notice).reason == "opted_out"
    assert absent(salons) == [False], "one person, who is there"


def test_w8_a_person_is_absent_only_when_whatsapp_says_so(
    salons: Salons, post: Callable[..., tuple[Outgoing, Phone]], wait_until: WaitUntil
) -> None:
    """W8: an unanswered question, or one whose answer cannot be stored, is asked again."""
    device = salons.add()
    number = salons.owe(device, JOURNAL)
    outgoing, phone = post(device)
    phone.answers.put(REFUSED)
    wait_until(lambda: salons.message(device, number).reason == "number_unanswered")
    assert salons.message(device, number).state is OutboxState.PENDING
    assert absent(salons) == [False]
    phone.numbers[JOURNAL] = IdentityObservation(phone=JOURNAL)
    salons.run("UPDATE outbox_messages SET next_attempt_at = now()")
    for _ in range(2):
        phone.answers.put(REFUSED)
    wait_until(lambda: salons.message(device, number).attempts == 2 and len(phone.addresses) == 3)
    wait_until(lambda: salons.message(device, number).state is OutboxState.PENDING)
    assert absent(salons) == [False], "on WhatsApp, and yet not to be written to just now"
    phone.numbers[JOURNAL] = None
    salons.run("UPDATE outbox_messages SET next_attempt_at = now()")
    phone.answers.put(REFUSED)
    outgoing.wake()
    wait_until(lambda: salons.message(device, number).state is OutboxState.FAILED)
    assert salons.message(device, number).reason == MessageReason.NOT_ON_WHATSAPP
    assert absent(salons) == [True]


def test_w8_what_whatsapp_names_while_postgresql_is_away_is_asked_again(
    salons: Salons,
    post: Callable[..., tuple[Outgoing, Phone]],
    wait_until: WaitUntil,
    logs: Logs,
) -> None:
    """W8: nothing was sent, so the message is neither lost nor unknown, and goes when it is asked again."""
    device = salons.add()
    number = salons.owe(device, JOURNAL)
    outgoing, phone = post(device)
    phone.numbers[JOURNAL] = IdentityObservation(phone=CANONICAL, also=frozenset({JOURNAL}))
    phone.on_number = lambda: setattr(salons, "is_down", True)
    phone.answers.put(REFUSED)
    wait_until(lambda: any("was not kept" in one for one in events(logs)))
    assert JOURNAL not in str(logs)
    assert CANONICAL not in str(logs)
    phone.on_number = lambda: None
    salons.is_down = False
    wait_until(lambda: salons.message(device, number).reason == "number_unanswered")
    salons.run("UPDATE outbox_messages SET next_attempt_at = now()")
    phone.answers.put(REFUSED)
    phone.answers.put(SENT)
    outgoing.wake()
    wait_until(lambda: salons.message(device, number).state is OutboxState.SENT)


def test_w17_the_timer_goes_with_what_is_sent_and_follows_the_person(
    salons: Salons, mail: Incoming, post: Callable[..., tuple[Outgoing, Phone]], wait_until: WaitUntil
) -> None:
    """W17: also when it was heard under the LID alone, and the phone is told later."""
    device = salons.add()
    hear = mail.listener(device, nobody)
    hear(TimerSeen(peer=IdentityObservation(lid=LID), disappears_after=604_800))
    hear(heard(device, "A", lid=LID, phone=JOURNAL).event)
    wait_until(lambda: inbox(salons) == ["A"])
    salons.owe(device, CANONICAL)
    _, phone = post(device)
    phone.answers.put(SENT)
    wait_until(lambda: len(phone.addresses) == 1)
    assert phone.addresses == [(f"{JOURNAL}@s.whatsapp.net", 604_800)]
