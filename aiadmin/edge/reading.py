"""A request read whole, within bounds, before anybody works on it.

gunicorn's own loop gives the head the keep-alive time and the body no time at all, and hands the socket to the
application, so a client that sends a byte now and then occupies both.
"""

from __future__ import annotations

from typing import Any

from gunicorn.http.errors import InvalidRequestLine, LimitRequestHeaders

from aiadmin.edge.bodies import limit_of
from aiadmin.edge.connections import Connection, Patience, Phase

MAX_HEAD_BYTES = 16 * 1024
_PIECE = 16 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class GoneError(OSError):
    """The peer went in the middle of a request."""


def read_head(client: Any, unreader: Any, connection: Connection, patience: Patience) -> bool:
    """Read until the parser has a whole head, or knows that it is none; False where the peer has gone.

    Raises:
        LimitRequestHeaders: it is longer than any honest one.
        InvalidRequestLine: it does not begin as a request does.
    """
    head = bytearray(unreader.take_buffered())
    if head:
        connection.enter(Phase.READING, patience.head)
    searched = 0
    while not _is_whole(head, searched):
        if len(head) > MAX_HEAD_BYTES:
            raise LimitRequestHeaders("the head is too long")
        searched = max(len(head) - 3, 0)
        piece = client.recv(_PIECE)
        if not piece:
            return False
        if not head:
            connection.enter(Phase.READING, patience.head)
        head += piece
        connection.hold(len(head))
    unreader.unread(bytes(head))
    return True


def _is_whole(head: bytearray, searched: int) -> bool:
    """Whether there is no need to read on: the end is there, or one that the parser refuses."""
    if head and not (head[:1].isalpha() or head[:1] == b"\r"):
        raise InvalidRequestLine("")  # TLS, or nothing that anybody would go on with
    return head.find(b"\r\n\r\n", searched) >= 0 or head.find(b"\n\n", searched) >= 0


def read_body(client: Any, request: Any, connection: Connection, patience: Patience) -> bytes:
    """The body, or of one that is too long so much that its length gives it away; then the connection will close.

    Raises:
        GoneError: the peer went before the announced end.
        Exception: what gunicorn raises for broken framing.
    """
    limit, announced = limit_of(request.path), _announced(request)
    if announced == 0:
        return b""
    waits, request._expected_100_continue = request._expected_100_continue, False  # or gunicorn tells it to go on
    if announced is not None and announced > limit:
        request.force_close()
        return b""
    connection.enter(Phase.READING, patience.body)
    if waits:
        client.sendall(_CONTINUE)
    if announced is None:
        return _read_chunks(request, connection, limit)
    return _read_announced(client, request.unreader, connection, announced)


def _read_announced(client: Any, unreader: Any, connection: Connection, announced: int) -> bytes:
    body = bytearray(unreader.take_buffered())
    unreader.unread(bytes(body[announced:]))  # the next request
    del body[announced:]
    while len(body) < announced:
        piece = client.recv(min(_PIECE, announced - len(body)))
        if not piece:
            raise GoneError
        body += piece
        connection.hold(len(body))
    return bytes(body)


def _read_chunks(request: Any, connection: Connection, limit: int) -> bytes:
    request.unreader.max_body_chunk = _PIECE  # what the reader holds beside this is not counted
    body = bytearray()
    while len(body) <= limit:
        piece = request.body.read(min(_PIECE, limit + 1 - len(body)))
        if not piece:
            return bytes(body)
        body += piece
        connection.hold(len(body))
    request.force_close()
    return bytes(body)


def _announced(request: Any) -> int | None:
    """The announced length; None for a chunked body. gunicorn has refused what is not a number."""
    for name, value in request.headers:
        if name == "CONTENT-LENGTH":
            return int(value)
        if name == "TRANSFER-ENCODING":
            return None
    return 0
