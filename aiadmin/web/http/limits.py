"""Rate limits by address, exact across processes; per process in memory while Redis is away."""

from __future__ import annotations

import math

from flask import Flask, request
from werkzeug.exceptions import TooManyRequests

from aiadmin.adapters.redis import keys
from aiadmin.container import Container
from aiadmin.web.http.guesses import Guesses
from aiadmin.web.http.key_limits import KeyLimits
from aiadmin.web.http.request_context import current_container, peer

EXEMPT = frozenset({"health.live", "health.ready", "metrics.page", "static"})
"""Asked often, by machines of ours or for a page that was counted."""
COUNTED_ELSEWHERE = frozenset({"webhooks.receive", "provider.take"})
"""Per company, by `adapters.webhook_writer` and `web.http.key_limits`."""
UNCOUNTED = frozenset({"lifecycle.receive"})
"""YClients sends everybody's events from few addresses, and a refused one is lost; `Guesses` counts wrong keys."""
FREE = EXEMPT | COUNTED_ELSEWHERE | UNCOUNTED


def attach(app: Flask, container: Container) -> None:
    """Limit every endpoint of `app`: each address has its share of each."""
    app.before_request(check)
    app.extensions["lifecycle_guesses"] = Guesses(container.config.rate_limit_per_minute)
    app.extensions["key_limits"] = KeyLimits(container)


def check() -> None:
    """Count the request in hand. Raises TooManyRequests.

    Free is what is counted elsewhere or not at all, what is not there, and what browsers ask about what they may ask.
    """
    endpoint = request.endpoint
    if endpoint is None or endpoint in FREE or request.method == "OPTIONS":
        return
    wait = current_container().address_limits.ask(keys.address_limit(endpoint, peer()))
    if wait:
        raise TooManyRequests(retry_after=max(math.ceil(wait), 1))
