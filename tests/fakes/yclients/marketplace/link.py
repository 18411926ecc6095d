"""One app in one salon."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

UNINSTALLED, PENDING, ACTIVE, FREEZED = "uninstalled", "pending", "active", "freezed"
"""The spelling of the last is YClients' own."""
INSTALLED = (ACTIVE, FREEZED)
BY_OWNER, BY_PARTNER = "marketplace", "partner_api"


@dataclass
class Link:
    """How far the installation has come, how it came there, and what was agreed.

    Attributes:
        webhook_urls: what the partner gave at the activation; they come back with a payment after a freeze.
        payments: as the status reply shows them.
        discount: per cent.
    """

    status: str = UNINSTALLED
    created_at: datetime | None = None
    pending_since: datetime | None = None
    logs: list[dict[str, str]] = field(default_factory=list)
    api_key: str | None = None
    webhook_urls: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    short_names: list[str] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    discount: float = 0

    def move(self, status: str, source: str, now: datetime) -> None:
        """Change the status and note it, as the status reply shows."""
        at = f"{now:%Y-%m-%d %H:%M:%S}"
        self.logs.append({"changed_at": at, "status_from": self.status, "status_to": status, "source": source})
        self.status, self.created_at = status, self.created_at or now
