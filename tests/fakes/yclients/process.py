"""The server as a process of its own, and its control API."""

import json
import os
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from tests.fakes.asking import Asking
from tests.support.processes import start_fake

ROOT = Path(__file__).parents[3]
"""The project directory: a process started there finds this package."""
PARTNER_TOKEN = "test_partner_token"
ANSWER_WITHIN = 10.0
_START_WITHIN, _STOP_WITHIN = 20.0, 5.0


class Running:
    """A running fake YClients; a context manager, or ``start()`` and ``stop()``. It may be started again on its port.

    Attributes:
        url: where it listens; also the marketplace's address. The REST API is at ``url + "/api/v1"``.
    """

    def __init__(self, *, app_id: int = 7777, partner_token: str = PARTNER_TOKEN, port: int = 0) -> None:
        self.app_id = app_id
        self.partner_token = partner_token
        self.user_token = "test_user_token"
        self.port = port
        self._process: subprocess.Popen[str] | None = None
        self.http = requests.Session()
        self.http.trust_env = False
        self._asking = Asking(within=ANSWER_WITHIN)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start the server; raises RuntimeError when it does not come up."""
        command = [
            *("-m", "tests.fakes.yclients", "serve", "--port", str(self.port)),
            *("--app-id", str(self.app_id), "--partner-token", self.partner_token, "--user-token", self.user_token),
        ]
        self._process = start_fake(*command, cwd=ROOT, env=os.environ)
        watchdog = threading.Timer(_START_WITHIN, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline() if self._process.stdout else ""
        watchdog.cancel()
        if not line:
            raise RuntimeError(f"the fake YClients ended with status {self._process.wait(_STOP_WITHIN)}")
        self.port = json.loads(line)["port"]
        return self

    def stop(self) -> None:
        """Stop the server; it forgets everything."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=_STOP_WITHIN)
            self._process = None
        self.http.close()
        self._asking.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def env(self) -> dict[str, str]:
        """The settings that point the product at this server, without limits of calls that a test would wait for."""
        return {
            "YCLIENTS_MARKETPLACE_URL": self.url,
            "YCLIENTS_API_URL": f"{self.url}/api/v1",
            "YCLIENTS_APP_ID": str(self.app_id),
            "YCLIENTS_API_KEY": self.partner_token,
            "YCLIENTS_USER_TOKEN": self.user_token,
            "YCLIENTS_PER_SECOND": "1000",
            "YCLIENTS_PER_MINUTE": "60000",
        }

    def config(self) -> dict[str, Any]:
        """The same as fields of `Config`."""
        numbers = {"yclients_app_id": self.app_id, "yclients_per_second": 1000, "yclients_per_minute": 60_000}
        return {name.lower(): value for name, value in self.env().items()} | numbers

    def control(self, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        """Ask the control API; raises requests.HTTPError when it refuses."""
        status, answer = self._asking.ask(method, f"{self.url}/_fake{path}", body)
        if status >= 400:
            raise requests.HTTPError(f"{status} of {path}: {answer}")
        known: dict[str, Any] = answer
        return known

    def headers(self, *, user: bool = True) -> dict[str, str]:
        """What a partner sends, with or without the system user."""
        token = f"Bearer {self.partner_token}" + (f", User {self.user_token}" if user else "")
        return {"Accept": "application/vnd.yclients.v2+json", "Authorization": token}
