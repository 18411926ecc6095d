"""What a page is shown when it comes: everything that it would have heard had it been there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

from aiadmin.adapters.redis.pairing_store import PairingProgress
from aiadmin.adapters.sockets import page_events
from aiadmin.adapters.sockets.page_events import Payload
from aiadmin.container import Container
from aiadmin.domain.companies.company import Company
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.pairing.attempt import FAILURES, PairingState
from aiadmin.domain.pairing.live_code import LiveCode
from aiadmin.texts import ru

Event = tuple[str, Payload]


def of_company(company: Company, container: Container) -> Iterator[Event]:
    """The connected phone, or where the pairing stands. Raises DependencyDownError."""
    if company.whatsapp_connected:
        return _connected(company)
    return of_pairing(company.company_id, container)


def of_pairing(company_id: CompanyId, container: Container) -> Iterator[Event]:
    """The state, and the codes that live now. Raises DependencyDownError."""
    feed, now = container.pairing_store, container.clock()
    progress, code = feed.find_state(company_id), feed.find_code(company_id)
    state = _state_of(progress, code)
    place = {"place": progress.place} if progress and progress.place else {}
    yield "status", page_events.status(state, ru.PAIRING[state].format(**place), **place)
    if state in FAILURES:
        yield "error", page_events.error(state, ru.PAIRING[state])
    if code is not None:
        yield "qr-update", page_events.qr_update(code.text, _seconds_until(code.expires_at, now))
    if progress and progress.code and progress.expires_at and progress.expires_at > now:
        yield "pairing-code", page_events.pairing_code(progress.code, _seconds_until(progress.expires_at, now))


def _connected(company: Company) -> Iterator[Event]:
    yield "whatsapp-connected", page_events.connected(company.company_id, company.whatsapp_phone or "")
    status = company.integration_status
    if status in ru.ACTIVATION:
        reason = ru.ACTIVATION_REASONS.get(company.activation_error or "")
        extra = {"reason": reason} if reason else {}
        yield "status", page_events.status(status, ru.ACTIVATION[status], **extra)


def _state_of(progress: PairingProgress | None, code: LiveCode | None) -> PairingState:
    """A code that died with its maker is being made again."""
    if progress is None or (progress.state is PairingState.QR and code is None):
        return PairingState.WAITING
    return progress.state


def _seconds_until(at: datetime, now: datetime) -> int:
    return max(1, math.ceil((at - now).total_seconds()))
