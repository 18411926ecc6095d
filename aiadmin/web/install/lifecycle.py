"""What YClients tells of installations. The body holds our partner token: it is never logged."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from aiadmin.domain.errors import UnauthorizedError
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.lifecycle import ToldPayment, is_payment_signed
from aiadmin.web.http import schemas
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import current_container
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("lifecycle", __name__)


@blueprint.post("/marketplace/lifecycle")
@documented(
    Operation(
        summary="Событие установки от YClients",
        body=schemas.Lifecycle,
        answers={200: schemas.LifecycleDone},
        errors=(403,),
    )
)
def receive() -> dict[str, object]:
    """200 says that our state fits the event; unknown events and salons are none of our business, hence 200, too."""
    given = schemas.load(schemas.Lifecycle, read_object())
    is_payment = given["event"] == "payment"
    if is_payment and not _is_signed(given):
        raise UnauthorizedError
    payment = ToldPayment(
        payment_id=given["payment_id"],
        amount=given["amount"],
        currency=given["currency_iso"],
        period_to=given["period_to"],
    )
    change = current_container().lifecycle_service.handle_event(
        given["event"], SalonId(given["salon_id"]), payment=payment if is_payment else None
    )
    return schemas.dump(schemas.LifecycleDone, result=change)


def _is_signed(given: dict[str, Any]) -> bool:
    if given["amount"] is None or given["sign"] is None:
        return False
    return is_payment_signed(
        SalonId(given["salon_id"]),
        given["amount"],
        given["discount"],
        given["sign"],
        current_container().config.yclients_api_key,
    )
