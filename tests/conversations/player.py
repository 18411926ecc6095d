"""Plays a conversation with the pure functions of the chat against the fake YClients, without a database.

It is for those who write rules: it starts at once, and shows what was understood, looked up and said. `bot replay`
plays the same with the real services.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from aiadmin.adapters.yclients.booking_api import YClientsBooking
from aiadmin.adapters.yclients.http import Timeouts, YClientsHttp
from aiadmin.adapters.yclients.rest import RestApi
from aiadmin.adapters.yclients.salon_api import YClientsSalonApi
from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.asks import AskKind, Attend, OpenAsk
from aiadmin.domain.chat.commands import AttachmentKind, Command, Media, NamedService
from aiadmin.domain.chat.context import reading_context
from aiadmin.domain.chat.dialogue import Proposal, Slot, VisitOperation
from aiadmin.domain.chat.floor import GIVES_THE_FLOOR, HELD_BY_HUMAN, Floor, HandOverReason, Holder
from aiadmin.domain.chat.hearing import ReadingContext
from aiadmin.domain.chat.own_visits import own_visits
from aiadmin.domain.chat.policy.decide import decide
from aiadmin.domain.chat.reading import Burst, read
from aiadmin.domain.chat.situation import BotMode, SalonView, Situation
from aiadmin.domain.chat.steps import Found, Need, NeedVisits, Reply, Unavailable, Write
from aiadmin.domain.chat.vocabulary import Vocabulary
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.journal.online_booking import Appointment, Move, NewBooking, PricedService, is_moved, read_back
from aiadmin.domain.replay.catalogue import Catalogue
from aiadmin.domain.replay.labels import known_of, made_offer, offer_of, times_of
from aiadmin.domain.replay.played import PlayedTurn
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, SavedRecord, Unknown, WriteOutcome
from aiadmin.services.chat.lookups import LookUps, TurnLookUps
from aiadmin.storage.chat.catalogue import BotSalon
from aiadmin.texts.chat import render
from tests.conversations.views import CaseViews, bot_settings, salon_view, vocabulary
from tests.fakes.yclients.client import FakeYClients

SALON = 962302
_TIMEOUTS, _PATIENCE = Timeouts(connect=1, total=0.3), timedelta(seconds=0.3)
_QUIET = timedelta(seconds=5)
_MEDIA = {"voice": AttachmentKind.VOICE, "photo": AttachmentKind.PHOTO, "sticker": AttachmentKind.STICKER}
_LEFT_ALONE = timedelta(hours=1)
_MOST_STEPS = 12


class _NoBudget:
    """Every call may go at once."""

    def wait(self, *_: Any, **__: Any) -> None: ...

    def be_quiet(self, _asked: timedelta) -> None: ...


class Stage:
    """A fake YClients with the salon of one file, and the product's adapters for it."""

    def __init__(self, fake: FakeYClients, file: Mapping[str, Any]) -> None:
        self.fake, self.file, self.catalogue = fake, file, Catalogue(file)
        fake.activate(SALON)
        fake.conversation(SALON, file)
        keeping = self._rest(keeps_connections=True)
        self.booking = YClientsBooking(keeping, timeouts=_TIMEOUTS, patience=_PATIENCE)
        self.api = YClientsSalonApi(keeping)
        self.view = salon_view(file, self.api, self.booking, SALON)
        self.vocabulary: Vocabulary = vocabulary(self.view, file["salon"]["facts"])

    def _rest(self, **more: Any) -> RestApi:
        fake = self.fake
        http = YClientsHttp(
            base_url=f"{fake.url}/api/v1", partner_token=fake.partner_token, user_token=fake.user_token, **more
        )
        return RestApi(http, _NoBudget(), rng=lambda: 0.0)

    def play(self, case: Mapping[str, Any]) -> Iterator[PlayedTurn]:
        """The turns of a conversation, one after the other."""
        self.fake.conversation(SALON, {**self.file, "conversations": [case]}, case["id"])
        played = _Conversation(self, case)
        for turn in case["turns"]:
            yield played.turn(turn)


