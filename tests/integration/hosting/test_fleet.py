"""Hosts as a fleet: what they tell one another, how devices spread, and what an operator asks of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.redis.fleet import RedisFleet
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.circuit_breaker import BreakerState, PeerReport
from aiadmin.domain.hosting.host import Vitals
from aiadmin.domain.hosting.session_event import Disconnected, LoggedOut
from aiadmin.domain.ids import DeviceId, HostId
from aiadmin.hosting import vitals
from tests.conftest import WaitUntil
from tests.integration.hosting.test_host import World, now, world

pytestmark = pytest.mark.slow  # what is tried takes seconds of a real clock

__all__ = ["world"]
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    client = make_redis(redis_url)
    yield client
    client.close()


def _report(host_id: str, state: BreakerState = BreakerState.CLOSED) -> PeerReport:
    return PeerReport(host_id=host_id, state=state, since=AT if state is not BreakerState.CLOSED else None)


def test_hosts_hear_of_each_other_until_they_leave(redis: Redis) -> None:
    fleet = RedisFleet(redis)
    assert fleet.exchange(_report("a")).others == ()
    assert fleet.exchange(_report("b", BreakerState.OPEN)).others == (_report("a"),)
    assert fleet.exchange(_report("a")).others == (_report("b", BreakerState.OPEN),)
    fleet.leave("b")
    assert fleet.exchange(_report("a")).others == ()


def test_a_host_that_fell_silent_is_forgotten(redis: Redis) -> None:
    fleet = RedisFleet(redis)
    redis.hset("aiadmin:fleet:hosts", "dead", '1|{"id": "dead", "state": "open", "since": null}')
    assert fleet.exchange(_report("a")).others == ()
    assert redis.hkeys("aiadmin:fleet:hosts") == [b"a"]


@pytest.mark.parametrize(
    "odd", ["", "nonsense", "x|{}", "{now}|", "{now}|[]", '{now}|{{"id": 1}}', "{now}|" + "[" * 9000]
)
def test_a_report_that_cannot_be_read_keeps_no_host_from_the_others(redis: Redis, odd: str) -> None:
    fleet = RedisFleet(redis)
    seconds: tuple[int, int] = redis.time()  # type: ignore[assignment]
    redis.hset(
        "aiadmin:fleet:hosts", "odd", odd.replace("{now}", str(seconds[0])).replace("{{", "{").replace("}}", "}")
    )
    fleet.exchange(_report("b", BreakerState.OPEN))
    assert fleet.exchange(_report("a")).others == (_report("b", BreakerState.OPEN),)


def test_a_client_that_two_sessions_find_outdated_holds_the_fleet_for_a_quarter_of_an_hour(redis: Redis) -> None:
    fleet = RedisFleet(redis)
    assert fleet.exchange(_report("a"), [DeviceId(1)]).hold is None
    assert fleet.exchange(_report("a"), [DeviceId(1)]).hold is None, "it is one session still"
    assert fleet.exchange(_report("b"), [DeviceId(2)]).hold is not None, "the second one may be elsewhere"
    hold = fleet.exchange(_report("c")).hold
    assert hold is not None
    assert timedelta(minutes=14) < hold <= timedelta(minutes=15)
    assert redis.get(keys.FLEET_HOLD) == b"client_outdated"


def test_without_redis_there_is_no_news(free_port: int) -> None:
    fleet = RedisFleet(make_redis(f"redis://127.0.0.1:{free_port}/0"))
    with pytest.raises(DependencyDownError):
        fleet.exchange(_report("a"))


def test_those_that_owe_a_message_are_adopted_first_then_those_that_wait_longest(world: World) -> None:
    companies = [world.link()[1] for _ in range(3)]
    world.run("UPDATE devices SET state_since = now() - interval '1 h' WHERE phone = '79990000002'")
    world.run("INSERT INTO contacts (company_id, phone) SELECT max(id), '79990001122' FROM companies")
    world.run(
        "INSERT INTO outbox_messages (company_id, contact_id, dedup_key, text, next_attempt_at)"
        " SELECT company_id, id, 'k', 't', now() FROM contacts"
    )
    host_id = HostId(uuid.uuid4())
    with world.uow() as work:
        work.hosts.add(host_id, lease=timedelta(minutes=1), capacity=9)
        assert work.devices.orphans(host_id, now()).count == 3
        order = [work.devices.adopt(host_id, limit=1, now=now())[0].company_id for _ in range(3)]
        work.commit()
    assert order == [companies[2], companies[1], companies[0]]


def test_a_host_says_what_it_takes_of_its_machine(world: World, wait_until: WaitUntil) -> None:
    world.host()
    wait_until(lambda: world.rows("SELECT 1 FROM session_hosts WHERE rss_bytes > 0 AND threads > 2"), what="vitals")
    taken = vitals.sample()
    assert isinstance(taken, Vitals)
    assert taken.rss_bytes > 10 * 2**20
    assert taken.open_files > 2


def test_a_host_that_is_to_drain_hands_over_and_takes_nothing_more(world: World, wait_until: WaitUntil) -> None:
    for _ in range(2):
        world.link()
    _, whatsapp = world.host()
    wait_until(lambda: len(whatsapp.live) == 2, what="connected")
    world.run("UPDATE session_hosts SET draining = true")
    wait_until(lambda: not whatsapp.live, what="handed over")
    _, other = world.host()
    wait_until(lambda: len(other.live) == 2, what="taken by another")
    assert len(world.rows("SELECT 1 FROM session_hosts")) == 2, "the drained host stays, and stays empty"


def test_a_restart_that_was_asked_for_happens_once(world: World, wait_until: WaitUntil) -> None:
    jid, company_id = world.link()
    host, whatsapp = world.host()
    wait_until(lambda: world.row(company_id).get("observed") == "online", what="online")
    with world.uow() as work:
        assert work.devices.ask_restart(company_id, now())
        work.commit()
    host.wake()
    wait_until(lambda: whatsapp.started == [jid, jid], what="restarted")
    wait_until(lambda: world.row(company_id)["observed"] == "online", what="online again")
    states = [row["reason"] for row in world.rows("SELECT reason FROM session_events WHERE state = 'backoff'")]
    assert states == ["restart_asked"]


def test_when_whatsapp_goes_away_nobody_tries_by_himself_and_two_canaries_go_first(
    world: World, wait_until: WaitUntil
) -> None:
    linked = [world.link() for _ in range(12)]
    _, whatsapp = world.host()
    wait_until(lambda: len(whatsapp.live) == 12, what="connected")
    whatsapp.first = []  # nobody gets through any more
    for jid, _ in linked:
        whatsapp.say(jid, Disconnected())
    parked = "SELECT 1 FROM session_events WHERE reason = 'whatsapp_away'"
    wait_until(lambda: len(world.rows(parked)) == 12, what="parked")
    wait_until(lambda: len(whatsapp.started) == 14, what="two canaries")
    assert len(whatsapp.live) == 2


def test_three_logouts_stop_everything_but_the_record(world: World, wait_until: WaitUntil) -> None:
    linked = [world.link() for _ in range(4)]
    _, whatsapp = world.host()
    wait_until(lambda: len(whatsapp.live) == 4, what="connected")
    for jid, _ in linked[:3]:
        whatsapp.say(jid, LoggedOut(reason="logged_out"))
    for _, company_id in linked[:3]:
        wait_until(lambda company_id=company_id: world.row(company_id)["observed"] == "logged_out", what="recorded")
    survivor, company_id = linked[3]
    with world.uow() as work:
        work.devices.ask_restart(company_id, now())
        work.commit()
    wait_until(lambda: world.row(company_id)["reason"] == "restart_asked", what="stopped")
    _, later = world.link()
    wait_until(lambda: world.row(later)["host_id"], what="adopted")
    assert whatsapp.started.count(survivor) == 1
    assert len(whatsapp.started) == 4
