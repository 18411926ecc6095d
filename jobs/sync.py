"""Synchronisation: salons' journals, a few seconds of one at a time."""

from __future__ import annotations

import structlog

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.job import Job
from aiadmin.domain.journal.sync_run import RunState, SyncKind
from aiadmin.domain.journal.webhook_settings import SILENT
from jobs.process import current_container, job

log = structlog.get_logger(__name__)


@job(Job.SYNCHRONISE)
def synchronise(company_id: CompanyId, kind: SyncKind) -> None:
    """Go on with a run, if it is due and no other worker has it."""
    done = current_container().synchroniser.work(company_id, kind)
    if done is None:
        return
    if done.error is not None:
        log.warning("synchronisation waits", company_id=company_id, kind=kind, state=done.state, error=done.error)
    elif done.state is RunState.DONE and kind is not SyncKind.CHANGES:
        log.info("synchronised", company_id=company_id, kind=kind, **done.counts)
        _tell_of_silence(company_id)


def _tell_of_silence(company_id: CompanyId) -> None:
    """Another app may have overwritten where the salon's webhooks go; we look, and never write there ourselves."""
    with current_container().uow() as work:
        state = work.journal.webhooks_state(company_id)
    if state in SILENT:
        log.warning("webhooks do not come to us any more", company_id=company_id, state=state)
