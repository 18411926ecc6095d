"""What came back from one HTTP call to YClients, or that nothing did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

_TRANSIENT = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    """The answer to one HTTP call, or that there was none.

    Attributes:
        status: the HTTP status; None when there was no answer.
        body: the JSON object that came; None when something else came, HTML for example.
        message: what YClients said in words, masked and short, or empty.
        wait: its `Retry-After`.
        request_id: its `X-Request-Id`.
        is_unsent: whether it is certain that YClients has heard nothing: the way there could not be reached.
    """

    status: int | None
    body: dict[str, object] | None = field(default=None, repr=False)
    message: str = ""
    wait: timedelta = timedelta(0)
    request_id: str | None = None
    is_unsent: bool = False

    @property
    def is_transient(self) -> bool:
        """Whether it says nothing about the question: no answer, a limit, a breakdown, or a page instead of JSON."""
        if self.status is None or self.body is None or self.status in _TRANSIENT:
            return True
        return not (self._is_2xx or HTTPStatus.BAD_REQUEST <= self.status < HTTPStatus.INTERNAL_SERVER_ERROR)

    @property
    def is_success(self) -> bool:
        """Whether YClients says plainly that it did what we asked."""
        return self._is_2xx and self.body is not None and self.body.get("success") is True

    @property
    def is_doubtful(self) -> bool:
        """Whether the salon may be active although the answer does not say so: its status must be asked.

        The body of a success is not documented, and a repeat for an active salon is answered 403.
        """
        return not self.is_success and (self._is_2xx or self._is_forbidden)

    @property
    def is_refusal(self) -> bool:
        """Whether YClients says plainly no."""
        return self._is_forbidden or (self.body is not None and self.body.get("success") is False)

    @property
    def _is_2xx(self) -> bool:
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def _is_forbidden(self) -> bool:
        return self.status == HTTPStatus.FORBIDDEN and self.body is not None
