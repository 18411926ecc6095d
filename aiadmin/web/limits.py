"""Rate limits, exact across processes; per process in memory while Redis is away."""

from __future__ import annotations

import logging
from typing import Any, cast

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from aiadmin.container import Container
from aiadmin.web.current import company_id

EXEMPT = ("health.live", "health.ready", "metrics.page")
"""Asked often, by machines of ours."""
PER_COMPANY = "webhooks.receive"
"""YClients sends every salon's webhooks from few addresses, so these are counted per salon, after the key is checked:
a stranger cannot use up a salon's share."""


def attach(app: Flask, container: Container) -> None:
    """Limit every endpoint of `app` per address, webhooks per company. Call it after the blueprints.

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
    for endpoint in EXEMPT:
        limiter.exempt(views[endpoint])
    per_company = limiter.limit(
        f"{config.webhook_limit_per_minute}/minute", key_func=lambda: f"company:{company_id()}"
    )
    views[PER_COMPANY] = per_company(views[PER_COMPANY])  # type: ignore[assignment]
    limiter.init_app(app)
    app.extensions["aiadmin_limiter"] = limiter


def _is_free() -> bool:
    """Files, and questions of browsers about what they may ask."""
    return request.method == "OPTIONS" or request.endpoint == "static"
