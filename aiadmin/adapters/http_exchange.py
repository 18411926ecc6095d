"""One exchange over HTTP: never redirected, its answer bounded in length and time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3

from aiadmin.adapters.http_body import BadReplyError, read_body
from aiadmin.adapters.http_deadline import reason_within
from aiadmin.masking import reason_of

FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, BadReplyError, OSError)
"""All that `exchange` raises; their own words hold the address, and with it what is secret there."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    *,
    seconds: float,
    connect_seconds: float,
    max_bytes: int,
    **request: Any,
) -> HttpReply:
    """Send a request and read its answer; its caller holds the whole of it `within` a deadline.

    Args:
        seconds: for the whole answer; `connect_seconds` for connecting.
        request: what else `requests` is to send.

    Raises:
        BadReplyError: the answer is too long, or drips for too long.
        requests.RequestException, urllib3.exceptions.HTTPError, OSError: there is none.
    """
    deadline = time.monotonic() + seconds
    with session.request(
        method, url, timeout=(connect_seconds, seconds), allow_redirects=False, stream=True, **request
    ) as response:
        return HttpReply(response.status_code, response.headers, read_body(response, deadline, max_bytes))


def failure_of(error: BaseException) -> str:
    """Why an exchange failed, in words that may be logged."""
    return reason_of(reason_within(error)) or type(error).__name__
