"""What the tests of pairing share: one web process, one WhatsApp, coordinators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import psutil
import pytest

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.pairing.attempt import Timing
from aiadmin.pairing.coordinator import Coordinator
from tests.acceptance.pairing.bench import coordinator_process, coordinator_with
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.database import Databases
from tests.support.live_site import LiveSite, settings_of, site_with
from tests.support.page import Page


@pytest.fixture(scope="module")
def whatsapp() -> Iterator[FakeWhatsApp]:
    """One WhatsApp for all tests here; every test links phones of its own."""
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture(scope="module")
def settings(databases: Databases, module_redis_url: str) -> Iterator[dict[str, str]]:
    with databases.lend() as database_url:
        yield settings_of(database_url, module_redis_url) | {"SOCKET_LIMIT_PER_MINUTE": "1000"}


@pytest.fixture(scope="module")
def live_site(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """One web process for all tests here."""
    with site_with(settings, tmp_path_factory.mktemp("web") / "web.log") as running:
        yield running


@pytest.fixture
def fresh_start(live_site: LiveSite, whatsapp: FakeWhatsApp) -> None:
    """Nobody watches."""
    live_site.container.redis.flushdb()


@pytest.fixture(autouse=True)
def nothing_stays_open(whatsapp: FakeWhatsApp) -> Iterator[None]:
    """Pages end with their test, and WhatsApp is well again."""
    yield
    while Page.opened:
        Page.opened.pop().close()
    whatsapp.control("DELETE", "/faults")


class StartCoordinator(Protocol):
    """A coordinator of its own `sessions` process, as far as Redis and PostgreSQL can tell."""

    def __call__(self, *, timing: Timing | None = None, **more: str) -> Coordinator: ...


@pytest.fixture
def start_coordinator(
    settings: dict[str, str], whatsapp: FakeWhatsApp, fresh_start: None
) -> Iterator[StartCoordinator]:
    with ExitStack() as running:

        def start(*, timing: Timing | None = None, **more: str) -> Coordinator:
            container = Container(Config.from_env(settings | more))
            coordinator, _ = running.enter_context(coordinator_with(container, env=whatsapp.env(), timing=timing))
            return coordinator

        yield start


class OtherCoordinator(Protocol):
    """Starts a coordinator in a process of its own."""

    def __call__(self) -> psutil.Process: ...


@pytest.fixture
def other_coordinator(
    settings: dict[str, str], whatsapp: FakeWhatsApp, fresh_start: None
) -> Iterator[OtherCoordinator]:
    with ExitStack() as running:
        yield lambda: running.enter_context(coordinator_process(settings | whatsapp.env()))


@pytest.fixture
def coordinator(start_coordinator: StartCoordinator) -> Coordinator:
    return start_coordinator()
