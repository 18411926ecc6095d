"""Whether YClients still sends a salon's webhooks to us: any app may overwrite the list for all of them."""

from __future__ import annotations

from enum import StrEnum

from aiadmin.domain.journal.journal import WebhookSettings


class WebhookSettingsState(StrEnum):
    """What the salon's list of webhook addresses says. `unknown`: we may not read it."""

    OURS = "ours"
    MISSING = "missing"
    INACTIVE = "inactive"
    UNKNOWN = "unknown"


NEEDED = frozenset({"record", "client"})
"""Without these we hear of bookings by our own looks alone."""


def webhook_settings_state(settings: WebhookSettings, address: str) -> WebhookSettingsState:
    """What `settings` mean for us, whose webhooks come to `address`. A flag that is not there is not off."""
    if address not in settings.urls:
        return WebhookSettingsState.MISSING
    is_silent = not settings.is_active or any(settings.flags.get(name) is False for name in NEEDED)
    return WebhookSettingsState.INACTIVE if is_silent else WebhookSettingsState.OURS


SILENT = frozenset({WebhookSettingsState.MISSING, WebhookSettingsState.INACTIVE})
"""An operator has to connect the salon again, or to correct the list by hand."""
