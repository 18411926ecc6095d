"""Publishes pairing progress to a company's pages: through their Socket.IO room, and through Redis for later ones."""

from __future__ import annotations

import math
from collections.abc import Callable

import structlog

from aiadmin.adapters.redis.pairing_store import PairingProgress, RedisPairingStore
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.pairing.attempt import FAILURES, PairingState
from aiadmin.domain.pairing.live_code import LiveCode
from aiadmin.services.pairing.pairings import Linked
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.pages import PageEvents
from aiadmin.texts import ru

log = structlog.get_logger(__name__)


class PagePublisher:
    """What every company's pages show. Never raises: while Redis is away, `refresh` says it all again later."""

    def __init__(self, store: RedisPairingStore, page_events: PageEvents, clock: Clock) -> None:
        self._store = store
        self._page_events = page_events
        self._clock = clock
        self._progress: dict[CompanyId, PairingProgress] = {}
        self._codes: dict[CompanyId, LiveCode] = {}

    def publish(self, company_id: CompanyId, state: PairingState) -> None:
        """A new state, and no code any more."""
        self._codes.pop(company_id, None)
        self._quietly(lambda: self._store.clear(company_id))
        self._publish(company_id, PairingProgress(state=state))

    def show_qr(self, company_id: CompanyId, code: LiveCode) -> None:
        """A QR code. A pairing code that lives beside it stays."""
        before = self._progress.get(company_id)
        if before is None or before.state not in {PairingState.QR, PairingState.CODE}:
            self._publish(company_id, PairingProgress(state=PairingState.QR))
        self._codes[company_id] = code
        self._quietly(lambda: self._store.publish_code(company_id, code))
        self._page_events.qr(company_id, code=code.text, expires_in=seconds_left(code, self._clock))

    def show_pairing_code(self, company_id: CompanyId, code: LiveCode) -> None:
        """A code to type into the phone."""
        progress = PairingProgress(state=PairingState.CODE, code=code.text, expires_at=code.expires_at)
        self._publish(company_id, progress)
        self._page_events.pairing_code(company_id, code=code.text, expires_in=seconds_left(code, self._clock))

    def repeat_pairing_code(self, company_id: CompanyId) -> None:
        """Tell the living pairing code once more."""
        progress = self._progress[company_id]
        if progress.code is not None and progress.expires_at is not None:
            left = LiveCode(text=progress.code, generated_at=self._clock(), expires_at=progress.expires_at)
            self._page_events.pairing_code(company_id, code=left.text, expires_in=seconds_left(left, self._clock))

    def refuse_code(self, company_id: CompanyId) -> None:
        """WhatsApp gave no pairing code."""
        self._page_events.error(company_id, code="phone-refused", text=ru.SOCKET_ERRORS["phone-refused"])

    def publish_place(self, company_id: CompanyId, place: int) -> None:
        """Where the company stands in the queue."""
        if self._store.set_place(company_id, place):
            text = ru.PAIRING[PairingState.QUEUED].format(place=place)
            self._page_events.status(company_id, state=PairingState.QUEUED, text=text, place=place)

    def connected(self, linked: Linked) -> None:
        """The phone is linked."""
        self.forget(linked.company_id)
        self._page_events.connected(linked.company_id, phone=linked.phone)
        self._page_events.status(linked.company_id, state=linked.status, text=ru.ACTIVATION[linked.status])

    def publish_end(self, company_id: CompanyId, state: PairingState) -> None:
        """Nothing goes on until the button is pressed; the feed keeps the state."""
        self.forget(company_id)
        self._emit(company_id, state)

    def forget(self, company_id: CompanyId) -> None:
        """The attempt is over."""
        self._progress.pop(company_id, None)
        self._codes.pop(company_id, None)

    def refresh(self, company_id: CompanyId) -> None:
        """Write again what Redis drops by itself after 20 s, or has lost."""
        progress, code = self._progress.get(company_id), self._codes.get(company_id)
        if progress is not None:
            self._quietly(lambda: self._store.set_state(company_id, progress))
        if code is not None:
            self._quietly(lambda: self._store.publish_code(company_id, code))

    def _publish(self, company_id: CompanyId, progress: PairingProgress) -> None:
        self._progress[company_id] = progress
        self._quietly(lambda: self._store.set_state(company_id, progress))
        self._emit(company_id, progress.state)

    def _emit(self, company_id: CompanyId, state: PairingState) -> None:
        """Tell the state; a failure as an `error` too, by which the specification's clients learn of it."""
        self._page_events.status(company_id, state=state, text=ru.PAIRING[state])
        if state in FAILURES:
            self._page_events.error(company_id, code=state, text=ru.PAIRING[state])

    def _quietly(self, write: Callable[[], None]) -> None:
        try:
            write()
        except DependencyDownError:
            log.debug("the pairing feed waits for Redis")


def seconds_left(code: LiveCode, clock: Clock) -> int:
    """Whole seconds that the code still lives, at least one."""
    return max(1, math.ceil(code.left(clock()).total_seconds()))
