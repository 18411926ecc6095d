"""Webhooks of YClients: stored raw, then answered."""

from __future__ import annotations

from flask import Blueprint

from aiadmin.domain.errors import UnauthorizedError
from aiadmin.web.http import schemas
from aiadmin.web.journal.webhook_door import ROUTE
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("webhooks", __name__)


@blueprint.post(ROUTE)
@documented(
    Operation(
        summary="Событие салона от YClients",
        body=schemas.Webhook,
        answers={200: schemas.Done},
        errors=(422,),
    )
)
def receive(company_id: int) -> dict[str, object]:
    """200 says that the body is on disk. A repeat is answered the same.

    `webhook_door` has stored it by then; the guard raises what it has refused, so this is never run.
    """
    raise UnauthorizedError
