"""S5: a stranger holds connections with bodies and heads that never end, or only out of politeness."""

from __future__ import annotations

import select
import time
from collections.abc import Mapping
from functools import partial

from tests.attacks.attack import Attack, Outcome
from tests.attacks.ground import Ground
from tests.attacks.wire import many

_HOST = b"Host: 127.0.0.1\r\n"
_KINDS: Mapping[str, bytes] = {
    "slow bodies": b"POST /marketplace/lifecycle HTTP/1.1\r\n%sContent-Type: application/json\r\n"
    b"Content-Length: 10000\r\n\r\n{" % _HOST,
    "slow heads": b"GET /health HTTP/1.1\r\n%sX-Slow: " % _HOST,
    "idle connections": b"GET /health HTTP/1.1\r\n%s\r\n" % _HOST,
}
_DRIP_SECONDS = 5.0
_HELD_SECONDS = 30.0
_ANSWERED_WITHIN = 10.0
"""Sooner than the first of them are ended, by whose place it would be answered."""


def _run(ground: Ground, *, connections: int, is_patient: bool) -> Outcome:
    """Each kind in turn; whoever is patient also sees the server end them all, though a byte comes now and then."""
    wrong, seen = [], []
    for kind, first in _KINDS.items():
        with many(ground.port, connections, first) as held:
            answers = [ground.ask("GET", "/health", timeout=_ANSWERED_WITHIN).status_code, _webhook_status(ground)]
            if answers != [200, 200]:
                wrong.append(f"with {len(held)} {kind}: /health and a webhook were answered {answers}")
            if is_patient:
                lasted = _until_ended(held)
                seen.append(f"{kind} ended after {lasted:.0f} s" if lasted else f"{kind} are not ended")
                if lasted is None:
                    wrong.append(f"{kind} last longer than {_HELD_SECONDS:.0f} s")
    return Outcome(
        sent=f"{connections:,} connections each of {', '.join(_KINDS)}", wrong=tuple(wrong), seen="; ".join(seen)
    )


def _webhook_status(ground: Ground) -> int:
    """Of a good webhook; 0 when there is no answer within a moment."""
    return ground.good_webhook(timeout=_ANSWERED_WITHIN)


def _until_ended(held: list) -> float | None:
    """Seconds until the server has ended every connection; None when it takes too long."""
    began, next_drip = time.monotonic(), time.monotonic() + _DRIP_SECONDS
    watch = select.poll()
    left = {one.fileno(): one for one in held}
    for number in left:
        watch.register(number, select.POLLIN)
    while left and time.monotonic() - began < _HELD_SECONDS:
        for number, _ in watch.poll(500):
            if _is_over(left[number]):
                watch.unregister(number)
                del left[number]
        if time.monotonic() > next_drip:
            next_drip += _DRIP_SECONDS
            _drip(left)
    return None if left else time.monotonic() - began


def _is_over(connection) -> bool:
    try:
        return not connection.recv(65_536)
    except OSError:
        return True


def _drip(left: Mapping[int, object]) -> None:
    for connection in left.values():
        try:
            connection.send(b"x")
        except OSError:
            continue


ATTACK = Attack(
    name="held-connections",
    title="S5 connections that are held",
    criterion=f"/health and a webhook are answered meanwhile; each kind is ended within {_HELD_SECONDS:.0f} s",
    full=partial(_run, connections=1000, is_patient=True),
    short=partial(_run, connections=1000, is_patient=False),
)
