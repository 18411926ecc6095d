"""Runs WhatsApp sessions: a thin layer over raw entry points, so that no bad call kills the process.

What it guards against, each seen in neonize 0.5.2:

* its Go maps are unsynchronised, so parallel starts and stops abort the process: one gate lets one through at a time;
* most calls on a stopped or unknown session abort the process: only sessions of the live table are called;
* a device whose keys are not in the store aborts the process: `start` asks the store first;
* callbacks run on Go's time: they copy bytes to a queue, and one thread of ours decodes them and tells the listeners.

A process that pairs keeps threads that never end (nobody can stop an abandoned pairing): end it with `os._exit`.
"""

from __future__ import annotations

import ctypes
import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from google.protobuf.message import DecodeError

from aiadmin.adapters.whatsapp import decode
from aiadmin.adapters.whatsapp.draining import Draining
from aiadmin.adapters.whatsapp.gate import Gate
from aiadmin.adapters.whatsapp.library import Library
from aiadmin.adapters.whatsapp.library_log import LibraryLog
from aiadmin.adapters.whatsapp.messages import number_seen, send_result, text_message
from aiadmin.adapters.whatsapp.session_handle import Listener, Raw, SessionHandle
from aiadmin.domain.hosting.session_event import PairSuccess, SessionEvent
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import MessageReason, SendOutcome, SendResult

DEVICE_NAME = "AI Admin"
"""What a salon sees in WhatsApp's list of linked devices. One per process: the library keeps it in a global."""
_PAIRING_CLIENT = "Chrome (Linux)"
"""WhatsApp refuses pairing codes for a name that is not literally a browser and a system it knows."""
_CHROME = 1
_LOG_LEVEL = b"WARN"
"""Never lower: at DEBUG the library logs every stanza and the secret in the QR code."""

START_SECONDS = 1.5
"""How long a start may hold the gate: it is over at the first callback, some 30 ms on a good line."""
_CALL_SETTLES_SECONDS = 0.25
"""A call reads the library's maps in its first microseconds, but a busy machine may begin it late: most calls end
under the gate, and only a slow answer is waited for outside."""
CALL_SECONDS = 30.0
TYPING_SECONDS = 2.0
"""It is only a courtesy; the library writes it to the socket and waits for nothing."""
_COMPOSING, _IN_TEXT = 0, 0
SEND_SECONDS = 80.0
"""The library waits 75 s for WhatsApp to acknowledge a message."""

_log = logging.getLogger(__name__)


class EngineError(RuntimeError):
    """WhatsApp or the library refused what we asked; the message is theirs."""


class UnknownDeviceError(EngineError):
    """The store holds no keys of this device."""


class NotLiveError(EngineError):
    """This session is not live: nothing was asked of the library."""


class NoAnswerError(EngineError):
    """The library is still at it: what we asked for may yet happen."""


class KeyStore(Protocol):
    """Where the device's keys are."""

    @property
    def dsn(self) -> str: ...

    def exists(self, jid: str) -> bool:
        """Whether the keys of `jid` are there; raises when that is not known."""
        ...


