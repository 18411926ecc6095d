"""Activations: telling YClients that a salon is connected, once, until it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.companies.outbox import (
    CLAIM,
    DeliveryOutcome,
    DeliveryResult,
    OutboxRow,
    OutboxState,
    OutboxStep,
    next_step,
)
from aiadmin.domain.errors import ActivationStateError, AiAdminError
from aiadmin.domain.ids import CompanyId, OutboxId
from aiadmin.domain.install.activation import (
    ActivationFailure,
    ActivationRequest,
    judge,
    judge_before_repeat,
    lead,
    may_confirm,
    may_fail,
    why_not_retry,
)
from aiadmin.domain.job import Job
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.services.journal.webhooks import address_of
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.pages import PageEvents
from aiadmin.services.ports.secrets import Secrets
from aiadmin.services.ports.yclients import Marketplace
from aiadmin.services.work import QueueRunner
from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork
from aiadmin.texts import ru


@dataclass(frozen=True, kw_only=True)
class ActivationSender:
    """Sends activations to YClients.

    Attributes:
        rng: returns a random number from 0 up to 1, for jitter.
        public_url: our address as YClients reaches it, without a trailing slash.
    """

    uow: NewUnitOfWork
    marketplace: Marketplace
    secrets: Secrets
    page_events: PageEvents
    clock: Clock
    rng: Callable[[], float]
    public_url: str

    def work(self, outbox_id: OutboxId) -> OutboxState | None:
        """`deliver`; a row that raises is set aside. Raises DependencyDownError."""
        with self.uow() as work:
            row = work.outbox.find_key(outbox_id)
        if row is None:
            return None  # its company was deleted meanwhile
        runner = QueueRunner(uow=self.uow, clock=self.clock)
        done = runner.one(WorkQueue.OUTBOX, row, lambda _: self.deliver(outbox_id))
        return done[0] if done else None

    def deliver(self, outbox_id: OutboxId) -> OutboxState | None:
        """Make one attempt; the row's new state, or None when it was not due or another worker has it.

        The claim, the call and the outcome are three steps; no transaction is open during the call. A worker that
        dies in between leaves `sending`, and the next attempt asks YClients for the salon's status first.

        Raises:
            DependencyDownError: PostgreSQL does not answer; the row will be found again.
            CompanyNotFoundError: the company was deleted meanwhile, and its row with it.
        """
        claimed = self._claim(outbox_id)
        if claimed is None:
            return None
        row, company = claimed
        return self._record(row, self._send(row, company))

    def _claim(self, outbox_id: OutboxId) -> tuple[OutboxRow, Company] | None:
        now = self.clock()
        with self.uow() as work:
            row = work.outbox.claim(outbox_id, now=now, visible_again_at=now + CLAIM)
            if row is None:
                return None
            company = work.companies.get(row.company_id)
            work.commit()
        return row, company

    def _send(self, row: OutboxRow, company: Company) -> DeliveryResult:
        if not self.marketplace.is_configured:
            return DeliveryResult(outcome=DeliveryOutcome.REFUSED, reason=ActivationFailure.NOT_CONFIGURED)
        if row.attempts > 1:
            known = judge_before_repeat(self.marketplace.connection_status(company.salon_id))
            if known is not None:
                return known
        request = self._request(row, company)
        if request is None:
            return DeliveryResult(outcome=DeliveryOutcome.REFUSED, reason=ActivationFailure.KEY_LOST)
        answer = self.marketplace.activate(request)
        doubtful = answer.is_doubtful
        return judge(answer, self.marketplace.connection_status(company.salon_id) if doubtful else None)

    def _request(self, row: OutboxRow, company: Company) -> ActivationRequest | None:
        """What to tell; None when the sealed key cannot be read any more."""
        try:
            api_key = self.secrets.unseal(row.secret or "")
        except AiAdminError:
            return None
        address = address_of(company.company_id, public_url=self.public_url, secrets=self.secrets)
        return ActivationRequest(salon_id=company.salon_id, api_key=api_key, webhook_urls=(address,))

    def _record(self, row: OutboxRow, verdict: DeliveryResult) -> OutboxState | None:
        now = self.clock()
        step = next_step(verdict, attempts=row.attempts, now=now, deadline_at=row.deadline_at, jitter=self.rng())
        if not self._commit(row, verdict, step, now):
            return None
        self._announce(row.company_id, step, verdict)
        return step.state

    def _commit(self, row: OutboxRow, verdict: DeliveryResult, step: OutboxStep, now: datetime) -> bool:
        """Write the outcome to the row and to its company at once; False when a later attempt took over."""
        with self.uow() as work:
            company = work.companies.get(row.company_id, lock=True)
            is_ours = work.outbox.finish(
                row.outbox_id,
                attempt=row.attempts,
                state=step.state,
                next_attempt_at=step.next_attempt_at,
                error=_last_error(verdict),
                at=now,
            )
            if is_ours and step.state is OutboxState.SENT and may_confirm(company.integration_status):
                work.companies.set_activated(row.company_id, now)
                work.sync_runs.start(row.company_id, SyncKind.FULL, now, is_new=True)
            elif is_ours and step.state is OutboxState.FAILED and may_fail(company.integration_status):
                work.companies.set_activation_failed(row.company_id, verdict.reason)
            work.commit()
        return is_ours

    def _announce(self, company_id: CompanyId, step: OutboxStep, verdict: DeliveryResult) -> None:
        if step.state is OutboxState.SENT:
            self.page_events.status(company_id, state=IntegrationStatus.ACTIVE, text=ru.ACTIVATION["active"])
        elif step.state is OutboxState.FAILED:
            text = ru.ACTIVATION_REASONS[verdict.reason]
            self.page_events.status(
                company_id, state=IntegrationStatus.ACTIVATION_FAILED, text=text, reason=verdict.reason
            )
        else:
            self.page_events.status(company_id, state=IntegrationStatus.ACTIVATING, text=ru.ACTIVATION_RETRYING)


def retry(company_id: CompanyId, *, uow: NewUnitOfWork, clock: Clock, window: timedelta) -> OutboxId:
    """Make the activation due now, for another `window`; its outbox row.

    Raises:
        CompanyNotFoundError: no such company.
        ActivationStateError: there is nothing to retry; the message says why.
    """
    now = clock()
    with uow() as work:
        company = work.companies.get(company_id, lock=True)
        row = work.outbox.find_by_key(company_id, ACTIVATION_KEY, lock=True)
        refusal = why_not_retry(company, row)
        if row is None or refusal is not None:
            raise ActivationStateError(refusal)
        work.outbox.release(row.outbox_id, at=now, deadline_at=now + window)
        work.companies.set_activation_deadline(company_id, now + window)
        work.companies.set_status(company_id, IntegrationStatus.ACTIVATING)
        work.nudge(Job.DELIVER_ACTIVATION, row.outbox_id)
        work.commit()
    return row.outbox_id


def release_held(*, uow: NewUnitOfWork, clock: Clock, window: timedelta, limit: int = 100) -> Sequence[OutboxId]:
    """Make the activations due whose salon YClients will not wait for much longer; the outbox rows to nudge."""
    now = clock()
    with uow() as work:
        rows = work.outbox.list_held(deadline_before=now + lead(window), limit=limit)

    def begin(keys: Sequence[RowKey]) -> Sequence[OutboxId]:
        with uow() as work:
            held = [work.outbox.find(OutboxId(key.number)) for key in sorted(keys)]
            begun = [row for row in held if row is not None and row.is_held]
            for row in begun:
                _begin(row, work, now=now, deadline_at=max(row.deadline_at or now, now))
            work.commit()
        return [row.outbox_id for row in begun]

    done = QueueRunner(uow=uow, clock=clock).each(WorkQueue.OUTBOX, rows, begin)
    return [outbox_id for piece in done for outbox_id in piece]


def _begin(row: OutboxRow, work: UnitOfWork, *, now: datetime, deadline_at: datetime) -> None:
    company = work.companies.get(row.company_id, lock=True)
    work.outbox.release(row.outbox_id, at=now, deadline_at=deadline_at)
    if company.integration_status in {IntegrationStatus.PENDING, IntegrationStatus.PAIRING}:
        work.companies.set_status(row.company_id, IntegrationStatus.ACTIVATING)


_ERROR_LENGTH = 200


def _last_error(verdict: DeliveryResult) -> str | None:
    """What an operator reads beside the row."""
    return ": ".join(filter(None, (verdict.reason, verdict.detail)))[:_ERROR_LENGTH] or None
