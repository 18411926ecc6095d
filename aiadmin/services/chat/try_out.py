"""The try-out: a chat with the bot against the salon's live journal, where nothing is written and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from aiadmin.domain.chat.bot_settings import BotMode
from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.context import reading_context
from aiadmin.domain.chat.dialogue import Proposal, VisitOperation
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.remembered import RememberedChat
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.chat.steps import Found, Need, Reply
from aiadmin.domain.chat.vocabulary import Vocabulary
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.yclients.write_outcome import Saved, SavedRecord, WriteOutcome
from aiadmin.services.chat.deciding import Writer, decided
from aiadmin.services.chat.lookups import LookUps, TurnLookUps
from aiadmin.services.chat.understanding import Exchange, Reader, Understanding, Understood
from aiadmin.services.chat.views import Views
from aiadmin.storage.unit_of_work import NewUnitOfWork
from aiadmin.texts import chat as chat_texts
from aiadmin.texts.chat.salon import to_salon

Understand = Callable[[Burst, ReadingContext], Understood]
"""What a burst means."""


def by_rules(burst: Burst, context: ReadingContext) -> Understood:
    """As the rules alone read it."""
    return Understood(commands=read(burst, context))


@dataclass(frozen=True, kw_only=True)
class TriedTurn:
    """One turn of a try-out, with why.

    Attributes:
        text: what the client would read; empty where nothing would be sent.
        to_salon: what the salon's own number would read; empty for nothing.
        commands: what was understood, and `read_by` by whom.
        needs: what was looked up, in order; `found` has the answers.
        agreed: what would have been written into the journal.
    """

    text: str
    to_salon: str
    commands: Sequence[Command]
    read_by: Reader
    needs: Sequence[Need]
    found: Found
    reply: Reply
    situation: Situation
    agreed: Proposal | None = None


def take_turn(
    chat: RememberedChat,
    burst: Burst,
    situation: Situation,
    vocabulary: Vocabulary,
    *,
    look_ups: TurnLookUps,
    write: Writer,
    understand: Understand = by_rules,
) -> tuple[TriedTurn, RememberedChat]:
    """One burst: read, decided upon and answered; the chat as it is afterwards."""
    understood = understand(burst, reading_context(situation, vocabulary))
    made = decided(situation, understood.commands, look_ups=look_ups, write=write)
    text = chat_texts.render(made.reply, made.situation)
    turn = TriedTurn(
        text=text,
        to_salon=to_salon(made.reply, made.situation, burst.text),
        commands=understood.commands,
        read_by=understood.by,
        needs=made.needs,
        found=made.found,
        reply=made.reply,
        situation=made.situation,
        agreed=made.agreed,
    )
    return turn, chat.after(made.reply, made.situation, text=text, booked=_booked(made.agreed, made.found.written))


def _booked(agreed: Proposal | None, written: Sequence[WriteOutcome]) -> int:
    if agreed is None or agreed.operation is not VisitOperation.BOOK:
        return 0
    return sum(isinstance(one, Saved) for one in written)


@dataclass(frozen=True, kw_only=True)
class TryOut:
    """Try-outs of the bots of salons: whatever their mode is, the bot is on here, and knows what it would know."""

    uow: NewUnitOfWork
    views: Views
    understanding: Understanding
    look_ups: LookUps

    def say(
        self, company_id: CompanyId, chat: RememberedChat, words: str, *, phone: str | None = None
    ) -> tuple[TriedTurn, RememberedChat]:
        """What the bot answers.

        Args:
            phone: of the client who is played, digits; None for somebody whom nobody knows.

        Raises:
            CompanyNotFoundError: no such company.
            DependencyDownError: PostgreSQL does not answer.
        """
        with self.uow() as work:
            known = self.views.salon(work, company_id)
            client = self.views.client(work, company_id, phone=phone, zone=known.view.zone)
            vocabulary = self.views.vocabulary(known)
        heard = chat.hearing(words)
        situation = heard.situation(_on(known.view), client, self.views.now(known.view.zone))
        exchange = Exchange.of(company_id, situation, chat.last_said)
        return take_turn(
            heard,
            Burst((words,)),
            situation,
            vocabulary,
            look_ups=self.look_ups.begin(known.salon, client),
            write=_as_if_written,
            understand=lambda burst, context: self.understanding.read(burst, context, exchange),
        )


def _on(view: SalonView) -> SalonView:
    return replace(view, bot=replace(view.bot, mode=BotMode.ALWAYS))


def _as_if_written(proposal: Proposal) -> tuple[WriteOutcome, ...]:
    """What the client would read if all went well."""
    count = max(len(proposal.slots), 1)
    return tuple(Saved((SavedRecord(record_id=number),)) for number in range(1, count + 1))
