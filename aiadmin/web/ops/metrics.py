"""What Prometheus reads."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from aiadmin.adapters.metrics import page as metrics_page
from aiadmin.web.http.request_context import current_container
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@documented(Operation(summary="Метрики Prometheus", answers={200: "text/plain"}, uses=False))
def page() -> Response:
    """All processes' counts, and what the tables say now."""
    container = current_container()
    text = metrics_page.render(redis=container.redis, engine=container.engine, now=container.clock())
    return Response(text, content_type=CONTENT_TYPE_LATEST)
