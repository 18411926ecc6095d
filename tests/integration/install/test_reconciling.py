"""Our state of installations is held against YClients' own, and repaired."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from rq import Queue
from sqlalchemy import text

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.install.activation import ActivationRequest
from aiadmin.domain.install.lifecycle import LifecycleChange
from aiadmin.services import maintenance
from aiadmin.services.install.lifecycle import Reconciliation
from tests.conftest import ROOT
from tests.support.door import Door

ACTIVE, FROZEN, LEFT = IntegrationStatus.ACTIVE, IntegrationStatus.FROZEN, IntegrationStatus.UNINSTALLED
FAILED = IntegrationStatus.ACTIVATION_FAILED


def _look(door: Door, limit: int = 50) -> Reconciliation:
    """A look an hour after the last."""
    _age(door)
    return door.site.container.lifecycle_service.compare(limit=limit, pause=lambda: True)


def _age(door: Door) -> None:
    with door.site.container.engine.begin() as connection:
        connection.execute(text("UPDATE companies SET yclients_checked_at = yclients_checked_at - interval '61 min'"))


def test_active_there_and_failed_here_is_active(door: Door) -> None:
    body = '{"success": false}'
    door.yclients.fault("/marketplace/partner/callback", status=422, body=body, processed=True)
    door.open(door.press_connect(5))
    assert door.deliver(5) is OutboxState.FAILED

    assert _look(door).changes == {LifecycleChange.CONFIRM: 1}
    company = door.company(5)
    assert company is not None
    assert (company.integration_status, company.activation_error) == (ACTIVE, None)
    assert company.activated_at is not None
    with door.site.container.uow() as work:
        row = work.outbox.find_by_key(company.company_id, "activation")
    assert row is not None
    assert (row.state, row.secret) == (OutboxState.SENT, None)


def test_pending_there_and_failed_here_is_told_again(door: Door) -> None:
    door.yclients.fault("/marketplace/partner/callback", status=422, body='{"success": false}')
    door.open(door.press_connect(5))
    assert door.deliver(5) is OutboxState.FAILED
    assert door.status(5) is FAILED

    assert _look(door).changes == {LifecycleChange.RETRY: 1}
    assert door.deliver(5) is OutboxState.SENT
    assert door.status(5) is ACTIVE


def test_uninstalled_there_and_active_here_is_let_go_at_the_second_look(door: Door) -> None:
    door.install(5)
    salon = door.salon(5)
    door.site.link(salon)
    door.yclients.control("POST", "/uninstall", salon_id=5)

    assert _look(door).changes == {}
    assert door.status(5) is ACTIVE
    assert _look(door).changes == {LifecycleChange.LEAVE: 1}
    assert door.status(5) is LEFT
    assert door.site.client.get(f"/marketplace/status/{salon.company_id}", headers=salon.key).status_code == 401


def test_frozen_there_is_frozen_here_and_goes_on_again(door: Door) -> None:
    door.install(5)
    door.yclients.control("POST", "/freeze", salon_id=5)
    assert _look(door).changes == {LifecycleChange.FREEZE: 1}
    assert door.status(5) is FROZEN
    door.yclients.connect([5])
    request = ActivationRequest(salon_id=door.company(5).salon_id, api_key="sk_again", webhook_urls=())  # type: ignore[union-attr]
    assert door.site.container.marketplace.activate(request).is_success
    assert _look(door).changes == {LifecycleChange.RESUME: 1}
    assert door.status(5) is ACTIVE


def test_when_yclients_denies_everybody_nobody_is_let_go(door: Door) -> None:
    for salon_id in (5, 6, 7):
        door.install(salon_id)
        door.yclients.control("POST", "/uninstall", salon_id=salon_id)
    _look(door)
    done = _look(door)
    assert (done.is_plausible, done.asked, done.changes) == (False, 3, {})
    assert {door.status(number) for number in (5, 6, 7)} == {ACTIVE}


def test_while_yclients_is_silent_nothing_changes_and_the_round_ends(door: Door) -> None:
    for salon_id in (5, 6):
        door.install(salon_id)
        path = f"/marketplace/salon/{salon_id}/application/{door.yclients.app_id}"
        door.yclients.fault(path, status=503, body="<html>")
    before = len(door.yclients.requests())
    assert _look(door).asked == 0
    assert len(door.yclients.requests()) == before + 1
    assert {door.status(number) for number in (5, 6)} == {ACTIVE}


def test_a_round_has_its_pages_and_each_salon_its_turn(door: Door) -> None:
    for salon_id in range(1, 6):
        door.install(salon_id)
    _age(door)
    keeper = door.site.container.lifecycle_service
    assert [keeper.compare(limit=2, pause=lambda: True).asked for _ in range(4)] == [2, 2, 1, 0]


def test_the_clock_asks_for_a_look_once_an_hour(door: Door) -> None:
    held = door.site.container
    door.install(5)

    def asked() -> bool:
        return maintenance.compare(uow=held.uow, queue=held.queue, clock=held.clock)

    assert asked() is False
    _age(door)
    assert [asked(), asked()] == [True, True]
    jobs = [job.func_name for job in Queue("jobs", connection=held.redis, serializer="json").jobs]
    assert jobs.count("jobs.installations.compare") == 1


@pytest.mark.process
@pytest.mark.parametrize("is_configured", [True, False])
def test_the_job_does_it_with_the_settings_of_its_process(
    door: Door, database_url: str, redis_url: str, is_configured: bool
) -> None:
    door.install(5)
    _age(door)
    door.yclients.control("POST", "/freeze", salon_id=5)
    settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "JWT_SECRET": "x" * 32, **door.yclients.env()}
    if not is_configured:
        del settings["YCLIENTS_APP_ID"]
    code = "from jobs.installations import compare; compare()"
    command, env = [sys.executable, "-c", code], _bare() | settings
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert door.status(5) is (FROZEN if is_configured else ACTIVE)


def _bare() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("YCLIENTS")}
