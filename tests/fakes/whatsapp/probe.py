"""One real neonize client, run as a process: events as JSON lines on stdout, commands as JSON lines on stdin.

It calls the library's raw entry points, as the product does: neonize's own ``NewClient`` swallows login statuses and
leaves threads behind. Commands: ``{"do": "pair-phone", "phone": "..."}``, ``{"do": "logout"}``, ``{"do": "stop"}``,
``{"do": "start", "jid": "user:device"}`` (after a stop). End of input ends the process at once.
"""

import argparse
import ctypes
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from google.protobuf.json_format import MessageToDict
from neonize._binder import func_callback_bytes, func_callback_bytes2, func_string, gocode
from neonize.events import EVENT_TO_INT, INT_TO_EVENT
from neonize.proto import Neonize_pb2
from neonize.proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps

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
    user, _, device = text.partition("@")[0].partition(":")
    jid = Neonize_pb2.JID(
        User=user, Device=int(device or 0), Server="s.whatsapp.net", RawAgent=0, Integrator=0, IsEmpty=False
    )
    return bytes(jid.SerializeToString())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("store", help="a file for SQLite, or a PostgreSQL address")
    parser.add_argument("--jid", default="", help="user:device of a device in the store; without it a new one")
    arguments = parser.parse_args()
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
    }
    probe.start(arguments.jid)
    for line in sys.stdin:
        command = json.loads(line)
        actions[command.pop("do")](**command)
    os._exit(0)  # the library's threads never end by themselves


if __name__ == "__main__":
    main()
