"""What YClients remembers: apps, salons, and how far each app is installed in each salon."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

ALREADY_INSTALLED = "Пользователь уже установил это приложение."
UNKNOWN_APP = "Агрегатор не найден"
NO_RIGHTS = "Нет прав на управление компанией"
NOT_INSTALLED = "Приложение не установлено в филиале"

_UNINSTALLED, _PENDING, _ACTIVE, _FREEZED = "uninstalled", "pending", "active", "freezed"


class RefusedError(Exception):
    """YClients says no, with a status and words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass
class Settings:
    """What is unknown about the real one, or differs between its versions; ``POST /_fake/settings`` changes it.

    Attributes:
        pending_ttl: seconds between consent and the end of YClients' patience (its knowledge base says one hour).
        expired_status: what a late activation is answered; nobody has published it.
        accept_status: what a request without the v2 media type is answered.
        is_limited: whether 5 requests a second and 200 a minute are enforced.
        says_retry_after: whether a 429 carries ``Retry-After``; nobody has seen one.
        everybody_consents: a salon that nobody connected counts as connected at the first question.
    """

    pending_ttl: float = 3600
    expired_status: int = 403
    expired_message: str = NO_RIGHTS
    accept_status: int = 401
    is_limited: bool = False
    says_retry_after: bool = False
    everybody_consents: bool = False


@dataclass
class Link:
    """One app in one salon. The spelling ``freezed`` is YClients' own."""

    status: str = _UNINSTALLED
    created_at: datetime | None = None
    pending_since: datetime | None = None
    logs: list[dict[str, str]] = field(default_factory=list)
    api_key: str | None = None
    webhook_urls: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)

    def move(self, status: str, source: str, now: datetime) -> None:
        """Change the status and note it, as the status reply shows."""
        at = f"{now:%Y-%m-%d %H:%M:%S}"
        self.logs.append({"changed_at": at, "status_from": self.status, "status_to": status, "source": source})
        self.status, self.created_at = status, self.created_at or now


@dataclass
class World:
    """Everything, with the rules of the marketplace as methods.

    Attributes:
        partners: the apps of each partner by the partner's token.
        user_token: of the system user that YClients adds to a salon at activation.
        clock: the time now, as YClients sees it.
        callbacks: every activation that reached the marketplace, whatever became of it.
    """

    partners: dict[str, set[int]]
    user_token: str
    clock: Callable[[], datetime]
    settings: Settings = field(default_factory=Settings)
    links: dict[tuple[int, int], Link] = field(default_factory=dict)
    callbacks: list[dict[str, Any]] = field(default_factory=list)

    def consent(self, salon_id: int, app_id: int) -> None:
        """The owner pressed Connect: the salon waits for the partner. An active salon stays active."""
        link = self.links.setdefault((salon_id, app_id), Link())
        if link.status != _ACTIVE:
            link.move(_PENDING, "marketplace", self.clock())
            link.pending_since = self.clock()

    def activate(self, salon_id: int, app_id: int, token: str, **given: Any) -> None:
        """The partner says that the salon is set up; raises RefusedError."""
        link = self.link(salon_id, app_id, token)
        if link is not None and link.status == _ACTIVE:
            raise RefusedError(403, ALREADY_INSTALLED)
        if link is None or link.status != _PENDING:
            raise RefusedError(self.settings.expired_status, self.settings.expired_message)
        link.move(_ACTIVE, "partner_api", self.clock())
        link.api_key, link.webhook_urls, link.channels = (
            given["api_key"], given["webhook_urls"], given["channels"],
        )  # fmt: skip

    def leave(self, salon_id: int, app_id: int, status: str) -> None:
        """The salon removed the app (``uninstalled``), or it was not paid for (``freezed``)."""
        self.links.setdefault((salon_id, app_id), Link()).move(status, "marketplace", self.clock())

    def link(self, salon_id: int, app_id: int, token: str) -> Link | None:
        """The link as it is now, or None when there never was one; raises RefusedError for a foreign app."""
        if app_id not in self.partners[token]:
            raise RefusedError(400, UNKNOWN_APP)
        if self.settings.everybody_consents and (salon_id, app_id) not in self.links:
            self.consent(salon_id, app_id)
        link = self.links.get((salon_id, app_id))
        if link is not None and self._is_too_late(link):
            link.move(_UNINSTALLED, "marketplace", self.clock())
        return link

    def serves(self, salon_id: int) -> bool:
        """Whether the system user may act in the salon: only while some app is active there."""
        return any(link.status == _ACTIVE for (salon, _), link in self.links.items() if salon == salon_id)

    def _is_too_late(self, link: Link) -> bool:
        patience = timedelta(seconds=self.settings.pending_ttl)
        if link.status != _PENDING or link.pending_since is None:
            return False
        return self.clock() - link.pending_since > patience
