"""The fake YClients as a process, and what a replay asks of it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import click
import requests

from aiadmin.cli.home import PROJECT
from aiadmin.cli.replay.document import FAKE

APP_ID, PARTNER_TOKEN, USER_TOKEN = 1, "replay-partner-token", "replay-user-token"
_START_SECONDS, _ANSWER_SECONDS, _STOP_SECONDS = 20.0, 10.0, 5.0


class JournalOfReplay:
    """A YClients of our own; a context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._http = requests.Session()
        self._http.trust_env = False
        self.url = ""
        self._now: datetime | None = None
        self._faults: Mapping[str, Any] = {}

    def __enter__(self) -> Self:
        """Raises click.ClickException when it does not come up."""
        command = [sys.executable, "-m", FAKE, "serve", "--app-id", str(APP_ID)]
        command += ["--partner-token", PARTNER_TOKEN, "--user-token", USER_TOKEN]
        self._process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        try:
            self.url = f"http://127.0.0.1:{_port(self._process)}"
            self._tell("POST", "/settings", hooks_are_held=True)
        except (click.ClickException, requests.RequestException):
            self._stop()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._http.close()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.communicate(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()

    def load(self, salon_id: int, document: Mapping[str, Any], case: Mapping[str, Any], *, now: datetime) -> None:
        """Fill a salon from the file, as the conversation finds it; the time stands at `now`, without faults."""
        file = {name: value for name, value in document.items() if name != "conversations"}
        self._tell("POST", "/conversation", salon_id=salon_id, file=file, case=case)
        self._now, self._faults = now, {}
        self.tell_time()

    def connect(self, salon_id: int) -> None:
        """The salon's owner presses Connect."""
        self._tell("POST", "/connect", salon_ids=[salon_id])

    def set_clock(self, now: datetime) -> None:
        """The time stands there; YClients is told of it when it is asked for something."""
        self._now = now

    def tell_time(self) -> None:
        """YClients is about to be asked for something."""
        if self._now is not None:
            now, self._now = self._now, None
            self._tell("POST", "/clock", now=now.isoformat(), stands=True)

    def set_faults(self, faults: Mapping[str, Any]) -> None:
        """These faults by the name of what is called, and no others."""
        if faults != self._faults:
            self._tell("POST", "/method_faults", **faults)
            self._faults = faults

    def writes(self, salon_id: int) -> Sequence[Mapping[str, Any]]:
        """What was changed in the salon's records since it was filled, oldest first."""
        found: Sequence[Mapping[str, Any]] = self._tell("GET", f"/writes/{salon_id}")["writes"]
        return found

    def hooks(self) -> Sequence[Mapping[str, Any]]:
        """What it has to tell of changes, oldest first; nothing of it is on its way."""
        listed = self._tell("GET", "/deliveries")["deliveries"]
        return [one["body"] for one in listed if one["kind"] == "entity"]

    def _tell(self, method: str, path: str, /, **body: Any) -> Any:
        payload = body if method != "GET" else None
        answer = self._http.request(method, f"{self.url}/_fake{path}", json=payload, timeout=_ANSWER_SECONDS)
        answer.raise_for_status()
        return answer.json()


def _port(process: subprocess.Popen[str]) -> int:
    """Where it listens; its first line says so."""
    watchdog = threading.Timer(_START_SECONDS, process.kill)
    watchdog.start()
    line = process.stdout.readline() if process.stdout else ""
    watchdog.cancel()
    if not line:
        raise click.ClickException("the fake YClients does not start: bot replay needs the packages of development")
    port: int = json.loads(line)["port"]
    return port
