"""What a turn brings about: everything at once, in one transaction, or nothing.

The words are handled, answers and wishes kept, the reply owed and the salon told in the commit that ends the claim:
whatever dies, each burst counts once. What a client has written meanwhile discards the draft, for it may say
otherwise; not where something was written into the journal: that has to be said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiadmin.domain.chat.burst import QUIET, due_after
from aiadmin.domain.chat.commands import Command, Media
from aiadmin.domain.chat.confirmation import ClientAnswer, Question, is_to_write
from aiadmin.domain.chat.dialogue import Proposal
from aiadmin.domain.chat.floor import GIVES_THE_FLOOR, HELD_BY_HUMAN, LEFT, Floor, HandOverReason, Holder
from aiadmin.domain.chat.steps import Act, Need, Reply
from aiadmin.domain.chat.transcript import ChatPart
from aiadmin.domain.chat.turn import Chat, TurnRecord, verdict_of
from aiadmin.domain.ids import MessageId
from aiadmin.domain.job import Job
from aiadmin.domain.messages.message import MessageReason, NewMessage, Purpose
from aiadmin.domain.yclients.write_outcome import WriteOutcome
from aiadmin.services.chat.openings import Opening
from aiadmin.services.chat.salon_messages import tell_salon
from aiadmin.storage.unit_of_work import UnitOfWork
from aiadmin.texts.chat import render, salon
from aiadmin.texts.ru.chats import SPOKEN

REPLY_WITHIN = timedelta(minutes=10)
"""An answer that comes later is odd."""
DONE_WITHIN = timedelta(hours=12)
"""What was written into the journal is said, if it takes until the salon's phone is there again."""
LEFT_FOR = timedelta(hours=1)
"""How long automation leaves a chat alone after words that are left to whoever reads it."""
REDRAFTED_WITHIN = timedelta(minutes=1)
"""A draft is discarded for a newer message, but not for ever: who never pauses is answered all the same."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a turn came to.

    Attributes:
        agreed: what was written into the journal, or tried; `written` is what became of it.
        dropped: what was agreed to and not begun, and is not to be done by the words that came since.
        handles: whether the words are handled by it; False where it tells what is owed from before they came.
    """

    reply: Reply
    commands: Sequence[Command] = ()
    needs: Sequence[Need] = ()
    agreed: Proposal | None = None
    written: tuple[WriteOutcome, ...] = ()
    handles: bool = True
    dropped: Proposal | None = None


def finish(work: UnitOfWork, opening: Opening, result: Result, now: datetime) -> bool:
    """Bring a turn's result about, in the caller's transaction; False where the claim or the draft is void."""
    chat = opening.chat
    version = work.chats.lock(chat)
    if version is None:
        return False
    if version != chat.version and result.agreed is None and not _has_waited(chat, now):
        work.chats.give_back(chat)
        return False
    _attend(work, opening, result.reply, now)
    _opt(work, chat, result.reply, now)
    _say(work, opening, result, now)
    work.chats.keep(_after(opening, result.reply, now), now)
    handled = opening.part.numbers if result.handles else ()
    end_claim(work, chat, handled, is_whole=version == chat.version, now=now)
    return True


def end_claim(work: UnitOfWork, chat: Chat, numbers: Sequence[int], *, is_whole: bool, now: datetime) -> None:
    """These messages are handled; what else waits is due at once, or where more has come when that is over.

    Args:
        is_whole: whether nothing has come since the claim.
    """
    work.transcripts.finish(chat.company_id, numbers, now)
    waits_since = work.transcripts.waits(chat.company_id, chat.contact_id)
    if waits_since is None:
        work.chats.release(chat, due_at=None, waits_since=None)
    else:
        due_at = now if is_whole else due_after(now, max(waits_since, now - QUIET))
        work.chats.release(chat, due_at=due_at, waits_since=waits_since)
        work.nudge(Job.HANDLE_CHATS)


def _has_waited(chat: Chat, now: datetime) -> bool:
    return chat.waits_since is not None and now - chat.waits_since >= REDRAFTED_WITHIN


def _attend(work: UnitOfWork, opening: Opening, reply: Reply, now: datetime) -> None:
    """Answers to reminders, to be written into the journal by `JournalConfirmer`."""
    for given in reply.attendance:
        question = _asked(opening.questions, given.record_id)
        answer = ClientAnswer(given.answer)
        if question is not None and question.answer is not answer:
            write_at = now if is_to_write(answer, question) else None
            work.questions.answer(question, answer, at=now, write_at=write_at)
            if write_at is not None:
                work.nudge(Job.HANDLE_CHATS)


def _asked(questions: Sequence[Question], record_id: int) -> Question | None:
    exact = (one for one in questions if record_id == one.standing_id)
    return next(exact, next((one for one in questions if one.is_about(record_id)), None))


