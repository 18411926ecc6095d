"""Who holds a device, under any history of hosts that live, freeze, die and come back: on the real rows.

Hosts here are what real ones remember of their last look at PostgreSQL, however long ago that was.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, text

from aiadmin.domain.companies.company import NewCompany
from aiadmin.domain.hosting.device import Desired, Device, LinkedAccount, Observed
from aiadmin.domain.hosting.host import LEASE
from aiadmin.domain.hosting.session import Session
from aiadmin.domain.ids import DeviceId, HostId, SalonId
from aiadmin.services.hosting import sessions
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.support.examples import examples

SLOWER = 60
"""Leases are of PostgreSQL's clock, which goes on by itself: a second of the machine is a minute of it."""
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
Grant = tuple[DeviceId, int]
SLOTS = st.integers(0, 2)
PICKS = st.integers(0, 99)
EMPTIED = ("DELETE FROM companies", "DELETE FROM devices", "DELETE FROM session_hosts", "DELETE FROM session_events")
"""A tenth of what TRUNCATE costs."""


@dataclass(eq=False)
class Remembered:
    """A host's own view: its lease, the devices it believes it holds, and what it read of them last."""

    host_id: HostId
    lease_until: datetime
    holds: dict[DeviceId, Device] = field(default_factory=dict)
    known: sessions.Holdings | None = None


