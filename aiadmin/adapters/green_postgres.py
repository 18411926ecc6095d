"""psycopg2 under gevent: without this every query stops every other request."""

from __future__ import annotations

import psycopg2
import psycopg2.extensions
from gevent.socket import wait_read, wait_write


def make_cooperative() -> None:
    """Let other greenlets run while PostgreSQL works. Call once, after the monkey patch; never in a worker."""
    psycopg2.extensions.set_wait_callback(_wait)


def _wait(connection: psycopg2.extensions.connection) -> None:
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        if state == psycopg2.extensions.POLL_READ:
            wait_read(connection.fileno())
        elif state == psycopg2.extensions.POLL_WRITE:
            wait_write(connection.fileno())
        else:
            raise psycopg2.OperationalError(f"unexpected state {state}")
