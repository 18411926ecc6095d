"""What the engine promises about messages, whatever the library does."""

from __future__ import annotations

import queue
import threading
from typing import Any

import pytest

from aiadmin.adapters.whatsapp import engine as engine_module
from aiadmin.adapters.whatsapp.engine import Engine, EngineError
from aiadmin.adapters.whatsapp.gate import Gate
from aiadmin.domain.hosting.session_event import SocketOpen
from aiadmin.domain.messages.message import MessageSeen, SendOutcome
from tests.unit.whatsapp.fake_go import CONNECTED, Call, FakeGo, Neonize_pb2, device, library, online_until_stopped
from tests.unit.whatsapp.test_engine import JID, Keys

SECONDS = 30.0
MESSAGE = 17


class Posting(FakeGo):
    """A library that sends; `hold` keeps each send waiting."""

    def __init__(self, script: Any = online_until_stopped, error: str = "") -> None:
        super().__init__(script)
        self.error = error
        self.hold = threading.Event()
        self.hold.set()
        self.entered: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.asked: list[bytes] = []
        self.typed: list[tuple[str, int, int]] = []

    def SendMessage(self, _handle: bytes, to: bytes, _size: int, content: bytes, _length: int) -> bytes:  # noqa: N802
        body = type(Neonize_pb2.Message().Message).FromString(content)
        self.entered.put(f"{Neonize_pb2.JID.FromString(to).User}: {body.conversation}")
        self.hold.wait(SECONDS)
        timings = {field.name: 0 for field in Neonize_pb2.MessageDebugTimings.DESCRIPTOR.fields}
        sent = Neonize_pb2.SendResponse(ID="3EB0", Timestamp=1, ServerID=0, DebugTimings=timings)
        answer = Neonize_pb2.SendMessageReturnFunction(Error=self.error, SendResponse=sent)
        return bytes(answer.SerializePartialToString())

    def IsOnWhatsApp(self, _handle: bytes, numbers: bytes) -> bytes:  # noqa: N802
        self.asked.append(numbers)
        self.hold.wait(SECONDS)
        return bytes(Neonize_pb2.IsOnWhatsAppReturnFunction(Error=self.error).SerializePartialToString())

    def SendChatPresence(self, _handle: bytes, to: bytes, _size: int, state: int, media: int) -> bytes:  # noqa: N802
        self.typed.append((Neonize_pb2.JID.FromString(to).User, state, media))
        return self.error.encode()


def live(go: FakeGo, session_id: str = "salon") -> Engine:
    """An engine with one connected session."""
    engine = Engine(library(go))
    engine.start(session_id, Keys(), JID, lambda _event: None)
    return engine


def test_a_text_reaches_the_address_and_the_answer_comes_back() -> None:
    go = Posting()
    result = live(go).send("salon", "79995550001@s.whatsapp.net", "Ждём вас")
    assert (result.outcome, result.message_id) == (SendOutcome.SENT, "3EB0")
    assert go.entered.get(timeout=SECONDS) == "79995550001: Ждём вас"


def test_what_went_out_without_its_content_for_some_device_is_not_called_sent() -> None:
    go = Posting()
    engine = live(go)
    [call] = go.calls.values()
    call.log("Failed to encrypt 3EB0 for 2000@lid: cipher encryption failed: connection refused")
    result = engine.send("salon", "79995550001@s.whatsapp.net", "Ждём вас")
    assert (result.outcome, result.reason, result.message_id) == (SendOutcome.UNKNOWN, "unencrypted", "3EB0")


@pytest.mark.parametrize("error", ["", "websocket not connected"])
def test_typing_is_shown_and_whatever_comes_of_it_is_no_matter(error: str) -> None:
    go = Posting(error=error)
    engine = live(go)
    engine.show_typing("salon", "79995550001@s.whatsapp.net")
    engine.show_typing("nobody", "79995550001@s.whatsapp.net")
    assert go.typed == [("79995550001", 0, 0)], "composing, a text"


def test_a_session_that_is_not_live_is_not_asked_and_the_message_may_be_tried_again() -> None:
    go = Posting()
    assert live(go).send("nobody", "79995550001@s.whatsapp.net", "?").outcome is SendOutcome.NOT_TAKEN
    assert go.entered.empty()


def test_a_library_that_does_not_come_back_leaves_the_fate_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "SEND_SECONDS", 0.05)
    go = Posting()
    go.hold.clear()
    result = live(go).send("salon", "79995550001@s.whatsapp.net", "?")
    assert (result.outcome, result.reason) == (SendOutcome.UNKNOWN, "timeout")
    go.hold.set()


