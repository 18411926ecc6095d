"""Where attacks take place: the product as in production, fakes around it, a salon of the attacker and another."""

from __future__ import annotations

import ipaddress
import itertools
import json
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import requests

from aiadmin.adapters import embedded
from aiadmin.adapters.secrets import DerivedSecrets
from aiadmin.domain.ids import CompanyId
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.silence import SilentProxy, by_way_of
from tests.support.stack import APP_ID, JWT_SECRET, PARTNER_TOKEN, Salon, Stack, running

FROM_YCLIENTS = {"Accept": "text/html", "Referer": "https://yclients.com/appstore/1"}
_ADDRESSES = ipaddress.ip_network("10.0.0.0/8").hosts()
_PATIENCE = 30.0
_DESCRIPTORS = 8192


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The product, running behind what seems to be one proxy: whoever asks names an address of their own.

    Attributes:
        attacker: a salon whose webhook key and API key the attacker holds.
        neighbour: a salon that must not notice.
        database: the way to PostgreSQL of all processes.
    """

    stack: Stack
    port: int
    redis_url: str
    yclients: FakeYClients
    database: SilentProxy
    attacker: Salon
    neighbour: Salon

    def ask(self, method: str, path: str, *, address: str | None = None, **options: Any) -> requests.Response:
        """A request on a connection of its own, from an address of its own; no answer is status 0."""
        headers = {"X-Forwarded-For": address or new_address(), **options.pop("headers", {})}
        url = f"http://127.0.0.1:{self.port}{path}"
        options.setdefault("timeout", _PATIENCE)
        try:
            with requests.Session() as http:
                http.trust_env = False
                return http.request(method, url, headers=headers, allow_redirects=False, **options)
        except requests.RequestException:
            nothing = requests.Response()
            nothing.status_code = 0
            return nothing

    def webhook(self, salon: Salon, body: bytes, **options: Any) -> int:
        """A webhook of a salon; the status of its answer."""
        headers = {"Content-Type": "application/json"}
        return self.ask("POST", webhook_path(salon), data=body, headers=headers, **options).status_code

    def good_webhook(self, **options: Any) -> int:
        """A webhook of the neighbour, as YClients sends them."""
        event = {
            "company_id": self.neighbour.salon_id,
            "resource": "record",
            "resource_id": next(_NUMBERS),
            "status": "update",
        }
        return self.webhook(self.neighbour, json.dumps(event).encode(), **options)

    def web(self) -> psutil.Process:
        """The process that answers: gunicorn's worker."""
        arbiter = self.arbiter()
        return next(one for one in self.stack.processes("web") if one.ppid() == arbiter.pid)

    def arbiter(self) -> psutil.Process:
        """The process that starts it again when it dies."""
        found = self.stack.processes("web")
        pids = {one.pid for one in found}
        return next(one for one in found if one.ppid() not in pids)

    def rss_mb(self) -> float:
        """Memory of the web process."""
        return self.web().memory_info().rss / 2**20

    def log_kb(self) -> float:
        """What all processes have printed so far."""
        return self.stack.log.stat().st_size / 1024

    def comes_true(self, is_so: Callable[[], object], *, within: float) -> bool:
        """Whether something becomes so in time."""
        deadline = time.monotonic() + within
        while not is_so():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def is_answering(self) -> bool:
        """Whether `/health` and a webhook of the neighbour are answered."""
        return self.ask("GET", "/health").status_code == self.good_webhook() == requests.codes.ok


_NUMBERS = itertools.count(1_000_001)
_SALONS = itertools.count(710_001)


def new_address() -> str:
    """An address that nobody has used."""
    return str(next(_ADDRESSES))


def new_salon_id() -> int:
    """A salon's number that nobody has used."""
    return next(_SALONS)


def webhook_path(salon: Salon) -> str:
    """Where YClients sends a salon's webhooks, with the key."""
    company_id = CompanyId(salon.company_id)
    return f"/marketplace/webhook/{company_id}?key={DerivedSecrets(JWT_SECRET).webhook_key(company_id)}"


@contextmanager
def opened(*, database_url: str, redis_url: str, folder: Path) -> Iterator[Ground]:
    """The product on these servers, its log in `folder`; everything is down afterwards."""
    _allow_descriptors()
    port = embedded.free_port()
    with (
        FakeWhatsApp() as whatsapp,
        FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as yclients,
        SilentProxy(urlsplit(database_url).port or 5432) as database,
        running(
            database_url=by_way_of(database, database_url),
            redis_url=redis_url,
            port=port,
            folder=folder,
            whatsapp=whatsapp,
            yclients=yclients,
            APP_ENV="production",
            PUBLIC_URL="https://attacked.example",
            TRUSTED_PROXIES="1",
            OPEN_REGISTRATION="1",
            YCLIENTS_PER_SECOND="",
            YCLIENTS_PER_MINUTE="",
            RATE_LIMIT_PER_MINUTE="",
            SOCKET_LIMIT_PER_MINUTE="",
            YCLIENTS_USER_TOKEN=yclients.user_token,
            PROVIDER_CALLBACK_ORIGINS="https://yclients.com",
        ) as stack,
    ):
        yield Ground(
            stack=stack,
            port=port,
            redis_url=redis_url,
            yclients=yclients,
            database=database,
            attacker=stack.register(new_salon_id()),
            neighbour=stack.register(new_salon_id()),
        )


def _allow_descriptors() -> None:
    """The attacker and the attacked, who inherits this, hold thousands of sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _DESCRIPTORS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(_DESCRIPTORS, hard), hard))
