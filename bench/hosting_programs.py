"""What `bench.hosting` measures, each in a process of its own: `engine` and `bare` hold the given devices.

They say in JSON lines when all are connected and how long it took; they end with their input. One line of input,
`send PHONE COUNT`, has the first device send that often, one message after the other; `flood PHONE COUNT` has all
devices do so at once, the first to that number, the next to the one after it, and so on.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from aiadmin.adapters.whatsapp import library, store
from aiadmin.adapters.whatsapp.key_store import SqlKeyStore
from aiadmin.domain.hosting.session_event import Connected
from aiadmin.storage.engine import make_engine

Send = Callable[[int, str], Any]
"""The device with this number writes to a phone."""
LONGEST = 120.0


def main(kind: str, jids: list[str]) -> None:
    """Hold the devices until the input ends."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the library prints

    def say(**facts: Any) -> None:
        out.write(json.dumps(facts) + "\n")

    start = {"engine": _engine, "bare": _bare}[kind]
    all_are_up = _Count(len(jids))
    say(ready=True)
    sys.stdin.readline()
    began = time.monotonic()
    send = start(jids, all_are_up.add)
    say(connected=all_are_up.wait(), seconds=time.monotonic() - began)
    for line in sys.stdin:
        order, phone, count = line.split()
        if order == "flood":
            say(seconds=_seconds(partial(_flood, send, len(jids), int(phone), int(count))))
        else:
            say(sent=[_seconds(partial(send, 0, phone)) for _ in range(int(count))])
    os._exit(0)


class _Count:
    """Waits until something has happened often enough."""

    def __init__(self, wanted: int) -> None:
        self._wanted, self._happened, self._changed = wanted, 0, threading.Condition()

    def add(self) -> None:
        with self._changed:
            self._happened += 1
            self._changed.notify()

    def wait(self) -> int:
        with self._changed:
            self._changed.wait_for(lambda: self._happened >= self._wanted, LONGEST)
            return self._happened


def _seconds(act: Callable[[], Any]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def _flood(send: Send, devices: int, first_phone: int, count: int) -> None:
    def write(number: int) -> None:
        for _ in range(count):
            send(number, str(first_phone + number))

    threads = [threading.Thread(target=write, args=[number]) for number in range(devices)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _engine(jids: list[str], on_connected: Callable[[], None]) -> Send:
    from aiadmin.adapters.whatsapp.engine import Engine

    engine = Engine(library.load())
    keys = SqlKeyStore(make_engine(os.environ["DATABASE_URL"]), _address())
    for jid in jids:
        engine.start(jid, keys, jid, lambda event: on_connected() if isinstance(event, Connected) else None)
    return lambda number, phone: engine.send(jids[number], f"{phone}@s.whatsapp.net", "bench")


def _bare(jids: list[str], on_connected: Callable[[], None]) -> Send:
    """As the library's own documentation has it, one client after the other: parallel starts abort the process."""
    from neonize.client import NewClient
    from neonize.events import ConnectedEv
    from neonize.utils.jid import build_jid

    clients = []
    for jid in jids:
        user, device = jid.removesuffix("@s.whatsapp.net").split(":")
        address = build_jid(user)
        address.Device = int(device)
        client, is_up = NewClient(_address().dsn, jid=address), threading.Event()

        def connected(_client: Any, _event: Any, is_up: threading.Event = is_up) -> None:
            is_up.set()
            on_connected()

        client.event(ConnectedEv)(connected)
        threading.Thread(target=client.connect, daemon=True).start()
        if not is_up.wait(LONGEST):
            break  # the next would take as long: who reads us is told how many are up
        clients.append(client)
    return lambda number, phone: clients[number].send_message(build_jid(phone), "bench")


def _address() -> store.StoreAddress:
    return store.StoreAddress(os.environ["DATABASE_URL"], "bench")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
