"""Synchronisation: salons' journals, a few seconds of one at a time."""

from __future__ import annotations

import structlog

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.sync_run import RunState, SyncKind
from aiadmin.domain.journal.webhook_settings import SILENT
from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def synchronise(company_id: int, kind: str) -> None:
    """Go on with a run, if it is due and nobody has it."""
    box = container()
    salon, why = CompanyId(company_id), SyncKind(kind)
    box.queue.synchronisation_began(salon, why)
    done = box.synchroniser.work(salon, why)
    if done is None:
        return
    if done.error is not None:
        log.warning("synchronisation waits", company_id=salon, kind=why, state=done.state, error=done.error)
    elif done.state is RunState.DONE and why is not SyncKind.CHANGES:
        log.info("synchronised", company_id=salon, kind=why, **done.counts)
        _tell_of_silence(salon)


def _tell_of_silence(company_id: CompanyId) -> None:
    """Another app may have overwritten where the salon's webhooks go; we look, and never write there ourselves."""
    with container().uow() as work:
        state = work.journal.hooks_state(company_id)
    if state in SILENT:
        log.warning("webhooks do not come to us any more", company_id=company_id, state=state)
