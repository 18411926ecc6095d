"""One HTTP call that answers in JSON: bounded in time and size, never redirected, no error raised."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3

from aiadmin.adapters.http_deadline import bounded_session, reason_within, within
from aiadmin.adapters.http_exchange import FAILURES, exchange, failure_of


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonAnswer:
    """What came back.

    Attributes:
        status: of HTTP; None where nothing came.
        body: the object that it holds; None where it holds none.
        reason: why there is no useful answer, in words that may be logged.
        is_unconnected: whether nothing was asked, for no connection came about.
    """

    status: int | None
    body: Mapping[str, Any] | None = None
    reason: str = ""
    is_unconnected: bool = False


class _NoAuth(requests.auth.AuthBase):
    """Keeps a `.netrc` of the machine from replacing our header."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


@dataclass(frozen=True, kw_only=True)
class JsonHttp:
    """Calls with one deadline.

    Attributes:
        seconds: for a whole call; `connect_seconds` of them for connecting.
        ca_bundle: a file of root certificates, or empty for the usual ones.
    """

    seconds: float
    connect_seconds: float
    max_bytes: int
    ca_bundle: str = ""

    def post(
        self,
        url: str,
        *,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str],
    ) -> JsonAnswer:
        """Post JSON, or a form.

        Args:
            files: that go with a form, by the name of their field: a name, the bytes, what they are.
        """
        try:
            with within(self.seconds), bounded_session() as session:
                reply = exchange(
                    session,
                    "POST",
                    url,
                    seconds=self.seconds,
                    connect_seconds=self.connect_seconds,
                    max_bytes=self.max_bytes,
                    json=body,
                    data=form,
                    files=files,
                    headers={"Accept": "application/json", **headers},
                    auth=_NoAuth(),
                    verify=self.ca_bundle or None,
                )
                return _answer_of(reply.status, reply.content)
        except FAILURES as error:
            return JsonAnswer(status=None, reason=failure_of(error), is_unconnected=_is_unconnected(error))


def _is_unconnected(error: BaseException) -> bool:
    inner = reason_within(error)
    return isinstance(inner, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


def _answer_of(status: int, content: bytes) -> JsonAnswer:
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        parsed = None
    body = parsed if isinstance(parsed, dict) else None
    return JsonAnswer(status=status, body=body, reason=f"HTTP {status}" + ("" if body is not None else ", no JSON"))
