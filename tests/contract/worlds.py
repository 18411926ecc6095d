"""The two worlds a case happens in: an engine of ours that does as it is told, and the real library."""

from __future__ import annotations

import json
import subprocess
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from aiadmin.domain.hosting.session_event import SessionEvent, SocketOpen
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.message import SendOutcome, SendResult
from aiadmin.domain.messages.sending_policy import LeakyBucket
from aiadmin.hosting.collaborators import Collaborators, SendingMode
from aiadmin.hosting.host import SessionHost
from aiadmin.hosting.ports import Keys
from tests.contract.cases import Case
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.fake_engine import FakeEngine, FakeKeys
from tests.support.fake_faults import suffering
from tests.support.hosted_salons import Salons
from tests.support.hosts import ROOT, NoPages, Pair, settings
from tests.support.processes import start
from tests.support.sent_recorder import SentRecorder

SECONDS = 30.0
_SAYS_NOTHING = repr(SocketOpen())


class World(Protocol):
    """One host, and devices that WhatsApp can be unkind to."""

    salons: Salons
    events: dict[str, list[str]]

    def link(self, count: int) -> list[tuple[str, CompanyId]]: ...

    def strike(self, jid: str, case: Case) -> None: ...

    def has_keys(self, jid: str) -> bool: ...

    def meet(self, client: str) -> None:
        """Somebody of this number has WhatsApp."""
        ...

    def nudge(self) -> None:
        """Something is owed: the host looks now rather than at its next tick."""
        ...

    def shown(self, client: str) -> list[str]:
        """What this client's phone has shown, in order: texts, and `composing` for somebody who types."""
        ...


MANNERS = SendingMode(
    gaps=LeakyBucket(shortest_gap=timedelta(0), longest_gap=timedelta(0)),
    typing_time=lambda _text: timedelta(seconds=0.1),
)
"""Hosts type, but not for long, and do not rest."""


class TellingEngine(FakeEngine):
    """Notes what it says."""

    def __init__(self, keys: FakeKeys, hear: Callable[[str, str], None]) -> None:
        super().__init__(keys)
        self._hear = hear
        self.shown: dict[str, list[str]] = defaultdict(list)

    def send(self, session_id: str, address: str, text: str, *, disappears_after: int = 0) -> SendResult:
        result = super().send(session_id, address, text, disappears_after=disappears_after)
        if result.outcome is SendOutcome.SENT:
            self.shown[address].append(text)
        return result

    def show_typing(self, session_id: str, address: str) -> None:
        before = len(self.typed)
        super().show_typing(session_id, address)
        self.shown[address] += ["composing"] * (len(self.typed) - before)

    def start(self, session_id: str, store: Keys, jid: str, on_event: Callable[[SessionEvent], None]) -> None:
        def told(event: SessionEvent) -> None:
            self._hear(jid, repr(event))
            on_event(event)

        super().start(session_id, store, jid, told)


class FakeWorld:
    """The host on real PostgreSQL with the fake engine."""

    def __init__(self, salons: Salons) -> None:
        self.salons = salons
        self.events: dict[str, list[str]] = defaultdict(list)
        self._keys = FakeKeys()
        self._engine = TellingEngine(self._keys, lambda jid, event: self.events[jid].append(event))

    def link(self, count: int) -> list[tuple[str, CompanyId]]:
        jids = [f"7999111{number:04}:1@s.whatsapp.net" for number in range(count)]
        self._keys.jids.update(jids)
        return [(jid, self.salons.add(jid)) for jid in jids]

    def strike(self, jid: str, case: Case) -> None:
        self._engine.strike(jid, suffering(case.kind, **case.facts))

    def has_keys(self, jid: str) -> bool:
        return self._keys.exists(jid)

    def meet(self, client: str) -> None:
        """Everybody has WhatsApp here."""

    def nudge(self) -> None:
        self._host.wake()

    def shown(self, client: str) -> list[str]:
        return self._engine.shown[f"{client}@s.whatsapp.net"]

    @contextmanager
    def hosting(self) -> Iterator[None]:
        """While the host runs."""
        self._host = SessionHost(
            engine=self._engine,
            keys=self._keys,
            uow=self.salons.uow,
            clock=lambda: datetime.now(UTC),
            page_events=NoPages(),
            record_sent=SentRecorder(self.salons.database_url).ask,
            capacity=50,
            collaborators=Collaborators(mode=MANNERS),
        )
        self._host.start()
        try:
            yield
        finally:
            self._host.drain()


class LibraryWorld:
    """The host with the real library, in a process of its own, and the fake WhatsApp."""

    def __init__(self, salons: Salons, whatsapp: FakeWhatsApp, pair: Pair) -> None:
        self.salons, self._whatsapp, self._pair = salons, whatsapp, pair
        self.events: dict[str, list[str]] = defaultdict(list)

    def link(self, count: int) -> list[tuple[str, CompanyId]]:
        linked = self._pair(self.salons.database_url, count)
        return [(device["jid"], self.salons.add(**device)) for device in linked]

    def strike(self, jid: str, case: Case) -> None:
        if case.kind == "rival":
            self._command(rival=jid)
        else:
            self._whatsapp.fault(case.kind, jid=jid, **case.facts)
        if case.kind == "login-failure":
            self._whatsapp.fault("drop", jid=jid)

    def has_keys(self, jid: str) -> bool:
        return self.salons.has_keys(jid)

    def meet(self, client: str) -> None:
        self._whatsapp.phone(client)

    def nudge(self) -> None:
        self._command()

    def shown(self, client: str) -> list[str]:
        texts = {one["id"]: one["text"] for one in self._whatsapp.messages(client)}
        seen = [one for one in self._whatsapp.log() if one.get("to") == client]
        typing = [one["state"] if one["event"] == "typing" else texts.get(one.get("id")) for one in seen]
        return [one for one in typing if one is not None]

    @contextmanager
    def hosting(self) -> Iterator[None]:
        """While the host runs."""
        env = self._whatsapp.env() | settings(self.salons.database_url) | {"NEONIZE_BOT_TAG": "off"}
        with start(
            "-m",
            "tests.contract.library_host",
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as self._process:
            listener = threading.Thread(target=self._listen, daemon=True)
            listener.start()
            try:
                yield
                assert self._process.stdin is not None
                self._process.stdin.close()
                assert self._process.wait(SECONDS) == 0
            finally:
                self._process.kill()
                listener.join()

    def _command(self, **command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said: dict[str, Any] = json.loads(line)
            if "jid" in said and said["event"] != _SAYS_NOTHING:
                self.events[said["jid"]].append(said["event"])


def without_repetitions(events: Sequence[str]) -> list[str]:
    """How often it says that it is not connected yet depends on the clock."""
    return [event for number, event in enumerate(events) if number == 0 or events[number - 1] != event]
