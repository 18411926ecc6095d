"""A pooler in front of PostgreSQL, as far as our processes can tell one from the server (PostgreSQL's protocol 3)."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from enum import StrEnum
from types import TracebackType
from typing import Self

import psycopg2

_SSL, _GSS = 80877103, 80877104
_ERROR = b"SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: options\0\0"


class Mode(StrEnum):
    """What it does with sessions."""

    TRANSACTION = "each transaction gets the session that was used last"
    REFUSING = "refuses startup parameters that it does not know"
    FORGETFUL = "a session for each client, opened without its startup parameters"


class Pooler:
    """A context manager: listens on `port` of 127.0.0.1, and lets everybody in.

    Args:
        url: of the database behind it.
    """

    def __init__(self, url: str, mode: Mode) -> None:
        self._url, self._mode = url, mode
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._free: list[_Session] = []
        self._opened: list[_Session] = []
        self._clients: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for session in self._opened:
            session.close()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._clients.append(client)
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with closing(client), suppress(OSError, EOFError):
            told = _startup(client)
            if self._mode is Mode.REFUSING and b"options\0" in told:
                client.sendall(_message(b"E", _ERROR))
                return
            client.sendall(_message(b"R", struct.pack("!i", 0)))
            client.sendall(_message(b"S", b"server_version\x0018.0\0") + _message(b"S", b"client_encoding\0UTF8\0"))
            client.sendall(_message(b"S", b"standard_conforming_strings\0on\0") + _message(b"K", os.urandom(8)))
            client.sendall(_message(b"Z", b"I"))
            self._relay(client)

    def _relay(self, client: socket.socket) -> None:
        own = self._borrow() if self._mode is Mode.FORGETFUL else None
        session = own
        while True:
            kind, message = _read(client)
            if kind == b"X":
                return
            session = session or self._borrow()
            session.line.sendall(message)
            if kind in b"QS" and session.answer(client.sendall) == b"I" and own is None:
                with self._lock:
                    self._free.append(session)
                session = None

    def _borrow(self) -> _Session:
        with self._lock:
            if self._free:
                return self._free.pop()
            session = _Session(self._url)
            self._opened.append(session)
            return session


class _Session:
    """A session of the server: psycopg2 opens it, and then only its socket is used."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg2.connect(url, sslmode="disable")
        self.line = socket.socket(fileno=os.dup(self._connection.fileno()))
        self.line.setblocking(True)

    def answer(self, send: Callable[[bytes], object]) -> bytes:
        """Pass on what the server says until it is ready; the state of the transaction."""
        while True:
            kind, message = _read(self.line)
            send(message)
            if kind == b"Z":
                return message[5:6]

    def close(self) -> None:
        self.line.close()
        self._connection.close()


def _startup(client: socket.socket) -> bytes:
    """The parameters of the client's first real message."""
    while True:
        (length,) = struct.unpack("!i", _exactly(client, 4))
        told = _exactly(client, length - 4)
        if struct.unpack("!i", told[:4])[0] not in (_SSL, _GSS):
            return told[4:]
        client.sendall(b"N")


def _read(line: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(line, 5)
    return head[:1], head + _exactly(line, struct.unpack("!i", head[1:])[0] - 4)


def _exactly(line: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = line.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body
