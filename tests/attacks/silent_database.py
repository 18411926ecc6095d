"""S3: PostgreSQL fails over and nobody says so: old connections are silent, new ones work."""

from __future__ import annotations

import time
from functools import partial

from tests.attacks.attack import Attack, Outcome
from tests.attacks.ground import Ground

_HEALED_WITHIN = 30.0
_WATCHED = 60.0


def _run(ground: Ground, *, warm: int) -> Outcome:
    for _ in range(warm):
        ground.good_webhook()
    ground.ask("GET", "/ready")
    silent, began = ground.database.fall_silent(), time.monotonic()
    ready: list[int] = []

    def is_well() -> bool:
        ready.append(ground.ask("GET", "/ready").status_code)
        return ground.good_webhook(timeout=_WATCHED) == 200

    is_healed = ground.comes_true(is_well, within=_WATCHED)
    lasted = time.monotonic() - began
    is_ready = ground.comes_true(lambda: ground.ask("GET", "/ready").status_code == 200, within=_HEALED_WITHIN)
    wrong = []
    if not is_healed or lasted > _HEALED_WITHIN:
        wrong.append(f"webhooks were refused for {lasted:.0f} s" if is_healed else f"and still after {lasted:.0f} s")
    if lasted > 5 and 503 not in ready:
        wrong.append("/ready said nothing")
    if not is_ready:
        wrong.append("/ready is not well again")
    return Outcome(
        sent=f"{silent} connections of all processes to PostgreSQL fall silent, new ones work",
        wrong=tuple(wrong),
        seen=f"a webhook was stored after {lasted:.1f} s, /ready said {ready}",
    )


ATTACK = Attack(
    name="silent-database",
    title="S3 a failover without a word",
    criterion=f"webhooks are stored again within {_HEALED_WITHIN:.0f} s, /ready says 503 until then",
    full=partial(_run, warm=20),
    short=partial(_run, warm=3),
)
