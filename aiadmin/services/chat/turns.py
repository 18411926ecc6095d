"""Turns: a chat whose burst is over is claimed, read, decided upon and answered, by one worker at a time.

A chat that raises is set aside alone; all others go on. YClients is asked between two transactions, never in one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from aiadmin.domain.chat.commands import Command, Yes
from aiadmin.domain.chat.corrections import corrected, read_again, says_the_same, taken_back
from aiadmin.domain.chat.dialogue import Proposal
from aiadmin.domain.chat.floor import HELD_BY_HUMAN, WROTE, Floor, Holder
from aiadmin.domain.chat.policy.hearing import as_heard
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.transcript import (
    ALIKE_WITHIN,
    ChatPart,
    Speaker,
    Transcript,
    Utterance,
    next_part,
    takes_the_floor,
)
from aiadmin.domain.chat.turn import Chat, TurnRecord
from aiadmin.domain.chat.visit_write import WriteState
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.domain.yclients.write_outcome import WriteOutcome
from aiadmin.services.chat.deciding import decided
from aiadmin.services.chat.lookups import LookUps
from aiadmin.services.chat.openings import Opening, OpeningReader, as_agreed
from aiadmin.services.chat.outcomes import Result, end_claim, finish
from aiadmin.services.chat.understanding import Exchange, Understanding
from aiadmin.services.chat.voices import VoiceListener
from aiadmin.services.chat.writes import AgreedTurn, NewerWordsError, VisitWriter
from aiadmin.services.ports.clock import Clock
from aiadmin.services.work import ClaimRule, QueueRunner
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

CLAIM = timedelta(minutes=2)
"""Longer than a turn's look-ups and writes take, waits for a call's turn included."""


@dataclass(frozen=True, kw_only=True)
class ChatHandler:
    """Handles what is said in chats."""

    uow: NewUnitOfWork
    clock: Clock
    openings: OpeningReader
    understanding: Understanding
    look_ups: LookUps
    writer: VisitWriter
    voices: VoiceListener

    def work(self) -> int:
        """Handle what is due for a slice of time, the longest due first; how many turns there were.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was claimed is due again when its claim is over.
        """
        claims = ClaimRule[Chat](table=lambda work: work.chats, lasts=CLAIM, batch=1)
        return sum(QueueRunner(uow=self.uow, clock=self.clock).work_off(WorkQueue.CHATS, claims, self._handle_all))

    def _handle_all(self, chats: Sequence[Chat]) -> int:
        for chat in chats:
            self._handle(chat)
        return len(chats)

    def _handle(self, chat: Chat, *, is_heard: bool = False) -> None:
        """The first of what waits in a chat; the rest has a turn of its own.

        Args:
            is_heard: whether its voice messages were listened to: what has no words by now is not heard at all.
        """
        now = self.clock()
        with self.uow() as work:
            transcript = work.transcripts.read(chat.company_id, chat.contact_id)
            part = next_part(transcript)
            if part is None or part.speaker is not Speaker.CLIENT:
                self._hear_salon(work, chat, part, transcript, now)
                work.commit()
                return
            opening = self.openings.read(work, chat, part, transcript, now=now)
            before = _handled_before(work, chat, part)
            untold = _untold(work, chat)
        notes = () if is_heard else self.voices.waiting(opening)
        if notes:
            self.voices.listen(chat, notes)
            self._handle(chat, is_heard=True)
            return
        try:
            result = self._result(opening, before, untold)
        except NewerWordsError:
            self._give_back(chat)
            return
        with self.uow() as work:
            work.permissions.mark_reachable(chat.company_id, chat.contact_id)
            if result is None:
                self._end(work, chat, part, now)
            else:
                finish(work, opening, result, self.clock())
            work.commit()

    def _give_back(self, chat: Chat) -> None:
        with self.uow() as work:
            work.chats.give_back(chat)
            work.commit()

    def _end(self, work: UnitOfWork, chat: Chat, part: ChatPart | None, now: datetime) -> bool:
        """A part that says nothing is handled; False where the claim is over."""
        version = work.chats.lock(chat)
        if version is None:
            return False
        end_claim(work, chat, part.numbers if part else (), is_whole=version == chat.version, now=now)
        return True

    def _hear_salon(
        self, work: UnitOfWork, chat: Chat, part: ChatPart | None, transcript: Transcript, now: datetime
    ) -> None:
        """A human who writes has the chat; a machine behind the salon's number has not."""
        if not self._end(work, chat, part, now):
            return
        wrote = [one for one in (part.utterances if part else ()) if self._is_human(work, chat, one, transcript, now)]
        if wrote and wrote[-1].at + HELD_BY_HUMAN > now:
            given = Floor(holder=Holder.HUMAN, why=WROTE, until=wrote[-1].at + HELD_BY_HUMAN)
            work.chats.keep(replace(chat, floor=chat.floor.or_longer(given)), now)

    def _is_human(self, work: UnitOfWork, chat: Chat, one: Utterance, transcript: Transcript, now: datetime) -> bool:
        alike = work.transcripts.count_alike(chat.company_id, one.text, since=now - ALIKE_WITHIN) if one.text else 0
        return takes_the_floor(one, transcript, chats_alike=alike)

    def _result(self, opening: Opening, before: TurnRecord | None, untold: Untold | None) -> Result | None:
        """What is to be brought about; None where nothing was said.

        An earlier yes goes before the words, where its worker has died: what became of it is said first, if the
        journal may have changed. Where nothing was begun, the words that we have by now decide.
        """
        part, situation = opening.part, opening.situation
        if untold is not None and untold.is_begun:
            told = self._decide(as_agreed(opening, untold.proposal), (Yes(),))
            return replace(told, handles=False)
        if part.utterances[0].is_gone and before is not None:
            return Result(reply=taken_back(situation, before))
        is_idle = part.utterances[0].is_withdrawn or not part.burst.parts
        if is_idle or (part.utterances[0].is_reaction and situation.quoted is None):
            return None
        if before is None:
            result = self._decide(opening, self._read(opening))
            return replace(result, dropped=untold.proposal if untold and result.agreed is None else None)
        again = replace(opening, situation=read_again(situation, before))
        commands = self._read(again)
        if says_the_same(commands, before):
            return None
        result = self._decide(again, commands)
        return replace(result, reply=corrected(result.reply, situation, before))

    def _read(self, opening: Opening) -> tuple[Command, ...]:
        """The rules alone where the bot is switched off."""
        burst, context, situation = opening.part.burst, opening.context, opening.situation
        if not situation.is_on:
            return read(burst, context)
        exchange = Exchange.of(opening.chat.company_id, situation, opening.last_said)
        return self.understanding.read(burst, context, exchange).commands

    def _decide(self, opening: Opening, commands: tuple[Command, ...]) -> Result:
        turn = decided(
            opening.situation,
            commands,
            look_ups=self.look_ups.begin(opening.known.salon, opening.situation.client, opening.guests),
            write=partial(self._write, opening),
        )
        reply = as_heard(turn.reply, opening.situation)
        return Result(
            reply=reply, commands=commands, needs=turn.needs, agreed=turn.agreed, written=turn.found.written
        )

    def _write(self, opening: Opening, proposal: Proposal) -> tuple[WriteOutcome, ...]:
        """Once, however often it is called: what a dead worker had begun is gone on with."""
        return self.writer.perform(
            AgreedTurn(
                known=opening.known,
                chat=opening.chat,
                client=opening.situation.client,
                proposal=proposal,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Untold:
    """An earlier yes of a chat whose outcome nobody has said.

    Attributes:
        is_begun: whether a call may have been made for it.
    """

    proposal: Proposal
    is_begun: bool


def _untold(work: UnitOfWork, chat: Chat) -> Untold | None:
    agreed = work.proposals.untold(chat.company_id, chat.contact_id)
    if agreed is None:
        return None
    writes = work.visit_writes.of_proposal(chat.company_id, agreed.proposal)
    return Untold(proposal=agreed.proposal, is_begun=any(one.state is not WriteState.WAITING for one in writes))


def _handled_before(work: UnitOfWork, chat: Chat, part: ChatPart) -> TurnRecord | None:
    """The turn that handled a message which was corrected, or taken back, since."""
    first = part.utterances[0]
    return work.chats.turn_of(chat.company_id, chat.contact_id, first.number) if first.was_handled else None
