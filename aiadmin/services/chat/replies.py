"""What clients write: stop and start are heard at once, answers kept and thanked for, a human's chat is left alone.

Everything that a message brings about is committed together with the mark that it was looked at: whatever dies,
each message counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.confirmation import (
    OLD,
    ClientAnswer,
    InboxMessage,
    Question,
    ReplyEffects,
    is_held,
    is_to_write,
    react,
    react_to_salon,
)
from aiadmin.domain.chat.intent import understand
from aiadmin.domain.job import Job
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import Direction, MessageReason, NewMessage, Purpose
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.services.messages.messages import enqueue
from aiadmin.services.ports.clock import Clock
from aiadmin.services.work import QueueRunner
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork
from aiadmin.texts import ru
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru.calls import who

BATCH = 50
REPLY_WITHIN = timedelta(minutes=10)
"""A thanks that comes later is odd; whoever says stop has it without a word."""
NOTIFY_WITHIN = timedelta(hours=12)
MOST_BATCHES = 20
"""In one job, so that others have a turn."""


@dataclass(frozen=True, kw_only=True)
class ReplyHandler:
    """Handles what clients wrote."""

    uow: NewUnitOfWork
    clock: Clock

    def work(self) -> int:
        """Look at all that waits, the oldest first; how many messages. Raises DependencyDownError."""
        runner = QueueRunner(uow=self.uow, clock=self.clock)
        return runner.drain(
            WorkQueue.INBOX_MESSAGES, self._handle_batch, keys=self._keys, batch=BATCH, most=MOST_BATCHES
        )

    def _keys(self) -> Sequence[RowKey]:
        with self.uow() as work:
            return work.unhandled_messages.due_keys(limit=BATCH)

    def _handle_batch(self, only: Sequence[RowKey] | None) -> int:
        now = self.clock()
        with self.uow() as work:
            messages = work.unhandled_messages.claim(limit=BATCH, only=only)
            for message in sorted(messages, key=lambda one: (one.company_id, one.inbox_id)):
                _handle(message, work, now)
            work.unhandled_messages.finish(messages, now)
            work.commit()
        return len(messages)


def _handle(message: InboxMessage, work: UnitOfWork, now: datetime) -> None:
    whom = message.company_id, message.contact_id
    if message.direction is Direction.OWN_PHONE:
        effects, question = react_to_salon(message.sent_at, now), None
    else:
        work.permissions.mark_reachable(*whom)
        question = work.questions.answered_by(message)
        is_out = work.permissions.recipient(*whom).opted_out_at is not None
        said = understand(message.text, message.kind)
        effects = react(said, question, is_out=is_out, is_old=now - message.sent_at > OLD)
    if effects.silence is not None:
        work.permissions.mute_until(*whom, now + effects.silence)
    if effects.opt is not None:
        _apply_opt(message, effects.opt, work, now)
    if question is not None and effects.answer is not None:
        write_at = now if is_to_write(effects.answer, question) else None
        work.questions.answer(question, effects.answer, at=now, write_at=write_at)
        for other in question.rivals if effects.answer is ClientAnswer.UNCLEAR else ():
            if not other.is_answered:
                work.questions.answer(other, effects.answer, at=now, write_at=None)
    _reply(message, effects, question, work, now)


def _apply_opt(message: InboxMessage, is_in: bool, work: UnitOfWork, now: datetime) -> None:
    if is_in:
        work.permissions.opt_in(message.company_id, message.contact_id)
    else:
        work.permissions.opt_out(message.company_id, message.contact_id, now)
        work.outbox_messages.cancel_to(message.company_id, message.contact_id, reason=MessageReason.OPTED_OUT, at=now)


def _reply(
    message: InboxMessage, effects: ReplyEffects, question: Question | None, work: UnitOfWork, now: datetime
) -> None:
    when, _ = visit_of(question, work) if question else ("", None)
    if effects.reply is not None:
        new = NewMessage(
            company_id=message.company_id,
            text=ru.REPLIES[effects.reply].format(when=when),
            dedup_key=f"reply:{message.inbox_id}",
            deadline_at=now + REPLY_WITHIN,
            purpose=Purpose.REPLY,
            record_id=question.record_id if question else None,
        )
        work.outbox_messages.add(new, message.contact_id, now)
        work.nudge(Job.WAKE_HOSTS)
    if question is not None and effects.tells_salon:
        told = _told(question, effects, work)
        notify_salon(question, told, key=_told_key(message, effects, question), work=work, now=now)


def _told_key(message: InboxMessage, effects: ReplyEffects, question: Question) -> str:
    """Who answers each of several questions with the same word is told of once."""
    if not question.rivals:
        return f"told:{message.inbox_id}"
    asked_at = f"{question.asked_at.timestamp():.6f}"
    return f"which:{message.contact_id}:{asked_at}:{'yes' if effects.silence is None else 'no'}"


def _told(question: Question, effects: ReplyEffects, work: UnitOfWork) -> str:
    """What the salon reads of an answer."""
    if effects.answer is not None and not effects.is_unsure:
        return ru.TELL_SALON[effects.answer]
    if not question.rivals:
        return ru.TELL_UNSURE
    visits = sorted((question, *question.rivals), key=lambda one: one.visit_at)
    return ru.tell_which([visit_of(one, work)[0] for one in visits])


def notify_salon(question: Question, told: str, *, key: str, work: UnitOfWork, now: datetime) -> None:
    """A message to the salon's own number, about one visit: there the owner reads it beside the client's chat."""
    company = work.companies.find(question.company_id)
    if company is None or company.whatsapp_phone is None:
        return
    when, name = visit_of(question, work)
    phone = work.questions.contact_phone(question.company_id, question.contact_id)
    new = NewMessage(
        company_id=question.company_id,
        text=told.format(when=when, who=who(name, phone)),
        dedup_key=key,
        deadline_at=now + NOTIFY_WITHIN,
        purpose=Purpose.REPLY,
        record_id=question.record_id,
        about=question.contact_id,
    )
    enqueue(new, to=IdentityObservation(phone=company.whatsapp_phone), work=work, now=now)


def visit_of(question: Question, work: UnitOfWork) -> tuple[str, str | None]:
    """When the visit is, in the salon's time and a client's words; and what its client is called."""
    salon = work.sync_runs.salon(question.company_id)
    zone = salon.zone if salon else DEFAULT_ZONE
    local = question.visit_at.astimezone(ZoneInfo(zone))
    when = wording.day_and_clock(local)
    if question.first is not None:
        return when, question.first.client_name
    known = work.records.find(question.company_id, question.record_id)
    return when, known.record.client_name if known and is_held(question, known.record) else None
