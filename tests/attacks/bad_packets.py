"""S2: a websocket without a token sends packets that mean nothing; each must not cost work and a line in the log."""

from __future__ import annotations

from contextlib import closing
from functools import partial

from tests.attacks.attack import Attack, Outcome, sentences
from tests.attacks.ground import Ground, new_address
from tests.attacks.wire import BINARY, WebSocket, frame

_LOG_KB = 64
_AT_ONCE = 100


def _run(ground: Ground, *, frames: int) -> Outcome:
    web, log_kb = ground.web().pid, ground.log_kb()
    with closing(WebSocket(ground.port, new_address())) as socket:
        socket.send([frame(b"x", BINARY) * _AT_ONCE] * (frames // _AT_ONCE))
        is_ended, sent = socket.is_ended_by_server(), socket.sent * _AT_ONCE
    is_answering = ground.comes_true(ground.is_answering, within=60)
    logged = ground.log_kb() - log_kb
    wrong = sentences(
        the_connection_was_not_ended=not is_ended,
        the_web_process_died=not is_answering or ground.web().pid != web,
    )
    if logged > _LOG_KB:
        wrong += (f"{logged:.0f} kB were logged",)
    return Outcome(
        sent=f"one websocket, no token, {sent:,} binary frames of one byte",
        wrong=wrong,
        seen=f"{logged:.0f} kB of log",
    )


ATTACK = Attack(
    name="bad-packets",
    title="S2 packets that mean nothing",
    criterion=f"the connection is ended, under {_LOG_KB} kB of log, the same process answers",
    full=partial(_run, frames=50_000),
    short=partial(_run, frames=2_000),
)
