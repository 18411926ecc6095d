"""Pauses: an operator holds the messages of a salon, or of all, and lets them go on."""

from __future__ import annotations

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.job import Job
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork


def pause(company_id: CompanyId | None, *, uow: NewUnitOfWork, clock: Clock) -> None:
    """Hold everything but what a human has just typed; None for everybody. Raises CompanyNotFoundError."""
    with uow() as work:
        if company_id is not None:
            work.companies.get(company_id)
        work.pauses.pause(company_id, clock())
        work.commit()


def resume(company_id: CompanyId | None, *, uow: NewUnitOfWork) -> bool:
    """Let messages go; what became worthless meanwhile is not sent. False where a pause for all still holds them.

    Raises:
        CompanyNotFoundError: no such company.
    """
    with uow() as work:
        if company_id is not None:
            work.companies.get(company_id)
        work.pauses.resume(company_id)
        is_free = work.pauses.since(None) is None
        work.nudge(Job.WAKE_HOSTS)
        work.commit()
    return is_free