@dataclass
class _Message:
    text: str | None = None
    media: Media | None = None
    after: float = 0
    minutes: float = 0
    while_working: bool = False
    quote: str | None = None

    @classmethod
    def of(cls, given: Any) -> _Message:
        if isinstance(given, str):
            return cls(text=given)
        kind = next((one for one in _MEDIA if one in given), None)
        caption = given.get("photo") if kind == "photo" else None
        text = given.get("text") or given.get("reaction") or caption
        seconds = given["voice"] if kind == "voice" else None
        about = {name: given[name] for name in ("after", "minutes", "while_working", "quote") if name in given}
        return cls(text=text or None, media=Media(kind=_MEDIA[kind], seconds=seconds) if kind else None, **about)

    @property
    def parts(self) -> list[str | Media]:
        return [one for one in (self.text, self.media) if one is not None]


@dataclass
class _Run:
    """One way through the decisions."""

    commands: tuple[Command, ...]
    situation: Situation
    reply: Reply
    found: Found
    log: list[str]
    wrote: bool


@dataclass
class _Conversation:
    """What the database remembers of a chat."""

    stage: Stage
    case: Mapping[str, Any]
    views: CaseViews = field(init=False)

    def __post_init__(self) -> None:
        self.salon: SalonView = replace(self.stage.view, bot=bot_settings(self.stage.file, self.case))
        self.views = CaseViews(self.stage.file, self.case, self.salon)
        self.zone = ZoneInfo(self.salon.zone)
        self.now, self.client, self.dialogue = self.views.now, self.views.client(), self.views.dialogue()
        self.asks: list[OpenAsk] = self.views.asks()
        self.floor, self.phone = self.views.floor(), self.views.person["phone"]
        self.first_offer = next((one for one in reversed(self.asks) if one.proposal), None)
        self.greeted_at: datetime | None = None
        self.media_at: datetime | None = None
        self.opted_out = False
        self.sent: list[datetime] = []
        self.last_words, self.repeats, self.booked = "", 0, 0
        self.promo = self._promo()

    # --- a turn ---

    def turn(self, given: Mapping[str, Any]) -> PlayedTurn:
        started, calls, writes = time.monotonic(), len(self.stage.fake.requests()), self._writes()
        self.stage.fake.method_faults(**given.get("faults", {}))
        messages = [_Message.of(one) for one in given["say"]]
        self._pass(timedelta(seconds=sum(one.after for one in messages)))
        knew = known_of(self.dialogue, has_name=self.client.name is not None)
        run = self._react(messages)
        text = render(run.reply, run.situation)
        stood = self._proposal()
        self._keep(run, text, messages)
        return PlayedTurn(
            texts=(text,) if text else (),
            act=run.reply.act.value,
            asks=run.reply.asks and run.reply.asks.value,
            reason=run.reply.hand_over and run.reply.hand_over.value,
            offer=made_offer(run.reply.act, run.reply.proposal, stood),
            stands=offer_of(self._proposal()),
            writes=self._writes()[len(writes) :],
            salon_told=run.reply.tells_salon,
            opted_out=self.opted_out,
            answered=_answered(run.found),
            knew=knew,
            calls=len(self.stage.fake.requests()) - calls,
            milliseconds=round((time.monotonic() - started) * 1000),
            details={"commands": run.commands, "log": run.log, "reply": run.reply, "dialogue": self.dialogue},
        )

    def _react(self, messages: Sequence[_Message]) -> _Run:
        """What comes while we work discards the draft, unless something was written."""
        early = next((place for place, one in enumerate(messages) if one.while_working), None)
        if early:
            first = self._run(messages[:early])
            if first.wrote:
                return first
        self._pass(_QUIET)
        return self._run(messages)

    def _run(self, messages: Sequence[_Message]) -> _Run:
        before = self._situation(messages)
        burst = Burst(tuple(part for one in messages for part in one.parts))
        commands = read(burst, reading_context(before, self.stage.vocabulary))
        situation = replace(before, dialogue=advance(before.dialogue, commands, before))
        found, log, look_ups, wrote = Found(), [], self._look_ups(), False
        for _ in range(_MOST_STEPS):
            step = decide(situation, commands, found)
            if isinstance(step, Reply):
                return _Run(commands, situation, step, found, log, wrote)
            if isinstance(step, Write):
                wrote, written = True, self._write(step.proposal, log)
                found = replace(found, written=written)
                continue
            for need in step.needs:
                found = look_ups.answer([need], found)
                log.append(f"{need} -> {_short(_answer(found, need))}")
        raise RuntimeError(f"decide gives no reply: {log}")

    def _situation(self, messages: Sequence[_Message]) -> Situation:
        quote = next((one.quote for one in messages if one.quote), None)
        words = " ".join(one.text or "" for one in messages).strip().lower()
        self.repeats = self.repeats + 1 if words and words == self.last_words else 0
        self.last_words = words
        return Situation(
            now=self.now,
            written_at=self.now - timedelta(minutes=max(one.minutes for one in messages)),
            salon=self.salon,
            client=self.client,
            dialogue=self.dialogue,
            floor=self.floor,
            asks=tuple(self.asks),
            quoted=self.first_offer if quote == "first_offer" else None,
            quotes_other=quote is not None and (quote != "first_offer" or self.first_offer is None),
            greeted_at=self.greeted_at,
            media_at=self.media_at,
            replies_of_hour=sum(self.now - one < timedelta(hours=1) for one in self.sent),
            replies_of_day=sum(self.now - one < timedelta(days=1) for one in self.sent),
            booked_today=self.booked,
            is_opted_out=self.opted_out,
            repeats=self.repeats,
            promo=self.promo,
            is_on=self.salon.bot.mode is not BotMode.OFF,
        )

    def _promo(self) -> tuple[int, ...] | None:
        """The services of the advertisement that was the last message of ours."""
        text = self.views.promo()
        if text is None:
            return None
        commands = read(Burst((text,)), ReadingContext(vocabulary=self.stage.vocabulary, now=self.now))
        return tuple(number for one in commands if isinstance(one, NamedService) for number in one.ids)

    def _pass(self, passed: timedelta) -> None:
        if passed:
            self.now += passed
            self.stage.fake.clock(now=self.now.replace(tzinfo=self.zone).isoformat(), stands=True)

    # --- what is looked up ---

    def _look_ups(self) -> TurnLookUps:
        salon = BotSalon(
            company_id=CompanyId(1),
            salon_id=SalonId(SALON),
            title=self.salon.title,
            zone=self.salon.zone,
            country=self.salon.country,
            currency=self.salon.currency,
            address=self.salon.address,
            phone=None,
            opening=None,
            is_allowed=True,
            rules=self.salon.rules,
            missing_rights=frozenset(),
            settings=self.salon.bot,
        )
        return LookUps(api=self.stage.booking, clock=lambda: self.now.replace(tzinfo=self.zone)).begin(
            salon, self.client
        )

    def _records(self) -> list[Record]:
        cards = self.client.cards or self.stage.booking.cards(SalonId(SALON), self.phone)
        found = [
            record
            for card in cards
            for record in self.stage.booking.of_client(
                SalonId(SALON), card, zone=self.salon.zone, country=self.salon.country, first=self.now.date()
            )
        ]
        return sorted(found, key=lambda one: one.wall_clock or self.now)

    # --- what is written ---

    def _write(self, proposal: Proposal, log: list[str]) -> tuple[WriteOutcome, ...]:
        if proposal.operation is VisitOperation.BOOK:
            written: tuple[WriteOutcome, ...] = tuple(self._book(proposal, slot) for slot in proposal.slots)
            self.booked += sum(isinstance(one, Saved) for one in written)
        elif proposal.operation is VisitOperation.MOVE:
            written = (self._move(proposal),)
        else:
            written = (self._cancel(proposal),)
        self.booked += (
            sum(isinstance(one, Saved) for one in written) if proposal.operation is VisitOperation.BOOK else 0
        )
        log.append(f"WRITE {proposal.operation} -> {written}")
        return written

    def _book(self, proposal: Proposal, slot: Slot) -> WriteOutcome:
        services = tuple(part for one in slot.services for part in self.salon.services[one].parts or (one,))
        visit = Appointment(
            staff_id=slot.staff_id,
            service_ids=services,
            wall_clock=slot.starts,
            token=slot.token or slot.starts.replace(tzinfo=self.zone).isoformat(),
        )
        checked = self.stage.booking.check(SalonId(SALON), [visit])
        if not isinstance(checked, Saved):
            return checked if isinstance(checked, Refused) else Refused(Refusal.NOT_NOW)
        name = " ".join(filter(None, (proposal.name or self.client.name or "", proposal.family)))
        card = self.client.cards[0] if self.client.cards else None
        booking = NewBooking(api_id=uuid4().hex, appointment=visit, phone=self.phone, name=name, client_id=card)
        outcome = self.stage.booking.book(SalonId(SALON), booking)
        if isinstance(outcome, Unknown):
            outcome = self._read_back(booking)
        return outcome

    def _read_back(self, booking: NewBooking) -> WriteOutcome:
        visit = booking.appointment
        try:
            records = self.stage.booking.on_day(
                SalonId(SALON),
                staff_id=visit.staff_id,
                day=visit.wall_clock.date(),
                zone=self.salon.zone,
                country=self.salon.country,
            )
        except YClientsError:
            return Unknown()
        return read_back(booking.api_id, booking.appointment, records)

    def _move(self, proposal: Proposal) -> WriteOutcome:
        slot = proposal.slots[0]
        try:
            record = next((one for one in self._records() if one.record_id == proposal.record_id), None)
        except YClientsError:
            return Refused(Refusal.NOT_NOW)
        if record is None:
            return Refused(Refusal.NOT_FOUND)
        services = None
        if slot.staff_id != record.staff_id:
            booked = [number for one in record.services for number in one.each()]
            prices = {one: self.salon.services[one].price_with(slot.staff_id)[0] or 0 for one in booked}
            services = tuple(PricedService(service_id=one, cost=prices[one]) for one in booked)
        move = Move(wall_clock=slot.starts, length=slot.length, staff_id=slot.staff_id, services=services)
        outcome = self.stage.booking.move(SalonId(SALON), record, move)
        if isinstance(outcome, Unknown):
            outcome = self._is_moved(record.record_id, move)
        return outcome

    def _is_moved(self, record_id: int, move: Move) -> WriteOutcome:
        try:
            found = [one for one in self._records() if one.record_id == record_id and is_moved(one, move)]
        except YClientsError:
            return Unknown()
        return Saved((SavedRecord(record_id=record_id),)) if found else Unknown()

    def _cancel(self, proposal: Proposal) -> WriteOutcome:
        outcome = self.stage.booking.cancel(SalonId(SALON), proposal.record_id or 0)
        if isinstance(outcome, Unknown):
            try:
                is_gone = all(one.record_id != proposal.record_id for one in self._records())
            except YClientsError:
                return Unknown()
            return Saved() if is_gone else Unknown()
        return outcome

    def _writes(self) -> list[Mapping[str, Any]]:
        return self.stage.fake.writes(SALON)

    # --- what is kept ---

    def _keep(self, run: _Run, text: str, messages: Sequence[_Message]) -> None:
        reply = run.reply
        self.dialogue = replace(reply.dialogue, touched_at=self.now)
        self._attend(reply)
        self._hold(reply, messages)
        if reply.opt_out is not None:
            self.opted_out = reply.opt_out
        if text:
            self.sent.append(self.now)
            self._say(reply, text)
        if run.wrote:
            self._refresh()

    def _attend(self, reply: Reply) -> None:
        for answer in reply.attendance:
            if answer.answer is Attend.YES:
                record = self.stage.api.record(
                    SalonId(SALON), answer.record_id, zone=self.salon.zone, country=self.salon.country
                )
                self.stage.api.set_attendance(SalonId(SALON), record, Attendance.CONFIRMED)
        said = {one.record_id: one.answer for one in reply.attendance}
        self.asks = [
            replace(one, answered=said[one.record_id])
            if one.kind is AskKind.ATTENDANCE and one.record_id in said
            else one
            for one in self.asks
        ]
        if reply.rating is not None:
            self.asks = [one for one in self.asks if one.kind is not AskKind.RATING]

    def _hold(self, reply: Reply, messages: Sequence[_Message]) -> None:
        if reply.hand_over in GIVES_THE_FLOOR:
            until = (self.now + HELD_BY_HUMAN).replace(tzinfo=self.zone)
            self.floor = Floor(holder=Holder.HUMAN, why=reply.hand_over.value, until=until)
        elif reply.is_left:
            until = (self.now + _LEFT_ALONE).replace(tzinfo=self.zone)
            self.floor = Floor(holder=Holder.HUMAN, why="left", until=until)
        if reply.hand_over is HandOverReason.MEDIA or any(one.media for one in messages):
            self.media_at = self.now

    def _say(self, reply: Reply, text: str) -> None:
        """A new question or proposal takes the place of the one before; one that is answered is gone."""
        if any(word in text.lower() for word in ("здравствуйте", "добрый", "доброе")):
            self.greeted_at = self.now
        self.asks = [one for one in self.asks if one.kind not in {AskKind.PROPOSAL, AskKind.QUESTION}]
        ask = None
        if reply.proposal is not None:
            made = replace(reply.proposal, made_at=self.now.replace(tzinfo=self.zone), proposal_id=uuid4().hex)
            ask = OpenAsk(kind=AskKind.PROPOSAL, sent_at=self.now, message_id=len(self.sent), proposal=made)
            self.first_offer = self.first_offer or ask
        elif reply.asks is not None:
            ask = OpenAsk(kind=AskKind.QUESTION, sent_at=self.now, message_id=len(self.sent))
        if ask is not None:
            self.asks.insert(0, ask)

    def _refresh(self) -> None:
        """What webhooks would have brought meanwhile."""
        self.stage.fake.method_faults()
        cards = tuple(self.stage.booking.cards(SalonId(SALON), self.phone))
        self.client = replace(self.client, cards=self.client.cards or cards)
        known = own_visits(self._records(), self.now, self.salon.zone)
        self.client = replace(self.client, name=self.client.name or self.dialogue.name, visits=known.coming)

    def _proposal(self) -> Proposal | None:
        return next((one.proposal for one in self.asks if one.proposal), None)


def _answered(found: Found) -> frozenset[str]:
    answers = [*found.starts.values(), *found.events.values()]
    return times_of(one for many in answers if not isinstance(many, Unavailable) for one in many)


def _answer(found: Found, need: Need) -> Any:
    if isinstance(need, NeedVisits):
        return found.visits
    tables = (found.days, found.starts, found.events, found.day_of_staff, found.free_staff)
    return next((table[need] for table in tables if need in table), None)


def _short(answer: Any) -> str:
    if isinstance(answer, Sequence) and answer and hasattr(answer[0], "wall_clock"):
        return ", ".join(f"{one.wall_clock:%d.%m %H:%M}" for one in answer)
    return str(answer)
