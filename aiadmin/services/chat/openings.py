"""What a turn begins with: the chat, what is to be handled of it, and all that is known before it is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.availability import is_on
from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.commands import NamedService
from aiadmin.domain.chat.confirmation import Question, distinct
from aiadmin.domain.chat.context import reading_context
from aiadmin.domain.chat.dialogue import Proposal
from aiadmin.domain.chat.floor import LEFT, Floor
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.situation import ClientView, Situation
from aiadmin.domain.chat.transcript import (
    ChatPart,
    Speaker,
    Transcript,
    Utterance,
    answered_by_human,
    human_spoke_at,
    repeats,
)
from aiadmin.domain.chat.turn import Chat
from aiadmin.domain.messages.message import Purpose
from aiadmin.services.chat.open_asks import AsksReader
from aiadmin.services.chat.salon_views import SalonKnown
from aiadmin.services.chat.views import Views
from aiadmin.storage.unit_of_work import UnitOfWork

ADVERTISED_WITHIN = timedelta(days=7)
_ADVERTISING = frozenset({Purpose.MANUAL, Purpose.PROVIDER})
"""What may be an advertisement: the salon's own words."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A turn that has begun.

    Attributes:
        part: what is handled in it.
        questions: of reminders that it may answer, the one that was sent last first.
        began_at: aware, like the times of what was said; those of the situation are the salon's wall clock.
        guests: by number of a record, for whom else the client has booked it by chat.
        last_said: the last message of ours to the client.
        is_answered: whether a human has answered meanwhile: we say nothing more to it.
    """

    chat: Chat
    part: ChatPart
    known: SalonKnown
    situation: Situation
    context: ReadingContext
    questions: Sequence[Question]
    began_at: datetime
    guests: Mapping[int, str] = field(default_factory=dict)
    last_said: str = field(default="", repr=False)
    is_answered: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The salon's."""
        return ZoneInfo(self.known.view.zone)


def as_agreed(opening: Opening, proposal: Proposal) -> Opening:
    """A turn as it began when its client agreed, whatever was said or set since."""
    asked = OpenAsk(kind=AskKind.PROPOSAL, sent_at=opening.situation.now, proposal=proposal)
    situation = replace(opening.situation, asks=(asked,), quoted=None, quotes_other=False, floor=Floor(), is_on=True)
    return replace(opening, situation=replace(situation, written_at=situation.now, repeats=0, spoken=""))


@dataclass(frozen=True, kw_only=True)
class OpeningReader:
    """Reads what turns begin with."""

    views: Views

    def read(self, work: UnitOfWork, chat: Chat, part: ChatPart, transcript: Transcript, *, now: datetime) -> Opening:
        """All that is known before a client's words are answered.

        Raises:
            CompanyNotFoundError: no such company.
        """
        known = self.views.salon(work, chat.company_id)
        zone = ZoneInfo(known.view.zone)
        questions = distinct(work.questions.open(chat.company_id, chat.contact_id, part.first_at))
        reader = AsksReader(work=work, chat=chat, part=part, transcript=transcript, questions=questions, zone=zone)
        asks = reader.all()
        quoted = reader.quoted(asks)
        client = self._client(work, chat, known)
        is_answered = answered_by_human(part, transcript)
        quiet = work.message_settings.settings(chat.company_id).quiet
        situation = Situation(
            now=_local(now, zone),
            written_at=_local(part.written_at, zone),
            salon=known.view,
            client=client,
            dialogue=chat.dialogue,
            floor=_floor(chat.floor, now),
            asks=_unspoken(asks, part, transcript, zone),
            quoted=quoted,
            quotes_other=part.quoted_id is not None and quoted is None,
            greeted_at=_local_or_none(chat.greeted_at, zone),
            media_at=_local_or_none(chat.media_at, zone),
            is_opted_out=work.permissions.recipient(chat.company_id, chat.contact_id).opted_out_at is not None,
            is_on=is_on(known.view, client.phone, _local(now, zone)) and not is_answered,
            repeats=repeats(part, transcript),
            promo=self._promo(known, part, transcript),
            quiet=(quiet.begins, quiet.ends),
            spoken=part.spoken,
        )
        situation = _counted(situation, work, chat, now, zone)
        return Opening(
            chat=chat,
            part=part,
            known=known,
            situation=situation,
            context=reading_context(situation, self.views.vocabulary(known)),
            questions=questions,
            began_at=now,
            guests=work.visit_writes.guests_of(chat.company_id, chat.contact_id),
            last_said=last.text or "" if (last := _last_of_ours(part, transcript)) else "",
            is_answered=is_answered,
        )

    def _client(self, work: UnitOfWork, chat: Chat, known: SalonKnown) -> ClientView:
        contact = work.contacts.find(chat.company_id, chat.contact_id)
        if contact is None:
            return ClientView()
        return self.views.client(work, chat.company_id, phone=contact.phone, also=contact.also, zone=known.view.zone)

    def _promo(self, known: SalonKnown, part: ChatPart, transcript: Transcript) -> tuple[int, ...] | None:
        """The services that the last message to the client names, where it was an advertisement."""
        last = _last_of_ours(part, transcript)
        if last is None or last.purpose not in _ADVERTISING or part.first_at - last.at > ADVERTISED_WITHIN:
            return None
        context = ReadingContext(vocabulary=self.views.vocabulary(known), now=_local(last.at, _zone(known)))
        said = read(Burst((last.text or "",)), context)
        return tuple(number for one in said if isinstance(one, NamedService) for number in one.ids)


def _last_of_ours(part: ChatPart, transcript: Transcript) -> Utterance | None:
    before = [one for one in transcript if one.speaker is Speaker.US and one.at <= part.first_at]
    return before[-1] if before else None


def _zone(known: SalonKnown) -> ZoneInfo:
    return ZoneInfo(known.view.zone)


def _floor(floor: Floor, now: datetime) -> Floor:
    """Automation has it again when a human's time is over; what was left to a human is nobody's before one writes."""
    is_over = floor.until is not None and floor.until <= now
    return Floor() if is_over or floor.why == LEFT else floor


def _unspoken(asks: Sequence[OpenAsk], part: ChatPart, transcript: Transcript, zone: ZoneInfo) -> tuple[OpenAsk, ...]:
    """Those that words may answer which quote nothing: no human of the salon has spoken since they were sent."""
    spoke_at = human_spoke_at(transcript, before=part.first_at)
    spoke = None if spoke_at is None else _local(spoke_at, zone)
    return tuple(one for one in asks if spoke is None or one.sent_at > spoke)


def _counted(situation: Situation, work: UnitOfWork, chat: Chat, now: datetime, zone: ZoneInfo) -> Situation:
    """With how much was said and done in the chat of late."""
    whom = chat.company_id, chat.contact_id
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    of_hour, of_day = work.transcripts.count_replies(*whom, hour=hour, day=day)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    booked = work.visit_writes.count_booked(*whom, midnight)
    return replace(situation, replies_of_hour=of_hour, replies_of_day=of_day, booked_today=booked)


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _local_or_none(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if at is None else _local(at, zone)
