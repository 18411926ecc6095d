"""Is the process alive, is the installation whole, what does it count."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from aiadmin.adapters import metrics_page
from aiadmin.web import schemas
from aiadmin.web.current import container
from aiadmin.web.operation import Operation, documented

health = Blueprint("health", __name__)
metrics = Blueprint("metrics", __name__)


@health.get("/health")
@documented(Operation(summary="Процесс жив", answers={200: schemas.Health}, uses=False))
def live() -> dict[str, object]:
    """Touches nothing: a database that is down is no reason to restart us."""
    return {"success": True}


@health.get("/ready")
@documented(
    Operation(summary="Всё нужное на месте", answers={200: schemas.Readiness, 503: schemas.Readiness}, uses=False)
)
def ready() -> tuple[dict[str, object], int]:
    """Which dependencies are there."""
    checks = container().readiness()
    return {"success": all(checks.values()), "checks": dict(checks)}, 200 if all(checks.values()) else 503


@metrics.get("/metrics")
@documented(Operation(summary="Метрики Prometheus", answers={200: "text/plain"}, uses=False))
def page() -> Response:
    """All processes' counts, and what the tables say now."""
    held = container()
    text = metrics_page.render(redis=held.redis, engine=held.engine, now=held.clock())
    return Response(text, content_type=CONTENT_TYPE_LATEST)
