"""Which connection goes when there is no room."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from aiadmin.edge.connections import Connection, ConnectionLimits, Connections, Patience, Phase, victims


@pytest.fixture
def pairs() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    """Connected sockets, as many as a test makes; closed at its end."""
    made: list[tuple[socket.socket, socket.socket]] = []
    yield made
    for one in made:
        for end in one:
            end.close()


def make(phase: Phase, peer: str, since: float) -> Connection:
    connection = Connection(None, peer, lambda _: None, float("inf"))
    connection.phase, connection.since = phase, since
    return connection


def test_the_peer_with_most_gives_its_oldest_and_pages_come_last() -> None:
    oldest_of_one = make(Phase.IDLE, "one", 1)
    many = [make(Phase.READING, "many", since) for since in (5, 3, 4)]
    page, working = make(Phase.PAGE, "one", 0), make(Phase.WORKING, "many", 0)

    order = victims([working, page, oldest_of_one, *many])

    assert order == [many[1], many[2], many[0], oldest_of_one, page]


def test_bytes_that_wait_are_counted_together_and_the_most_goes(
    pairs: list[tuple[socket.socket, socket.socket]],
) -> None:
    connections = Connections(ConnectionLimits(held_bytes=100), Patience())
    held = []
    for size in (30, 60, 20):
        pairs.append(socket.socketpair())
        held.append(connections.admit(pairs[-1][0], "peer"))
        held[-1].hold(size)
    pairs[1][1].settimeout(1)

    assert pairs[1][1].recv(1) == b"", "the one with sixty was closed"
    for connection in held:
        connections.leave(connection)
    assert len(connections) == 0


def test_what_has_waited_too_long_is_closed(pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    connections = Connections(ConnectionLimits(), Patience(first=0))
    pairs.extend(socket.socketpair() for _ in range(2))
    late, working = (connections.admit(ours, "peer") for ours, _ in pairs)
    working.enter(Phase.WORKING)

    connections.sweep()

    for _, theirs in pairs:
        theirs.settimeout(0.05)
    assert pairs[0][1].recv(1) == b""
    with pytest.raises(TimeoutError):
        pairs[1][1].recv(1)
    assert late.phase is Phase.IDLE
