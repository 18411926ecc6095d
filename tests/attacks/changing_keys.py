"""S16: one address shows a new wrong key each time; what is counted must not be chosen by whoever is counted."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from redis import Redis

from tests.attacks.attack import Attack, Outcome, sentences
from tests.attacks.ground import Ground, new_address

_ROUTES = (
    ("POST", "/marketplace/operator", "Bearer sk_{}"),
    ("GET", "/marketplace/manage/overview", "Bearer {}"),
)
_KEYS = 0.5


def _run(ground: Ground, *, times: int) -> Outcome:
    wrong: tuple[str, ...] = ()
    with Redis.from_url(ground.redis_url) as redis:
        before = redis.dbsize()
        for method, path, key in _ROUTES:
            address = new_address()
            found = [
                ground.ask(
                    method, path, address=address, json={}, headers={"Authorization": key.format(uuid4().hex)}
                ).status_code
                for _ in range(times)
            ]
            if 429 not in found:
                wrong += (f"{times} wrong keys at {path} and never a 429",)
        grown = redis.dbsize() - before
    wrong += sentences(each_key_takes_memory_of_Redis=grown > _KEYS * times)
    return Outcome(
        sent=f"{times} wrong keys, each another, from one address at {len(_ROUTES)} routes",
        wrong=wrong,
        seen=f"{grown} new keys in Redis",
    )


ATTACK = Attack(
    name="changing-keys",
    title="S16 another wrong key each time",
    criterion="the address is answered 429 before the end, Redis keeps no key for each",
    full=partial(_run, times=400),
    short=partial(_run, times=100),
)
