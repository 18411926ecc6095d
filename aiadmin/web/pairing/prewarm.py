"""A pairing process that is ready before its page asks: the code then comes a second sooner."""

from __future__ import annotations

from aiadmin.container import Container
from aiadmin.domain.companies.company import Company
from aiadmin.domain.job import Job


def prewarm(container: Container, company: Company) -> None:
    """Ask for a pairing process that gets ready for a page of `company`, and wake the hosts if none was asked for.

    Raises:
        DependencyDownError: Redis does not answer.
    """
    if container.pairing_store.request_prewarm(company.company_id):
        container.queue.nudge(Job.WAKE_HOSTS)
