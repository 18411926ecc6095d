"""Synchronisation: a salon's journal, page after page, so that any crash costs one page at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiadmin.domain.errors import AiAdminError, DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.job import Job
from aiadmin.domain.journal.sync_retry import after_failure, failure_of
from aiadmin.domain.journal.sync_run import (
    CLAIM,
    SLICE,
    RunState,
    SyncKind,
    SyncRun,
    advance,
    begin,
    next_changes,
    next_night,
)
from aiadmin.domain.journal.webhook_settings import WebhookSettingsState
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.services.journal.sync_pages import Fetched, PageReader
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.pages import PageEvents
from aiadmin.services.work import QueueRunner
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Synchroniser:
    """Goes on with runs.

    Attributes:
        rng: returns a random number from 0 up to 1, for jitter.
    """

    uow: NewUnitOfWork
    pages: PageReader
    page_events: PageEvents
    clock: Clock
    rng: Callable[[], float]

    def work(self, company_id: CompanyId, kind: SyncKind) -> SyncRun | None:
        """Read pages of a run for a few seconds; the run as it then is, or None when it is not ours to read.

        A page is read outside any transaction, and stored in one with how far the run is. Whoever is killed leaves
        a claim that runs out, and the page in hand is read once more.

        Raises:
            DependencyDownError: PostgreSQL does not answer; the run goes on when its claim is over.
        """
        runner, row = QueueRunner(uow=self.uow, clock=self.clock), RowKey(company_id, kind.value)
        done = runner.one(WorkQueue.SYNC_RUNS, row, lambda _: self._go_on(company_id, kind))
        return done[0] if done else None

    def _go_on(self, company_id: CompanyId, kind: SyncKind) -> SyncRun | None:
        claimed = self._claim(company_id, kind)
        if claimed is None:
            return None
        run, salon = claimed
        ends = self.clock() + SLICE
        while run.state is RunState.RUNNING and self.clock() < ends:
            try:
                step = self._step(run, salon)
            except Exception:
                self._leave(run, run)  # nobody else has to wait for our claim
                raise
            if step is None:
                return None
            run, salon = step
        if run.state is RunState.RUNNING:
            return self._let_go(run)
        return run

    def _claim(self, company_id: CompanyId, kind: SyncKind) -> tuple[SyncRun, SyncedSalon] | None:
        now = self.clock()
        until = now + CLAIM
        with self.uow() as work:
            run = work.sync_runs.claim(company_id, kind, now=now, until=until)
            if run is None:
                return None
            run = begin(run, now)
            work.sync_runs.save(run, claim=until)
            salon = work.sync_runs.salon(company_id)
            work.commit()
        return None if salon is None else (run, salon)

    def _step(self, run: SyncRun, salon: SyncedSalon) -> tuple[SyncRun, SyncedSalon] | None:
        """One page; None when the run is no longer ours, or the salon no longer to be read."""
        try:
            fetched = self.pages.fetch(run, salon)
        except (YClientsError, DependencyDownError) as error:
            failed = self._failed(run, error)
            return None if failed is None else (failed, salon)
        return self._store(run, salon, fetched)

    def _store(self, run: SyncRun, salon: SyncedSalon, fetched: Fetched) -> tuple[SyncRun, SyncedSalon] | None:
        now = self.clock()
        after = advance(replace(run, counts={**run.counts, **(fetched.counts or {})}), fetched.read, now)
        is_done = after.state is RunState.DONE
        after = replace(after, claimed_until=None if is_done else now + CLAIM)
        with self.uow() as work:
            if is_done:
                after = _finished(work, after, salon)
            if not work.sync_runs.save(after, claim=_claim_of(run)):
                return None
            found = fetched.store(work, now)
            if is_done and run.kind is SyncKind.CHANGES and found:
                after = _looked_soon(work, after)
            again = work.sync_runs.salon(run.company_id)
            work.commit()
        self._announce(after)
        return None if again is None else (after, again)

    def _failed(self, run: SyncRun, error: AiAdminError) -> SyncRun | None:
        now, failure, attempts = self.clock(), failure_of(error), run.attempts + 1
        asked = error.wait if isinstance(error, YClientsError) else timedelta()
        retry = after_failure(failure, attempts=attempts, asked=asked, jitter=self.rng())
        next_at = None if retry.wait is None else now + retry.wait
        return self._leave(run, replace(run, state=retry.state, attempts=attempts, error=failure, next_at=next_at))

    def _let_go(self, run: SyncRun) -> SyncRun | None:
        """Let others have a turn, and come back."""
        return self._leave(run, replace(run, next_at=self.clock()), comes_back=True)

    def _leave(self, run: SyncRun, after: SyncRun, *, comes_back: bool = False) -> SyncRun | None:
        after = replace(after, claimed_until=None)
        with self.uow() as work:
            if not work.sync_runs.save(after, claim=_claim_of(run)):
                return None
            if comes_back:
                work.nudge(Job.SYNCHRONISE, run.company_id, run.kind)
            work.commit()
        if after.state is not RunState.RUNNING:
            self._announce(after)
        return after

    def _announce(self, run: SyncRun) -> None:
        """A look for changes is not told of."""
        if run.kind is not SyncKind.CHANGES:
            self.page_events.sync(run)


def _claim_of(run: SyncRun) -> datetime:
    assert run.claimed_until is not None  # noqa: S101 - we have it
    return run.claimed_until


def _finished(work: UnitOfWork, run: SyncRun, salon: SyncedSalon) -> SyncRun:
    """A run at its end: when it comes again, or what follows the first."""
    assert run.finished_at is not None  # noqa: S101 - it has ended
    assert run.started_at is not None  # noqa: S101 - it has ended
    night = next_night(run.company_id, salon.zone, run.finished_at)
    if run.kind is SyncKind.CHANGES:
        is_told = run.page == 1 and work.journal.webhooks_state(run.company_id) is WebhookSettingsState.OURS
        return replace(run, next_at=next_changes(run.started_at, run.finished_at, is_told=is_told))
    if run.kind is SyncKind.NIGHTLY:
        return replace(run, next_at=night)
    planned = SyncRun(company_id=run.company_id, kind=SyncKind.CHANGES, state=RunState.WAITING)
    work.sync_runs.plan(replace(planned, since=run.since, next_at=run.finished_at))
    work.sync_runs.plan(replace(planned, kind=SyncKind.NIGHTLY, next_at=night))
    return run


def _looked_soon(work: UnitOfWork, run: SyncRun) -> SyncRun:
    """Something had changed that no webhook had told: where one is lost others may be."""
    assert run.started_at is not None  # noqa: S101 - it has ended
    assert run.finished_at is not None  # noqa: S101 - it has ended
    soon = next_changes(run.started_at, run.finished_at)
    work.sync_runs.bring_forward([run.company_id], SyncKind.CHANGES, soon)
    return replace(run, next_at=soon)


def start(company_id: CompanyId, *, is_new: bool, uow: NewUnitOfWork, clock: Clock) -> None:
    """Read a company's whole journal from the beginning.

    Args:
        is_new: whether what we know is of another time: then there are no notices of what has changed since.

    Raises:
        CompanyNotFoundError: no such company.
    """
    with uow() as work:
        work.companies.get(company_id)
        work.sync_runs.start(company_id, SyncKind.FULL, clock(), is_new=is_new)
        work.nudge(Job.SYNCHRONISE, company_id, SyncKind.FULL)
        work.commit()
