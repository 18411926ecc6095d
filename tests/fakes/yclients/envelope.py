"""The shapes of YClients' answers, and who may ask."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.fakes.yclients.refusals import BookingError, RefusedError
from tests.fakes.yclients.settings import NO_RIGHTS
from tests.fakes.yclients.world import World

MEDIA_TYPES = ("application/vnd.yclients.v2+json", "application/vnd.api.v2+json")
NO_CREDENTIALS = "Не указаны авторизационные данные"
NO_PARTNER = "Не указан идентификатор партнера"
NO_USER = "Необходима авторизация"


def success(data: object, status: int = 200, meta: object | None = None) -> web.Response:
    """The usual envelope of newer routes, where no meta is ``{}``."""
    return web.json_response({"success": True, "data": data, "meta": {} if meta is None else meta}, status=status)


def old_success(data: object, status: int = 200, meta: Mapping[str, Any] | None = None) -> web.Response:
    """The envelope of older routes, where no meta is ``[]``."""
    return success(data, status, meta or [])


def accepted(message: str, status: int = 201) -> web.Response:
    """Done, and there is nothing to show."""
    return web.json_response({"success": True, "meta": {"message": message}}, status=status)


def failure(status: int, message: str, errors: Mapping[str, Sequence[str]] | None = None) -> web.Response:
    """The usual failure; a validation error (422) names its fields."""
    meta: dict[str, Any] = {"message": message} | ({"errors": errors} if errors else {})
    return web.json_response({"success": False, "data": None, "meta": meta}, status=status)


def booking_failure(error: BookingError, *, says_code: bool) -> web.Response:
    """A refused booking says why in `meta.message`, and behind a switch its code in the old shape, too."""
    if not says_code:
        return failure(error.status, error.message)
    own: dict[str, Any] = {} if error.appointment is None else {"id": error.appointment}
    old = {"code": error.code, "message": error.message, **own}
    shape = {"success": False, "data": None, "meta": {"message": error.message}, "errors": old}
    return web.json_response(shape, status=error.status)


def old_failure(status: int, message: str) -> web.Response:
    """The failure of `GET /company/{id}` and some other old routes."""
    body = {"errors": {"code": status, "message": message}, "meta": {"message": message}}
    return web.json_response(body, status=status)


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a route refuses into its answer."""
    try:
        return await handler(request)
    except RefusedError as error:
        return failure(error.status, error.message, error.errors)


def partner_of(request: web.Request, world: World) -> str:
    """The partner's token; raises RefusedError. Both 401 texts are the real ones, the second is misleading."""
    if request.headers.get("Accept") not in MEDIA_TYPES:
        raise RefusedError(world.settings.accept_status, NO_CREDENTIALS)
    bearer, _, _ = request.headers.get("Authorization", "").partition(", ")
    word, _, token = bearer.partition(" ")
    if word != "Bearer" or not token:
        raise RefusedError(401, NO_CREDENTIALS)
    if token not in world.partners:
        raise RefusedError(401, NO_PARTNER)
    return token


def check_user(request: web.Request, world: World, salon_id: int) -> None:
    """Whether the system user asks, and may enter the salon; raises RefusedError."""
    check_token(request, world)
    if not world.serves(salon_id):
        raise RefusedError(403, NO_RIGHTS)


def check_token(request: web.Request, world: World) -> None:
    """The system user's half of `Bearer <partner>, User <user>`; raises RefusedError."""
    _, _, user = request.headers.get("Authorization", "").partition(", ")
    if user != f"User {world.user_token}":
        raise RefusedError(401, NO_USER)
