"""The admin's counts."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint

from aiadmin.web.http import schemas
from aiadmin.web.http.request_context import current_container
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("companies", __name__)


@blueprint.get("/marketplace/companies")
@documented(Operation(summary="Сколько салонов и сколько подключено", answers={200: schemas.Companies}))
def stats() -> dict[str, object]:
    """How many salons there are, and how many have a phone linked."""
    with current_container().uow() as work:
        counts = work.companies.stats()
    return schemas.dump(schemas.Companies, stats=asdict(counts))
