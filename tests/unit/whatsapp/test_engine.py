"""What the engine promises whatever the library does; the real one is tried in the acceptance tests."""

from __future__ import annotations

import queue
import threading
from typing import Any

import pytest

from aiadmin.adapters.whatsapp.decode import jid_message, jid_text
from aiadmin.adapters.whatsapp.engine import Engine, EngineError, UnknownDeviceError
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.session_event import Connected, Ended, LoginStatus, PairSuccess, QrCodeEvent, SocketOpen
from tests.unit.whatsapp.fake_go import CONNECTED, Call, FakeGo, Neonize_pb2, device, library, online_until_stopped

JID = "79991234567:3@s.whatsapp.net"
SECONDS = 30.0


class Keys:
    """A key store that knows one device, or does not answer."""

    dsn = "postgres://keys"

    def __init__(self, *, is_down: bool = False) -> None:
        self._is_down = is_down

    def exists(self, jid: str) -> bool:
        if self._is_down:
            raise DependencyDownError("PostgreSQL")
        return jid == JID


@pytest.fixture
def heard() -> queue.SimpleQueue[Any]:
    return queue.SimpleQueue()


def test_a_started_device_tells_its_events_in_order(heard: queue.SimpleQueue[Any]) -> None:
    go = FakeGo(online_until_stopped)
    engine = Engine(library(go))
    engine.start("salon", Keys(), JID, heard.put)
    assert [heard.get(timeout=SECONDS) for _ in range(2)] == [SocketOpen(), Connected()]
    [call] = go.calls.values()
    assert jid_text(Neonize_pb2.JID.FromString(call.jid)) == JID
    engine.stop("salon")
    assert engine.flush(SECONDS)
    assert (go.calls, engine.live()) == ({}, frozenset())


def test_a_device_without_keys_and_a_store_that_does_not_answer_are_different_refusals(
    heard: queue.SimpleQueue[Any],
) -> None:
    go = FakeGo(online_until_stopped)
    engine = Engine(library(go))
    with pytest.raises(UnknownDeviceError):
        engine.start("salon", Keys(), "79990000000:1@s.whatsapp.net", heard.put)
    with pytest.raises(DependencyDownError):
        engine.start("salon", Keys(is_down=True), JID, heard.put)
    assert go.calls == {}, "the library was not even asked"


def test_a_session_that_is_not_live_is_never_passed_to_the_library(heard: queue.SimpleQueue[Any]) -> None:
    engine = Engine(library(FakeGo(online_until_stopped)))
    engine.stop("nobody")
    with pytest.raises(EngineError):
        engine.logout("nobody")
    with pytest.raises(EngineError):
        engine.pair_phone("nobody", "79990000000")
    engine.start("salon", Keys(), JID, heard.put)
    with pytest.raises(EngineError):
        engine.start("salon", Keys(), JID, heard.put)


def test_a_call_that_returns_is_cleared_from_the_library_and_told_as_ended(heard: queue.SimpleQueue[Any]) -> None:
    go = FakeGo(lambda _call: "dial tcp: connection refused")
    engine = Engine(library(go))
    engine.start("salon", Keys(), JID, heard.put)
    assert heard.get(timeout=SECONDS) == Ended(error="dial tcp: connection refused")
    assert (go.calls, engine.live()) == ({}, frozenset())


def test_a_stopped_session_says_nothing_more(heard: queue.SimpleQueue[Any]) -> None:
    calls: list[Call] = []

    def script(call: Call) -> str:
        calls.append(call)
        return online_until_stopped(call)

    engine = Engine(library(FakeGo(script)))
    engine.start("salon", Keys(), JID, heard.put)
    engine.stop("salon")
    while not heard.empty():
        heard.get()
    calls[0].send(CONNECTED)
    engine.start("salon", Keys(), JID, heard.put)  # the events of the next connection are behind that echo
    assert [heard.get(timeout=SECONDS) for _ in range(2)] == [SocketOpen(), Connected()]


