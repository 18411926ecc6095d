"""The pairing process. `python -m aiadmin.pairing.process_main`, started by the coordinator alone.

It speaks JSON, one object a line. Commands come on stdin:

    {"do": "start", "session": ID, "dsn": DSN}       link a new device; its keys go to DSN
    {"do": "phone", "session": ID, "phone": DIGITS}  ask for a pairing code; once, after the first code
    {"do": "stop", "session": ID}

Events go to what was stdout (the library prints, so descriptor 1 itself leads nowhere):

    {"event": "code", "session": ID, "text": QR}
    {"event": "pairing-code", "session": ID, "code": "ABCD-1234"}    or "phone-refused"
    {"event": "scanned", "session": ID, "jid": ..., "lid": ..., "platform": ..., "business_name": ...}
    {"event": "linked", "session": ID}               the device is free for a host: its session here has ended
    {"event": "passkey", "session": ID}
    {"event": "failed", "session": ID, "reason": SLUG}
    {"event": "log", "level": "WARNING", "logger": NAME, "text": TEXT}

It logs through the coordinator: a process must be up in a moment, and the project's logging alone takes longer to
load than everything else here.

It ends at once when stdin does, or when the coordinator is no longer its parent: an abandoned pairing cannot be
stopped from inside, it leaves with the process. Codes go to the coordinator alone.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any

from aiadmin.adapters.whatsapp import library, store_lines
from aiadmin.adapters.whatsapp.engine import Engine, EngineError
from aiadmin.domain.hosting import session_event as event
from aiadmin.pairing.process import PARENT

LINK_SECONDS = 15.0
"""After the phone confirmed, WhatsApp restarts the stream and the device comes online; a lost restart never tells."""
_PARENT_SECONDS = 1.0
PASSKEY = "passkey"
_STATUSES = {
    "success": None,
    "timeout": "ran-out",
    "err-client-outdated": "outdated",
    "passkey-request": PASSKEY,
    "passkey-confirmation": PASSKEY,
}

log = logging.getLogger(__name__)


class EventWriter:
    """The way out: one event, one line, from any thread."""

    def __init__(self, events: IO[str]) -> None:
        self._events = events
        self._writing = threading.Lock()

    def write(self, kind: str, **facts: str | None) -> None:
        """Write one event."""
        with self._writing:
            self._events.write(json.dumps({"event": kind, **facts}) + "\n")
            self._events.flush()


class LogEvents(logging.Handler):
    """Sends everything that is logged in this process to the coordinator."""

    def __init__(self, events: EventWriter) -> None:
        super().__init__(logging.WARNING)
        self._events = events

    def emit(self, record: logging.LogRecord) -> None:
        self._events.write("log", level=record.levelname, logger=record.name, text=self.format(record))


class SessionRunner:
    """Relays between the coordinator's pipes and the library. One worker thread talks to the library, in order."""

    def __init__(self, engine: Engine, events: EventWriter) -> None:
        self._engine = engine
        self._events = events
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._linking: dict[str, threading.Timer] = {}
        threading.Thread(target=self._run, name="pairing worker", daemon=True).start()

    def execute(self, command: dict[str, str]) -> None:
        """Carry a command out, soon; returns at once."""
        session = command["session"]
        if command["do"] == "start":
            self._work.put(lambda: self._start(session, command["dsn"]))
        elif command["do"] == "stop":
            self._work.put(lambda: self._engine.stop(session))
        elif command["do"] == "phone":
            # the library may take half a minute to answer, and others must not wait for it
            threading.Thread(target=self._ask_code, args=[session, command["phone"]], daemon=True).start()

    def _run(self) -> None:
        while True:
            work = self._work.get()
            try:
                work()
            except Exception:
                # the top of a thread: one attempt must not end the others
                log.exception("a pairing command failed")

    def _start(self, session: str, dsn: str) -> None:
        store_lines.watch(dsn)
        self._engine.pair(session, dsn, lambda what: self._on_event(session, what))

    def _ask_code(self, session: str, phone: str) -> None:
        try:
            code = self._engine.pair_phone(session, phone)
        except EngineError:
            return self._emit("phone-refused", session)
        return self._emit("pairing-code", session, code=code)

    def _on_event(self, session: str, what: event.SessionEvent) -> None:
        match what:
            case event.QrCodeEvent(text=text):
                self._emit("code", session, text=text)
            case event.PairSuccess():
                self._on_scanned(session, what)
            case event.Connected():
                self._finish(session)
            case event.Ended():
                self._on_ended(session)
            case _ if (reason := failure_of(what)) == PASSKEY:
                self._end(session, "passkey")
            case _ if reason is not None:
                self._end(session, "failed", reason=reason)

    def _on_scanned(self, session: str, account: event.PairSuccess) -> None:
        self._emit(
            "scanned",
            session,
            jid=account.jid,
            lid=account.lid,
            platform=account.platform,
            business_name=account.business_name,
        )
        timer = threading.Timer(LINK_SECONDS, self._finish, args=[session])
        timer.daemon = True
        self._linking[session] = timer
        timer.start()

    def _on_ended(self, session: str) -> None:
        if session in self._linking:
            self._finish(session)
        else:
            self._emit("failed", session, reason="ended")

    def _finish(self, session: str) -> None:
        """Linked: leave the device to a host, which must not find it connected here."""
        timer = self._linking.pop(session, None)
        if timer is not None:
            timer.cancel()
            self._end(session, "linked")

    def _end(self, session: str, kind: str, **facts: str) -> None:
        timer = self._linking.pop(session, None)
        if timer is not None:
            timer.cancel()

        def stop() -> None:
            self._engine.stop(session)
            self._emit(kind, session, **facts)

        self._work.put(stop)

    def _emit(self, kind: str, session: str, **facts: str | None) -> None:
        self._events.write(kind, session=session, **facts)


def failure_of(what: event.SessionEvent) -> str | None:
    """Why this event ends a pairing, as a slug, or None when it does not."""
    match what:
        case event.LoginStatus(text=text):
            return _STATUSES.get(text, "pairing")
        case event.ClientOutdated():
            return "outdated"
        case event.PairFailed():
            return "pairing"
        case event.LoggedOut():
            return "logged-out"
    return None


def take_stdout() -> IO[str]:
    """Where events go. The library prints greetings to descriptor 1, which from now on leads nowhere."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return events


def watch_parent(parent: int) -> None:
    """End the process when its parent is gone (or was already), even if something else holds our stdin open."""
    while os.getppid() == parent:
        time.sleep(_PARENT_SECONDS)
    os._exit(0)


def main() -> None:
    """Serve until stdin ends."""
    parent = int(os.environ[PARENT])
    events = EventWriter(take_stdout())
    logging.basicConfig(handlers=[LogEvents(events)])
    threading.Thread(target=watch_parent, args=[parent], daemon=True).start()
    runner = SessionRunner(Engine(library.load()), events)
    for line in sys.stdin:
        command: dict[str, Any] = json.loads(line)
        runner.execute(command)
    os._exit(0)


if __name__ == "__main__":
    main()
