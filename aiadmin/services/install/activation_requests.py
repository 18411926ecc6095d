"""The marketplace's callback: it asks us to tell YClients; it is believed in nothing else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxRow, OutboxState
from aiadmin.domain.errors import ActivationStateError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.job import Job
from aiadmin.services.install import activations
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.jobs import JobQueue
from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from aiadmin.storage.unit_of_work import NewUnitOfWork


@dataclass(frozen=True, kw_only=True)
class ActivationRequestState:
    """How far an activation request has come.

    Attributes:
        state: of the outbox row, or None when there is none.
    """

    integration_status: IntegrationStatus
    state: OutboxState | None


def request(
    company_id: CompanyId,
    *,
    uow: NewUnitOfWork,
    queue: JobQueue,
    clock: Clock,
    window: timedelta,
    may_retry: Callable[[], bool],
) -> ActivationRequestState:
    """Send the activation of a linked salon now, one that failed included; how it stands after that.

    Args:
        may_retry: asked before one that failed is sent again, for YClients is called each time.

    Raises:
        CompanyNotFoundError: no such company.
    """
    company, row = _current_state(company_id, uow)
    if row is not None and row.state is OutboxState.FAILED and may_retry():
        with suppress(ActivationStateError):
            activations.retry(company_id, uow=uow, clock=clock, window=window)
        company, row = _current_state(company_id, uow)
    if row is not None and row.state is OutboxState.PENDING and not row.is_held:
        queue.nudge(Job.DELIVER_ACTIVATION, row.outbox_id)
    return ActivationRequestState(integration_status=company.integration_status, state=row.state if row else None)


def _current_state(company_id: CompanyId, uow: NewUnitOfWork) -> tuple[Company, OutboxRow | None]:
    with uow() as work:
        return work.companies.get(company_id), work.outbox.find_by_key(company_id, ACTIVATION_KEY)
