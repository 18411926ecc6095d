"""The host on real PostgreSQL, with an engine that does as it is told."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from aiadmin.domain.companies.company import NewCompany
from aiadmin.domain.errors import DependencyDownError, NumberTakenError
from aiadmin.domain.hosting.circuit_breaker import FleetView, PeerReport
from aiadmin.domain.hosting.device import LinkedAccount, Observed
from aiadmin.domain.hosting.session_event import Disconnected, LoggedOut, StreamReplaced
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId, HostId, SalonId
from aiadmin.domain.messages.message import RecordedSend
from aiadmin.hosting.collaborators import Collaborators, NoFleet
from aiadmin.hosting.host import SessionHost
from aiadmin.services import maintenance
from aiadmin.services.hosting import sessions
from aiadmin.services.pairing import pairings
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.conftest import WaitUntil
from tests.support.fake_engine import FakeEngine, FakeKeys

pytestmark = pytest.mark.slow  # what is tried takes seconds of a real clock

LEASE, RENEW = timedelta(seconds=1.5), timedelta(seconds=0.3)


class FakeRooms:
    """What pages were told."""

    def __init__(self) -> None:
        self.told: list[tuple[CompanyId, str]] = []

    def status(self, company_id: CompanyId, *, state: str, text: str, **_extra: str | int) -> None:
        self.told.append((company_id, state))

    def messages(self, _company_id: CompanyId, _contacts: Collection[ContactId]) -> None:
        """Not looked at here."""


class ReachableFleet(NoFleet):
    """Redis is there, and no other host."""

    def exchange(self, report: PeerReport, refused: Iterable[DeviceId] = ()) -> FleetView:
        return FleetView(is_known=True)


class World:
    """One database, one set of keys, any number of hosts; PostgreSQL can be taken away from the hosts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._numbers = itertools.count(1)
        self._hosts: list[SessionHost] = []
        self.keys = FakeKeys()
        self.rooms = FakeRooms()
        self.is_down = False

    def uow(self) -> UnitOfWork:
        return UnitOfWork(self._engine)

    def uow_of_hosts(self) -> UnitOfWork:
        if self.is_down:
            raise DependencyDownError("PostgreSQL")
        return UnitOfWork(self._engine)

    def host(
        self, *, capacity: int = 50, skew: timedelta = timedelta(0), is_nudged: bool = False
    ) -> tuple[SessionHost, FakeEngine]:
        """A running host with an engine of its own, whose clock is ahead by `skew`.

        Args:
            is_nudged: whether it has heard of its fleet, and so relies on nudges.
        """
        whatsapp = FakeEngine(self.keys)
        host = SessionHost(
            engine=whatsapp,
            keys=self.keys,
            uow=self.uow_of_hosts,
            clock=lambda: now() + skew,
            page_events=self.rooms,  # type: ignore[arg-type]
            record_sent=lambda _: RecordedSend(written=True),
            capacity=capacity,
            lease=LEASE,
            renew_every=RENEW,
            collaborators=Collaborators(fleet=ReachableFleet() if is_nudged else NoFleet()),
        )
        host.start()
        self._hosts.append(host)
        return host, whatsapp

    def link(self) -> tuple[str, CompanyId]:
        """A company with a linked phone."""
        number = next(self._numbers)
        jid = f"7999000{number:04}:1@s.whatsapp.net"
        new = NewCompany(
            salon_id=SalonId(number), phone=None, email=None, api_key_hash="", activation_deadline_at=now()
        )
        with self.uow() as work:
            company_id = work.companies.add(new).company_id
            work.devices.add(company_id, LinkedAccount(jid=jid, lid=None), now())
            work.commit()
        self.keys.jids.add(jid)
        return jid, company_id

    def row(self, company_id: CompanyId) -> dict[str, Any]:
        return next(iter(self.rows("SELECT * FROM devices WHERE company_id = :id", id=company_id)), {})

    def rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(statement), values).mappings()]

    def run(self, statement: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(statement))

    def drain(self) -> None:
        self.is_down = False
        for host in self._hosts:
            host.drain()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    engine = make_engine(database_url)
    world = World(engine)
    yield world
    world.drain()
    engine.dispose()


