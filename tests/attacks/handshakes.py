"""S6b: Engine.IO handshakes without number that never join anything; they must be counted, and their sum bounded."""

from __future__ import annotations

import http.client
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial

from tests.attacks.attack import Attack, Outcome, sentences
from tests.attacks.ground import Ground, new_address
from tests.attacks.wire import WebSocket

_RSS_MB = 64
_SHARE = 0.5
_LEFT_WITHIN = 30.0


def _handshakes(port: int, count: int, address: Callable[[], str]) -> Counter[int]:
    """Statuses of so many handshakes, one after the other on one connection."""
    found: Counter[int] = Counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for _ in range(count):
        try:
            connection.request("GET", "/socket.io/?EIO=4&transport=polling", headers={"X-Forwarded-For": address()})
            answer = connection.getresponse()
            answer.read()
            found[answer.status] += 1
        except (OSError, http.client.HTTPException):
            connection.close()
            found[0] += 1
    connection.close()
    return found


def _can_join(ground: Ground) -> bool:
    try:
        with closing(WebSocket(ground.port, new_address())) as socket:
            return socket.join(ground.neighbour.token)
    except OSError:
        return False


def _run(ground: Ground, *, from_one: int, from_many: int) -> Outcome:
    before, address = ground.rss_mb(), new_address()
    one = _handshakes(ground.port, from_one, lambda: address)
    many = _handshakes(ground.port, from_many, new_address)
    grown = ground.rss_mb() - before
    can_join = ground.comes_true(partial(_can_join, ground), within=_LEFT_WITHIN)
    wrong = sentences(a_page_cannot_join_afterwards=not can_join)
    if one[200] > _SHARE * from_one:
        wrong += (f"{one[200]} of {from_one} handshakes of one address were let in",)
    if grown > _RSS_MB:
        wrong += (f"the web process grew by {grown:.0f} MB",)
    return Outcome(
        sent=f"{from_one:,} handshakes from one address and {from_many:,} from as many, none joins",
        wrong=wrong,
        seen=f"let in {one[200]} and {many[200]}, RSS {grown:+.0f} MB",
    )


ATTACK = Attack(
    name="handshakes",
    title="S6 handshakes that never join",
    criterion=f"one address is refused, web grows by less than {_RSS_MB} MB, a page joins in {_LEFT_WITHIN:.0f} s",
    full=partial(_run, from_one=3000, from_many=3000),
    short=partial(_run, from_one=200, from_many=100),
)
