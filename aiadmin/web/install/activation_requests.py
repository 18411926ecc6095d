"""The marketplace's callback."""

from __future__ import annotations

from flask import Blueprint

from aiadmin.domain.errors import CompanyNotFoundError
from aiadmin.services.install import activation_requests as service
from aiadmin.web.http import schemas
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import company, current_container, key_limits
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("activation_requests", __name__)


@blueprint.post("/marketplace/callback")
@documented(
    Operation(
        summary="Попросить сообщить YClients о подключении",
        body=schemas.Callback,
        answers={200: schemas.CallbackState},
        errors=(404,),
    )
)
def ask() -> dict[str, object]:
    """Marks nothing connected: the truth is known here, and a job sends it to YClients."""
    given, owner, container = schemas.load(schemas.Callback, read_object()), company(), current_container()
    if given.get("company_id", owner.company_id) != owner.company_id:
        raise CompanyNotFoundError
    if given.get("salon_id", owner.salon_id) != owner.salon_id:
        raise CompanyNotFoundError
    told = service.request(
        owner.company_id,
        uow=container.uow,
        queue=container.queue,
        clock=container.clock,
        window=container.config.activation_window,
        may_retry=lambda: key_limits().may_send(owner.company_id),
    )
    return schemas.dump(
        schemas.CallbackState,
        company_id=owner.company_id,
        salon_id=owner.salon_id,
        integration_status=told.integration_status,
        callback=told.state,
    )
