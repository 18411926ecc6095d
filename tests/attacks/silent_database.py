"""S3: PostgreSQL fails over and nobody says so: old connections are silent, new ones work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from tests.attacks.attack import Attack, Outcome
from tests.attacks.ground import Ground

_HEALED_WITHIN = 30.0
_WATCHED = 60.0
_SAID_AFTER = 4.0
"""`/ready` may believe for so long that a slow answer will come."""
_LOOK_EVERY = 0.5


@contextmanager
def _watching_ready(ground: Ground) -> Iterator[list[int]]:
    """What `/ready` says meanwhile."""
    said: list[int] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_EVERY):
            said.append(ground.ask("GET", "/ready").status_code)

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield said
    finally:
        over.set()
        watch.join()


def _run(ground: Ground, *, warm: int) -> Outcome:
    for _ in range(warm):
        ground.good_webhook()
    with _watching_ready(ground) as said:
        ground.database.fall_silent()
        began = time.monotonic()
        is_stored = ground.comes_true(lambda: ground.good_webhook(timeout=_WATCHED) == 200, within=_WATCHED)
        lasted = time.monotonic() - began
        is_well = ground.comes_true(lambda: said[-1:] == [200], within=_HEALED_WITHIN)
    wrong = []
    if not is_stored or lasted > _HEALED_WITHIN:
        wrong.append(f"{'the first' if is_stored else 'no'} webhook was stored after {lasted:.0f} s")
    if lasted > _SAID_AFTER and 503 not in said:
        wrong.append("/ready said nothing")
    if not is_well:
        wrong.append("/ready is not well again")
    return Outcome(
        sent="all connections of all processes to PostgreSQL fall silent, new ones work",
        wrong=tuple(wrong),
        seen=f"a webhook was stored after {lasted:.1f} s, /ready said {said}",
    )


ATTACK = Attack(
    name="silent-database",
    title="S3 a failover without a word",
    criterion=f"webhooks are stored again within {_HEALED_WITHIN:.0f} s, /ready says 503 until then",
    full=partial(_run, warm=20),
    short=partial(_run, warm=3),
)
