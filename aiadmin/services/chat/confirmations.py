"""Confirmations: what clients answered is written into the salon's journal, or the salon is told why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aiadmin.domain.chat.confirmation import ClientAnswer, Question, after_refusal, writing
from aiadmin.domain.errors import AiAdminError, DependencyDownError
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.services.chat.salon_messages import tell_of_visit
from aiadmin.services.journal import bookings
from aiadmin.services.journal.fresh_bookings import FreshBookings
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.yclients import SalonApi
from aiadmin.services.work import ClaimRule, QueueRunner
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork
from aiadmin.texts import ru

CLAIM = timedelta(minutes=2)
"""Longer than the reading and the writing of one visit take, their turns included."""


@dataclass(frozen=True, kw_only=True)
class JournalConfirmer:
    """Writes the answers of clients into the journals of their salons.

    Attributes:
        rng: returns a random number from 0 up to 1, for jitter.
    """

    uow: NewUnitOfWork
    api: SalonApi
    clock: Clock
    rng: Callable[[], float]

    def work(self) -> int:
        """Write answer after answer for a few seconds; how many were tried.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was claimed is due again when its claim is over.
        """
        claims = ClaimRule[Question](table=lambda work: work.questions, lasts=CLAIM, batch=1)
        return sum(QueueRunner(uow=self.uow, clock=self.clock).work_off(WorkQueue.QUESTIONS, claims, self._write_all))

    def _write_all(self, questions: Sequence[Question]) -> int:
        for question in questions:
            with self.uow() as work:
                salon = work.sync_runs.salon(question.company_id)
            if salon is None:
                self._give_up(question, "not_read")
                continue
            try:
                self._write(salon, question)
            except (YClientsError, DependencyDownError) as error:
                self._postpone(question, error)
        return len(questions)

    def _write(self, salon: SyncedSalon, question: Question) -> None:
        """The visit is read first: an attempt without an answer may have been done, and bookings may have moved."""
        looker = FreshBookings(uow=self.uow, api=self.api, clock=self.clock, salon=salon, due=())
        asked = bookings.read(salon, question.record_id, api=self.api, uow=self.uow)
        visits = [] if question.visit_id is None else [question.visit_id]
        rest = looker.of_visits(visits, but=[question.record_id], more=[*question.others])
        to_do = writing(question, [*([asked] if asked else []), *rest])
        if to_do.attendance is None:
            self._drop(question, to_do.reason or "cancelled")
            return
        for each in to_do.records:
            self._mark(salon, question, each, to_do.attendance)
        with self.uow() as work:
            work.questions.finish(question, self.clock())
            work.commit()

    def _mark(self, salon: SyncedSalon, question: Question, record: Record, attendance: Attendance) -> None:
        """One booking of the visit that was answered about; what says so already stays."""
        if record.attendance is not attendance:
            visited = record if record.visit_id is not None else replace(record, visit_id=question.visit_id)
            self.api.set_attendance(salon.salon_id, visited, attendance)

    def _postpone(self, question: Question, error: AiAdminError) -> None:
        retry = after_refusal(question, error, now=self.clock(), jitter=self.rng())
        if retry.at is None:
            self._give_up(question, retry.reason)
            return
        with self.uow() as work:
            work.questions.postpone(question, until=retry.at, error=retry.reason)
            work.commit()

    def _drop(self, question: Question, reason: str) -> None:
        """The visit is no longer what the client answered about; the salon knows, for it changed it."""
        with self.uow() as work:
            work.questions.postpone(question, until=None, error=reason)
            work.commit()

    def _give_up(self, question: Question, reason: str) -> None:
        now = self.clock()
        with self.uow() as work:
            work.questions.postpone(question, until=None, error=reason)
            if question.answer is ClientAnswer.YES:
                key = f"unwritten:{question.record_id}:{question.starts_at:%Y%m%d%H%M}"
                tell_of_visit(question, ru.UNWRITTEN, key=key, work=work, now=now)
            work.commit()
