"""Where webhooks are kept."""

from __future__ import annotations

from typing import Protocol

from aiadmin.domain.journal.webhook import NewWebhook


class WebhookStore(Protocol):
    """Where webhooks are kept until they are understood."""

    def store(self, webhook: NewWebhook) -> None:
        """Return once `webhook` is on disk; a repeat counts as stored.

        Raises CompanyNotFoundError, TooManyWebhooksError, DependencyDownError.
        """
        ...
