"""What a salon's client may ask for (152-FZ), for the operator. The phone is in the body: addresses are logged."""

from __future__ import annotations

import json

from flask import Blueprint, Response, g

from aiadmin.domain.ids import CompanyId
from aiadmin.web.http import schemas
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import current_container
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("clients", __name__, url_prefix="/marketplace/admin/companies/<id:company_id>/clients")

_ACTOR = "admin-api"


@blueprint.post("/export")
@documented(
    Operation(
        summary="Всё, что хранится о клиенте салона", body=schemas.ClientOfPhone, answers={200: schemas.HeldOfClient}
    )
)
def export(company_id: int) -> Response:
    """By table."""
    held = current_container().privacy_service.export(CompanyId(company_id), _phone(company_id), actor=_ACTOR)
    body = json.dumps({"success": True, "held": held}, ensure_ascii=False, default=str)
    return Response(body, mimetype="application/json")


@blueprint.post("/erase")
@documented(
    Operation(
        summary="Стереть данные клиента и больше ему не писать",
        body=schemas.ClientOfPhone,
        answers={200: schemas.ErasedOfClient},
    )
)
def erase(company_id: int) -> dict[str, object]:
    """How many rows of each table; again is as good as once."""
    rows = current_container().privacy_service.erase(CompanyId(company_id), _phone(company_id), actor=_ACTOR)
    return schemas.dump(schemas.ErasedOfClient, rows=rows)


@blueprint.post("/restore")
@documented(
    Operation(
        summary="Разрешить стёртому клиенту вернуться", body=schemas.ClientOfPhone, answers={200: schemas.Restored}
    )
)
def restore(company_id: int) -> dict[str, object]:
    """Whether the client had been erased."""
    found = current_container().privacy_service.restore(CompanyId(company_id), _phone(company_id), actor=_ACTOR)
    return schemas.dump(schemas.Restored, restored=found)


def _phone(company_id: int) -> str:
    """Read as in the country of the company that the address names."""
    with current_container().uow() as work:
        g.company = work.companies.get(CompanyId(company_id))
    return str(schemas.load(schemas.ClientOfPhone, read_object())["phone"])