def _opt(work: UnitOfWork, chat: Chat, reply: Reply, now: datetime) -> None:
    whom = chat.company_id, chat.contact_id
    if reply.opt_out is False:
        work.permissions.opt_in(*whom)
    elif reply.opt_out:
        work.permissions.opt_out(*whom, now)
        work.outbox_messages.cancel_to(*whom, reason=MessageReason.OPTED_OUT, at=now)


def _say(work: UnitOfWork, opening: Opening, result: Result, now: datetime) -> None:
    """The turn, what the client is sent of it, and what the salon is told."""
    reply = result.reply
    is_said = result.agreed is not None or not opening.is_answered
    text = render(reply, opening.situation) if is_said else ""
    turn_id = work.chats.add_turn(_record(opening, result, text or None, now))
    if text:
        number = _owe(work, opening, result, text, turn_id, now)
        work.chats.set_reply(opening.chat.company_id, turn_id, number, _offered(work, opening, reply, number, now))
    for done in filter(None, (result.agreed, result.dropped)):
        work.proposals.set_told(opening.chat.company_id, done, now)
    told = salon.to_salon(reply, opening.situation, "\n".join(map(salon.shown_words, opening.part.utterances)))
    if told:
        whom = opening.chat.company_id, told
        tell_salon(work, *whom, about=opening.chat.contact_id, key=f"told:{turn_id}", now=now)


def _owe(
    work: UnitOfWork, opening: Opening, result: Result, text: str, turn_id: int, now: datetime
) -> MessageId | None:
    within = DONE_WITHIN if result.reply.act is Act.DONE or result.agreed is not None else REPLY_WITHIN
    new = NewMessage(
        company_id=opening.chat.company_id,
        text=text,
        dedup_key=f"reply:{turn_id}",
        deadline_at=now + within,
        purpose=Purpose.REPLY,
        record_id=next((one.record_id for one in result.reply.attendance), None),
    )
    return work.outbox_messages.add(new, opening.chat.contact_id, now)


def _offered(
    work: UnitOfWork, opening: Opening, reply: Reply, number: MessageId | None, now: datetime
) -> Proposal | None:
    """What the message offers, under its number: a yes to it is a yes to nothing else."""
    if reply.proposal is None:
        return None
    whom = opening.chat.company_id, opening.chat.contact_id
    return work.proposals.add(*whom, reply.proposal, message_id=number, at=now)


def _record(opening: Opening, result: Result, text: str | None, now: datetime) -> TurnRecord:
    reply, part = result.reply, opening.part
    return TurnRecord(
        company_id=opening.chat.company_id,
        contact_id=opening.chat.contact_id,
        inbox_ids=part.numbers if result.handles else (),
        heard=_heard(part) if result.handles else (),
        written_at=part.written_at,
        began_at=opening.began_at,
        finished_at=now,
        commands=result.commands,
        needs=result.needs,
        written=result.written,
        attendance=reply.attendance,
        act=reply.act,
        asks=reply.asks,
        hand_over=reply.hand_over,
        rating=reply.rating,
        parts=[type(one).__name__ for one in reply.parts] if text is not None else (),
        reply=text,
        verdict=verdict_of(reply, result.agreed.operation if result.agreed else None, result.written),
    )


def _heard(part: ChatPart) -> list[str]:
    spoken = {one.text for one in part.utterances if one.is_spoken}
    return [_shown(one, is_spoken=one in spoken) for one in part.burst.parts]


def _shown(said: str | Media, *, is_spoken: bool) -> str:
    if isinstance(said, Media):
        return said.kind.value
    return SPOKEN.format(words=said) if is_spoken else said


def _after(opening: Opening, reply: Reply, now: datetime) -> Chat:
    """The chat as the turn leaves it."""
    chat, heard_media = opening.chat, any(isinstance(one, Media) for one in opening.part.burst.parts)
    is_media_said = heard_media or reply.hand_over is HandOverReason.MEDIA
    return replace(
        chat,
        dialogue=replace(reply.dialogue, touched_at=opening.situation.now),
        floor=_floor(opening, reply, now),
        greeted_at=now if reply.greets else chat.greeted_at,
        media_at=now if is_media_said else chat.media_at,
    )


def _floor(opening: Opening, reply: Reply, now: datetime) -> Floor:
    """A human gets it, or keeps it for as long as they have it already."""
    given: Floor | None = None
    if reply.hand_over in GIVES_THE_FLOOR and reply.hand_over is not None:
        given = Floor(holder=Holder.HUMAN, why=reply.hand_over.value, until=now + HELD_BY_HUMAN)
    elif reply.is_left:
        given = Floor(holder=Holder.HUMAN, why=LEFT, until=now + LEFT_FOR)
    return opening.chat.floor.or_longer(given)
