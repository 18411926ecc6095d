"""PostgreSQL, Valkey and WhatsApp itself go away for a while."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from aiadmin.domain.hosting.circuit_breaker import CANARIES, PROBE_EVERY
from tests.chaos.fleet import Fleet
from tests.chaos.scale import Scale
from tests.chaos.watch import Watch, histogram
from tests.chaos.world import World, own_postgres


def test_while_postgresql_restarts_and_redis_is_away_connections_stay_and_nothing_is_taken_twice(
    server_dir: Path, cluster: Path, scale: Scale, tmp_path: Path
) -> None:
    with (
        own_postgres(server_dir, cluster) as postgres,
        World(server_dir, postgres.url, scale.sessions) as own_world,
        own_world.salons() as salons,
        closing(Fleet(own_world, salons.database_url, scale, tmp_path)) as fleet,
    ):
        watch = Watch(own_world.whatsapp, salons)
        fleet.start(), fleet.start()
        watch.until_whole(scale.patience)
        connections, epochs = watch.connections(), watch.epochs()

        def is_as_before() -> bool:
            return watch.connections() == connections

        postgres.restart()
        watch.until(watch.is_postgres_back, scale.patience, "PostgreSQL is back")
        watch.throughout(scale.lease + scale.renew_every, is_as_before, "a connection was lost")
        watch.until_whole(scale.patience)
        assert watch.epochs() == epochs

        own_world.valkey.leave()
        watch.throughout(scale.redis_away_for, is_as_before, "a connection was lost")
        own_world.valkey.come_back()
        watch.throughout(scale.renew_every, is_as_before, "a connection was lost")
        assert watch.is_whole()
        assert watch.epochs() == epochs
        assert not fleet.dead(), fleet.dead()
        assert not fleet.stumbles(), "\n\n".join(fleet.stumbles())


def test_when_whatsapp_comes_back_the_sessions_return_one_after_another(
    world: World, fleet: Fleet, watch: Watch, scale: Scale
) -> None:
    for _ in range(scale.away_hosts):
        fleet.start()
    watch.until_whole(scale.patience)
    world.whatsapp.fault("refuse", seconds=3600)
    world.whatsapp.fault("drop")
    left_at = time.time()
    opened = watch.until(
        lambda: fleet.said("the breaker is open") >= scale.away_hosts, scale.patience, "the breakers are open"
    )
    print(f"\nall breakers open {opened:.1f} s after WhatsApp left")
    watch.throughout(scale.whatsapp_away_for, lambda: not watch.connections(), "somebody is connected")
    knocks = [entry["at"] - left_at for entry in watch.events("refused-connection")]
    print(f"{len(knocks)} knocks while it was away:\n{histogram(knocks)}")
    late = [moment for moment in knocks if moment > PROBE_EVERY.total_seconds()]
    assert len(late) <= CANARIES * (scale.whatsapp_away_for / PROBE_EVERY.total_seconds() + 1)

    mark = watch.now()
    world.whatsapp.control("DELETE", "/faults")
    back_at = time.time()
    seconds = watch.until_whole(scale.patience)
    returns = [entry["at"] - back_at for entry in watch.events("login", mark)]
    print(f"{len(returns)} back within {seconds:.1f} s:\n{histogram(returns, width=2.0)}")
    assert fleet.said("the breaker is half_open") >= scale.away_hosts
    busiest = max(Counter(map(int, returns)).values())
    assert busiest <= scale.busiest_second, "in lock-step"
    assert len(returns) == scale.sessions, "somebody connected twice"
