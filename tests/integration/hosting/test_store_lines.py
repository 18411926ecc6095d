"""Connections of the library to a PostgreSQL that has fallen silent are shut (S3)."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from aiadmin.adapters.whatsapp.store_lines import StoreLines
from aiadmin.storage.connection import USER_TIMEOUT_MS
from tests.conftest import WaitUntil

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells it on Linux alone")
PATIENCE = 1.0


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_only_a_connection_of_the_library_that_hears_nothing_is_shut(
    server: socket.socket, wait_until: WaitUntil
) -> None:
    port = server.getsockname()[1]
    sweep = StoreLines(port).shut_silent
    with ExitStack() as stack:

        def opened() -> tuple[socket.socket, socket.socket]:
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), 5))
            return client, stack.enter_context(server.accept()[0])

        (silent, _), (ours, _), (live, its_server), (idle, its_end) = opened(), opened(), opened(), opened()
        its_end.close()  # as the server does with what is idle: no silence, and no alarm
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
        shut, next_in = sweep(PATIENCE)
        assert shut == 0, "not yet"
        assert 0 < next_in <= PATIENCE, "when the silent one is due"

        def shut_while_another_is_answered() -> int:
            its_server.sendall(b"answer")
            return sweep(PATIENCE).shut

        assert wait_until(shut_while_another_is_answered, what="the silent one is shut") == 1
        assert silent.recv(1) == b""
        assert idle.send(b"not shut by us") > 0
        for left in (ours, live):
            left.sendall(b"still open")
        assert its_server.recv(100) == b"still open"


def test_a_connection_is_found_that_was_none_when_it_was_first_seen(
    server: socket.socket, wait_until: WaitUntil
) -> None:
    """Its descriptor was not connected yet, or led elsewhere."""
    address = server.getsockname()
    lines = StoreLines(address[1])
    with socket.socket() as late, ExitStack() as stack:
        former, its_end = map(stack.enter_context, socket.socketpair())
        assert lines.shut_silent(PATIENCE).shut == 0
        late.connect(address)
        with socket.create_connection(address, 5) as other:
            os.dup2(other.fileno(), former.fileno())
        shut: list[int] = []

        def are_shut() -> bool:
            shut.append(lines.shut_silent(PATIENCE).shut)
            return sum(shut) == 2

        wait_until(are_shut, what="both are shut")
        assert (late.recv(1), former.recv(1)) == (b"", b"")
        assert its_end.recv(1) == b"", "what led there before is closed"
