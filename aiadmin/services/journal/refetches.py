"""Refetches: an entity that a webhook names is read again by API, and only then believed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiadmin.domain.errors import AiAdminError, DependencyDownError
from aiadmin.domain.journal.booking_event import EventSource
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.journal.refetch import BATCH, CLAIM, FEW, Refetch, Subject
from aiadmin.domain.journal.sync_retry import after_failure, failure_of
from aiadmin.domain.journal.sync_run import EVERY, OVERLAP, RunState, SyncKind, page_read
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.services.journal import bookings
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.yclients import SalonApi
from aiadmin.services.work import ClaimRule, QueueRunner
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork


@dataclass(frozen=True, kw_only=True)
class Refetcher:
    """Reads records and clients again when that is due.

    Attributes:
        rng: returns a random number from 0 up to 1, for jitter.
    """

    uow: NewUnitOfWork
    api: SalonApi
    clock: Clock
    rng: Callable[[], float]

    def work(self) -> int:
        """Check salon after salon for a few seconds, the one that has waited longest first; how many refetches.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was claimed is due again when its claim is over.
        """
        claims = ClaimRule[Refetch](table=lambda work: work.refetches, lasts=CLAIM, batch=BATCH)
        return sum(
            QueueRunner(uow=self.uow, clock=self.clock).work_off(WorkQueue.REFETCHES, claims, self._refetch_all)
        )

    def _refetch_all(self, refetches: Sequence[Refetch]) -> int:
        """Of one salon."""
        with self.uow() as work:
            salon = work.sync_runs.salon(refetches[0].company_id)
        if salon is not None:
            self._refetch(salon, refetches)
        return len(refetches)

    def _refetch(self, salon: SyncedSalon, refetches: Sequence[Refetch]) -> None:
        """Read them all; what cannot be read is put off, or left to the next list of changes."""
        left = {(check.subject, check.number): check for check in refetches}
        try:
            self._read_list(salon, left)
            for check in list(left.values()):
                self._read_one(salon, check)
                self._done(left, [check])
        except (YClientsError, DependencyDownError) as error:
            self._postpone(list(left.values()), error)

    def _read_list(self, salon: SyncedSalon, left: dict[tuple[Subject, int], Refetch]) -> None:
        """Many records of one salon at once: whatever has changed since the first of them was spoken of."""
        records = [check for check in left.values() if check.subject is Subject.RECORD]
        if len(records) <= FEW:
            return
        since = min(check.first_requested_at for check in records) - OVERLAP
        page, is_last = 1, False
        while not is_last and any(check.subject is Subject.RECORD for check in left.values()):
            read_at = self.clock()
            found = self.api.records_changed(
                salon.salon_id, zone=salon.zone, country=salon.country, page=page, since=since
            )
            self._absorb(salon, found.rows, read_at)
            keys = [(Subject.RECORD, record.record_id) for record in found.rows]
            self._done(left, [left[key] for key in keys if key in left])
            is_last = page_read(len(found.rows), found.total, page, skipped=found.skipped).is_last
            page += 1

    def _read_one(self, salon: SyncedSalon, check: Refetch) -> None:
        if check.subject is Subject.CLIENT:
            self._read_client(salon, check.number)
        else:
            self._read_record(salon, check.number)

    def _read_record(self, salon: SyncedSalon, number: int) -> None:
        read_at = self.clock()
        record = bookings.read(salon, number, api=self.api, uow=self.uow)
        if record is not None:
            self._absorb(salon, [record], read_at)

    def _read_client(self, salon: SyncedSalon, client_id: int) -> None:
        """With another number the client has it in every booking, and no booking speaks of it."""
        client = self.api.client(salon.salon_id, client_id, country=salon.country)
        now = self.clock()
        with self.uow() as work:
            if client is None:
                work.journal.mark_client_deleted(salon.company_id, client_id, now)
            else:
                work.journal.put_client(salon.company_id, client, now)
            numbers = work.records.with_other_phone(salon.company_id, client, now) if client is not None else ()
            work.commit()
        for number in numbers:
            self._read_record(salon, number)

    def _absorb(self, salon: SyncedSalon, records: Sequence[Record], read_at: datetime) -> None:
        with self.uow() as work:
            bookings.absorb(work, salon, records, source=EventSource.WEBHOOK, read_at=read_at, now=self.clock())
            work.commit()

    def _done(self, left: dict[tuple[Subject, int], Refetch], done: Sequence[Refetch]) -> None:
        with self.uow() as work:
            work.refetches.finish(done)
            work.commit()
        for check in done:
            left.pop((check.subject, check.number), None)

    def _postpone(self, refetches: Sequence[Refetch], error: AiAdminError) -> None:
        attempts = max(check.attempts for check in refetches)
        asked = error.wait if isinstance(error, YClientsError) else timedelta()
        retry = after_failure(failure_of(error), attempts=attempts, asked=asked, jitter=self.rng())
        with self.uow() as work:
            if retry.state is RunState.WAITING and retry.wait is not None:
                work.refetches.postpone(refetches, until=self.clock() + retry.wait)
            else:
                work.refetches.finish(refetches)
                work.sync_runs.bring_forward({refetches[0].company_id}, SyncKind.CHANGES, self.clock() + EVERY)
            work.commit()
