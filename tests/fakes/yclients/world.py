"""What YClients remembers: salons, apps, and how far each app is installed in each salon."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.yclients.clock import Clock
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.salon.changes import Change
from tests.fakes.yclients.salon.journal import Journal
from tests.fakes.yclients.salon.state import Numbers, Salon
from tests.fakes.yclients.settings import Settings

ALREADY_INSTALLED = "Пользователь уже установил это приложение."
UNKNOWN_APP = "Агрегатор не найден"
NOT_INSTALLED = "Приложение не установлено в филиале"

_UNINSTALLED, _PENDING, _ACTIVE, _FREEZED = "uninstalled", "pending", "active", "freezed"


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
        tell: who hears of changes in salons.
        announce: who hears of what becomes of installations.
    """

    partners: dict[str, set[int]]
    user_token: str
    clock: Callable[[], datetime]
    settings: Settings = field(default_factory=Settings)
    links: dict[tuple[int, int], Link] = field(default_factory=dict)
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    salons: dict[int, Salon] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)
    tell: Callable[[Salon, Change], None] = lambda _salon, _change: None
    announce: Callable[[dict[str, Any]], None] = lambda _event: None

    def reset(self) -> None:
        """Forget everything but the partners."""
        for forgotten in (self.links, self.callbacks, self.salons):
            forgotten.clear()
        self.numbers = Numbers()
        if isinstance(self.clock, Clock):
            self.clock.reset()

    def salon(self, salon_id: int) -> Salon:
        """Every number is a salon's; one that nobody filled is empty."""
        if salon_id not in self.salons:
            self.salons[salon_id] = Salon(salon_id, self.clock, self.numbers)
        return self.salons[salon_id]

    def journal(self, salon: Salon, *, by_api: bool = False) -> Journal:
        """A salon's journal, whose changes are told."""
        return Journal(salon, lambda change: self.tell(salon, change), by_api=by_api)

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
        link.api_key, link.webhook_urls = given.get("api_key"), list(given.get("webhook_urls") or [])
        link.channels = list(given.get("channels") or [])
        self.salon(salon_id).hear(link.webhook_urls)

    def leave(self, salon_id: int, app_id: int, status: str) -> None:
        """The salon removed the app (``uninstalled``), or it was not paid for (``freezed``)."""
        link = self.links.setdefault((salon_id, app_id), Link())
        link.move(status, "marketplace", self.clock())
        self.salon(salon_id).deafen(link.webhook_urls)

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