class Engine:
    """The sessions of this process, named by ids of ours. Thread-safe.

    A listener gets every event of its session, in order, on one thread shared by all: it must be quick. After `stop`,
    and after an `Ended`, it gets only what WhatsApp does not repeat: messages and receipts taken before.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._gate = Gate()
        self._leaving = Draining(library.go, self._gate)
        self._sessions: dict[str, SessionHandle] = {}
        self._raw: queue.SimpleQueue[Raw | bytes | threading.Event] = queue.SimpleQueue()
        self._library_log = LibraryLog(library.messages)
        self._log_callback = library.log_callback(self._on_log)
        self._props = library.device_props(
            os=DEVICE_NAME, platformType=library.device_props.CHROME
        ).SerializeToString()
        threading.Thread(target=self._dispatch, name="whatsapp events", daemon=True).start()

    def live(self) -> frozenset[str]:
        """The ids of all sessions that were started and have neither stopped nor ended."""
        return frozenset(self._sessions.copy())

    def pair(self, session_id: str, dsn: str, on_event: Listener) -> None:
        """Start linking a new device whose keys will be kept at `dsn`; the codes come as `QrCodeEvent` events.

        Raises:
            EngineError: a session of this id is live.
        """
        self._start(session_id, dsn, b"", on_event)

    def start(self, session_id: str, store: KeyStore, jid: str, on_event: Listener) -> None:
        """Connect a linked device.

        Raises:
            UnknownDeviceError: the store holds no keys of `jid`.
            EngineError: a session of this id is live.
            DependencyDownError: the store does not answer, which says nothing about the device.
        """
        if not store.exists(jid):
            raise UnknownDeviceError("the store holds no keys of this device")
        device = decode.jid_message(jid, self._library.messages)
        self._leaving.wait(START_SECONDS, device)  # two connections of one device would overwrite each other's keys
        self._start(session_id, store.dsn, device, on_event)

    def stop(self, session_id: str) -> None:
        """Disconnect and forget the session; its device stays linked. An id that is not live is no error."""
        with self._gate.alone():
            session = self._sessions.pop(session_id, None)
            if session is not None:
                session.closed = True
                self._leaving.drain(session)

    def logout(self, session_id: str) -> None:
        """Unlink the device at WhatsApp and delete its keys; `stop` the session afterwards. No event tells it.

        Raises:
            EngineError: the session is not live, not connected, or WhatsApp refused.
        """
        error: bytes = self._call(session_id, self._library.go.Logout)
        if error:
            raise EngineError(error.decode())

    def pair_phone(self, session_id: str, phone: str) -> str:
        """Ask for a pairing code (`XXXX-XXXX`) for `phone` (digits); only after the session's first `QrCodeEvent`.

        Raises:
            EngineError: the session is not live, or WhatsApp refused.
        """
        messages = self._library.messages
        params = messages.PairPhoneParams(
            phone=phone, clientDisplayName=_PAIRING_CLIENT, clientType=_CHROME, showPushNotification=True
        ).SerializeToString()
        answer = messages.PairPhoneReturnFunction.FromString(
            self._call(session_id, lambda handle: self._library.go.PairPhone(handle, params, len(params)))
        )
        if answer.Error:
            raise EngineError(answer.Error)
        return str(answer.Code)

    def find_number(self, session_id: str, phone: str) -> IdentityObservation | None:
        """Ask WhatsApp for a number (digits) as a person types it: whose it is there, by the address to write to.

        None when WhatsApp says that the number has no account.

        Raises:
            EngineError: it was not asked, or did not say.
        """
        number = f"+{phone}".encode()

        def call(handle: bytes) -> bytes:
            return bytes(self._library.go.IsOnWhatsApp(handle, number))

        try:
            data = self._call(session_id, call, gate=self._gate.together(), timeout=CALL_SECONDS)
            return number_seen(data, phone, self._library.messages)
        except (LookupError, DecodeError) as error:
            raise EngineError("WhatsApp did not say whether the number is there") from error

    def send(self, session_id: str, address: str, text: str, *, disappears_after: int = 0) -> SendResult:
        """Send a text to `address` (a phone's JID, or a LID) and wait; never raises for what becomes of it.

        Args:
            disappears_after: the chat's timer in seconds, 0 for none.
        """
        messages = self._library.messages
        to = decode.jid_message(address, messages)
        content = text_message(text, messages, disappears_after=disappears_after)
        arguments = to, len(to), content, len(content)

        def call(handle: bytes) -> bytes:
            return bytes(self._library.go.SendMessage(handle, *arguments))

        try:
            data = self._call(session_id, call, gate=self._gate.together(), timeout=SEND_SECONDS)
        except NotLiveError:
            return SendResult(outcome=SendOutcome.NOT_TAKEN, reason=MessageReason.NOT_CONNECTED)
        except NoAnswerError:
            return SendResult(outcome=SendOutcome.UNKNOWN, reason=MessageReason.TIMEOUT)
        return send_result(data, messages, is_unencrypted=self._library_log.is_unencrypted)

    def show_typing(self, session_id: str, address: str) -> None:
        """Show "typing" in the chat of `address` until the next message; never raises."""
        to = decode.jid_message(address, self._library.messages)

        def call(handle: bytes) -> bytes:
            return bytes(self._library.go.SendChatPresence(handle, to, len(to), _COMPOSING, _IN_TEXT) or b"")

        try:
            self._call(session_id, call, gate=self._gate.together(), timeout=TYPING_SECONDS)
        except EngineError:
            _log.debug("Typing was not shown")

    def flush(self, timeout: float) -> bool:
        """Wait until the listeners have every event that the library has sent; False when that takes too long."""
        deadline = time.monotonic() + timeout
        is_done = threading.Event()
        have_left = self._leaving.wait(timeout)
        self._raw.put(is_done)
        return is_done.wait(max(deadline - time.monotonic(), 0.0)) and have_left

    def _start(self, session_id: str, dsn: str, jid: bytes, on_event: Listener) -> None:
        session = SessionHandle(session_id, on_event, jid)
        thread = threading.Thread(
            target=self._run, args=(session, dsn.encode(), jid), name=f"session {session_id}", daemon=True
        )
        with self._gate.alone():
            if session_id in self._sessions:
                raise EngineError("this session is live already")
            self._sessions[session_id] = session
            thread.start()
            session.spoke.wait(START_SECONDS)

    def _run(self, session: SessionHandle, dsn: bytes, jid: bytes) -> None:
        """The thread of a session: in Go from its start to its end."""
        callbacks = self._callbacks_of(session)
        codes = (ctypes.c_char * len(decode.SUBSCRIBED)).from_buffer(bytearray(decode.SUBSCRIBED))
        login = (dsn, session.handle, jid, len(jid), int(not jid), _LOG_LEVEL)
        props = (self._props, len(self._props), b"", 0, None)
        error: bytes = self._library.go.Neonize(*login, *callbacks, self._log_callback, codes, len(codes), *props)
        session.spoke.set()  # the start that waits for a sign has it
        with self._gate.alone():
            if self._sessions.get(session.session_id) is session:
                # whatever the reason, the library still holds the session until it is stopped
                del self._sessions[session.session_id]
                self._library.go.Stop(session.handle)
        self._emit(session, decode.ENDED, error)

    def _callbacks_of(self, session: SessionHandle) -> tuple[Any, Any, Any]:
        def on_event(_handle: bytes, data: int, size: int, code: int) -> None:
            self._emit(session, code, ctypes.string_at(data, size) if size else b"")

        def text_callback(code: str) -> Any:
            tell = partial(self._emit, session, code)
            return self._library.text_callback(lambda _handle, text: tell(ctypes.string_at(text)))

        return text_callback(decode.QR), text_callback(decode.STATUS), self._library.event_callback(on_event)

    def _emit(self, session: SessionHandle, code: int | str, data: bytes) -> None:
        session.spoke.set()
        self._raw.put(Raw(session, code, data))

    def _on_log(self, data: int, size: int) -> None:
        if data and size > 0:
            entry = ctypes.string_at(data, size)
            self._library_log.handle(entry)
            self._raw.put(entry)

    def _call(
        self,
        session_id: str,
        function: Callable[[bytes], bytes],
        *,
        gate: AbstractContextManager[None] | None = None,
        timeout: float = CALL_SECONDS,
    ) -> bytes:
        """Call into Go for a live session, on a thread of its own: Go itself may take 75 s to give up."""
        answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        with gate or self._gate.alone():
            session = self._sessions.get(session_id)
            if session is None:
                raise NotLiveError("this session is not live")
            caller = threading.Thread(target=lambda: answers.put(function(session.handle)), name="call", daemon=True)
            caller.start()
            caller.join(_CALL_SETTLES_SECONDS)
        try:
            return answers.get(timeout=timeout)
        except queue.Empty:
            raise NoAnswerError(f"no answer within {timeout:.0f} s") from None

    def _dispatch(self) -> None:
        while True:
            raw = self._raw.get()
            try:
                if isinstance(raw, bytes):
                    self._library_log.write(raw)
                elif isinstance(raw, threading.Event):
                    raw.set()
                elif not raw.session.closed or raw.code in decode.MAIL:
                    self._deliver(raw)
            except Exception:  # noqa: BLE001 - one listener's mistake must not silence all sessions
                _log.exception("A session's listener failed")

    def _deliver(self, raw: Raw) -> None:
        session = raw.session
        event = self._decoded(raw)
        if isinstance(event, PairSuccess):
            event = replace(event, lid=session.lid)
        if event is not None:
            session.listener(event)

    def _decoded(self, raw: Raw) -> SessionEvent | None:
        messages = self._library.messages
        if raw.code == decode.DEVICE:
            raw.session.lid = decode.lid_of_device(messages.Device.FromString(raw.data)) or raw.session.lid
        return decode.read(raw.code, raw.data, messages)
