"""YClients' operator protocol: it asks us to send its own notifications. Its errors have a shape of their own."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Blueprint, Response, jsonify

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.errors import ProviderClosedError
from aiadmin.domain.metrics import Metric
from aiadmin.domain.provider.order import Code, Taken
from aiadmin.texts import ru
from aiadmin.web.http import errors, schemas
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import company, current_container
from aiadmin.web.openapi.operation import ListOf, Operation, documented
from aiadmin.web.provider.order_body import FieldsInvalidError, read_order

log = structlog.get_logger(__name__)

blueprint = Blueprint("provider", __name__)


@blueprint.post("/marketplace/operator")
@documented(
    Operation(
        summary="Отправить уведомления YClients через WhatsApp салона",
        body=schemas.OperatorOrder,
        answers={
            200: ListOf(schemas.OperatorRow),
            **dict.fromkeys((400, 401, 403, 404, 429, 500, 503), schemas.OperatorError),
        },
    )
)
def take() -> Response:
    """200 says that each message with an `ext_id` is owed; the same id again is answered the same, and sent once."""
    owner, container = company(), current_container()
    if owner.integration_status is IntegrationStatus.FROZEN or not owner.whatsapp_connected:
        raise ProviderClosedError
    order = read_order(read_object(), container.config.provider_callback_origins, owner.country)
    taken = container.order_service.accept(owner.company_id, order)
    for one in taken:
        container.metrics.count(Metric.PROVIDER_MESSAGES, result="taken" if one.refusal is None else "refused")
    return jsonify([_row(one) for one in taken])


def _row(taken: Taken) -> dict[str, object]:
    if taken.refusal is None:
        return {"id": taken.external_id, "ext_id": taken.ext_id}
    return {"id": taken.external_id, **_error(taken.refusal)}


def _error(code: Code) -> dict[str, object]:
    return {"error_code": int(code), "error_message": ru.PROVIDER_ERRORS[code.name]}


_CODES = {
    HTTPStatus.UNAUTHORIZED: Code.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN: Code.NOT_ALLOWED,
    HTTPStatus.NOT_FOUND: Code.NOT_FOUND,
}


@blueprint.errorhandler(Exception)
def answer_error(error: Exception) -> tuple[Response, int] | Response:
    """Every error of this route as the protocol says it; what it has no number for says to try again."""
    if isinstance(error, FieldsInvalidError):
        body: dict[str, object] = {"error_code": int(Code.FIELD_INVALID), "errors": error.fields}
        return jsonify(body), HTTPStatus.BAD_REQUEST
    usual = errors.answer(error)
    status = usual.status_code
    if status in {HTTPStatus.TOO_MANY_REQUESTS} or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        usual.set_data(jsonify(_error(Code.BUSY)).get_data())
        usual.mimetype = "application/json"
        return usual
    code = _CODES.get(HTTPStatus(status), Code.BODY_INVALID)
    return jsonify(_error(code)), status if code is not Code.BODY_INVALID else HTTPStatus.BAD_REQUEST
