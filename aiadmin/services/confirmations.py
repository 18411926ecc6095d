"""Confirmations: what clients answered is written into the salon's journal, or the salon is told why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from aiadmin import texts
from aiadmin.domain.errors import AiAdminError, DependencyDownError
from aiadmin.domain.question import Answer, Question, after_refusal, writing
from aiadmin.domain.sync import SLICE
from aiadmin.domain.yclients_error import YClientsError
from aiadmin.services.answers import tell_salon
from aiadmin.services.ports import Clock, JobQueue, NewUnitOfWork, ReadSalon, SalonApi

CLAIM = timedelta(minutes=2)
"""Longer than the reading and the writing of one visit take, their turns included."""


@dataclass(frozen=True, kw_only=True)
class Confirmer:
    """Writes answers into journals.

    Attributes:
        chance: a random number from 0 up to 1, for jitter.
    """

    uow: NewUnitOfWork
    api: SalonApi
    queue: JobQueue
    clock: Clock
    chance: Callable[[], float]

    def work(self) -> int:
        """Write answer after answer for a few seconds; how many were tried.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was claimed is due again when its claim is over.
        """
        ends, count = self.clock() + SLICE, 0
        while self.clock() < ends and self._write_next():
            count += 1
        return count

    def _write_next(self) -> bool:
        now = self.clock()
        with self.uow() as work:
            question = work.questions.claim(now=now, until=now + CLAIM)
            salon = work.sync_runs.salon(question.company_id) if question else None
            work.commit()
        if question is None:
            return False
        if salon is None:
            self._give_up(question, "not_read")
            return True
        try:
            self._write(salon, question)
        except (YClientsError, DependencyDownError) as error:
            self._put_off(question, error)
        return True

    def _write(self, salon: ReadSalon, question: Question) -> None:
        """The record is read first: an attempt without an answer may have been done, and the visit may have moved."""
        record = self.api.record(salon.salon_id, question.record_id, zone=salon.zone, country=salon.country)
        to_do = writing(question, record)
        if to_do.reason is not None:
            self._drop(question, to_do.reason)
            return
        if to_do.attendance is not None and record is not None:
            visited = record if record.visit_id is not None else replace(record, visit_id=question.visit_id)
            self.api.set_attendance(salon.salon_id, visited, to_do.attendance)
        with self.uow() as work:
            work.questions.written(question, self.clock())
            work.commit()

    def _put_off(self, question: Question, error: AiAdminError) -> None:
        retry = after_refusal(question, error, now=self.clock(), chance=self.chance())
        if retry.at is None:
            self._give_up(question, retry.reason)
            return
        with self.uow() as work:
            work.questions.put_off(question, until=retry.at, error=retry.reason)
            work.commit()

    def _drop(self, question: Question, reason: str) -> None:
        """The visit is no longer what the client answered about; the salon knows, for it changed it."""
        with self.uow() as work:
            work.questions.put_off(question, until=None, error=reason)
            work.commit()

    def _give_up(self, question: Question, reason: str) -> None:
        now = self.clock()
        with self.uow() as work:
            work.questions.put_off(question, until=None, error=reason)
            if question.answer is Answer.YES:
                key = f"unwritten:{question.record_id}:{question.starts_at:%Y%m%d%H%M}"
                tell_salon(question, texts.UNWRITTEN, key=key, work=work, now=now)
            work.commit()
        self.queue.look()
