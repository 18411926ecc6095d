"""The attempts of one coordinator: what processes say and what the clock says become state, commits and words on
pages."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from aiadmin.adapters.redis.pairing_store import ClaimStatus
from aiadmin.adapters.whatsapp.key_store import SqlKeyStore
from aiadmin.container import Container
from aiadmin.domain.errors import CompanyNotFoundError, DependencyDownError
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.metrics import Metric
from aiadmin.domain.pairing import attempt as pairing
from aiadmin.domain.pairing.attempt import Attempt, PairingState, PairingStep, Timing
from aiadmin.domain.pairing.live_code import LiveCode
from aiadmin.pairing.claims import Claims
from aiadmin.pairing.link_commit import NoLink, commit
from aiadmin.pairing.page_publisher import PagePublisher
from aiadmin.pairing.process_pool import ProcessPool
from aiadmin.services.pairing import pairings
from aiadmin.services.pairing.pairings import Linked

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class PendingLink:
    """A linked phone that waits for its commit. WhatsApp will not tell it again: it is kept until it is done."""

    account: LinkedAccount
    failures: int = 0


class Attempts:
    """Used by one thread, the coordinator's. Redis being away is survived here; PostgreSQL being away delays a
    commit."""

    def __init__(
        self,
        container: Container,
        pool: ProcessPool,
        publisher: PagePublisher,
        claims: Claims,
        keys: SqlKeyStore,
        *,
        timing: Timing,
    ) -> None:
        self._container = container
        self._pool = pool
        self._publisher = publisher
        self._claims = claims
        self._keys = keys
        self._timing = timing
        self._attempts: dict[CompanyId, Attempt] = {}
        self._links: dict[CompanyId, PendingLink] = {}
        self._handlers: dict[str, Callable[[Attempt, dict[str, Any], datetime], None]] = {
            "code": self._on_code,
            "pairing-code": self._on_pairing_code,
            "phone-refused": self._on_phone_refused,
            "scanned": self._on_scanned,
            "linked": self._on_linked,
            "passkey": self._on_passkey,
            "failed": self._on_failed,
        }

    def __len__(self) -> int:
        return len(self._attempts)

    def ids(self) -> list[CompanyId]:
        """The companies whose attempt runs here."""
        return list(self._attempts)

    def open(self, company_id: CompanyId, now: datetime) -> bool:
        """Begin an attempt that this coordinator has claimed; False when it cannot begin now."""
        try:
            self._claims.mark(company_id)
        except CompanyNotFoundError:
            self._claims.release(company_id)
            return True
        except DependencyDownError:
            self._claims.hand_over(company_id)
            return False
        self._save(pairing.opened(company_id, now))
        self._publisher.publish(company_id, PairingState.WAITING)
        self._step(company_id, now)
        return True

    def handle_event(self, facts: dict[str, Any], now: datetime) -> None:
        """One event of a process. What an abandoned series still says is not heard."""
        attempt = self._of(facts["session"])
        if attempt is not None:
            self._handlers[facts["event"]](attempt, facts, now)

    def handle_process_end(self, session_id: str, now: datetime) -> None:
        """The process of this series is gone. A phone that had confirmed is linked all the same."""
        attempt = self._of(session_id)
        if attempt is not None:
            self._after_loss(attempt, now)

    def apply_claim(self, company_id: CompanyId, claim: ClaimStatus, now: datetime, *, redis_grace: bool) -> None:
        """What Redis says: whose attempt it is, whether a page is open, and which wants a pairing code."""
        attempt = self._attempts.get(company_id)
        if attempt is None or attempt.state is PairingState.CONFIRMING:
            return
        if not claim.is_mine:
            self._drop(attempt)
        elif not claim.is_watched and not redis_grace:
            self.give_up(company_id)
        elif claim.phone is not None:
            self._on_phone_request(attempt, claim.phone, now)

    def step_all(self, now: datetime) -> None:
        """Do what is due."""
        for company_id in self.ids():
            self._step(company_id, now)

    def give_up(self, company_id: CompanyId) -> None:
        """The last page is closed: leave nothing behind."""
        self._drop(self._attempts[company_id])
        self._claims.unmark(company_id)
        self._claims.release(company_id)

    def hand_over_all(self) -> None:
        """Leave every attempt to another coordinator, except those whose phone has confirmed."""
        for attempt in list(self._attempts.values()):
            if attempt.state is not PairingState.CONFIRMING:
                self._drop(attempt)
                self._claims.unmark(attempt.company_id)
                self._claims.hand_over(attempt.company_id)

    # the clock

    def _step(self, company_id: CompanyId, now: datetime) -> None:
        attempt = self._attempts[company_id]
        match pairing.next_step(attempt, now):
            case PairingStep.START:
                self._start(attempt, now)
            case PairingStep.RESTART:
                self._restart(attempt, now)
            case PairingStep.COMPLETE:
                self._link(attempt, now)
            case PairingStep.EXHAUST:
                self._finish(attempt, PairingState.EXHAUSTED)

    def _start(self, attempt: Attempt, now: datetime) -> None:
        session_id = uuid.uuid4().hex
        if self._pool.start(session_id):
            self._save(pairing.started(attempt, session_id, now, self._timing))

    def _restart(self, attempt: Attempt, now: datetime) -> None:
        if attempt.session_id is not None:
            if attempt.codes == 0:
                self._pool.retire(attempt.session_id)
            self._pool.stop(attempt.session_id)
        self._interrupt(attempt, now)

    def _interrupt(self, attempt: Attempt, now: datetime) -> None:
        after = pairing.interrupted(attempt, now, random.random())  # noqa: S311 - spreads retries, guards nothing
        self._save(after)
        if after.state is PairingState.UNREACHABLE:
            self._count_qr("failed")
        if after.state is not attempt.state:
            self._publisher.publish(after.company_id, after.state)

    def _after_loss(self, attempt: Attempt, now: datetime) -> None:
        if attempt.state is PairingState.CONFIRMING:
            self._link(attempt, now)
        else:
            self._interrupt(attempt, now)

    # what processes say

    def _on_code(self, attempt: Attempt, facts: dict[str, Any], now: datetime) -> None:
        after = pairing.shown(attempt, now, self._timing)
        life = pairing.code_life(after, self._timing)
        self._publisher.show_qr(
            after.company_id, LiveCode(text=facts["text"], generated_at=now, expires_at=now + life)
        )
        self._count_qr("ok")
        self._save(self._ask(after))
        if attempt.codes == 0:
            self._note_code(after.company_id)

    def _note_code(self, company_id: CompanyId) -> None:
        """For the operator's funnel, which the code on the page does not wait for."""
        try:
            pairings.note_code(company_id, uow=self._container.uow, clock=self._container.clock)
        except DependencyDownError:
            log.debug("that a code was shown waits for the next attempt", company_id=company_id)

    def _ask(self, attempt: Attempt) -> Attempt:
        if attempt.session_id is None or attempt.phone is None or not pairing.should_ask(attempt):
            return attempt
        self._pool.ask_code(attempt.session_id, attempt.phone)
        return pairing.asked(attempt)

    def _on_pairing_code(self, attempt: Attempt, facts: dict[str, Any], now: datetime) -> None:
        if attempt.series_ends_at is not None and attempt.phone is not None:
            self._save(pairing.code_shown(attempt))
            code = LiveCode(text=facts["code"], generated_at=now, expires_at=attempt.series_ends_at)
            self._publisher.show_pairing_code(attempt.company_id, code)

    def _on_phone_refused(self, attempt: Attempt, _facts: dict[str, Any], _now: datetime) -> None:
        self._save(pairing.code_refused(attempt))
        self._publisher.refuse_code(attempt.company_id)

    def _on_scanned(self, attempt: Attempt, facts: dict[str, Any], now: datetime) -> None:
        names = ("jid", "lid", "platform", "business_name")
        self._links[attempt.company_id] = PendingLink(account=LinkedAccount(**{name: facts[name] for name in names}))
        self._save(pairing.scanned(attempt, now, self._timing))
        self._publisher.publish(attempt.company_id, PairingState.CONFIRMING)

    def _on_linked(self, attempt: Attempt, _facts: dict[str, Any], now: datetime) -> None:
        self._leave_process(attempt)
        self._link(attempt, now)

    def _on_passkey(self, attempt: Attempt, _facts: dict[str, Any], _now: datetime) -> None:
        self._finish(attempt, PairingState.PASSKEY)

    def _on_failed(self, attempt: Attempt, facts: dict[str, Any], now: datetime) -> None:
        log.info("a pairing series failed", company_id=attempt.company_id, reason=facts["reason"])
        self._leave_process(attempt)
        if facts["reason"] == "outdated":
            self._finish(attempt, PairingState.FAILED)
        elif facts["reason"] == "logged-out":
            self._links.pop(attempt.company_id, None)
            self._interrupt(attempt, now)
        else:
            self._after_loss(attempt, now)

    def _on_phone_request(self, attempt: Attempt, phone: str, now: datetime) -> None:
        if pairing.is_code_live(attempt, phone, now):
            return self._publisher.repeat_pairing_code(attempt.company_id)
        after = pairing.wants_code(attempt, phone, now, self._timing)
        if attempt.session_id is not None and after.session_id is None:
            self._pool.stop(attempt.session_id)
            self._publisher.publish(attempt.company_id, PairingState.WAITING)
        return self._save(self._ask(after))

    # the end

    def _link(self, attempt: Attempt, now: datetime) -> None:
        """Commit the link, again and again until PostgreSQL takes it."""
        company_id, link = attempt.company_id, self._links[attempt.company_id]
        if attempt.session_id is not None:
            self._pool.stop(attempt.session_id)
        try:
            outcome = commit(self._container, self._keys, company_id, link.account)
        except DependencyDownError:
            failures = link.failures + 1
            wait = pairing.RETRIES.wait(failures, random.random())  # noqa: S311 - spreads retries, guards nothing
            self._links[company_id] = replace(link, failures=failures)
            self._save(replace(attempt, session_id=None, act_at=now + wait))
        else:
            self._after_commit(attempt, outcome, now)

    def _after_commit(self, attempt: Attempt, outcome: Linked | NoLink, now: datetime) -> None:
        match outcome:
            case Linked():
                self._drop(attempt)
                self._claims.release(attempt.company_id, PairingState.CONNECTED)
                self._publisher.connected(outcome)
            case NoLink.TAKEN:
                self._finish(attempt, PairingState.ALREADY_LINKED)
            case NoLink.UNLINKED:
                self._links.pop(attempt.company_id)
                self._interrupt(attempt, now)
            case NoLink.NO_COMPANY:
                self._drop(attempt)
                self._claims.release(attempt.company_id)

    def _finish(self, attempt: Attempt, state: PairingState) -> None:
        self._drop(attempt)
        self._claims.unmark(attempt.company_id)
        self._claims.release(attempt.company_id, state)
        self._publisher.publish_end(attempt.company_id, state)

    def _drop(self, attempt: Attempt) -> None:
        self._attempts.pop(attempt.company_id, None)
        self._links.pop(attempt.company_id, None)
        self._publisher.forget(attempt.company_id)
        if attempt.session_id is not None:
            self._pool.stop(attempt.session_id)

    def _leave_process(self, attempt: Attempt) -> None:
        if attempt.session_id is not None:
            self._pool.session_ended(attempt.session_id)

    def _count_qr(self, result: str) -> None:
        self._container.metrics.count(Metric.QR_GENERATIONS, result=result)

    def _save(self, attempt: Attempt) -> None:
        self._attempts[attempt.company_id] = attempt

    def _of(self, session_id: str) -> Attempt | None:
        return next((a for a in self._attempts.values() if a.session_id == session_id), None)