def test_a_pairing_tells_codes_statuses_and_the_account_with_its_lid(heard: queue.SimpleQueue[Any]) -> None:
    paired = Neonize_pb2.PairStatus(
        ID=Neonize_pb2.JID.FromString(jid_message(JID, Neonize_pb2)),
        BusinessName="Salon",
        Platform="android",
        Status=Neonize_pb2.PairStatus.SUCCESS,
        Error="",
    )

    def script(call: Call) -> str:
        call.qr(call.handle, b"https://wa.me/settings/linked_devices#secret")
        call.status(call.handle, b"success")
        call.send(0, device())
        call.send(2, paired.SerializeToString())
        call.stopped.wait()
        return ""

    engine = Engine(library(FakeGo(script)))
    engine.pair("attempt", "postgres://keys", heard.put)
    code = heard.get(timeout=SECONDS)
    assert isinstance(code, QrCodeEvent)
    assert "secret" not in repr(code)
    assert heard.get(timeout=SECONDS) == LoginStatus(text="success")
    assert heard.get(timeout=SECONDS) == SocketOpen()
    assert heard.get(timeout=SECONDS) == PairSuccess(
        jid=JID, lid="2000:3@lid", platform="android", business_name="Salon"
    )
    assert engine.pair_phone("attempt", "79991234567").endswith("-4567")
    engine.stop("attempt")


def test_bytes_that_are_no_message_and_a_listener_that_fails_stop_nobody(heard: queue.SimpleQueue[Any]) -> None:
    def script(call: Call) -> str:
        call.send(CONNECTED, b"\xff\xff")
        call.send(99)
        return online_until_stopped(call)

    def listen(event: Any) -> None:
        heard.put(event)
        if event == SocketOpen():
            raise ValueError("a listener's mistake")

    engine = Engine(library(FakeGo(script)))
    engine.start("salon", Keys(), JID, listen)
    assert [heard.get(timeout=SECONDS) for _ in range(2)] == [SocketOpen(), Connected()]
    engine.stop("salon")


@pytest.mark.slow
def test_the_gate_lets_one_start_or_stop_through_at_a_time() -> None:
    go = FakeGo(online_until_stopped)
    engine = Engine(library(go))

    def rage(name: str) -> None:
        for _ in range(10):
            engine.start(name, Keys(), JID, lambda _event: None)
            engine.logout(name)
            engine.stop(name)

    threads = [threading.Thread(target=rage, args=[f"salon {number}"]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert engine.flush(SECONDS)
    assert (go.overlaps, go.calls) == (0, {})


def test_a_connection_is_closed_at_once_and_forgotten_when_it_had_time_to_tell_what_it_read() -> None:
    go = FakeGo(online_until_stopped)
    engine = Engine(library(go))
    engine.start("salon", Keys(), JID, lambda _event: None)
    [call] = go.calls.values()
    engine.stop("salon")
    assert (call.is_connected, call.stopped.is_set()) == (False, False)
    assert call.stopped.wait(SECONDS)


def test_a_connection_that_is_still_tried_is_forgotten_at_once(heard: queue.SimpleQueue[Any]) -> None:
    """The library goes on trying after a closed socket: only to be forgotten ends that."""

    def away(call: Call) -> str:
        call.send(0, device())
        call.stopped.wait()
        return ""

    go = FakeGo(away)
    engine = Engine(library(go))
    engine.start("salon", Keys(), JID, heard.put)
    [call] = go.calls.values()
    engine.stop("salon")
    assert call.stopped.is_set()


def test_a_device_is_connected_again_only_when_its_last_connection_is_forgotten() -> None:
    go = FakeGo(online_until_stopped)
    engine = Engine(library(go))
    engine.start("first", Keys(), JID, lambda _event: None)
    [call] = go.calls.values()
    engine.stop("first")
    engine.start("second", Keys(), JID, lambda _event: None)
    assert call.stopped.is_set()
    engine.stop("second")
