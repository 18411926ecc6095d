"""All hosts are exchanged one by one, as a deployment does, while clients and salons write to one another."""

from __future__ import annotations

from collections import Counter

from tests.chaos.fleet import Fleet
from tests.chaos.scale import Scale
from tests.chaos.streams import Streams
from tests.chaos.watch import Watch
from tests.chaos.world import World
from tests.support.hosted_salons import Salons


def test_every_message_is_accounted_for_and_none_arrives_twice(
    world: World, salons: Salons, fleet: Fleet, watch: Watch, scale: Scale
) -> None:
    old = [fleet.start(), fleet.start()]
    with Streams(world.whatsapp, salons, scale.talking, pause=scale.pause) as streams:
        watch.until_whole(scale.patience)
        for host in old:
            fleet.start()
            seconds = host.terminate()
            print(f"\nended {seconds:.1f} s after SIGTERM")
            print(f"all connected {watch.until_whole(scale.patience):.1f} s later")
    watch.until(lambda: not streams.undecided(), scale.patience, "all decided")
    watch.until(lambda: len(streams.stored()) >= len(streams.written), scale.patience, "all stored")
    assert streams.stored() == Counter(streams.written), "lost, or kept twice"
    states, arrived = streams.states(), streams.arrived()
    print(f"{len(streams.written)} in; {len(states)} out: {dict(Counter(states.values()))}")
    assert states.keys() == streams.owed.keys()
    assert set(states.values()) == {"sent"}, "each host finished what it had in hand"
    assert arrived == Counter(streams.owed.values()), "lost, or sent twice"
