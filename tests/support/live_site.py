"""A web process with salons, for tests that look at it through a page."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.services.companies import registration
from tests.support.page import Page, web_process

JWT_SECRET = "a-secret-of-the-socket-tests-32-bytes"
_salon_ids = itertools.count(1)


@dataclass(frozen=True)
class Salon:
    """A registered company and the token of its link."""

    company_id: CompanyId
    token: str


def register(held: Container) -> Salon:
    """A new company, made by the service itself."""
    made = registration.register(
        salon_id=SalonId(next(_salon_ids)),
        phone=None,
        email=None,
        store=held.registrations.ask,
        secrets=held.secrets,
        tokens=held.tokens,
        clock=held.clock,
        window=timedelta(hours=1),
    )
    return Salon(made.company.company_id, made.token)


class LiveSite:
    """A web process, and shortcuts to what lies under it."""

    def __init__(self, url: str, container: Container) -> None:
        self.url = url
        self.container = container

    def register(self) -> Salon:
        """A new company."""
        return register(self.container)

    def open(self, salon: Salon, **options: Any) -> Page:
        """The salon's page, with the token and the company id that its link carries."""
        return self.knock(salon.token, **{"companyId": str(salon.company_id), **options})

    def knock(self, token: str | None, **options: Any) -> Page:
        """Any page."""
        return Page(self.url, token, **options)

    def waits(self, salon: Salon) -> bool:
        """Whether the salon is in the queue for an attempt."""
        return salon.company_id in self.container.pairing_store.queue()


def settings_of(database_url: str, redis_url: str) -> dict[str, str]:
    """The settings of the processes of one test."""
    return {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "JWT_SECRET": JWT_SECRET}


@contextmanager
def site_with(settings: dict[str, str], log: Path) -> Iterator[LiveSite]:
    """A web process and its container, with these settings."""
    with web_process(settings, log) as url:
        container = Container(Config.from_env(settings))
        try:
            yield LiveSite(url, container)
        finally:
            container.redis.close()
            container.engine.dispose()
