"""Changes of the journal of which nobody knows whether they were made: looked for in it, never made again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.visit_write import READ_BACKS, VisitWrite, WriteState, appointment_of, move_of, next_check
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.journal.online_booking import is_moved, read_back
from aiadmin.domain.journal.refetch import RefetchRequest, Subject
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.domain.yclients.write_outcome import Saved, SavedRecord, Unknown
from aiadmin.services.chat.found_later import tell_found
from aiadmin.services.chat.views import Views
from aiadmin.services.ports.booking import BookingApi
from aiadmin.services.ports.clock import Clock
from aiadmin.services.work import ClaimRule, QueueRunner
from aiadmin.storage.chat.catalogue import BotSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=2)
BATCH = 20


@dataclass(frozen=True, kw_only=True)
class LostWrites:
    """Looks for changes, and keeps what became of them.

    Attributes:
        views: what is told of what was found is told by them.
        sleep: waits for so many seconds.
    """

    uow: NewUnitOfWork
    api: BookingApi
    clock: Clock
    views: Views
    sleep: Callable[[float], None]

    def look(self, salon: BotSalon, write: VisitWrite) -> VisitWrite:
        """Look for a change while its client waits: a few times, for it may yet come. One that is settled stays."""
        for pause in READ_BACKS:
            if write.outcome is not None:
                return write
            self.sleep(pause.total_seconds())
            write = self._looked_for(salon, write)
        return write if write.outcome is not None else self.finish(write.settled(Unknown()))

    def work(self) -> int:
        """Look for those that are due, whose client was told that nobody knows or whose worker has died; how many.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was claimed is due again when its claim is over.
        """
        claims = ClaimRule[VisitWrite](table=lambda work: work.visit_writes, lasts=CLAIM, batch=BATCH)
        runner = QueueRunner(uow=self.uow, clock=self.clock)
        return sum(runner.work_off(WorkQueue.CHAT_WRITES, claims, self._check_all))

    def finish(self, write: VisitWrite, *, is_news: bool = False) -> VisitWrite:
        """Keep what became of a change; the row as it then is, for others may know more.

        Args:
            is_news: whether it was settled as unknown before: what is found is told in the same commit.
        """
        now = self.clock()
        with self.uow() as work:
            due = next_check(write, now) if write.state is WriteState.UNKNOWN else None
            is_kept = work.visit_writes.finish(write, now, check_at=due)
            if is_kept and write.state is WriteState.SAVED and write.record_id is not None:
                work.refetches.request([_reading(write, now)])
            if is_kept and is_news and write.state is WriteState.SAVED:
                tell_found(work, self.views, write, now)
            work.commit()
        kept = write if is_kept else self.again(write)
        facts = {"company_id": write.company_id, "operation": write.operation.value, "state": kept.state.value}
        log.info("a change of the journal", **facts, reason=kept.reason and kept.reason.value)
        return kept

    def again(self, write: VisitWrite) -> VisitWrite:
        """The row as others have left it."""
        with self.uow() as work:
            return work.visit_writes.get(write)

    def _check_all(self, writes: Sequence[VisitWrite]) -> int:
        for write in writes:
            with self.uow() as work:
                salon = work.bot_salons.find(write.company_id)
            if salon is not None:
                is_news = write.state is WriteState.UNKNOWN
                found = self._looked_for(salon, replace(write, state=WriteState.SENDING), is_news=is_news)
                if found.outcome is None:
                    self.finish(found.settled(Unknown()))
        return len(writes)

    def _looked_for(self, salon: BotSalon, write: VisitWrite, *, is_news: bool = False) -> VisitWrite:
        """The change, settled where the journal has it."""
        looked = replace(write, checks=write.checks + 1)
        try:
            outcome = _LOOKS[write.operation](self, salon, write)
        except (YClientsError, DependencyDownError) as error:
            log.warning("a change could not be looked for", company_id=write.company_id, error=type(error).__name__)
            return looked
        return self.finish(looked.settled(outcome), is_news=is_news) if isinstance(outcome, Saved) else looked

    def booking(self, salon: BotSalon, write: VisitWrite) -> Saved | Unknown:
        """Whether a visit was booked: by our own id among all of its master's day."""
        asked, place = appointment_of(write, salon.zone), {"zone": salon.zone, "country": salon.country}
        day = asked.wall_clock.date()
        return read_back(
            write.api_id, asked, self.api.on_day(salon.salon_id, staff_id=asked.staff_id, day=day, **place)
        )

    def move(self, salon: BotSalon, write: VisitWrite) -> Saved | Unknown:
        """Whether a record stands where it was to go."""
        record = self._record(salon, write)
        if record is None or not is_moved(record, move_of(write, record, {})):
            return Unknown()
        return Saved((SavedRecord(record_id=record.record_id),))

    def cancellation(self, salon: BotSalon, write: VisitWrite) -> Saved | Unknown:
        """Whether a record is gone."""
        record = self._record(salon, write)
        return Saved() if record is None or record.is_deleted else Unknown()

    def _record(self, salon: BotSalon, write: VisitWrite) -> Record | None:
        number = write.record_id or 0
        return self.api.record(salon.salon_id, number, zone=salon.zone, country=salon.country)


def _reading(write: VisitWrite, now: datetime) -> RefetchRequest:
    """Our copy of the journal is to have it, whether or not a webhook comes."""
    number = write.record_id or 0
    return RefetchRequest(
        company_id=write.company_id, subject=Subject.RECORD, number=number, first_at=now, last_at=now
    )


_LOOKS: Mapping[VisitOperation, Callable[[LostWrites, BotSalon, VisitWrite], Saved | Unknown]] = {
    VisitOperation.BOOK: LostWrites.booking,
    VisitOperation.MOVE: LostWrites.move,
    VisitOperation.CANCEL: LostWrites.cancellation,
}
