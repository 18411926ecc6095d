"""Pairing while PostgreSQL or Redis is away: nothing that a phone has confirmed is lost, and pages stay open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.pairing.attempt import PairingState
from tests.acceptance.conftest import Restartable
from tests.acceptance.pairing.bench import a_phone, coordinator_with, is_in, kill_processes
from tests.conftest import WaitUntil
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.database import start_copy
from tests.support.live_site import register, settings_of, site_with
from tests.support.restarting import RestartingServer


@pytest.fixture(scope="module")
def postgres(server_dir: Path, cluster: Path) -> Iterator[RestartingServer]:
    """A PostgreSQL with our schema that may be restarted."""
    server = RestartingServer(start_copy(cluster, server_dir / "postgres-of-pairing"), lasts=True)
    yield server
    server.leave()


def test_a_page_opened_while_postgresql_restarts_waits_for_it(
    postgres: RestartingServer, redis_url: str, tmp_path: Path
) -> None:
    """It is told, and let in when its link can be checked again."""
    with site_with(settings_of(postgres.url, redis_url), tmp_path / "web.log") as live_site:
        salon = live_site.register()
        with postgres.away():
            page = live_site.open(salon)
            assert page.wait_for("error")["code"] == "dependency-down"
        page.wait_for_state("waiting", within=20)
        assert "disconnect" not in page.events()


def test_a_link_is_committed_when_postgresql_is_back(
    postgres: RestartingServer, redis_url: str, whatsapp: FakeWhatsApp, wait_until: WaitUntil
) -> None:
    """WhatsApp tells of a link only once: the coordinator keeps it until it is stored."""
    env = settings_of(postgres.url, redis_url)
    with coordinator_with(Container(Config.from_env(env)), env=whatsapp.env()) as (coordinator, container):
        salon = register(container)
        whatsapp.fault("lost-after-pairing", mode="login-hangs")
        code = container.pairing_store.wait_code(salon.company_id, timedelta(seconds=10))
        assert code is not None
        whatsapp.scan(code.text, phone=a_phone())
        wait_until(lambda: is_in(container, salon, PairingState.CONFIRMING))
        with postgres.away():  # with its process the waiting for WhatsApp ends, and the commit is due
            kill_processes(coordinator)
            wait_until(lambda: not coordinator.pool.pids())
        wait_until(lambda: is_in(container, salon, PairingState.CONNECTED), timeout=20)
        with container.uow() as work:
            assert work.companies.get(salon.company_id).whatsapp_connected


def test_pages_outlive_an_outage_of_redis(
    restartable: Restartable, settings: dict[str, str], tmp_path: Path, whatsapp: FakeWhatsApp
) -> None:
    """An open page stays open and keeps its code; one opened meanwhile is told, and gets its code by itself."""
    named, restart = restartable("valkey")
    env = settings | {"REDIS_URL": named["redis_url"]}
    with (
        site_with(env, tmp_path / "web.log") as live_site,
        coordinator_with(Container(Config.from_env(env)), env=whatsapp.env()),
    ):
        before = live_site.open(live_site.register())
        code = before.wait_for("qr-update")["qr"]
        late = live_site.register()
        pages = []

        def while_away() -> None:
            pages.append(live_site.open(late))
            assert pages[0].wait_for("error")["code"] == "dependency-down"

        restart(while_away)
        pages[0].wait_for("qr-update", within=30)
        assert before.wait_for("qr-update", within=30)["qr"] == code
        assert "disconnect" not in before.events() + pages[0].events()
