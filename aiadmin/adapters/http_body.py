"""The body of an HTTP answer, bounded in length and time."""

from __future__ import annotations

import time

import requests

_CHUNK = 16 * 1024


class BadReplyError(Exception):
    """The reply is too long, or takes too long."""


def read_body(response: requests.Response, deadline: float, max_bytes: int) -> bytes:
    """The whole body. A timeout of the socket starts anew with every byte, so a slow drip needs this check."""
    content = bytearray()
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        content += chunk
        if len(content) > max_bytes or time.monotonic() > deadline:
            raise BadReplyError
    return bytes(content)
