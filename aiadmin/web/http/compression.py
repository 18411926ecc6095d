"""Answers as gzip, for those who take it: a page weighs a quarter then, and slow networks are what phones have."""

from __future__ import annotations

import gzip
import secrets

from flask import Flask, Response, request

LEAST_BYTES = 1_400
"""What fits a packet as it is."""
_TEXTS = frozenset({"text/html", "text/plain", "text/css", "text/javascript", "application/json", "image/svg+xml"})
_LEVEL, _LEVEL_OF_KEPT = 5, 9
_NAME_FLAG, _HEADER_BYTES, _MOST_PADDING = 8, 10, 100


def attach(app: Flask) -> None:
    """Compress the answers of `app` that are long texts."""
    app.after_request(_compress)


def is_text(response: Response) -> bool:
    """Whether it is of a kind that becomes smaller."""
    return response.headers.get("Content-Type", "").partition(";")[0] in _TEXTS


def is_wanted() -> bool:
    """Whether the request takes gzip."""
    return request.accept_encodings["gzip"] > 0


def for_good(data: bytes) -> bytes:
    """A file that is compressed once, as small as it gets."""
    return gzip.compress(data, _LEVEL_OF_KEPT, mtime=0)


def put(response: Response, compressed: bytes) -> Response:
    """The answer with this body."""
    response.set_data(compressed)
    response.headers["Content-Encoding"] = "gzip"
    return response


def _compress(response: Response) -> Response:
    if not is_text(response) or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    data = response.get_data()
    if len(data) < LEAST_BYTES:
        return response
    response.vary.add("Accept-Encoding")
    return put(response, padded(data)) if is_wanted() else response


def padded(data: bytes) -> bytes:
    """Compressed, and longer by a number that nobody foretells.

    How well a page compresses says whether what a stranger has put on it, in a message to the salon, repeats what is
    secret there (BREACH). The header's file name, which nobody reads, drowns that (Heal the BREACH, as in Django).
    """
    packed = gzip.compress(data, _LEVEL, mtime=0)
    name = b"a" * secrets.randbelow(_MOST_PADDING) + b"\0"
    return packed[:3] + bytes([packed[3] | _NAME_FLAG]) + packed[4:_HEADER_BYTES] + name + packed[_HEADER_BYTES:]
