"""Rate limits by address, exact across processes; per process in memory while Redis is away."""

from __future__ import annotations

import logging
import math
from typing import Any, cast

from flask import Flask, request
from flask_limiter import Limiter
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
COUNTED_TOGETHER = frozenset({"status.show", "registration.register"})
"""Asked by every page again and again: requests that wait are counted in one trip to Redis."""


class _Limits(Limiter):
    """The extension works out an endpoint's limits before it asks whether it has any; this one asks first."""

    def check(self) -> None:
        """Count the request in hand. Raises TooManyRequests.

        Free is what is counted elsewhere or not at all, what is not there, and what browsers ask about what they may
        ask.
        """
        endpoint = request.endpoint
        if endpoint is None or endpoint in FREE or request.method == "OPTIONS":
            return
        if endpoint in COUNTED_TOGETHER:
            _count_together(endpoint)
        else:
            self._check_request_limit()


def attach(app: Flask, container: Container) -> None:
    """Limit every endpoint of `app`: each address has its share of each. Call it after the blueprints.

    A moving window counts accepted requests only, so hammering does not prolong the wait.
    """
    config = container.config
    limiter = _Limits(
        peer,
        default_limits=[f"{config.rate_limit_per_minute}/minute"],
        strategy="moving-window",
        storage_uri=config.redis_url,
        storage_options=cast("dict[str, Any]", {"connection_pool": container.redis.connection_pool}),
        in_memory_fallback_enabled=True,
        headers_enabled=False,  # they double the trips to Redis; a refusal still says Retry-After
        key_prefix=keys.PREFIX,
    )
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)  # its line for a refusal holds the address
    app.extensions["limiter"] = {limiter}  # as if it were attached: of its three hooks per request we need one
    limiter.init_app(app)
    app.before_request(limiter.check)
    app.extensions["aiadmin_limiter"] = limiter
    app.extensions["lifecycle_guesses"] = Guesses(config.rate_limit_per_minute)
    app.extensions["key_limits"] = KeyLimits(container)


def _count_together(endpoint: str) -> None:
    wait = current_container().address_limits.ask(keys.address_limit(endpoint, peer()))
    if wait:
        raise TooManyRequests(retry_after=max(math.ceil(wait), 1))
