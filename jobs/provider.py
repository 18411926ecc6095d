"""Telling YClients what became of the messages that it gave us."""

from __future__ import annotations

import structlog

from aiadmin.domain.job import Job
from aiadmin.domain.metrics import Metric
from jobs.process import current_container, job

log = structlog.get_logger(__name__)


@job(Job.REPORT_STATUSES)
def report() -> None:
    """Tell all that is due."""
    container = current_container()
    counts = container.status_reporter.report()
    for result, number in counts.items():
        for _ in range(number):
            container.metrics.count(Metric.PROVIDER_STATUSES, result=result)
    container.metrics.flush()
    if any(counts.values()):
        log.info("statuses reported", **counts)
