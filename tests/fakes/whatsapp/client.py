"""The fake WhatsApp as a process of its own, for tests, benchmarks and the demo."""

import base64
import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.fakes.asking import Asking
from tests.fakes.whatsapp.overlay import build_overlay
from tests.support.polling import polled
from tests.support.processes import AS_INSTALLED, start_fake

ROOT = Path(__file__).parents[3]
"""The project directory: a process started there finds this package."""
_START_WITHIN, _ANSWER_WITHIN, _STOP_WITHIN = 20.0, 30.0, 5.0


class ControlError(Exception):
    """The server refused a control request.

    Attributes:
        status: the HTTP status.
        reason: a slug such as ``expired-ref`` or ``wrong-code``.
    """

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.reason = str(body.get("error"))


class FakeWhatsApp:
    """A running fake WhatsApp; a context manager, or ``start()`` and ``stop()``.

    Attributes:
        port: where WhatsApp clients connect.
        overlay: the directory to put first on ``PYTHONPATH``; gone after ``stop()``.
        control_url: where the control API is.
    """

    def __init__(self, port: int = 0, control_port: int = 0) -> None:
        self._ports = port, control_port
        self._asking = Asking(within=_ANSWER_WITHIN)
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self.control_url = ""

    def start(self) -> Self:
        """Start the server and build its overlay; raises RuntimeError when it does not come up."""
        self._directory = tempfile.TemporaryDirectory(prefix="fake-whatsapp-")
        port, control_port = map(str, self._ports)
        command = ["-m", "tests.fakes.whatsapp", "serve", "--port", port, "--control-port", control_port]
        self._process = start_fake(*command, cwd=ROOT, env=_plain_environment())
        assert self._process.stdout is not None
        watchdog = threading.Timer(_START_WITHIN, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        if not line:
            raise RuntimeError(f"the fake WhatsApp ended with status {self._process.wait(_STOP_WITHIN)}")
        ready = json.loads(line)
        self.port = ready["port"]
        self.control_url = f"http://127.0.0.1:{ready['control_port']}"
        self.overlay = build_overlay(Path(self._directory.name), self.port)
        return self

    def stop(self) -> None:
        """Stop the server and remove its overlay."""
        self._asking.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_STOP_WITHIN)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None
            self._directory.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The server's process, for whoever measures it; 0 while there is none."""
        return self._process.pid if self._process is not None else 0

    def env(self) -> dict[str, str]:
        """The environment of a process whose neonize is to talk to this server; from the project's directory."""
        path = os.pathsep.join([str(self.overlay), AS_INSTALLED["PYTHONPATH"], str(ROOT)])
        return {**_plain_environment(), "PYTHONPATH": path}

    def control(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Ask the control API; returns the JSON answer or raises ControlError."""
        status, answer = self._asking.ask(method, self.control_url + path, body)
        if status >= 400:
            raise ControlError(status, answer)
        known: dict[str, Any] = answer
        return known

    def scan(self, qr: str, **facts: Any) -> dict[str, Any]:
        """Scan a QR text with the phone ``phone`` (a new one without); returns the linked device."""
        return self.control("POST", "/scan", qr=qr, **facts)

    def type_code(self, phone: str, code: str) -> dict[str, Any]:
        """Type a pairing code on a phone; returns the linked device."""
        return self.control("POST", "/type-code", phone=phone, code=code)

    def fault(self, kind: str, **facts: Any) -> dict[str, Any]:
        """Let the server misbehave; see ``README.md`` for the kinds."""
        return self.control("POST", "/faults", kind=kind, **facts)

    def phone(self, phone: str, **facts: Any) -> dict[str, Any]:
        """Have a phone on WhatsApp; ``on_whatsapp=False``, ``online=False``, and what else ``README.md`` lists."""
        return self.control("POST", "/phones", phone=phone, **facts)

    def message(self, sender: str, to: str, text: str, **facts: Any) -> str:
        """Write a text from one phone to another, ``quoted=``, ``expiration=``, ``id=`` ...; returns its id."""
        entry = self.control("POST", "/message", **{"from": sender, "to": to, "text": text}, **facts)
        return str(entry["id"])

    def speak(self, sender: str, to: str, voice: bytes, *, seconds: int = 3) -> str:
        """Send a voice message, uploaded to `media_url`; returns its id."""
        coded = base64.b64encode(voice).decode()
        entry = self.control("POST", "/voice", **{"from": sender, "to": to, "voice": coded, "seconds": seconds})
        return str(entry["id"])

    @property
    def media_url(self) -> str:
        """Where what phones upload can be fetched."""
        return self.control_url

    def messages(self, phone: str) -> list[dict[str, Any]]:
        """What a phone has sent and received, oldest first."""
        entries: list[dict[str, Any]] = self.control("GET", "/messages", phone=phone)["messages"]
        return entries

    def read(self, phone: str, *ids: str) -> None:
        """Read messages on a phone."""
        self.control("POST", "/read", phone=phone, ids=list(ids))

    def react(self, phone: str, message_id: str, emoji: str) -> str:
        """Put an emoji on a message, an empty one takes it back; returns the reaction's own id."""
        return str(self.control("POST", "/react", phone=phone, id=message_id, emoji=emoji)["id"])

    def typing(self, sender: str, to: str, state: str = "composing") -> None:
        """Show the other side that somebody types, or with ``paused`` that nobody does."""
        self.control("POST", "/typing", **{"from": sender, "to": to, "state": state})

    def set_timer(self, sender: str, to: str, seconds: int) -> None:
        """Let a chat's messages disappear after so many seconds; with 0 never."""
        self.control("POST", "/timer", **{"from": sender, "to": to, "seconds": seconds})

    def wait_for_message(
        self, phone: str, matches: Callable[[dict[str, Any]], Any], within: float = 15.0
    ) -> dict[str, Any]:
        """The first message in a phone's log that *matches*; raises TimeoutError."""
        found = _poll(lambda: next(filter(matches, self.messages(phone)), None), within)
        if found is None:
            raise TimeoutError(f"no such message within {within} s")
        return found

    def log(self, event: str | None = None, after: int = 0) -> list[dict[str, Any]]:
        """What happened, oldest first."""
        query = {"after": after} | ({"event": event} if event else {})
        entries: list[dict[str, Any]] = self.control("GET", "/log", **query)["log"]
        return entries

    def wait_for(self, event: str, matches: Callable[[dict[str, Any]], bool], within: float = 15.0) -> dict[str, Any]:
        """The first logged *event* that *matches*; raises TimeoutError when none comes *within* seconds."""
        found = _poll(lambda: next(filter(matches, self.log(event)), None), within)
        if found is None:
            raise TimeoutError(f"no {event!r} within {within} s")
        return found


def _poll(find: Callable[[], dict[str, Any] | None], within: float) -> dict[str, Any] | None:
    deadline = time.monotonic() + within
    return next(found for found in polled(find, pause=0.1) if found is not None or time.monotonic() > deadline)


def _plain_environment() -> dict[str, str]:
    """Ours without ``PYTHONPATH``: the server itself must see the genuine library."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