def test_two_hosts_never_take_one_device(world: World) -> None:
    devices = [world.link() for _ in range(20)]
    hosts = [HostId(uuid.uuid4()) for _ in range(4)]
    with world.uow() as work:
        for host_id in hosts:
            work.hosts.add(host_id, lease=timedelta(minutes=1), capacity=50)
        work.commit()
    taken: list[DeviceId] = []

    def adopt(host_id: HostId) -> None:
        for _ in range(10):
            with world.uow() as work:
                taken.extend(device.device_id for device in work.devices.adopt(host_id, limit=3, now=now()))
                work.commit()

    _together([lambda host_id=host_id: adopt(host_id) for host_id in hosts])
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == len(devices)


def _together(calls: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    ("holder", "other"),
    [(0, 15), (-15, 0), (-3600, 3600)],
)
def test_s12_no_lease_is_taken_over_whatever_the_clocks_of_hosts_show(
    world: World, wait_until: WaitUntil, holder: int, other: int
) -> None:
    _, company_id = world.link()
    world.host(skew=timedelta(seconds=holder))
    wait_until(lambda: world.row(company_id)["observed"] == "online")
    held = world.row(company_id)
    world.host(skew=timedelta(seconds=other))
    leases = "SELECT count(*) AS hosts, min(lease_until) AS first FROM session_hosts"
    wait_until(lambda: world.rows(leases)[0]["hosts"] == 2)
    seen = world.rows(leases)[0]["first"]
    wait_until(lambda: world.rows(leases)[0]["first"] > seen + 2 * LEASE, what="two leases are over")
    row = world.row(company_id)
    assert (row["host_id"], row["epoch"]) == (held["host_id"], held["epoch"])
    skews = sorted(row["clock_skew"] for row in world.rows("SELECT clock_skew FROM session_hosts"))
    assert skews == pytest.approx(sorted([holder, other]), abs=2)


@pytest.mark.parametrize("skew", [-3600, 3600])
def test_s12_a_clock_that_is_wrong_neither_keeps_the_dead_nor_buries_the_living(world: World, skew: int) -> None:
    with world.uow() as work:
        for lease in (timedelta(minutes=-2), timedelta(seconds=10)):
            work.hosts.add(HostId(uuid.uuid4()), lease=lease, capacity=1)
        work.commit()
    done = maintenance.tidy(
        uow=world.uow, clock=lambda: now() + timedelta(seconds=skew), erase_after=timedelta(days=30)
    )
    assert done.hosts == 1
    with world.uow() as work:
        assert len(work.hosts.list_alive()) == 1


def test_an_old_epoch_writes_nothing(world: World) -> None:
    _, company_id = world.link()
    before, after = HostId(uuid.uuid4()), HostId(uuid.uuid4())
    with world.uow() as work:
        for host_id, lease in ((before, timedelta(seconds=-1)), (after, timedelta(minutes=1))):
            work.hosts.add(host_id, lease=lease, capacity=1)
        [old] = work.devices.adopt(before, limit=1, now=now())
        [new] = work.devices.adopt(after, limit=1, now=now())
        work.commit()
    assert (old.epoch, new.epoch) == (1, 2)
    gone = _logged_out()
    assert not sessions.observe(old, gone, uow=world.uow)
    assert not sessions.release(old, uow=world.uow)
    assert not sessions.forget(old, uow=world.uow)
    assert world.row(company_id)["observed"] == "linked"
    assert sessions.observe(new, gone, uow=world.uow)


def _logged_out() -> Any:
    from aiadmin.domain.hosting.session import Session

    return Session(observed=Observed.LOGGED_OUT, since=now(), reason="logged_out")


