"""How far a salon has come."""

from __future__ import annotations

from flask import Blueprint

from aiadmin.domain.companies.company import Company
from aiadmin.texts import ru
from aiadmin.web.http import schemas
from aiadmin.web.http.request_context import company
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("status", __name__)


@blueprint.get("/marketplace/status/<id:company_id>")
@documented(Operation(summary="Узнать, подключён ли WhatsApp", answers={200: schemas.Status}))
def show(company_id: int) -> dict[str, object]:
    """The state of the caller's own company; the guard has seen to `company_id`."""
    return status_of(company())


def status_of(owner: Company) -> dict[str, object]:
    """The status as the API and the page read it. The phone is whole: the reader is the salon itself."""
    reason = ru.ACTIVATION_REASONS.get(owner.activation_error) if owner.activation_error else None
    return schemas.dump(
        schemas.Status,
        company_id=owner.company_id,
        whatsapp_connected=owner.whatsapp_connected,
        whatsapp_phone=owner.whatsapp_phone,
        integration_status=owner.integration_status,
        whatsapp_connected_at=owner.whatsapp_connected_at,
        reason=reason,
    )
