"""What YClients answers when it does not do what we asked, as errors that say what may be done about it."""

from __future__ import annotations

from datetime import timedelta

from aiadmin.domain.errors import AiAdminError


class YClientsError(AiAdminError):
    """YClients did not do what we asked.

    Attributes:
        status: the HTTP status, or None when there was no answer.
        message: YClients' own words, masked and short, or empty.
        code: its own error code, or None.
        request_id: its `X-Request-Id`, or None.
    """

    def __init__(
        self,
        *,
        status: int | None = None,
        message: str = "",
        code: int | None = None,
        request_id: str | None = None,
        wait: timedelta = timedelta(0),
    ) -> None:
        super().__init__(f"YClients: HTTP {status} {message}".strip() if status else f"YClients: {message}")
        self.status, self.message, self.code, self.request_id, self.wait = status, message, code, request_id, wait


class YClientsDownError(YClientsError):
    """No answer, a breakdown (5xx), or a page instead of JSON: the same call may work later."""


class RateLimitedError(YClientsError):
    """Too many calls from our address; `wait` says for how long to be quiet."""


class KeyRefusedError(YClientsError):
    """The partner's or the user's token is not accepted."""


class ForbiddenError(YClientsError):
    """The user may not do this in this salon: the app is not installed, frozen, or lacks the right."""


class NotFoundError(YClientsError):
    """No such entity in this salon."""


class InvalidError(YClientsError):
    """YClients does not accept the values."""


class SlotBusyError(InvalidError):
    """The time is taken."""


class BlacklistedError(ForbiddenError):
    """The salon does not take bookings of this phone."""


class AlreadyInstalledError(ForbiddenError):
    """The app is active in this salon already."""


class NotInstalledError(NotFoundError):
    """The app is not installed in this salon."""


class UnreadableError(YClientsError):
    """A success whose body we do not understand."""
