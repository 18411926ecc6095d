"""The live code over plain HTTP, for pages whose sockets do not get through, and for programs."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from aiadmin.adapters import qr_image
from aiadmin.adapters.redis.pairing_store import PairingProgress
from aiadmin.domain.errors import AlreadyConnectedError
from aiadmin.domain.job import Job
from aiadmin.domain.pairing.live_code import LiveCode
from aiadmin.services.companies import registration
from aiadmin.texts import ru
from aiadmin.web.http import schemas
from aiadmin.web.http.errors import ErrorAnswer, respond
from aiadmin.web.http.request_context import company, current_container
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("qr", __name__)

WAIT = timedelta(seconds=10)
"""How long a first code is waited for; the page's own patience is longer."""
NOT_READY = ErrorAnswer(503, "code-not-ready")


def _described(media: str | type[schemas.QrCode]) -> Operation:
    return Operation(
        summary="QR-код, который можно отсканировать сейчас",
        answers={200: media},
        query={
            "again": "1: начать заново, если попытки закончились",
            "relink": "1: салон уже подключён, заменить его номер",
            "consent": "1: на странице согласились с риском неофициального клиента; запоминается первое согласие",
        },
        errors=(401, 409),
    )


@blueprint.get("/marketplace/qr/<token>")
@documented(_described(schemas.QrCode))
def text(token: str) -> ResponseReturnValue:
    """The code as text, and how long it still works."""
    return _answer(lambda code: schemas.dump(schemas.QrCode, qr=code.text, expires_in=_seconds_left(code)))


@blueprint.get("/marketplace/qr/<token>.svg")
@documented(_described("image/svg+xml"))
def svg(token: str) -> ResponseReturnValue:
    """The code as a picture without a size of its own."""
    return _answer(lambda code: Response(qr_image.svg(code.text), mimetype="image/svg+xml"))


@blueprint.get("/marketplace/qr/<token>.png")
@documented(_described("image/png"))
def png(token: str) -> ResponseReturnValue:
    """The code as pixels."""
    return _answer(lambda code: Response(qr_image.png(code.text), mimetype="image/png"))


def _answer(show: Callable[[LiveCode], ResponseReturnValue]) -> ResponseReturnValue:
    """The code, or where the pairing stands. Asking makes a code: a caller counts as a watcher."""
    owner, feed = company(), current_container().pairing_store
    if owner.whatsapp_connected and request.args.get("relink") != "1":
        raise AlreadyConnectedError
    if request.args.get("consent") == "1":
        registration.consent(owner, uow=current_container().uow, clock=current_container().clock)
    if request.args.get("again") == "1":
        feed.retry(owner.company_id)
    if feed.find_code(owner.company_id) is None:
        feed.watch(owner.company_id)
        current_container().queue.nudge(Job.WAKE_HOSTS)
    code = feed.wait_code(owner.company_id, timeout=WAIT)
    return show(code) if code else respond(NOT_READY, more=_standing(feed.find_state(owner.company_id)))


def _standing(progress: PairingProgress | None) -> dict[str, object]:
    if progress is None:
        return {}
    text = ru.PAIRING[progress.state].format(place=progress.place)
    return {"state": progress.state, "text": text, **({"place": progress.place} if progress.place else {})}


def _seconds_left(code: LiveCode) -> int:
    return max(math.floor(code.left(current_container().clock()).total_seconds()), 0)
