"""Rate limits, exact across processes; per process in memory while Redis is away."""

from __future__ import annotations

import logging
from typing import Any, cast

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from aiadmin.container import Container
from aiadmin.web.webhook_limits import WebhookLimits

EXEMPT = ("health.live", "health.ready", "metrics.page")
"""Asked often, by machines of ours."""
COUNTED_ELSEWHERE = ("webhooks.receive",)
"""Per company, by `WebhookLimits`."""


def attach(app: Flask, container: Container) -> None:
    """Limit every endpoint of `app`. Call it after the blueprints.

    A moving window counts accepted requests only, so hammering does not prolong the wait.
    """
    config = container.config
    limiter = Limiter(
        get_remote_address,
        default_limits=[f"{config.rate_limit_per_minute}/minute"],
        strategy="moving-window",
        storage_uri=config.redis_url,
        storage_options=cast("dict[str, Any]", {"connection_pool": container.redis.connection_pool}),
        in_memory_fallback_enabled=True,
        headers_enabled=False,  # they double the trips to Redis; a refusal still says Retry-After
        key_prefix="aiadmin",
    )
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)  # its line for a refusal holds the address
    views = app.view_functions
    limiter.request_filter(_is_free)
    for endpoint in (*EXEMPT, *COUNTED_ELSEWHERE):
        limiter.exempt(views[endpoint])
    app.extensions["webhook_limits"] = WebhookLimits(container)
    limiter.init_app(app)
    app.extensions["aiadmin_limiter"] = limiter


def _is_free() -> bool:
    """Files, and questions of browsers about what they may ask."""
    return request.method == "OPTIONS" or request.endpoint == "static"