def test_devices_are_adopted_connected_and_drained(world: World, wait_until: WaitUntil) -> None:
    linked = [world.link() for _ in range(4)]
    host, whatsapp = world.host()
    wait_until(lambda: all(world.row(company)["observed"] == "online" for _, company in linked), what="online")
    host.drain()
    assert whatsapp.live == {}
    assert {row["host_id"] for row in world.rows("SELECT host_id FROM devices")} == {None}
    assert world.rows("SELECT 1 FROM session_hosts") == []


def test_a_full_host_leaves_the_rest_to_others(world: World, wait_until: WaitUntil) -> None:
    for _ in range(3):
        world.link()
    _, small = world.host(capacity=2)
    wait_until(lambda: len(small.jids()) == 2, what="full")
    _, other = world.host()
    wait_until(lambda: len(other.jids()) == 1, what="the rest")
    assert not small.jids() & other.jids()


def test_a_host_whose_lease_is_lost_stops_everything_and_begins_anew(world: World, wait_until: WaitUntil) -> None:
    _, company_id = world.link()
    _, whatsapp = world.host()
    wait_until(lambda: world.row(company_id).get("observed") == "online", what="online")
    world.run("DELETE FROM session_hosts")
    wait_until(lambda: world.row(company_id)["epoch"] == 2, what="adopted again")
    wait_until(lambda: len(whatsapp.started) == 2, what="started again")
    assert len(whatsapp.live) == 1


def test_a_device_in_other_hands_is_dropped_without_a_word(world: World, wait_until: WaitUntil) -> None:
    jid, company_id = world.link()
    _, whatsapp = world.host()
    wait_until(lambda: world.row(company_id).get("observed") == "online", what="online")
    world.run("INSERT INTO session_hosts VALUES (gen_random_uuid(), now() + interval '1 hour', 1)")
    world.run(
        "UPDATE devices SET epoch = 9, host_id = (SELECT id FROM session_hosts ORDER BY lease_until DESC LIMIT 1)"
    )
    whatsapp.say(jid, Disconnected())
    wait_until(lambda: not whatsapp.live, what="dropped")
    assert world.row(company_id)["observed"] == "online", "the old owner wrote nothing"


def test_without_postgresql_sessions_stay_and_what_happened_is_told_later(
    world: World, wait_until: WaitUntil
) -> None:
    (kept, kept_company), (lost, lost_company) = world.link(), world.link()
    _, whatsapp = world.host()
    wait_until(lambda: len(whatsapp.live) == 2, what="connected")
    world.is_down = True
    whatsapp.say(lost, LoggedOut(reason="logged_out"))
    wait_until(lambda: whatsapp.jids() == {kept}, what="stopped here")
    wait_until(
        lambda: world.rows("SELECT 1 FROM session_hosts WHERE lease_until < now()"), what="the lease has run out"
    )
    assert whatsapp.jids() == {kept}
    world.is_down = False
    wait_until(lambda: world.row(lost_company)["observed"] == "logged_out", what="told")
    assert world.row(kept_company)["epoch"] == 1, "nobody took it meanwhile"
    assert whatsapp.started.count(kept) == 1


def test_a_logged_out_device_unlinks_its_company_and_its_page_is_told(world: World, wait_until: WaitUntil) -> None:
    jid, company_id = world.link()
    _, whatsapp = world.host()
    wait_until(lambda: whatsapp.live, what="connected")
    world.run("UPDATE companies SET whatsapp_connected = true, whatsapp_phone = '79990000001'")
    whatsapp.say(jid, LoggedOut(reason="main_device_gone"))
    wait_until(lambda: world.rooms.told == [(company_id, "logged-out")], what="page told")
    row = world.row(company_id)
    assert (row["observed"], row["reason"], row["host_id"]) == ("logged_out", "main_device_gone", None)
    assert world.rows("SELECT whatsapp_connected, whatsapp_phone FROM companies") == [
        {"whatsapp_connected": False, "whatsapp_phone": None}
    ]


