"""Real hosts and real devices for `test_hosting`, each in a process of its own: none may load neonize into pytest.

As a program: `pair` links devices as each line of its input says (QR texts out, one JSON object a line; JIDs after
them), `host` runs one session host until its input ends, `storm` starts and stops sessions from several threads,
`blink` stops one again and again while it is written to.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy

from aiadmin.adapters.whatsapp import library, store
from aiadmin.adapters.whatsapp.engine import Engine, EngineError
from aiadmin.adapters.whatsapp.key_store import SqlKeyStore
from aiadmin.domain.hosting.session_event import Connected, PairSuccess, QrCodeEvent
from aiadmin.domain.messages.message import MessageSeen
from aiadmin.domain.messages.sending_policy import LeakyBucket
from aiadmin.hosting.collaborators import Collaborators, SendingMode
from aiadmin.hosting.host import SessionHost
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.support.processes import start
from tests.support.sent_recorder import SentRecorder

if TYPE_CHECKING:
    from tests.fakes.whatsapp.client import FakeWhatsApp

Say = Callable[..., None]
ROOT = Path(__file__).parents[2]
SECONDS = 40.0
LAST = "конец"
_READ_BEFORE_BLINKING = 10


class Child:
    """One of the programs below, running."""

    def __init__(self, whatsapp: FakeWhatsApp, database_url: str, *words: str) -> None:
        self.process = start(
            "-m",
            "tests.support.hosts",
            *words,
            cwd=ROOT,
            env=whatsapp.env() | settings(database_url) | {"NEONIZE_BOT_TAG": "off"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self) -> dict[str, Any]:
        """The next thing it says."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it ended with {self.process.wait(SECONDS)}"
        said: dict[str, Any] = json.loads(line)
        return said

    def write(self, **facts: Any) -> None:
        """Tell it something."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(facts) + "\n")
        self.process.stdin.flush()

    def end(self) -> int:
        """Close its input and wait; the exit status."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(SECONDS)


@contextmanager
def child(whatsapp: FakeWhatsApp, database_url: str, *words: str) -> Iterator[Child]:
    """A program that is gone afterwards, however the test ends."""
    running = Child(whatsapp, database_url, *words)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
        running.end()


def settings(database_url: str, redis_url: str = "redis://127.0.0.1:1/0") -> dict[str, str]:
    """The environment of a product process; nobody answers at that Redis."""
    return {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "JWT_SECRET": "x" * 32}


