"""The browsers of one company, reached from any process over Redis pub/sub.

The shapes of the server's events live here, so that a worker's emit and the web process's snapshot are one thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import socketio

from aiadmin import texts, texts_manage
from aiadmin.adapters.qr_image import svg
from aiadmin.adapters.redis_client import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.sync import Stage, SyncRun

NAMESPACE = "/marketplace"
CHANNEL = "flask-socketio"
"""Where Flask-SocketIO listens. python-socketio's default is another: then nothing arrives, and nobody is told."""

Payload = Mapping[str, Any]


def room_of(company_id: CompanyId) -> str:
    """The room that only this company's pages are in."""
    return f"company:{company_id}"


def qr_update(code: str, expires_in: int) -> Payload:
    """`qr-update`: the text to scan, the seconds it has left, and its picture."""
    return {"qr": code, "expiresIn": expires_in, "svg": svg(code)}


def pairing_code(code: str, expires_in: int) -> Payload:
    """`pairing-code`: what to type into the phone."""
    return {"code": code, "expiresIn": expires_in}


def connected(company_id: CompanyId, phone: str) -> Payload:
    """`whatsapp-connected`."""
    return {"success": True, "phone": phone, "companyId": company_id, "message": texts.CONNECTED}


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


def error(code: str, message: str) -> Payload:
    """`error`: a sentence, and a slug that the page knows."""
    return {"message": message, "code": code}


class SocketRooms:
    """`ports.Rooms`. Never raises: while Redis is away an event is lost, and the page asks again by itself."""

    def __init__(self, redis_url: str) -> None:
        self._manager = socketio.RedisManager(
            redis_url,
            channel=CHANNEL,
            write_only=True,
            redis_options={
                "socket_connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "socket_timeout": READ_TIMEOUT_SECONDS,
                "health_check_interval": 30,
            },
        )

    def qr(self, company_id: CompanyId, *, code: str, expires_in: int) -> None:
        self._emit(company_id, "qr-update", qr_update(code, expires_in))

    def pairing_code(self, company_id: CompanyId, *, code: str, expires_in: int) -> None:
        self._emit(company_id, "pairing-code", pairing_code(code, expires_in))

    def status(self, company_id: CompanyId, *, state: str, text: str, **extra: str | int) -> None:
        self._emit(company_id, "status", status(state, text, **extra))

    def connected(self, company_id: CompanyId, *, phone: str) -> None:
        self._emit(company_id, "whatsapp-connected", connected(company_id, phone))

    def sync(self, run: SyncRun) -> None:
        self._emit(run.company_id, "sync", sync(run))

    def error(self, company_id: CompanyId, *, code: str, text: str) -> None:
        self._emit(company_id, "error", error(code, text))

    def close(self) -> None:
        """Let go of the connection; the next event opens another."""
        if self._manager.redis is not None:
            self._manager.redis.close()

    def _emit(self, company_id: CompanyId, event: str, data: Payload) -> None:
        self._manager.emit(event, dict(data), namespace=NAMESPACE, room=room_of(company_id))