class Ownership(RuleBasedStateMachine):
    """`granted` remembers to whom each epoch of each device was given."""

    engine: Engine

    @initialize(hosts=st.integers(1, 3), salons=st.integers(1, 5))
    def begin(self, hosts: int, salons: int) -> None:
        self.now = NOW
        self.granted: dict[Grant, Remembered] = {}
        self.salons = 0
        with self.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # all goes: no key needs a look
            for deletion in EMPTIED:
                connection.execute(text(deletion))
        self.hosts = [self._appear() for _ in range(hosts)]
        self.salons_link_their_phones(salons)

    def uow(self) -> UnitOfWork:
        return UnitOfWork(self.engine)

    def clock(self) -> datetime:
        return self.now

    # the world

    @rule(count=st.integers(1, 4))
    def salons_link_their_phones(self, count: int) -> None:
        with self.uow() as work:
            for _ in range(count):
                self.salons += 1
                new = NewCompany(
                    salon_id=SalonId(self.salons), phone=None, email=None, api_key_hash="", activation_deadline_at=NOW
                )
                company_id = work.companies.add(new).company_id
                account = LinkedAccount(jid=f"7999000{self.salons:04}:1@s.whatsapp.net", lid=None)
                work.devices.add(company_id, account, self.now)
            work.commit()

    @rule(seconds=st.sampled_from([1, 5, 20]))
    def time_passes(self, seconds: int) -> None:
        """And the dead are buried, as the clock does every minute."""
        self._pass(timedelta(seconds=seconds))
        if seconds > 5:
            with self.uow() as work:
                work.hosts.remove_dead(LEASE * SLOWER)
                work.commit()

    def _pass(self, duration: timedelta) -> None:
        self.now += duration
        with self.engine.begin() as connection:
            earlier = {"by": duration * SLOWER}
            connection.execute(text("UPDATE session_hosts SET lease_until = lease_until - :by"), earlier)

    @rule(pick=PICKS)
    def a_salon_disconnects(self, pick: int) -> None:
        if rows := self.rows():
            row = rows[pick % len(rows)]
            sessions.disconnect(row.company_id, uow=self.uow, clock=self.clock)

    # a host

    def _host(self, slot: int) -> Remembered:
        return self.hosts[slot % len(self.hosts)]

    def _appear(self, capacity: int = 5) -> Remembered:
        host = Remembered(HostId(uuid.uuid4()), self.now + LEASE)
        self._add(host, capacity)
        return host

    def _add(self, host: Remembered, capacity: int = 5) -> None:
        with self.uow() as work:
            work.hosts.add(host.host_id, lease=LEASE * SLOWER, capacity=capacity)
            work.commit()

    @rule(slot=SLOTS)
    def it_renews(self, slot: int) -> None:
        """As `Lease` does: a lease that is gone is lost with all it held, and a fresh one is taken."""
        host = self._host(slot)
        with self.uow() as work:
            is_renewed = work.hosts.renew(host.host_id, lease=LEASE * SLOWER)
            work.commit()
        host.lease_until = self.now + LEASE
        if not is_renewed:
            host.host_id, host.holds = HostId(uuid.uuid4()), {}
            self._add(host)

    @rule(slot=SLOTS, startable=st.integers(0, 6))
    def it_looks(self, slot: int, startable: int) -> None:
        self._look(self._host(slot), startable)

    @rule(slot=SLOTS)
    def it_comes_back_to_life(self, slot: int) -> None:
        """It renews what may be over for long, and looks."""
        self.it_renews(slot)
        self._look(self._host(slot), 6)

    def _look(self, host: Remembered, startable: int) -> None:
        before = {(row.device_id, row.epoch): row for row in self.rows()}
        host.known = sessions.adopt(
            host.host_id, startable=startable, known=host.known, uow=self.uow, clock=self.clock
        )
        rows = dict(host.known.devices)
        assert rows == {row.device_id: row for row in self.rows() if row.host_id == host.host_id}, "an old reading"
        for device in rows.values():
            if (device.device_id, device.epoch) not in before:
                self._grant(host, before[device.device_id, device.epoch - 1], device)
        host.holds = rows

    def _grant(self, host: Remembered, before: Device, device: Device) -> None:
        assert host.lease_until > self.now, "a host whose lease is over took something"
        former = self.granted.get((before.device_id, before.epoch))
        if former is not None and former.host_id == before.host_id:
            assert former is not host, "it took from itself"
            assert former.lease_until <= self.now, "it took from a host that is alive"
        self.granted[device.device_id, device.epoch] = host

    def _pick(self, host: Remembered, pick: int) -> Device | None:
        held = list(host.holds.values())
        return held[pick % len(held)] if held else None

    @rule(slot=SLOTS, pick=PICKS, observed=st.sampled_from(Observed), minutes=st.sampled_from([None, 1]))
    def it_writes(self, slot: int, pick: int, observed: Observed, minutes: int | None) -> None:
        host = self._host(slot)
        device = self._pick(host, pick)
        if device is None:
            return
        retry_at = self.now + timedelta(minutes=minutes) if minutes else None
        session = Session(observed=observed, since=self.now, reason=None, retry_at=retry_at)
        before = self.row(device.device_id)
        written = sessions.observe(device, session, uow=self.uow)
        self._check_fence(device, before, written)
        if observed is Observed.LOGGED_OUT or not written:
            host.holds.pop(device.device_id)

    @rule(slot=SLOTS, pick=PICKS)
    def it_lets_go(self, slot: int, pick: int) -> None:
        host = self._host(slot)
        device = self._pick(host, pick)
        if device is None:
            return
        del host.holds[device.device_id]
        before = self.row(device.device_id)
        if before is not None and before.desired is Desired.REMOVED:
            done = sessions.forget(device, uow=self.uow)
        else:
            done = sessions.release(device, uow=self.uow)
        self._check_fence(device, before, done)

    @rule(slot=SLOTS, pick=PICKS, lets_go=st.booleans())
    def it_sleeps_and_does_what_it_was_about_to_do(self, slot: int, pick: int, lets_go: bool) -> None:
        """Meanwhile others took over, if there are others."""
        self.it_comes_back_to_life(slot)
        self.time_passes(20)
        self.it_comes_back_to_life(slot + 1)
        if lets_go:
            self.it_lets_go(slot, pick)
        else:
            self.it_writes(slot, pick, Observed.ONLINE, None)

    def _check_fence(self, device: Device, before: Device | None, done: bool) -> None:
        is_current = before is not None and before.epoch == device.epoch
        assert done == is_current, "an old epoch wrote" if done else "the present epoch was refused"
        if not done:
            assert self.row(device.device_id) == before

    @rule(slot=SLOTS, is_killed=st.booleans())
    def it_ends_and_another_begins(self, slot: int, is_killed: bool) -> None:
        """The row of one that was killed says for a while that it is alive."""
        if not is_killed:
            with self.uow() as work:
                work.hosts.remove(self._host(slot).host_id)
                work.commit()
        self.hosts[slot % len(self.hosts)] = self._appear()

    @rule(slot=SLOTS)
    def it_is_drained_and_another_looks_first(self, slot: int) -> None:
        """What it holds is its own until it lets go."""
        self.it_comes_back_to_life(slot)
        sessions.drain_host(self._host(slot).host_id, force=True, uow=self.uow, clock=self.clock)
        self.it_comes_back_to_life(slot + 1)

    # what must hold

    @invariant()
    def a_device_is_held_by_one_host_at_most(self) -> None:
        """Under the present epoch, which is the only one that writes."""
        for row in self.rows():
            holders = [host for host in self.hosts if self._holds(host, row)]
            assert len(holders) <= 1
            assert all(self.granted[row.device_id, row.epoch] is host for host in holders)

    def teardown(self) -> None:
        """Nobody is forgotten: with one host that lives, whatever should run is held by it in the end."""
        self._pass(timedelta(hours=1))
        heir = self._appear(capacity=10**6)
        self._look(heir, 10**6)
        for row in self.rows():
            is_over = row.observed is Observed.LOGGED_OUT and row.desired is not Desired.REMOVED
            assert is_over or row.device_id in heir.holds

    def _holds(self, host: Remembered, row: Device) -> bool:
        held = host.holds.get(row.device_id)
        return held is not None and held.epoch == row.epoch and row.host_id is not None

    def rows(self) -> list[Device]:
        with self.uow() as work:
            return list(work.devices.list_page(after=DeviceId(0), limit=1000))

    def row(self, device_id: DeviceId) -> Device | None:
        return next((row for row in self.rows() if row.device_id == device_id), None)


def test_two_hosts_never_both_own_an_old_epoch_never_writes_and_nobody_is_forgotten(database_url: str) -> None:
    Ownership.engine = make_engine(database_url)
    run_state_machine_as_test(
        Ownership,
        settings=settings(
            max_examples=examples(8),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
    Ownership.engine.dispose()
