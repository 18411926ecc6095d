"""The Go library as far as the engine calls it, and as fragile: it counts what would have aborted the process."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiadmin.adapters.whatsapp.library import Library
from tests.fakes.whatsapp import protos

assert protos.neonize_directory()  # importing it is what makes the messages importable
import Neonize_pb2  # noqa: E402 - the messages alone: the Go library stays out of the test process

CONNECTED = 3
Script = Callable[["Call"], str]
"""What one `Neonize` call does between its first callback and its return; returns the error."""


class Call:
    """One running `Neonize` call."""

    def __init__(self, handle: bytes, jid: bytes, qr: Any, status: Any, event: Any, log: Any) -> None:
        self.handle, self.jid, self.qr, self.status, self._event, self._log = handle, jid, qr, status, event, log
        self.stopped = threading.Event()
        self.is_connected = False

    def send(self, code: int, data: bytes = b"") -> None:
        """Call back with an event."""
        self.is_connected |= code == CONNECTED
        self._event(self.handle, data, len(data), code)

    def log(self, message: str) -> None:
        """Call back with a line of the log."""
        entry = Neonize_pb2.LogEntry(Message=message, Level="WARN", Name="Client").SerializeToString()
        self._log(ctypes.create_string_buffer(entry, len(entry)), len(entry))


class FakeGo:
    """`Neonize` runs `script`; the maps are what its `_fragile` sections stand for."""

    def __init__(self, script: Script) -> None:
        self.calls: dict[bytes, Call] = {}
        self.overlaps = 0
        self._script = script
        self._inside = 0
        self._counting = threading.Lock()

    def Neonize(self, _dsn: bytes, handle: bytes, jid: bytes, *rest: Any) -> bytes:  # noqa: N802 - the library's name
        _size, _is_new, _level, qr, status, event, log, *_ = rest
        call = Call(handle, jid, qr, status, event, log)
        with self._fragile():
            self.calls[handle] = call
        return self._script(call).encode()

    def Stop(self, handle: bytes) -> None:  # noqa: N802
        with self._fragile():
            self.calls.pop(handle).stopped.set()

    def IsConnected(self, handle: bytes) -> bool:  # noqa: N802
        with self._fragile():
            return handle in self.calls and self.calls[handle].is_connected

    def Disconnect(self, handle: bytes) -> None:  # noqa: N802
        with self._fragile():
            self.calls[handle].is_connected = False

    def Logout(self, handle: bytes) -> bytes:  # noqa: N802
        with self._fragile():
            return b"" if handle in self.calls else b"client is nil"

    def PairPhone(self, handle: bytes, params: bytes, _size: int) -> bytes:  # noqa: N802
        asked = Neonize_pb2.PairPhoneParams.FromString(params)
        code = f"{handle.decode()[:4]}-{asked.phone[-4:]}"
        return bytes(Neonize_pb2.PairPhoneReturnFunction(Code=code).SerializeToString())

    @contextmanager
    def _fragile(self) -> Iterator[None]:
        with self._counting:
            self._inside += 1
            self.overlaps += self._inside > 1
        time.sleep(0.0005)
        with self._counting:
            self._inside -= 1
        yield


def online_until_stopped(call: Call) -> str:
    """The usual life: connect, stay."""
    call.send(0, device())
    call.send(CONNECTED)
    call.stopped.wait()
    return ""


def device(lid: str = "2000") -> bytes:
    """A Device message of an account with this LID."""
    jid = dict(RawAgent=0, Integrator=0, IsEmpty=False)  # noqa: C408 - keywords of a message
    message = Neonize_pb2.Device(
        JID=Neonize_pb2.JID(User="79991234567", Device=3, Server="s.whatsapp.net", **jid),
        LID=Neonize_pb2.JID(User=lid, Device=3, Server="lid", **jid),
        Platform="android",
        BussinessName="",
        PushName="",
        Initialized=True,
    )
    return bytes(message.SerializeToString())


def library(go: FakeGo) -> Library:
    """A library around `go`: callbacks stay Python functions, messages are the real ones."""
    from waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps

    def same(function: Any) -> Any:
        return function

    return Library(
        go=go,
        messages=Neonize_pb2,
        device_props=DeviceProps,
        text_callback=same,
        event_callback=same,
        log_callback=same,
    )
