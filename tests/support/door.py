"""YClients' marketplace on one side, our door on the other, and a company between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import text
from werkzeug.test import TestResponse

from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.ids import SalonId
from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from tests.fakes.yclients.client import FakeYClients
from tests.support.site import Salon, Site


def token_of(address: str) -> str:
    """The token in an address that a browser is led to: the connect page's in the query, the others' behind `#`."""
    split = urlsplit(address)
    return parse_qs(split.query or split.fragment).get("token", parse_qs(split.fragment).get("token", []))[0]


@dataclass
class Door:
    """Owners press Connect there and arrive here."""

    site: Site
    yclients: FakeYClients

    def press_connect(self, *salon_ids: int, **facts: object) -> str:
        """The owner grants access; the address that the browser is sent to."""
        address = urlsplit(self.yclients.connect(salon_ids, **facts))
        return f"{address.path}?{address.query}"

    def open(self, address: str, **headers: str) -> TestResponse:
        return self.site.client.get(address, headers={"Accept": "text/html", **headers})

    def company(self, salon_id: int) -> Company | None:
        with self.site.container.uow() as work:
            return work.companies.find_by_salon(SalonId(salon_id))

    def status(self, salon_id: int) -> IntegrationStatus:
        company = self.company(salon_id)
        assert company is not None
        return company.integration_status

    def deliver(self, salon_id: int) -> OutboxState | None:
        """What the worker does when it is nudged."""
        company = self.company(salon_id)
        assert company is not None
        with self.site.container.uow() as work:
            row = work.outbox.find_by_key(company.company_id, ACTIVATION_KEY)
        assert row is not None
        return self.site.container.activation_sender.deliver(row.outbox_id)

    def install(self, salon_id: int, **facts: object) -> Company:
        """The whole way to an active salon."""
        assert self.open(self.press_connect(salon_id, **facts)).status_code == 303
        assert self.deliver(salon_id) is OutboxState.SENT
        company = self.company(salon_id)
        assert company is not None
        return company

    def count(self, table: str) -> int:
        with self.site.container.engine.connect() as connection:
            return len(connection.execute(text(f"TABLE {table}")).all())

    def tell(self, event: str, salon_id: int, **more: Any) -> TestResponse:
        """YClients tells us of an event, as it does."""
        body = {"salon_id": salon_id, "application_id": self.yclients.app_id, "event": event}
        body |= {"partner_token": self.yclients.partner_token} | more
        return self.site.client.post("/marketplace/lifecycle", json=body)

    def salon(self, salon_id: int) -> Salon:
        """What the owner of an installed salon holds; its link is a fresh one."""
        answer = self.open(self.press_connect(salon_id), Referer="https://yclients.com/appstore")
        assert answer.status_code == 303
        token = token_of(answer.headers["Location"])
        company, link = self.company(salon_id), self.yclients.link(salon_id)
        assert company is not None
        assert link is not None
        return Salon(company.company_id, salon_id, link["api_key"] or "", token)
