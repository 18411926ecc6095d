"""The whole product as a newcomer runs it: `python -m aiadmin up`, told to talk to the two fakes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg2
import requests

from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support import processes
from tests.support.polling import polled
from tests.support.processes import kill_family
from tests.support.rows import Rows

ROOT = Path(__file__).parents[2]
ADMIN_KEY = "admin-key-of-the-acceptance-tests-32b"
JWT_SECRET = "jwt-secret-of-the-acceptance-tests-32"
APP_ID = 7777
PARTNER_TOKEN = "test_partner_token"
T = TypeVar("T")

PROCESSES: Mapping[str, Callable[[list[str]], bool]] = {
    "web": lambda words: any(word.endswith("gunicorn") for word in words),
    "worker": lambda words: "worker.py" in " ".join(words) and words[-1] == "jobs",
    "sessions": lambda words: "worker.py" in " ".join(words) and words[-1] == "sessions",
    "clock": lambda words: "worker.py" in " ".join(words) and words[-1] == "clock",
    "pairing": lambda words: words[-1] == "aiadmin.pairing.process_main",
}
"""How each of our processes is told from its command line."""


@dataclass(frozen=True, kw_only=True)
class Salon:
    """A registered salon, as `POST /marketplace/register` answered."""

    company_id: int
    salon_id: int
    api_key: str
    connect_url: str

    @property
    def token(self) -> str:
        """The token in the connect link."""
        return parse_qs(urlsplit(self.connect_url).query)["token"][0]


class Stack:
    """A running product.

    Attributes:
        url: where the web process listens.
        log: everything that the processes printed.
    """

    def __init__(self, *, env: Mapping[str, str], port: int, log: Path) -> None:
        self._env, self.url, self.log = dict(env), f"http://127.0.0.1:{port}", log
        self._http = requests.Session()
        self._http.trust_env = False
        self._rows = Rows(env["DATABASE_URL"])

    def start(self) -> None:
        """Start everything; returns when `/ready` says so."""
        with self.log.open("ab") as output:
            self._process = processes.start(
                "-m",
                "tests.support.forking_up",
                "up",
                "--data",
                str(self.log.parent / "data"),
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.until(lambda: self.get("/ready").status_code == 200, within=40)

    def kill_everything(self) -> None:
        """kill -9 the supervisor and whatever it has started; how it ends when asked is what `up/` tests."""
        kill_family(self._process)
        self._http.close()
        self._rows.close()

    def get(self, path: str, **headers: str) -> requests.Response:
        """A GET; a refused connection is answered as status 0."""
        return self.request("GET", path, headers=headers)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Any request; a refused connection is answered as status 0."""
        try:
            return self._http.request(method, self.url + path, timeout=15, **options)
        except requests.RequestException:
            nothing = requests.Response()
            nothing.status_code = 0
            return nothing

    def register(self, salon_id: int) -> Salon:
        """Register a salon as YClients would."""
        body = {"salon_id": salon_id, "phone": "79001234567", "email": "salon@example.com"}
        answer = self.request("POST", "/marketplace/register", json=body)
        assert answer.status_code == 201, answer.text
        facts = answer.json()
        return Salon(**{name: facts[name] for name in ("company_id", "salon_id", "api_key", "connect_url")})

    def install(self, yclients: FakeYClients, salon_id: int) -> str:
        """The owner, of this salon alone, presses Connect at YClients; the token of the page that comes next."""
        address = urlsplit(yclients.connect([salon_id], user={"id": salon_id, "name": "Owner"}))
        headers = {"Accept": "text/html", "Referer": "https://yclients.com/appstore/1"}
        path = f"{address.path}?{address.query}"
        answer = self.request("GET", path, headers=headers, allow_redirects=False)
        assert answer.status_code == 303, answer.text
        return parse_qs(urlsplit(answer.headers["Location"]).query)["token"][0]

    def status(self, salon: Salon) -> dict[str, Any]:
        """`GET /marketplace/status/{companyId}`, or nothing while it does not answer."""
        answer = self.get(f"/marketplace/status/{salon.company_id}", **{"X-API-Key": salon.api_key})
        return answer.json() if answer.status_code == 200 else {}

    def processes(self, name: str) -> list[psutil.Process]:
        """Our live processes of one kind; a supervisor's copy of the command line does not count."""
        found = []
        for process in psutil.Process(self._process.pid).children(recursive=True):
            try:
                words = process.cmdline()
            except psutil.Error:
                continue
            if words and (PROCESSES[name](words) or process.name() == name):
                found.append(process)
        return found

    def kill(self, name: str) -> None:
        """kill -9 every process of one kind."""
        victims = self.processes(name)
        assert victims, f"no {name} is running"
        for process in victims:
            process.kill()

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """What PostgreSQL holds."""
        return self._rows.read(statement, *values)

    def change(self, statement: str, *values: object) -> None:
        """Make something so in PostgreSQL: that time has passed, for instance."""
        connection = psycopg2.connect(self._env["DATABASE_URL"])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
        finally:
            connection.close()

    def until(self, predicate: Callable[[], T], *, within: float, what: str = "") -> T:
        """Poll until `predicate` gives something true; what the processes said goes with the failure."""
        deadline = time.monotonic() + within
        for value in polled(predicate, pause=0.1):
            if value:
                return value
            if time.monotonic() > deadline:
                break
        said = self.log.read_text(errors="replace")[-6000:]
        raise TimeoutError(f"not within {within} s: {what}\n{said}")


def activations(yclients: FakeYClients) -> list[dict[str, Any]]:
    """The activations that YClients took; a refused or interrupted call is not one."""
    return [call for call in yclients.callbacks() if call["status"] in {201, None}]


@contextmanager
def running(
    *,
    database_url: str,
    redis_url: str,
    port: int,
    folder: Path,
    whatsapp: FakeWhatsApp,
    yclients: FakeYClients,
    **settings: str,
) -> Iterator[Stack]:
    """The product on the given servers, wired to the fakes; everything is down afterwards."""
    env = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}},
        **whatsapp.env(),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "JWT_SECRET": JWT_SECRET,
        "ADMIN_API_KEY": ADMIN_KEY,
        "YCLIENTS_APP_ID": str(APP_ID),
        "YCLIENTS_API_KEY": PARTNER_TOKEN,
        "YCLIENTS_MARKETPLACE_URL": yclients.url,
        "YCLIENTS_API_URL": f"{yclients.url}/api/v1",
        "YCLIENTS_PER_SECOND": "1000",
        "YCLIENTS_PER_MINUTE": "60000",
        "RATE_LIMIT_PER_MINUTE": "100000",
        "SOCKET_LIMIT_PER_MINUTE": "100000",
        **settings,
    }
    stack = Stack(env=env, port=port, log=folder / "up.log")
    try:
        stack.start()
        yield stack
    finally:
        stack.kill_everything()
