"""Listening: clients' voice messages are written down, and then read as if they had been typed.

Where a voice lies is a row until its turn: the turn fetches it, plays it to a recogniser and keeps the words, with
nothing of the voice left. A worker that dies in between has it heard once more; what fails is a voice message that
nobody could hear, as without a recogniser.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import structlog

from aiadmin.domain.chat.spoken import is_tried_again, to_listen_to, written_down
from aiadmin.domain.chat.transcript import Utterance
from aiadmin.domain.chat.turn import Chat
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.voice import VoiceNote
from aiadmin.services.chat.openings import Opening
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.language_model import ModelLimits
from aiadmin.services.ports.speech import Speech, VoiceError, VoiceNotes
from aiadmin.storage.unit_of_work import NewUnitOfWork

log = structlog.get_logger(__name__)

LANGUAGE = "ru"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class VoiceListener:
    """Listens.

    Attributes:
        speech: None where no recogniser is configured.
        limits: of the recogniser: how often a salon may have it asked, and when it is left alone.
    """

    uow: NewUnitOfWork
    clock: Clock
    notes: VoiceNotes
    speech: Speech | None = None
    limits: ModelLimits | None = None

    def waiting(self, opening: Opening) -> Sequence[Utterance]:
        """The voice messages of a turn that are to be listened to first."""
        if self.speech is None or (self.speech.is_abroad and not opening.situation.salon.bot.speech_abroad):
            return ()
        return to_listen_to(opening.part, opening.situation)

    def listen(self, chat: Chat, notes: Sequence[Utterance]) -> None:
        """Keep what was heard of each. Never raises for what servers do.

        Raises:
            DependencyDownError: PostgreSQL does not answer; it is all heard once more.
        """
        began = time.monotonic()

        def since() -> timedelta:
            return timedelta(seconds=time.monotonic() - began)

        heard = [(one.number, self._heard(chat.company_id, one.voice, since)) for one in notes]
        with self.uow() as work:
            for number, text in heard:
                work.inbox_messages.set_heard(chat.company_id, number, text)
            work.commit()

    def _heard(self, company_id: CompanyId, note: VoiceNote | None, since: Callable[[], timedelta]) -> str | None:
        now, limits, speech = self.clock(), self.limits, self.speech
        if note is None or speech is None or limits is None or limits.is_resting(now):
            return None
        try:
            voice = _tried(lambda: self.notes.fetch(note), since)
        except VoiceError as error:
            log.warning("a voice message cannot be fetched", company_id=company_id, error=str(error))
            return None
        if not limits.take(company_id, now):
            return None
        try:
            text = _tried(lambda: speech.transcribe(voice, language=LANGUAGE), since)
        except VoiceError as error:
            log.warning("a voice message was not written down", company_id=company_id, error=str(error))
            limits.failed(self.clock())
            return None
        limits.answered()
        return written_down(text)


def _tried(call: Callable[[], T], since: Callable[[], timedelta]) -> T:
    """What a call gives, made again where that may help; raises VoiceError."""
    tries = 0
    while True:
        tries += 1
        try:
            return call()
        except VoiceError as error:
            if not is_tried_again(is_passing=error.is_passing, tries=tries, since=since()):
                raise
