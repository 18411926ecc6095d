"""One shape for every error, and one table from error to answer."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

import structlog
from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask_limiter import Limiter
from marshmallow import ValidationError
from redis import RedisError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, TooManyRequests

from aiadmin.adapters.secrets import SealBrokenError
from aiadmin.domain import errors
from aiadmin.domain.metrics import Metric
from aiadmin.domain.notices.template import TemplateError
from aiadmin.domain.settings import SettingsInvalidError
from aiadmin.domain.yclients import error as yclients_error
from aiadmin.texts import ru
from aiadmin.web.http.json_body import BadJsonError
from aiadmin.web.http.request_context import current_container, request_id, wants_html

log = structlog.get_logger(__name__)

RETRY_SOON_SECONDS = 3


@dataclass(frozen=True)
class ErrorAnswer:
    """HTTP status, and the slug under which `texts.ru.ERRORS` holds the sentence."""

    status: int
    code: str


ANSWERS: Mapping[type[Exception], ErrorAnswer] = {
    errors.CompanyNotFoundError: ErrorAnswer(404, "company-not-found"),
    errors.SalonTakenError: ErrorAnswer(409, "salon-taken"),
    errors.RegistrationClosedError: ErrorAnswer(403, "registration-closed"),
    errors.UnauthorizedError: ErrorAnswer(401, "unauthorized"),
    errors.LinkError: ErrorAnswer(401, "link-invalid"),
    errors.LinkInvalidError: ErrorAnswer(401, "link-invalid"),
    errors.LinkExpiredError: ErrorAnswer(401, "link-expired"),
    errors.LinkRevokedError: ErrorAnswer(401, "link-revoked"),
    errors.SessionError: ErrorAnswer(401, "session-missing"),
    errors.SessionMissingError: ErrorAnswer(401, "session-missing"),
    errors.SessionExpiredError: ErrorAnswer(401, "session-expired"),
    errors.SessionClosedError: ErrorAnswer(401, "session-closed"),
    errors.SessionLeftError: ErrorAnswer(401, "session-left"),
    errors.CrossSiteError: ErrorAnswer(403, "cross-site"),
    errors.ConsoleClosedError: ErrorAnswer(403, "console-closed"),
    errors.OperatorSessionError: ErrorAnswer(401, "console-session"),
    errors.ReasonMissingError: ErrorAnswer(422, "reason-missing"),
    errors.NumberTakenError: ErrorAnswer(409, "number-taken"),
    errors.DependencyDownError: ErrorAnswer(503, "dependency-down"),
    errors.ActivationStateError: ErrorAnswer(409, "activation-state"),
    errors.NotConfiguredError: ErrorAnswer(409, "yclients-not-configured"),
    errors.KeyReusedError: ErrorAnswer(409, "key-reused"),
    errors.SignatureInvalidError: ErrorAnswer(401, "sign-invalid"),
    errors.SalonsInvalidError: ErrorAnswer(400, "salons-invalid"),
    errors.WrongAppError: ErrorAnswer(403, "wrong-app"),
    errors.SalonLeftError: ErrorAnswer(409, "salon-left"),
    errors.ChatNotFoundError: ErrorAnswer(404, "no-chat"),
    errors.NoticeNotFoundError: ErrorAnswer(404, "no-notice"),
    errors.NoticeSentError: ErrorAnswer(409, "notice-sent"),
    errors.PhoneNotLinkedError: ErrorAnswer(409, "no-phone"),
    errors.SalonMismatchError: ErrorAnswer(422, "salon-mismatch"),
    errors.SalonNumberError: ErrorAnswer(400, "invalid"),
    errors.TooManyWebhooksError: ErrorAnswer(429, "too-many-requests"),
    errors.AlreadyConnectedError: ErrorAnswer(409, "already-connected"),
    errors.TooManyTrialsError: ErrorAnswer(429, "too-many-trials"),
    errors.SalonBusyError: ErrorAnswer(503, "salon-busy"),
    SettingsInvalidError: ErrorAnswer(422, "settings-invalid"),
    TemplateError: ErrorAnswer(422, "template-invalid"),
    errors.ProviderClosedError: ErrorAnswer(403, "forbidden"),
    yclients_error.YClientsError: ErrorAnswer(502, "yclients-refused"),
    yclients_error.YClientsDownError: ErrorAnswer(503, "yclients-down"),
    yclients_error.RateLimitedError: ErrorAnswer(503, "yclients-busy"),
    yclients_error.KeyRefusedError: ErrorAnswer(502, "yclients-key-refused"),
    yclients_error.ForbiddenError: ErrorAnswer(409, "yclients-forbidden"),
    yclients_error.NotFoundError: ErrorAnswer(409, "yclients-not-found"),
    yclients_error.InvalidError: ErrorAnswer(422, "yclients-invalid"),
    yclients_error.SlotBusyError: ErrorAnswer(409, "slot-busy"),
    yclients_error.BlacklistedError: ErrorAnswer(409, "blacklisted"),
    yclients_error.AlreadyInstalledError: ErrorAnswer(409, "already-installed"),
    yclients_error.NotInstalledError: ErrorAnswer(409, "not-installed"),
    yclients_error.UnreadableError: ErrorAnswer(502, "yclients-refused"),
    SealBrokenError: ErrorAnswer(500, "internal"),
    RedisError: ErrorAnswer(503, "dependency-down"),
    ValidationError: ErrorAnswer(400, "invalid"),
    BadJsonError: ErrorAnswer(400, "bad-json"),
}
_BY_STATUS: Mapping[int, str] = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "not-json",
    429: "too-many-requests",
}
"""What werkzeug and the limiter raise; any other client error is a bad request."""
_KNOWN = (errors.AiAdminError, RedisError, ValidationError)


def attach(app: Flask) -> None:
    """Make `app` answer every error in our shape."""
    for kind in _KNOWN:
        app.register_error_handler(kind, _on_known)
    app.register_error_handler(errors.TooManyWebhooksError, _on_flood)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_unforeseen)


def answer(error: Exception) -> Response:
    """What any error is answered, in our shape: for those who say it in another."""
    if isinstance(error, errors.TooManyWebhooksError):
        return _on_flood(error)
    if isinstance(error, HTTPException):
        return _on_http(error)
    return _on_known(error) if isinstance(error, _KNOWN) else _on_unforeseen(error)


def answer_to(error: Exception) -> ErrorAnswer:
    """The row of the nearest class of `error`; an error without one is our fault."""
    for kind in type(error).__mro__:
        if kind in ANSWERS:
            return ANSWERS[kind]
    return ErrorAnswer(500, "internal")


def respond(answer: ErrorAnswer, *, more: Mapping[str, object] | None = None) -> Response:
    """The error as JSON (with `more` fields), or as a page for a browser."""
    g.error_code = answer.code
    response = _page(answer) if wants_html() else jsonify(_body(answer) | dict(more or {}))
    response.status_code = answer.status
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_SOON_SECONDS)
    return response


def _page(answer: ErrorAnswer) -> Response:
    title = ru.ERROR_TITLES.get(answer.status, ru.ERROR_TITLE)
    text = ru.ERRORS[answer.code]
    page = render_template("error.html", title=title, text=text, code=answer.code, request_id=request_id())
    return Response(page, mimetype="text/html")


def _body(answer: ErrorAnswer) -> dict[str, object]:
    text = ru.ERRORS[answer.code]
    return {"success": False, "error": text, "code": answer.code, "request_id": request_id()}


def _on_known(error: Exception) -> Response:
    answer = answer_to(error)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", error=str(error), code=answer.code)
    return respond(answer, more={"fields": _fields(error)} if isinstance(error, ValidationError) else None)


def _fields(error: ValidationError) -> dict[str, str]:
    messages = cast("dict[str, object]", error.normalized_messages())  # type: ignore[no-untyped-call]
    return {str(name): _first(found) for name, found in messages.items() if found}


def _first(found: object) -> str:
    """One sentence of what is wrong with a field, or with one of its items."""
    while found and isinstance(found, dict | list):
        found = found[0] if isinstance(found, list) else next(iter(found.values()))
    return str(found)


def _on_flood(error: errors.TooManyWebhooksError) -> Response:
    return _on_http(TooManyRequests(retry_after=max(math.ceil(error.wait_seconds), 1)))


def _on_http(error: HTTPException) -> Response:
    """What the router, the body reader and the limiter refuse."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(error, BadJsonError):
        return respond(answer_to(error))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _on_unforeseen(error)
    response = respond(
        ErrorAnswer(status, _BY_STATUS[status]) if status in _BY_STATUS else ErrorAnswer(400, "bad-request")
    )
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if isinstance(error, TooManyRequests):
        current_container().metrics.count(Metric.RATE_LIMIT_HITS, where=request.endpoint or "none")
        response.headers["Retry-After"] = str(_seconds_to_wait(error))
    return response


def _seconds_to_wait(error: TooManyRequests) -> int:
    if isinstance(error.retry_after, int):
        return error.retry_after
    limit = cast("Limiter", current_app.extensions["aiadmin_limiter"]).current_limit
    return max(math.ceil(limit.window.reset_time - time.time()), 1) if limit else RETRY_SOON_SECONDS


def _on_unforeseen(error: Exception) -> Response:
    log.error("unforeseen error", exc_info=error)
    return respond(ErrorAnswer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal"))
