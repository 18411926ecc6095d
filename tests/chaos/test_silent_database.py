"""PostgreSQL moves away without a word: the hosts' connections and the library's are silent from then on (S3)."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from tests.chaos.fleet import Fleet
from tests.chaos.scale import Scale
from tests.chaos.streams import Streams
from tests.chaos.watch import Watch
from tests.chaos.world import World
from tests.support.hosted_salons import Salons
from tests.support.silence import SilentProxy, by_way_of

BOUND_SECONDS = 30.0
"""What a failover may cost; and as long again on a machine that is busy with something else."""


def test_messages_go_both_ways_again_soon_after_a_failover_without_a_word(
    world: World, salons: Salons, scale: Scale, tmp_path: Path
) -> None:
    with SilentProxy(urlsplit(salons.database_url).port or 0) as proxy:
        url = by_way_of(proxy, salons.database_url)
        with closing(Fleet(world, url, scale, tmp_path, MESSAGE_PACING="0")) as fleet:
            watch = Watch(world.whatsapp, salons)
            fleet.start()
            watch.until_whole(scale.patience)
            with Streams(world.whatsapp, salons, scale.talking, pause=scale.pause) as streams:
                watch.until(lambda: len(streams.written) >= scale.talking, scale.patience, "all have written")
                proxy.fall_silent()
                began, mark = time.monotonic(), len(streams.written)

                def flows() -> bool:
                    """Every salon has something of what was written since."""
                    known = streams.stored()
                    stored = {number for number, one in enumerate(list(streams.written)) if one in known}
                    return {number % scale.talking for number in stored if number >= mark} == set(
                        range(scale.talking)
                    )

                watch.until(flows, BOUND_SECONDS * 2, "what clients write is stored")
                print(f"\nmessages are stored {time.monotonic() - began:.1f} s after the failover")
            watch.until(lambda: not streams.undecided(), scale.patience, "what salons owe is decided")
            states = Counter(streams.states().values())
            print(f"owed ones are decided {time.monotonic() - began:.1f} s after it: {states}")
            watch.until_whole(scale.patience)
            assert not fleet.dead(), fleet.dead()
