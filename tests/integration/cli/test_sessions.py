"""`hosts` and `sessions`, as an operator types them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from aiadmin.cli import cli
from aiadmin.domain.companies.company import NewCompany
from aiadmin.domain.hosting.device import LinkedAccount, Observed
from aiadmin.domain.hosting.session import Session
from aiadmin.domain.ids import CompanyId, HostId, SalonId
from aiadmin.services.hosting import sessions
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork

pytestmark = pytest.mark.process

PHONE = "79001234567"
Run = Callable[..., Result]


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def uow(database_url: str) -> Iterator[Callable[[], UnitOfWork]]:
    engine = make_engine(database_url)
    yield lambda: UnitOfWork(engine)
    engine.dispose()


@pytest.fixture
def run(database_url: str, redis_url: str) -> Run:
    settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "JWT_SECRET": "x" * 32}
    return lambda *words: CliRunner().invoke(cli, words, env=settings)


def _host(uow: Callable[[], UnitOfWork], capacity: int = 9) -> HostId:
    host_id = HostId(uuid.uuid4())
    with uow() as work:
        work.hosts.add(host_id, lease=timedelta(minutes=1), capacity=capacity, name="box:1")
        work.commit()
    return host_id


def _linked(uow: Callable[[], UnitOfWork], host_id: HostId) -> CompanyId:
    new = NewCompany(salon_id=SalonId(1), phone=None, email=None, api_key_hash="", activation_deadline_at=_now())
    with uow() as work:
        company_id = work.companies.add(new).company_id
        work.devices.add(company_id, LinkedAccount(jid=f"{PHONE}:1@s.whatsapp.net", lid=None), _now())
        [device] = work.devices.adopt(host_id, limit=1, now=_now())
        work.commit()
    sessions.observe(device, Session(observed=Observed.BACKOFF, since=_now(), reason="start_timeout"), uow=uow)
    return company_id


def test_hosts_and_sessions_are_listed_and_no_phone_is_shown(uow: Callable[[], UnitOfWork], run: Run) -> None:
    host_id = _host(uow)
    company_id = _linked(uow, host_id)
    assert f"{host_id}  box:1  1         9" in run("hosts").output
    listed = run("sessions", "list").output
    assert "backoff" in listed
    assert PHONE not in listed
    assert str(host_id) not in run("sessions", "list", "--state", "online").output
    shown = run("sessions", "show", str(company_id)).output
    assert "start_timeout" in shown
    assert shown.count(str(host_id)) == 2, "now, and in its history"


def test_a_restart_is_asked_of_the_row(uow: Callable[[], UnitOfWork], run: Run) -> None:
    company_id = _linked(uow, _host(uow))
    assert "restarts now" in run("sessions", "restart", str(company_id)).output
    with uow() as work:
        device = work.devices.find_current(company_id)
        assert device is not None
        assert device.restart_asked_at is not None
    missing = run("sessions", "restart", "999")
    assert missing.exit_code == 1


def test_a_host_is_drained_only_where_others_have_room(uow: Callable[[], UnitOfWork], run: Run) -> None:
    host_id = _host(uow)
    _linked(uow, host_id)
    refused = run("sessions", "drain", str(host_id))
    assert refused.exit_code == 1
    assert "no room" in refused.output
    assert "no living host" in run("sessions", "drain", str(uuid.uuid4())).output
    _host(uow)
    assert "1 sessions move" in run("sessions", "drain", str(host_id)).output
    with uow() as work:
        assert work.hosts.is_draining(host_id)


def test_messages_are_paused_and_resumed_for_one_or_for_all(run: Run, uow: Callable[[], UnitOfWork]) -> None:
    company_id = _linked(uow, _host(uow))
    for whose, name in (([str(company_id)], f"company {company_id}"), ([], "everybody")):
        assert run("messages", "pause", *whose).output.startswith(f"{name}: messages are paused")
        with uow() as work:
            assert work.pauses.since(company_id if whose else None) is not None
    assert run("messages", "resume", str(company_id)).output == (
        f"company {company_id}: messages go on when those of everybody do\n"
    )
    assert run("messages", "resume").output == "everybody: messages go on\n"
    assert run("messages", "pause", "999").exit_code == 1
