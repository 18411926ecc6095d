"""What became of a session is kept beside its present state, in the same transaction."""

from __future__ import annotations

from datetime import timedelta

from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.hosting.session_event import Disconnected
from aiadmin.services import maintenance
from aiadmin.services.hosting import sessions
from tests.conftest import WaitUntil
from tests.integration.hosting.test_host import World, now, world

__all__ = ["world"]


def test_every_change_is_kept_with_its_host_and_reason(world: World, wait_until: WaitUntil) -> None:
    jid, company_id = world.link()
    _, whatsapp = world.host()
    wait_until(lambda: world.row(company_id).get("observed") == "online", what="online")
    whatsapp.say(jid, Disconnected())
    wait_until(lambda: world.row(company_id)["observed"] == "reconnecting", what="reconnecting")
    changes = sessions.recent_events(company_id, uow=world.uow)
    assert [(change.observed, change.reason) for change in changes] == [
        (Observed.RECONNECTING, "connection_lost"),
        (Observed.ONLINE, None),
        (Observed.STARTING, None),
    ]
    assert {change.host_id for change in changes} == {world.row(company_id)["host_id"]}


def test_an_old_epoch_leaves_no_trace(world: World, wait_until: WaitUntil) -> None:
    _, company_id = world.link()
    world.host()
    wait_until(lambda: world.row(company_id).get("observed") == "online", what="online")
    with world.uow() as work:
        device = work.devices.find_current(company_id)
    assert device is not None
    world.run("UPDATE devices SET epoch = epoch + 1")
    assert not sessions.observe(device, _back_off(), uow=world.uow)
    assert all(change.reason != "old" for change in sessions.recent_events(company_id, limit=9, uow=world.uow))


def _back_off() -> sessions.Session:
    return sessions.Session(observed=Observed.BACKOFF, since=now(), reason="old")


def test_changes_are_forgotten_after_30_days_even_those_of_devices_that_are_gone(
    world: World, wait_until: WaitUntil
) -> None:
    _, company_id = world.link()
    host, _ = world.host()
    wait_until(lambda: world.row(company_id).get("observed") == "online", what="online")
    host.drain()
    world.run("DELETE FROM devices")
    assert sessions.recent_events(company_id, uow=world.uow)
    kept = maintenance.tidy(uow=world.uow, clock=lambda: now() + timedelta(days=29), erase_after=timedelta(days=1))
    assert kept.session_events == 0
    gone = maintenance.tidy(uow=world.uow, clock=lambda: now() + timedelta(days=31), erase_after=timedelta(days=1))
    assert gone.session_events == 2
