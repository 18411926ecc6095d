"""S8: bodies that are dear to parse, from strangers and from one salon; they must be refused by size, before."""

from __future__ import annotations

import json
import threading
from collections import Counter
from functools import partial

from tests.attacks.attack import Attack, Outcome, sentences
from tests.attacks.ground import Ground, new_address, webhook_path
from tests.attacks.wire import ask, status_of

_NESTED = b'{"a":[' + b",".join([b"[]"] * 333_000) + b"]}"
_LINES = 8


def _request(path: str, body: bytes, address: str) -> bytes:
    head = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"X-Forwarded-For: {address}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _pour(ground: Ground, path: str, count: int) -> Counter[int]:
    """Statuses of so many large bodies, each from an address of its own, some at once."""
    found: Counter[int] = Counter()
    rest = iter(range(count))

    def line() -> None:
        for _ in rest:
            found[status_of(ask(ground.port, _request(path, _NESTED, new_address())))] += 1

    lines = [threading.Thread(target=line) for _ in range(min(_LINES, count))]
    for one in lines:
        one.start()
    for one in lines:
        one.join()
    return found


def _guesses(ground: Ground, count: int) -> Counter[int]:
    """Statuses of so many small bodies with a wrong key, from one address."""
    body = json.dumps({"partner_token": "wrong", "salon_id": 1, "event": "uninstall"}).encode()
    address = new_address()
    request = _request("/marketplace/lifecycle", body, address)
    return Counter(status_of(ask(ground.port, request)) for _ in range(count))


def _run(ground: Ground, *, bodies: int, guesses: int) -> Outcome:
    lifecycle = _pour(ground, "/marketplace/lifecycle", bodies)
    webhooks = _pour(ground, webhook_path(ground.attacker), bodies)
    guessed = _guesses(ground, guesses)
    wrong = sentences(
        large_bodies_of_strangers_were_read=set(lifecycle) - {413, 429},
        large_webhooks_were_read=set(webhooks) - {413, 429},
        nobody_counts_wrong_keys=429 not in guessed,
        others_were_not_answered=not ground.comes_true(ground.is_answering, within=30),
    )
    return Outcome(
        sent=f"{bodies} bodies of 1 MB of [[],[],...] to lifecycle and webhooks each, {guesses} wrong keys",
        wrong=wrong,
        seen=f"answered {dict(lifecycle)}, {dict(webhooks)}, {dict(guessed)}",
    )


ATTACK = Attack(
    name="heavy-json",
    title="S8 bodies that are dear to parse",
    criterion="each large body is answered 413 or 429, wrong keys 429 in the end, others are served",
    full=partial(_run, bodies=150, guesses=300),
    short=partial(_run, bodies=5, guesses=60),
)