def start_sessions(env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """`python worker.py sessions`, which need not start itself again to have what the library reads."""
    return start("worker.py", "sessions", cwd=ROOT, env={**env, **library.ENVIRONMENT})


Pair = Callable[..., list[dict[str, Any]]]
"""`pair(database_url, count=1)`: links so many phones; what WhatsApp told about each: jid, lid."""


@contextmanager
def pairing(whatsapp: FakeWhatsApp) -> Iterator[Pair]:
    """A process that links phones in whichever database, for many tests: it takes a second to start."""
    with child(whatsapp, "postgresql://each.order.names/its-own", "pair") as program:

        def pair(database_url: str, count: int = 1) -> list[dict[str, Any]]:
            linked = []
            program.write(database_url=database_url, count=count)
            for _ in range(count):
                whatsapp.scan(program.read()["qr"])
                linked.append(program.read())
            return linked

        yield pair
        assert program.end() == 0


def pair(whatsapp: FakeWhatsApp, database_url: str, count: int = 1) -> list[dict[str, Any]]:
    """Link `count` phones; what WhatsApp told about each: jid, lid."""
    with pairing(whatsapp) as link:
        return link(database_url, count)


def _program(words: list[str]) -> None:
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # the library prints

    def say(**facts: Any) -> None:
        out.write(json.dumps(facts) + "\n")

    if words[0] == "pair":
        _pair(say)
        os._exit(0)
    database = make_engine(os.environ["DATABASE_URL"])
    keys = SqlKeyStore(database, store.StoreAddress(os.environ["DATABASE_URL"], "aiadmin-tests"))
    if words[0] == "host":
        _host(database, keys, say, *words[1:])
    else:
        {"storm": _storm, "blink": _blink}[words[0]](keys, say, *words[1:])
    os._exit(0)


def _pair(say: Say) -> None:
    engine, numbers = Engine(library.load()), itertools.count()
    for order in map(json.loads, sys.stdin):
        for _ in range(order["count"]):
            _pair_one(engine, str(next(numbers)), store.StoreAddress(order["database_url"], "aiadmin-tests").dsn, say)


def _pair_one(engine: Engine, name: str, dsn: str, say: Say) -> None:
    events: queue.SimpleQueue[Any] = queue.SimpleQueue()
    engine.pair(name, dsn, events.put)
    while not isinstance(event := events.get(timeout=SECONDS), Connected):
        if isinstance(event, QrCodeEvent):
            say(qr=event.text)
        if isinstance(event, PairSuccess):
            linked = event
    engine.stop(name)
    say(jid=linked.jid, lid=linked.lid)


class NoPages:
    """`ports.pages.PageEvents` with nobody in them."""

    def status(self, *_: object, **__: object) -> None:
        """Nobody hears it."""

    def messages(self, *_: object) -> None:
        """Nobody hears it."""


def _host(
    database: sqlalchemy.Engine,
    keys: SqlKeyStore,
    say: Say,
    lease: str = "15",
    renew_every: str = "5",
    gap: str = "",
) -> None:
    rest = timedelta(seconds=float(gap or 0))
    manners = SendingMode(gaps=LeakyBucket(shortest_gap=rest, longest_gap=rest) if gap else None)
    host = SessionHost(
        engine=Engine(library.load()),
        keys=keys,
        uow=lambda: UnitOfWork(database),
        clock=lambda: datetime.now(UTC),
        page_events=NoPages(),
        record_sent=SentRecorder(os.environ["DATABASE_URL"]).ask,
        capacity=50,
        lease=timedelta(seconds=float(lease)),
        renew_every=timedelta(seconds=float(renew_every)),
        collaborators=Collaborators(mode=manners),
    )
    host.start()
    say(state="up")
    sys.stdin.read()
    host.drain()


def _storm(keys: SqlKeyStore, say: Say, seconds: str, *jids: str) -> None:
    engine = Engine(library.load())
    deadline = time.monotonic() + float(seconds)
    counts = {"starts": 0, "refused": 0}

    def rage(jid: str) -> None:
        while time.monotonic() < deadline:
            engine.start(jid, keys, jid, lambda _event: None)
            for call in (lambda: engine.logout("nobody"), lambda: engine.pair_phone("nobody", "79990000000")):
                try:
                    call()
                except EngineError:
                    counts["refused"] += 1
            engine.stop(jid)
            counts["starts"] += 1

    threads = [threading.Thread(target=rage, args=[jid]) for jid in jids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(live=len(engine.live()), **counts)


def _blink(keys: SqlKeyStore, say: Say, jid: str) -> None:
    engine = Engine(library.load())
    events: queue.SimpleQueue[Any] = queue.SimpleQueue()
    while True:
        engine.start("blinking", keys, jid, events.put)
        read = list(_messages(events, _READ_BEFORE_BLINKING))
        engine.stop("blinking")
        assert engine.flush(SECONDS)
        events.put(None)
        say(read=[*read, *_messages(events)])


def _messages(events: queue.SimpleQueue[Any], at_most: int | None = None) -> Iterator[str]:
    """The ids of messages, until there are enough of them, or until a None, or the last that is to come."""
    found = 0
    while found != at_most and (event := events.get(timeout=SECONDS)) is not None:
        if isinstance(event, MessageSeen):
            found += 1
            yield event.message_id
            if event.text == LAST:
                return


if __name__ == "__main__":
    _program(sys.argv[1:])