def test_a_replaced_device_is_logged_out_while_its_company_stays_linked(world: World, wait_until: WaitUntil) -> None:
    old, company_id = world.link()
    _, whatsapp = world.host()
    wait_until(lambda: whatsapp.jids() == {old}, what="connected")
    world.run("UPDATE companies SET whatsapp_connected = true")
    new = "79998887766:2@s.whatsapp.net"
    with world.uow() as work:
        work.devices.retire_current(company_id, now())
        work.devices.add(company_id, LinkedAccount(jid=new, lid=None), now())
        work.commit()
    world.keys.jids.add(new)
    wait_until(lambda: whatsapp.jids() == {new}, what="replaced")
    wait_until(lambda: len(world.rows("SELECT 1 FROM devices")) == 1, what="old row deleted")
    assert whatsapp.logged_out == [old]
    assert world.keys.jids == {new}
    assert world.rows("SELECT whatsapp_connected FROM companies") == [{"whatsapp_connected": True}]


def test_a_removal_that_whatsapp_refuses_ends_all_the_same(world: World, wait_until: WaitUntil) -> None:
    _, company_id = world.link()
    host, whatsapp = world.host()
    whatsapp.refuses_logout = True
    wait_until(lambda: whatsapp.live, what="connected")
    assert sessions.disconnect(company_id, uow=world.uow, clock=now)
    host.wake()
    wait_until(lambda: not world.row(company_id), what="row deleted")
    assert (whatsapp.live, world.keys.jids, whatsapp.logged_out) == ({}, set(), [])
    assert not sessions.disconnect(company_id, uow=world.uow, clock=now), "nothing is left to disconnect"


def test_a_device_that_is_wanted_no_longer_is_stopped_and_released(world: World, wait_until: WaitUntil) -> None:
    _, company_id = world.link()
    _, whatsapp = world.host()
    wait_until(lambda: whatsapp.live, what="connected")
    world.run("UPDATE devices SET desired = 'off'")
    wait_until(lambda: world.row(company_id)["host_id"] is None, what="released")
    assert whatsapp.live == {}


def test_a_conflict_is_left_alone_for_a_while(world: World, wait_until: WaitUntil) -> None:
    jid, company_id = world.link()
    _, whatsapp = world.host()
    wait_until(lambda: world.row(company_id).get("observed") == "online", what="online")
    whatsapp.say(jid, StreamReplaced())
    wait_until(lambda: world.row(company_id)["observed"] == "conflict", what="conflict")
    row = world.row(company_id)
    assert whatsapp.live == {}
    assert timedelta(seconds=5) <= row["next_attempt_at"] - row["state_since"] <= timedelta(seconds=10)


def test_a_number_that_was_unlinked_may_serve_another_company(world: World, wait_until: WaitUntil) -> None:
    jid, company_id = world.link()
    _, other_company = world.link()
    _, whatsapp = world.host()
    wait_until(lambda: len(whatsapp.live) == 2, what="connected")
    moved = LinkedAccount(jid=jid.replace(":1@", ":2@"), lid=None)
    with world.uow() as work:
        work.devices.retire_current(other_company, now())
        with pytest.raises(NumberTakenError):
            work.devices.add(other_company, moved, now())
    world.keys.delete(jid)
    world.keys.jids.add(moved.jid)
    whatsapp.say(jid, LoggedOut(reason="logged_out"))
    wait_until(lambda: world.row(company_id)["observed"] == "logged_out", what="logged out")
    with world.uow() as work:
        work.devices.retire_current(other_company, now())
        work.devices.add(other_company, moved, now())
        work.commit()
    wait_until(lambda: not world.row(company_id), what="the old row is gone")
    wait_until(lambda: whatsapp.jids() == {moved.jid}, what="the number serves the other company")


