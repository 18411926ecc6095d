"""One running application, and the shortcuts that tests need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from aiadmin.container import Container
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.pairing.live_code import LiveCode
from aiadmin.services.companies import registration
from aiadmin.services.pairing import pairings
from aiadmin.storage.tables.core import WebhookRow

SALON = 962302
PHONE = "79001234567"
ADMIN_KEY = "admin-key-of-these-tests-32-bytes-long"
ADMIN = {"X-API-Key": ADMIN_KEY}
METRICS_TOKEN = "metrics-token-of-these-tests"


@dataclass
class Site:
    """One running application and the shortcuts that tests need."""

    container: Container
    client: FlaskClient

    def register(self, salon_id: int = SALON) -> Salon:
        """A company, made by the service itself."""
        held = self.container
        made = registration.register(
            salon_id=SalonId(salon_id),
            phone=None,
            email=None,
            store=held.registrations.ask,
            secrets=held.secrets,
            tokens=held.tokens,
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
        self.container.pairing_store.publish_code(salon.company_id, code)

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


class MakeSite(Protocol):
    """Build a site with settings of the test's own."""

    def __call__(self, **settings: Any) -> Site: ...


Refused = Callable[[TestResponse, int, str], dict[str, Any]]
"""`refused(response, status, code)`: it is an error in our one shape; its body."""
