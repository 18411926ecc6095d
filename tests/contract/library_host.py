"""A host with the real library that tells every event: `python -m tests.contract.library_host`.

Out: `{"state": "up"}`, then `{"jid", "event"}` for each event. In: `{"rival": jid}` connects a second client on the
keys of a device, `{}` is a nudge: something may be owed. It drains when its input ends.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from aiadmin.adapters.whatsapp import library, store
from aiadmin.adapters.whatsapp.engine import Engine, KeyStore
from aiadmin.adapters.whatsapp.key_store import SqlKeyStore
from aiadmin.domain.hosting.session_event import SessionEvent
from aiadmin.hosting.collaborators import Collaborators
from aiadmin.hosting.host import SessionHost
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.contract.worlds import MANNERS
from tests.support.hosts import NoPages
from tests.support.sent_recorder import SentRecorder


class TellingEngine(Engine):
    """The real engine; what listeners get is told as well."""

    tell: Callable[..., None]

    def start(self, session_id: str, store: KeyStore, jid: str, on_event: Callable[[SessionEvent], None]) -> None:
        def told(event: SessionEvent) -> None:
            self.tell(jid=jid, event=repr(event))
            on_event(event)

        super().start(session_id, store, jid, told)


def main() -> None:
    """Host until the input ends."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # the library prints

    def say(**facts: str) -> None:
        out.write(json.dumps(facts) + "\n")

    url = os.environ["DATABASE_URL"]
    database = make_engine(url)
    keys = SqlKeyStore(database, store.StoreAddress(url, "aiadmin-contract"))
    engine = TellingEngine(library.load())
    engine.tell = say
    host = SessionHost(
        engine=engine,
        keys=keys,
        uow=lambda: UnitOfWork(database),
        clock=lambda: datetime.now(UTC),
        page_events=NoPages(),
        record_sent=SentRecorder(url).ask,
        capacity=50,
        collaborators=Collaborators(mode=MANNERS),
    )
    host.start()
    say(state="up")
    for line in sys.stdin:
        command = json.loads(line)
        if "rival" in command:
            Engine.start(engine, "rival", keys, command["rival"], lambda _event: None)
        else:
            host.wake()
    host.drain()
    os._exit(0)


if __name__ == "__main__":
    main()
