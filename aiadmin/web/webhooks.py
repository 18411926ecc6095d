"""Webhooks of YClients: stored raw, then answered."""

from __future__ import annotations

from flask import Blueprint, request

from aiadmin.domain.ids import CompanyId
from aiadmin.services import webhooks as inbox
from aiadmin.web import schemas
from aiadmin.web.bodies import read_object
from aiadmin.web.current import container
from aiadmin.web.operation import Operation, documented

blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/marketplace/webhook/<id:company_id>")
@documented(
    Operation(
        summary="Событие салона от YClients",
        body=schemas.Webhook,
        answers={200: schemas.Done},
        errors=(422,),
    )
)
def receive(company_id: int) -> dict[str, object]:
    """200 says that the body is on disk. A repeat is answered the same."""
    held = container()
    inbox.receive(
        CompanyId(company_id),
        payload=read_object(),
        body=request.get_data(cache=True),
        salon_of=held.salon_of,
        inbox=held.inbox,
        clock=held.clock,
    )
    return {"success": True}
