"""S6a: a page with a valid link announces a billion attachments and sends them; they must not be kept."""

from __future__ import annotations

from contextlib import closing
from functools import partial

from tests.attacks.attack import Attack, Outcome, sentences
from tests.attacks.ground import Ground, new_address
from tests.attacks.wire import BINARY, TEXT, WebSocket, frame

_PIECE = bytes(16 * 1024)
_RSS_MB = 24
_ANNOUNCED = b'45999999999-/marketplace,["x",{"_placeholder":true,"num":0}]'


def _run(ground: Ground, *, megabytes: int) -> Outcome:
    pieces, before = megabytes * 64, ground.rss_mb()
    with closing(WebSocket(ground.port, new_address())) as socket:
        is_joined = socket.join(ground.attacker.token)
        socket.send([frame(_ANNOUNCED, TEXT), *[frame(_PIECE, BINARY)] * pieces])
        is_ended = socket.is_ended_by_server()
        grown = ground.rss_mb() - before
        sent = socket.sent / 64
    wrong = sentences(the_page_could_not_join=not is_joined, the_connection_was_not_ended=not is_ended)
    if grown > _RSS_MB:
        wrong += (f"the web process grew by {grown:.0f} MB",)
    return Outcome(
        sent=f"one page with a link: a billion attachments announced, {sent:.0f} of {megabytes} MB sent",
        wrong=wrong,
        seen=f"RSS {grown:+.0f} MB",
    )


ATTACK = Attack(
    name="attachments",
    title="S6 attachments without end",
    criterion=f"the connection is ended, web grows by less than {_RSS_MB} MB",
    full=partial(_run, megabytes=500),
    short=partial(_run, megabytes=48),
)
