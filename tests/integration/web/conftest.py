"""The real application over a real PostgreSQL and a real Valkey, spoken to through Flask's client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from aiadmin.adapters.db.tables import WebhookRow
from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.device import LinkedAccount
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.services import companies, pairings
from aiadmin.services.ports import LiveCode
from aiadmin.web import create_app

ADMIN_KEY = "admin-key-of-these-tests-32-bytes-long"
METRICS_TOKEN = "metrics-token-of-these-tests"
SALON = 962302
PHONE = "79001234567"


class MakeSite(Protocol):
    def __call__(self, **settings: Any) -> Site: ...


@dataclass
class Site:
    """One running application and the shortcuts that tests need."""

    container: Container
    client: FlaskClient

    def register(self, salon_id: int = SALON) -> Salon:
        """A company, made by the service itself."""
        held = self.container
        made = companies.register(
            salon_id=SalonId(salon_id),
            phone=None,
            email=None,
            uow=held.uow,
            secrets=held.secrets,
            tokens=held.tokens,
            links=held.links,
            clock=held.clock,
            window=timedelta(hours=1),
        )
        return Salon(made.company.company_id, salon_id, made.api_key, made.token)

    def link(self, salon: Salon, phone: str = PHONE) -> None:
        """A phone is linked, as the pairing process would tell."""
        held = self.container
        account = LinkedAccount(jid=f"{phone}:12@s.whatsapp.net", lid=None)
        pairings.complete(salon.company_id, account, uow=held.uow, clock=held.clock, window=timedelta(hours=1))

    def show_code(self, salon: Salon, text: str = "2@code", seconds: float = 18) -> None:
        """A code is live, as the desk would publish it."""
        now = datetime.now(UTC)
        code = LiveCode(text=text, generated_at=now, expires_at=now + timedelta(seconds=seconds))
        self.container.feed.publish_code(salon.company_id, code)

    def webhook(self, salon: Salon, body: bytes, key: str | None = None, **more: Any) -> TestResponse:
        """A webhook of YClients."""
        key = self.container.secrets.webhook_key(salon.company_id) if key is None else key
        address = f"/marketplace/webhook/{salon.company_id}?key={key}"
        return self.client.post(address, data=body, content_type="application/json", **more)

    def stored(self, salon: Salon) -> list[bytes]:
        """The bodies in the inbox."""
        rows = select(WebhookRow.body).where(WebhookRow.company_id == salon.company_id).order_by(WebhookRow.id)
        with self.container.engine.connect() as connection:
            return list(connection.scalars(rows))


@dataclass(frozen=True)
class Salon:
    company_id: CompanyId
    salon_id: int
    api_key: str
    token: str

    @property
    def key(self) -> dict[str, str]:
        return {"X-API-Key": self.api_key}

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


ADMIN = {"X-API-Key": ADMIN_KEY}


@pytest.fixture
def make_site(database_url: str, redis_url: str) -> Iterator[MakeSite]:
    """Builds a site with settings of the test's own."""
    made: list[Container] = []

    def make(**settings: Any) -> Site:
        given = {
            "database_url": database_url,
            "redis_url": redis_url,
            "jwt_secret": "a secret of these tests, 32 bytes or more",
            "admin_api_key": ADMIN_KEY,
            "metrics_token": METRICS_TOKEN,
            "rate_limit_per_minute": 1000,
        }
        container = Container(Config(**(given | settings)))
        made.append(container)
        return Site(container, create_app(container).test_client())

    yield make
    for container in made:
        container.close()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The site as most tests want it."""
    return make_site()


@pytest.fixture
def salon(site: Site) -> Salon:
    """A registered salon."""
    return site.register()


Refused = Callable[[TestResponse, int, str], dict[str, Any]]


@pytest.fixture
def refused() -> Refused:
    """Checks that an answer is an error in our one shape, and returns it."""

    def check(response: TestResponse, status: int, code: str) -> dict[str, Any]:
        body = response.get_json()
        assert (response.status_code, body["code"]) == (status, code), body
        assert body["success"] is False
        assert any("а" <= letter <= "я" for letter in body["error"].lower())
        assert body["request_id"] == response.headers["X-Request-ID"]
        return dict(body)

    return check
