"""The browsers of one company, reached from any process over Redis pub/sub.

The shapes of the server's events live here, so that a worker's emit and the web process's snapshot are one thing.
What is published is what python-socketio's managers publish, and `read_event` below is who reads it: whoever only
speaks need not load that library (0.2 s and 12 MB a process).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.qr_image import svg
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.sync_run import Stage, SyncRun
from aiadmin.masking import reason_of
from aiadmin.texts import ru
from aiadmin.texts.ru import manage as texts_manage

log = structlog.get_logger(__name__)

NAMESPACE = "/marketplace"
CHANNEL = "flask-socketio"
"""Where Flask-SocketIO listens. python-socketio's default is another: then nothing arrives, and nobody is told."""

EVENTS = frozenset({"qr-update", "pairing-code", "whatsapp-connected", "status", "sync", "messages", "error"})
_ROOM = re.compile(r"company:[1-9][0-9]{0,18}")

Payload = Mapping[str, Any]


def room_of(company_id: CompanyId) -> str:
    """The room that only this company's pages are in."""
    return f"company:{company_id}"


def read_event(published: bytes) -> dict[str, Any] | None:
    """What was published on `CHANNEL`, if it is one of our events for one company's pages; else None.

    Socket.IO's own messages there can also disconnect clients, put them into rooms and close those: whoever writes to
    Redis may not.

    >>> read_event(b'{"method": "disconnect", "sid": "x"}') is None
    True
    """
    try:
        told = json.loads(published)
        method, namespace, event, room, data = (
            told[name] for name in ("method", "namespace", "event", "room", "data")
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    is_ours = method == "emit" and namespace == NAMESPACE and isinstance(event, str) and event in EVENTS
    is_for_one = isinstance(room, str) and _ROOM.fullmatch(room) is not None
    is_payload = isinstance(data, list) and len(data) == 1 and isinstance(data[0], dict)
    if not (is_ours and is_for_one and is_payload):
        return None
    return {"method": "emit", "namespace": NAMESPACE, "event": event, "room": room, "data": data}


def qr_text(code: str, expires_in: int) -> Payload:
    """`qr-update` without a picture: the text to scan, and the seconds it has left."""
    return {"qr": code, "expiresIn": expires_in}


def qr_update(code: str, expires_in: int) -> Payload:
    """`qr-update`: the text to scan, the seconds it has left, and its picture."""
    return {**qr_text(code, expires_in), "svg": svg(code)}


def pairing_code(code: str, expires_in: int) -> Payload:
    """`pairing-code`: what to type into the phone."""
    return {"code": code, "expiresIn": expires_in}


def connected(company_id: CompanyId, phone: str) -> Payload:
    """`whatsapp-connected`."""
    return {"success": True, "phone": phone, "companyId": company_id, "message": ru.CONNECTED}


def status(state: str, text: str, **extra: str | int) -> Payload:
    """`status`: a word for the page, a sentence for the reader."""
    return {"state": state, "text": text, **extra}


def sync(run: SyncRun) -> Payload:
    """`sync`: which list is read, how far it is, and how many rows came of each, in words for the page.

    The management page's JSON holds the same, so that a page need not ask after each event.
    """
    return {
        "kind": run.kind.value,
        "state": run.state.value,
        "text": texts_manage.SYNC_STATES[run.state],
        "stage": texts_manage.SYNC_STAGES[run.stage] if run.stage else None,
        "page": run.page,
        "pages": run.total_pages,
        "counts": {texts_manage.SYNC_STAGES[stage]: run.counts[stage] for stage in Stage if stage in run.counts},
        "error": texts_manage.SYNC_FAILURES.get(run.error) if run.error else None,
    }


def messages(contacts: Collection[ContactId]) -> Payload:
    """`messages`: the chats that read otherwise now, by their contact's number; nobody's words or phone."""
    return {"contacts": list(contacts)}


def error(code: str, message: str) -> Payload:
    """`error`: a sentence, and a slug that the page knows."""
    return {"message": message, "code": code}


class SocketPageEvents:
    """`ports.pages.PageEvents`. Never raises: while Redis is away an event is lost, and the page asks again."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def qr(self, company_id: CompanyId, *, code: str, expires_in: int) -> None:
        """The text, which leaves at once, and again with its picture, which takes some milliseconds to draw."""
        self._emit(company_id, "qr-update", qr_text(code, expires_in))
        self._emit(company_id, "qr-update", qr_update(code, expires_in))

    def pairing_code(self, company_id: CompanyId, *, code: str, expires_in: int) -> None:
        self._emit(company_id, "pairing-code", pairing_code(code, expires_in))

    def status(self, company_id: CompanyId, *, state: str, text: str, **extra: str | int) -> None:
        self._emit(company_id, "status", status(state, text, **extra))

    def connected(self, company_id: CompanyId, *, phone: str) -> None:
        self._emit(company_id, "whatsapp-connected", connected(company_id, phone))

    def sync(self, run: SyncRun) -> None:
        self._emit(run.company_id, "sync", sync(run))

    def messages(self, company_id: CompanyId, contacts: Collection[ContactId]) -> None:
        self._emit(company_id, "messages", messages(contacts))

    def error(self, company_id: CompanyId, *, code: str, text: str) -> None:
        self._emit(company_id, "error", error(code, text))

    def _emit(self, company_id: CompanyId, event: str, data: Payload) -> None:
        told = {
            "method": "emit",
            "namespace": NAMESPACE,
            "event": event,
            "room": room_of(company_id),
            "data": [dict(data)],
        }
        try:
            self._redis.publish(CHANNEL, json.dumps(told))
        except RedisError as error:
            log.warning("an event for pages is lost", told=event, error=reason_of(error))