@pytest.mark.parametrize("is_another", [False, True], ids=["the same company", "another company"])
def test_a_jid_that_whatsapp_gives_again_is_a_new_link(world: World, wait_until: WaitUntil, is_another: bool) -> None:
    """A number that is registered anew numbers its devices anew: the row of the former one does not stand for it."""
    jid, company_id = world.link()
    _, other_company = world.link()
    _, whatsapp = world.host()
    wait_until(lambda: len(whatsapp.live) == 2, what="connected")
    world.keys.delete(jid)
    whatsapp.say(jid, LoggedOut(reason="main_device_gone"))
    wait_until(lambda: world.row(company_id)["observed"] == "logged_out", what="logged out")
    linking = other_company if is_another else company_id
    world.keys.jids.add(jid)
    for _ in range(2):  # a success may be told again
        pairings.complete(
            linking, LinkedAccount(jid=jid, lid=None), uow=world.uow, clock=now, window=timedelta(minutes=60)
        )
    wait_until(lambda: jid in whatsapp.jids(), what="its session runs")
    wait_until(lambda: world.row(linking).get("observed") == "online", what="online")
    found = world.rows("SELECT company_id, desired FROM devices WHERE jid = :jid", jid=jid)
    assert found == [{"company_id": linking, "desired": "on"}]
    said = world.rows("SELECT whatsapp_connected FROM companies WHERE id = :id", id=linking)
    assert said == [{"whatsapp_connected": True}]
    assert (jid in world.keys.jids, whatsapp.logged_out.count(jid)) == (True, 0)


@pytest.fixture
def far_net(monkeypatch: pytest.MonkeyPatch) -> float:
    """The look at all, when nothing is due, comes so late that nothing waits for it; how late."""
    monkeypatch.setattr("aiadmin.hosting.host.NET_SECONDS", 120.0)
    return 60.0


def test_a_host_that_waits_for_nudges_takes_what_a_dead_one_had_as_soon_as_it_may(
    world: World, wait_until: WaitUntil, far_net: float
) -> None:
    """Neither the end of another's lease nor that of a back-off sends a nudge."""
    dead = HostId(uuid.uuid4())
    _, first = world.link()
    with world.uow() as work:
        work.hosts.add(dead, lease=timedelta(seconds=3), capacity=50)
        work.devices.adopt(dead, limit=1, now=now())
        work.commit()
    _, second = world.link()
    world.run("UPDATE devices SET next_attempt_at = now() + interval '3 s' WHERE host_id IS NULL")
    _, whatsapp = world.host(is_nudged=True)
    wait_until(lambda: len(whatsapp.live) == 2, far_net, "taken, and the net was not waited for")
    assert (world.row(first)["epoch"], world.row(second)["epoch"]) == (2, 1)


def test_what_is_on_its_way_is_looked_at_each_second_whether_nudges_come_or_not(
    world: World, wait_until: WaitUntil, far_net: float
) -> None:
    jid, company_id = world.link()
    host, whatsapp = world.host(is_nudged=True)
    wait_until(lambda: world.row(company_id)["observed"] == "online", what="online")
    whatsapp.refuses_logout = True
    with world.uow() as work:
        work.devices.retire_current(company_id, now())
        work.commit()
    host.wake()
    wait_until(lambda: not world.row(company_id), far_net, "three tries, and gone")
    assert jid not in world.keys.jids


def test_a_host_knows_how_many_connections_are_free(world: World) -> None:
    [row] = world.rows("SELECT current_database() AS name")
    with world.uow() as work:
        assert work.hosts.free_connections() > 20, "as many as the server allows"
    world.run(f"ALTER DATABASE {row['name']} CONNECTION LIMIT 9")
    with world.uow() as work:
        ours = world.rows("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()")
        assert work.hosts.free_connections() <= 9 - len(ours) + 1
    world.run(f"ALTER DATABASE {row['name']} CONNECTION LIMIT -1")
