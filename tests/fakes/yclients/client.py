"""The fake YClients as a process of its own, for tests, benchmarks and the demo."""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

ROOT = Path(__file__).parents[3]
"""The project directory: a process started there finds this package."""
PARTNER_TOKEN = "test_partner_token"
_START_WITHIN, _ANSWER_WITHIN, _STOP_WITHIN = 20.0, 10.0, 5.0


class FakeYClients:
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
        self._http = requests.Session()
        self._http.trust_env = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start the server; raises RuntimeError when it does not come up."""
        command = [
            *(sys.executable, "-m", "tests.fakes.yclients", "serve", "--port", str(self.port)),
            *("--app-id", str(self.app_id), "--partner-token", self.partner_token, "--user-token", self.user_token),
        ]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
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
        self._http.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def env(self) -> dict[str, str]:
        """The settings that point the product at this server."""
        return {
            "YCLIENTS_MARKETPLACE_URL": self.url,
            "YCLIENTS_API_URL": f"{self.url}/api/v1",
            "YCLIENTS_APP_ID": str(self.app_id),
            "YCLIENTS_API_KEY": self.partner_token,
            "YCLIENTS_USER_TOKEN": self.user_token,
        }

    def control(self, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        """Ask the control API; raises requests.HTTPError when it refuses."""
        payload = body if method != "GET" else None
        response = self._http.request(method, f"{self.url}/_fake{path}", json=payload, timeout=_ANSWER_WITHIN)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def connect(self, salon_ids: Sequence[int], **facts: Any) -> str:
        """The owner presses Connect; the address that the browser is sent to."""
        url: str = self.control("POST", "/connect", salon_ids=list(salon_ids), **facts)["url"]
        return url

    def salon(self, salon_id: int, **counts: Any) -> dict[str, Any]:
        """Fill a salon's journal anew: the small one made by hand, or with counts (and a seed) a generated one.

        Args:
            counts: `clients`, `records`, `masters`, `services`, `seed`; also `facts`, `timezone_name`, `rights`.

        Returns:
            The ids of its `categories`, `services`, `staff`, `clients` and `records`.
        """
        return self.control("POST", "/salon", salon_id=salon_id, **counts)

    def change_salon(self, salon_id: int, **changes: Any) -> dict[str, Any]:
        """`facts` of the company, `timezone_name`, `rights` of the system user, `users`; the company as it is."""
        return self.control("POST", f"/salon/{salon_id}", **changes)

    def state(self, salon_id: int) -> dict[str, Any]:
        """Everything in a salon as REST would show it: `company`, `services`, `records` (deleted ones too), ..."""
        return self.control("GET", f"/salon/{salon_id}")

    def clock(self, **moved: Any) -> str:
        """Move YClients' time by `seconds=` or set it to `now=`; without either it is the machine's again."""
        now: str = self.control("POST", "/clock", **moved)["now"]
        return now

    def activate(self, salon_id: int, **given: Any) -> None:
        """Install our app as if the product had done it: connected, activated, with `webhook_urls` if given."""
        self.connect([salon_id])
        body = {"salon_id": salon_id, "application_id": self.app_id, **given}
        url, headers = f"{self.url}/marketplace/partner/callback", self.headers(user=False)
        self._http.post(url, json=body, headers=headers, timeout=_ANSWER_WITHIN).raise_for_status()

    def headers(self, *, user: bool = True) -> dict[str, str]:
        """What a partner sends, with or without the system user."""
        token = f"Bearer {self.partner_token}" + (f", User {self.user_token}" if user else "")
        return {"Accept": "application/vnd.yclients.v2+json", "Authorization": token}

    def fault(self, path: str, **facts: Any) -> None:
        """Let the server misbehave; see ``faults.Fault``."""
        self.control("POST", "/fault", path=path, **facts)

    def settings(self, **changes: Any) -> None:
        """Change what is unknown about the real one; see ``settings.Settings``."""
        self.control("POST", "/settings", **changes)

    def reset(self) -> None:
        """As if just started."""
        self.control("POST", "/reset")

    def callbacks(self) -> list[dict[str, Any]]:
        """Every activation that reached the marketplace, oldest first, with the status it was answered."""
        listed: list[dict[str, Any]] = self.control("GET", "/callbacks")["callbacks"]
        return listed

    def requests(self) -> list[dict[str, Any]]:
        """Every request but those of the control API; one that has no answer yet has no status."""
        listed: list[dict[str, Any]] = self.control("GET", "/requests")["requests"]
        return listed

    def link(self, salon_id: int) -> dict[str, Any] | None:
        """How far our app is installed in a salon, and with what."""
        links: list[dict[str, Any]] = self.control("GET", "/links")["links"]
        return next((link for link in links if link["salon_id"] == salon_id), None)
