"""Faults that strike open connections at once."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.fakes.whatsapp.connection import Connection
from tests.fakes.whatsapp.login import DEVICE_REMOVED, REPLACED, stream_error

_NAMED = {"replaced": REPLACED, "device_removed": DEVICE_REMOVED}

Strike = Callable[[Connection, dict[str, Any]], Awaitable[None]]


async def _drop(connection: Connection, _facts: dict[str, Any]) -> None:
    """Cut the TCP connection."""
    connection.drop()


async def _mute(connection: Connection, facts: dict[str, Any]) -> None:
    """Stay connected, answer nothing; for ``seconds`` or until faults are cleared."""
    connection.silent = True
    if "seconds" in facts:
        connection.server.later(facts["seconds"], connection.speak)


async def _stream_error(connection: Connection, facts: dict[str, Any]) -> None:
    """End the stream with ``error``: ``replaced``, ``device_removed``, or a code such as ``503``."""
    error = str(facts["error"])
    await connection.part(_NAMED.get(error) or stream_error(error))


STRIKES: dict[str, Strike] = {"drop": _drop, "mute": _mute, "stream-error": _stream_error}
