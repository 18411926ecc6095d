"""Rate limits, exact across processes; per process in memory while Redis is away."""

from __future__ import annotations

import logging
from typing import Any, cast

from flask import Flask, request
from flask_limiter import Limiter

from aiadmin.adapters.redis import keys
from aiadmin.container import Container
from aiadmin.web.http.guesses import Guesses
from aiadmin.web.http.key_limits import KeyLimits
from aiadmin.web.http.request_context import peer

EXEMPT = frozenset({"health.live", "health.ready", "metrics.page", "static"})
"""Asked often, by machines of ours or for a page that was counted."""
COUNTED_ELSEWHERE = frozenset({"webhooks.receive", "provider.take"})
"""Per company, by `adapters.redis.webhook_limits` and `web.http.key_limits`."""
UNCOUNTED = frozenset({"lifecycle.receive"})
"""YClients sends everybody's events from few addresses, and a refused one is lost; `Guesses` counts wrong keys."""


class _Limits(Limiter):
    """The extension works out an endpoint's limits before it asks whether it has any; this one asks first."""

    def check(self) -> None:
        """Count the request in hand. Raises TooManyRequests."""
        if not _is_free():
            self._check_request_limit()


def attach(app: Flask, container: Container) -> None:
    """Limit every endpoint of `app`. Call it after the blueprints.

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


def _is_free() -> bool:
    """What is counted elsewhere or not at all, and questions of browsers about what they may ask."""
    return request.method == "OPTIONS" or request.endpoint in EXEMPT | COUNTED_ELSEWHERE | UNCOUNTED
