"""S5 once more: requests sent before the answers to earlier ones are read, so that the server never has to wait."""

from __future__ import annotations

import threading
from contextlib import ExitStack, closing, suppress
from functools import partial
from socket import socket

from tests.attacks.attack import Attack, Outcome, sentences
from tests.attacks.ground import Ground
from tests.attacks.wire import connect

_REQUEST = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
_ANSWER = b"HTTP/1.1 200"


def _pour(connection: socket, requests: int) -> None:
    with suppress(OSError):
        connection.sendall(_REQUEST * requests)


def _answered(connection: socket) -> int:
    """How many answers have come by now."""
    connection.setblocking(False)
    found = b""
    with suppress(OSError):
        while piece := connection.recv(1 << 20):
            found += piece
    return found.count(_ANSWER)


def _run(ground: Ground, *, connections: int, requests: int) -> Outcome:
    with ExitStack() as stack:
        held = [stack.enter_context(closing(connect(ground.port, timeout=60))) for _ in range(connections)]
        lines = [threading.Thread(target=_pour, args=[one, requests], daemon=True) for one in held]
        for line in lines:
            line.start()
        is_answering = ground.is_answering()
        answered = sum(map(_answered, held))
        wrong = sentences(
            a_webhook_was_not_stored=not is_answering,
            others_had_to_wait_for_the_last_of_them=answered == connections * requests,
        )
        sent = f"{connections} connections of {requests:,} requests each, sent at once"
        return Outcome(sent=sent, wrong=wrong, seen=f"{answered} of them were answered when a webhook was")


ATTACK = Attack(
    name="pipelined",
    title="S5 requests without a pause",
    criterion="a webhook and /health are answered long before the last of them",
    full=partial(_run, connections=20, requests=2_000),
    short=partial(_run, connections=1, requests=4_000),
)
