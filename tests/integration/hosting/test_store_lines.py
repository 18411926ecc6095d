"""Connections of the library to a PostgreSQL that has fallen silent are shut (S3)."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from aiadmin.adapters.whatsapp.store_lines import sweep
from aiadmin.storage.connection import USER_TIMEOUT_MS
from tests.conftest import WaitUntil

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells it on Linux alone")
PATIENCE = 0.3


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_only_a_connection_of_the_library_that_hears_nothing_is_shut(
    server: socket.socket, wait_until: WaitUntil
) -> None:
    port = server.getsockname()[1]
    with ExitStack() as stack:

        def opened() -> tuple[socket.socket, socket.socket]:
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), 5))
            return client, stack.enter_context(server.accept()[0])

        (silent, _), (ours, _), (live, its_server), (idle, its_end) = opened(), opened(), opened(), opened()
        its_end.close()  # as the server does with what is idle: no silence, and no alarm
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
        assert sweep(port, PATIENCE) == 0, "not yet"

        def shut_while_another_is_answered() -> int:
            its_server.sendall(b"answer")
            return sweep(port, PATIENCE)

        assert wait_until(shut_while_another_is_answered, 5, "the silent one is shut") == 1
        assert silent.recv(1) == b""
        assert idle.send(b"not shut by us") > 0
        for left in (ours, live):
            left.sendall(b"still open")
        assert its_server.recv(100) == b"still open"
