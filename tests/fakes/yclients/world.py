"""What YClients remembers: salons, apps, and how far each app is installed in each salon."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.yclients.clock import Clock
from tests.fakes.yclients.marketplace.link import ACTIVE, BY_OWNER, BY_PARTNER, INSTALLED, PENDING, UNINSTALLED, Link
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.salon.changes import Change
from tests.fakes.yclients.salon.journal import Journal
from tests.fakes.yclients.salon.state import Numbers, Salon
from tests.fakes.yclients.settings import Settings

ALREADY_INSTALLED = "Пользователь уже установил это приложение."
UNKNOWN_APP = "Агрегатор не найден"
NOT_INSTALLED = "Приложение не установлено в филиале"


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

    def memory(self) -> dict[str, Any]:
        """A copy of everything that `reset` forgets."""
        known = {name: getattr(self, name) for name in ("links", "callbacks", "salons", "numbers")}
        return deepcopy(known, {id(self.clock): self.clock})

    def remember(self, memory: dict[str, Any]) -> None:
        """Go on from there; the time stays what it is."""
        vars(self).update(deepcopy(memory, {id(self.clock): self.clock}))

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
        if link.status != ACTIVE:
            link.move(PENDING, BY_OWNER, self.clock())
            link.pending_since = self.clock()

    def activate(self, salon_id: int, app_id: int, token: str, **given: Any) -> None:
        """The partner says that the salon is set up; raises RefusedError."""
        link = self.link(salon_id, app_id, token)
        if link is not None and link.status == ACTIVE:
            raise RefusedError(403, ALREADY_INSTALLED)
        if link is None or link.status != PENDING:
            raise RefusedError(self.settings.expired_status, self.settings.expired_message)
        link.move(ACTIVE, BY_PARTNER, self.clock())
        link.api_key, link.webhook_urls = given.get("api_key"), list(given.get("webhook_urls") or [])
        link.channels = list(given.get("channels") or [])
        self.salon(salon_id).hear(link.webhook_urls)

    def leave(self, salon_id: int, app_id: int, status: str, source: str = BY_OWNER) -> None:
        """The app was removed (``uninstalled``) or not paid for (``freezed``): its user and webhooks go."""
        link = self.links.setdefault((salon_id, app_id), Link())
        link.move(status, source, self.clock())
        self.salon(salon_id).deafen(link.webhook_urls)
        token = next(token for token, apps in self.partners.items() if app_id in apps)
        event = "uninstall" if status == UNINSTALLED else "freeze"
        self.announce({"salon_id": salon_id, "application_id": app_id, "event": event, "partner_token": token})

    def restore(self, salon_id: int, link: Link) -> None:
        """A frozen app has been paid for: the system user and the webhooks are back."""
        link.move(ACTIVE, BY_PARTNER, self.clock())
        self.salon(salon_id).hear(link.webhook_urls)

    def installed(self, salon_id: int, app_id: int) -> Link:
        """An app that is active or frozen; raises RefusedError (404)."""
        link = self.links.get((salon_id, app_id))
        if link is None or link.status not in INSTALLED:
            raise RefusedError(404, NOT_INSTALLED)
        return link

    def link(self, salon_id: int, app_id: int, token: str) -> Link | None:
        """The link as it is now, or None when there never was one; raises RefusedError for a foreign app."""
        if app_id not in self.partners[token] or not self.settings.app_is_published:
            raise RefusedError(400, UNKNOWN_APP)
        if self.settings.everybody_consents and (salon_id, app_id) not in self.links:
            self.consent(salon_id, app_id)
        link = self.links.get((salon_id, app_id))
        if link is not None and self._is_too_late(link):
            link.move(UNINSTALLED, BY_OWNER, self.clock())
        return link

    def serves(self, salon_id: int) -> bool:
        """Whether the system user may act in the salon: only while some app is active there."""
        return any(link.status == ACTIVE for (salon, _), link in self.links.items() if salon == salon_id)

    def _is_too_late(self, link: Link) -> bool:
        patience = timedelta(seconds=self.settings.pending_ttl)
        if link.status != PENDING or link.pending_since is None:
            return False
        return self.clock() - link.pending_since > patience
