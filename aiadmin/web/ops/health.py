"""Is the process alive, and is the installation whole."""

from __future__ import annotations

from flask import Blueprint

from aiadmin.web.http import schemas
from aiadmin.web.http.request_context import current_container
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@documented(Operation(summary="Процесс жив", answers={200: schemas.Health}, uses=False))
def live() -> dict[str, object]:
    """Touches nothing: a database that is down is no reason to restart us."""
    return {"success": True}


@blueprint.get("/ready")
@documented(
    Operation(summary="Всё нужное на месте", answers={200: schemas.Readiness, 503: schemas.Readiness}, uses=False)
)
def ready() -> tuple[dict[str, object], int]:
    """Which dependencies are there."""
    checks = current_container().readiness()
    return {"success": all(checks.values()), "checks": dict(checks)}, 200 if all(checks.values()) else 503