def test_slow_sends_of_several_sessions_go_side_by_side_and_a_start_passes_between_them() -> None:
    go = Posting()
    engine = live(go, "first")
    engine.start("second", Keys(), JID, lambda _event: None)
    go.hold.clear()
    for session in ("first", "second"):
        threading.Thread(target=engine.send, args=[session, "79995550001@s.whatsapp.net", session]).start()
    assert {go.entered.get(timeout=SECONDS) for _ in range(2)} == {"79995550001: first", "79995550001: second"}
    engine.start("third", Keys(), JID, lambda _event: None)
    go.hold.set()
    assert engine.live() == {"first", "second", "third"}


def test_mail_that_was_taken_before_a_stop_is_heard_and_nothing_else() -> None:
    """The library has acknowledged it: WhatsApp does not say it again."""
    heard: list[Any] = []
    busy, has_spoken = threading.Event(), threading.Event()

    def speak(call: Call) -> str:
        for code, data in ((0, device()), (CONNECTED, b""), (MESSAGE, _message())):
            call.send(code, data)
        has_spoken.set()
        call.stopped.wait()
        return ""

    def hear(event: Any) -> None:
        busy.wait(SECONDS)
        heard.append(event)

    engine = Engine(library(FakeGo(speak)))
    engine.start("salon", Keys(), JID, hear)
    assert has_spoken.wait(SECONDS)
    engine.stop("salon")
    busy.set()
    assert engine.flush(SECONDS)
    kinds = [type(event) for event in heard if event != SocketOpen()]  # which may have been told before the stop
    assert kinds == [MessageSeen]


def _message() -> bytes:
    def jid(user: str, server: str) -> Any:
        return Neonize_pb2.JID(
            User=user, Server=server, RawAgent=0, Device=0, Integrator=0, IsEmpty=not (user or server)
        )

    flags = [name for name in Neonize_pb2.Message.DESCRIPTOR.fields_by_name if name.startswith("Is")]
    names = ("Sender", "SenderAlt", "RecipientAlt", "BroadcastListOwner")
    where = {name: jid("", "") for name in names} | {"Chat": jid("1", "lid")}
    info = {"ID": "A", "ServerID": 0, "Type": "text", "Pushname": "", "Timestamp": 1000, "Category": ""}
    more = {"Multicast": False, "MediaType": "", "Edit": ""}
    message = Neonize_pb2.Message(
        Info=Neonize_pb2.MessageInfo(
            MessageSource=Neonize_pb2.MessageSource(IsFromMe=False, IsGroup=False, **where), **info, **more
        ),
        Message={"conversation": "Последнее"},
        UnavailableRequestID="",
        RetryCount=0,
        **dict.fromkeys(flags, False),
    )
    return bytes(message.SerializePartialToString())


def test_the_gate_keeps_a_writer_alone_and_lets_it_before_later_readers() -> None:
    gate, order = Gate(), queue.SimpleQueue[str]()
    reading, may_end = threading.Event(), threading.Event()

    def read(name: str) -> None:
        with gate.together():
            order.put(name)
            reading.set()
            may_end.wait(SECONDS)

    def write() -> None:
        with gate.alone():
            order.put("writer")

    threads = [threading.Thread(target=read, args=["first reader"])]
    threads[0].start()
    assert reading.wait(SECONDS)
    threads.append(threading.Thread(target=write))
    threads[1].start()
    while not gate._wanting:
        assert threads[1].is_alive()
    threads.append(threading.Thread(target=read, args=["late reader"]))
    threads[2].start()
    may_end.set()
    for thread in threads:
        thread.join(SECONDS)
    assert [order.get_nowait() for _ in range(3)] == ["first reader", "writer", "late reader"]


@pytest.mark.slow
def test_w8_a_number_is_asked_as_a_person_types_it_and_silence_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """W8: an error, an empty answer, none in time and a session that is not live are all "not said"."""
    go = Posting(error="info query timed out")
    engine = live(go)
    with pytest.raises(EngineError):
        engine.find_number("salon", "5531988887777")
    assert go.asked == [b"+5531988887777"]
    go.error = ""
    with pytest.raises(EngineError):
        engine.find_number("salon", "5531988887777")
    with pytest.raises(EngineError):
        engine.find_number("another", "5531988887777")
    assert len(go.asked) == 2, "a session that is not live is not asked: that would abort the process"
    monkeypatch.setattr(engine_module, "CALL_SECONDS", 0.05)
    go.hold.clear()
    with pytest.raises(EngineError, match="no answer within"):
        engine.find_number("salon", "5531988887777")
    go.hold.set()
