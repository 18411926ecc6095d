"""One real neonize client, run as a process: events as JSON lines on stdout, commands as JSON lines on stdin.

It calls the library's raw entry points, as the product does: neonize's own ``NewClient`` swallows login statuses and
leaves threads behind. Commands: ``{"do": "pair-phone", "phone": "..."}``, ``{"do": "logout"}``, ``{"do": "stop"}``,
``{"do": "start", "jid": "user:device"}`` (after a stop), ``{"do": "send", "to": "phone or JID", "text": "..."}``,
``{"do": "read", "chat": "JID", "ids": ["..."]}``, ``{"do": "check", "phone": "..."}`` (on WhatsApp?),
``{"do": "number-of", "lid": "..."}``. End of input ends the process at once.
"""

import argparse
import ctypes
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from google.protobuf.json_format import MessageToDict
from neonize._binder import func_callback_bytes, func_callback_bytes2, func_string, gocode
from neonize.events import EVENT_TO_INT, INT_TO_EVENT
from neonize.proto import Neonize_pb2
from neonize.proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import Message

_UUID = b"probe"
_UNWANTED = ("QR", "HistorySync")


class Probe:
    """The client; at most one session at a time."""

    def __init__(self, store: str, report: Callable[..., None]) -> None:
        self._store = store
        self._report = report
        self._callbacks = (
            func_string(lambda _uuid, text: report("qr", text=_text(text))),
            func_string(lambda _uuid, text: report("status", text=_text(text))),
            func_callback_bytes(self._on_event),
            func_callback_bytes2(lambda _data, _length: None),
        )

    def start(self, jid: str = "") -> None:
        """Start a session: of the device *jid* (``user:device``), or a new one that will show QR texts."""
        threading.Thread(target=self._run, args=(jid,), daemon=True).start()

    def pair_phone(self, phone: str) -> None:
        """Ask for a pairing code and report it."""
        params = Neonize_pb2.PairPhoneParams(
            phone=phone, clientDisplayName="Chrome (Linux)", clientType=1, showPushNotification=True
        ).SerializeToString()
        answer = Neonize_pb2.PairPhoneReturnFunction.FromString(gocode.PairPhone(_UUID, params, len(params)))
        self._report("code", code=answer.Code, error=answer.Error)

    def logout(self) -> None:
        self._report("logged-out", error=gocode.Logout(_UUID).decode())

    def stop(self) -> None:
        gocode.Stop(_UUID)

    def send(self, to: str, text: str) -> None:
        """Send a text and report ``sent``; returns at once, the call itself may take minutes."""
        threading.Thread(target=self._send, args=(to, text), daemon=True).start()

    def read(self, chat: str, ids: list[str]) -> None:
        jid = _jid(chat)
        arguments = (" ".join(ids).encode(), int(time.time()), jid, len(jid), jid, len(jid), b"read")
        self._report("marked-read", error=gocode.MarkRead(_UUID, *arguments).decode())

    def check(self, phone: str) -> None:
        """Report ``checked``: whether a number is on WhatsApp."""
        data = gocode.IsOnWhatsApp(_UUID, phone.encode(), len(phone))
        answer = Neonize_pb2.IsOnWhatsAppReturnFunction.FromString(data)
        found = {one.Query: one.IsIn for one in answer.IsOnWhatsAppResponse}
        self._report("checked", found=found, error=answer.Error)

    def number_of(self, lid: str) -> None:
        """Report ``number``: what the client's store knows of a LID."""
        jid = _jid(lid)
        answer = Neonize_pb2.GetJIDFromStoreReturnFunction.FromString(gocode.GetPNFromLID(_UUID, jid, len(jid)))
        self._report("number", user=answer.Jid.User, error=answer.Error)

    def _send(self, to: str, text: str) -> None:
        jid, message = _jid(to), Message(conversation=text).SerializeToString()
        started = time.monotonic()
        data = gocode.SendMessage(_UUID, jid, len(jid), message, len(message))
        answer = Neonize_pb2.SendMessageReturnFunction.FromString(data)
        took = time.monotonic() - started
        self._report("sent", text=text, id=answer.SendResponse.ID, error=answer.Error, took=took)

    def _run(self, jid: str) -> None:
        codes = [code for kind, code in EVENT_TO_INT.items() if kind.__name__ not in _UNWANTED]
        wanted = (ctypes.c_char * len(codes)).from_buffer(bytearray(codes))
        device = _jid(jid) if jid else b""
        props = DeviceProps(os="Probe", platformType=DeviceProps.CHROME).SerializeToString()
        session = (self._store.encode(), _UUID, device, len(device), int(not jid), b"ERROR", *self._callbacks)
        error = gocode.Neonize(*session, wanted, len(codes), props, len(props), b"", 0, None)
        self._report("returned", error=error.decode())

    def _on_event(self, _uuid: bytes, data: int, length: int, code: int) -> None:
        event = INT_TO_EVENT[code].FromString(ctypes.string_at(data, length))
        self._report(type(event).__name__, **MessageToDict(event))


def _text(pointer: int) -> str:
    return ctypes.string_at(pointer).decode()


def _jid(text: str) -> bytes:
    name, _, server = text.partition("@")
    user, _, device = name.partition(":")
    jid = Neonize_pb2.JID(
        User=user, Device=int(device or 0), Server=server or "s.whatsapp.net", RawAgent=0, Integrator=0, IsEmpty=False
    )
    return bytes(jid.SerializeToString())


def _bury() -> None:
    """Wait for the ``uname`` that the library runs when it is loaded and never waits for."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("store", help="a file for SQLite, or a PostgreSQL address")
    parser.add_argument("--jid", default="", help="user:device of a device in the store; without it a new one")
    arguments = parser.parse_args()
    _bury()
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # the library prints

    def report(event: str, **facts: Any) -> None:
        out.write(json.dumps({"event": event, **facts}) + "\n")

    probe = Probe(arguments.store, report)
    actions: dict[str, Callable[..., None]] = {
        "start": probe.start,
        "pair-phone": probe.pair_phone,
        "logout": probe.logout,
        "stop": probe.stop,
        "send": probe.send,
        "read": probe.read,
        "check": probe.check,
        "number-of": probe.number_of,
    }
    probe.start(arguments.jid)
    for line in sys.stdin:
        command = json.loads(line)
        actions[command.pop("do")](**command)
    os._exit(0)  # the library's threads never end by themselves


if __name__ == "__main__":
    main()
