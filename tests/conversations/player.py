"""Plays a conversation with the pure functions of the chat against the fake YClients, without a database.

It is for those who write rules: it starts at once, and shows what was understood, looked up and said. `bot replay`
plays the same with the real services.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from aiadmin.adapters.yclients.booking_api import YClientsBooking
from aiadmin.adapters.yclients.http import Timeouts, YClientsHttp
from aiadmin.adapters.yclients.rest import RestApi
from aiadmin.adapters.yclients.salon_api import YClientsSalonApi
from aiadmin.domain.chat.asks import Attend
from aiadmin.domain.chat.bot_settings import BotMode
from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.commands import AttachmentKind, Media, NamedService
from aiadmin.domain.chat.dialogue import Proposal, Slot, VisitOperation
from aiadmin.domain.chat.own_visits import own_visits
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.remembered import RememberedChat
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.chat.steps import Found, Reply, Unavailable
from aiadmin.domain.chat.vocabulary import Vocabulary
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.journal.online_booking import Appointment, Move, NewBooking, PricedService, is_moved, read_back
from aiadmin.domain.replay.catalogue import Catalogue
from aiadmin.domain.replay.labels import known_of, made_offer, offer_of, times_of
from aiadmin.domain.replay.played import PlayedTurn
from aiadmin.domain.yclients.egress import DIRECT, Egress
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, SavedRecord, Unknown, WriteOutcome
from aiadmin.hosting.collaborators import NoMetrics
from aiadmin.services.chat.lookups import LookUps, TurnLookUps
from aiadmin.services.chat.try_out import TriedTurn, take_turn
from aiadmin.storage.chat.catalogue import BotSalon
from tests.conversations.views import CaseViews, bot_settings, salon_view, vocabulary
from tests.fakes.yclients.client import FakeYClients

SALON = 962302
_TIMEOUTS, _PATIENCE = Timeouts(connect=3, total=3), timedelta(seconds=0.3)
_QUIET = timedelta(seconds=5)
_MEDIA = {"voice": AttachmentKind.VOICE, "photo": AttachmentKind.PHOTO, "sticker": AttachmentKind.STICKER}
_LEFT_ALONE = timedelta(hours=1)
_MOST_STEPS = 12


class _NoBudget:
    """Every call may go at once, by the one way there is.

    Attributes:
        calls: how many have gone.
        before: what is done before each.
    """

    def __init__(self, before: Callable[[], None]) -> None:
        self.calls, self.before = 0, before

    def wait(self, *_: Any, **__: Any) -> Egress:
        self.before()
        self.calls += 1
        return DIRECT

    def be_quiet(self, _egress: Egress, _asked: timedelta) -> None: ...

    def lost(self, _egress: Egress) -> bool:
        return False


class Stage:
    """A fake YClients with the salon of one file, and the product's adapters for it."""

    def __init__(self, fake: FakeYClients, file: Mapping[str, Any]) -> None:
        self.fake, self.file, self.catalogue = fake, file, Catalogue(file)
        self.budget = _NoBudget(self._tell_time)
        self._untold: str | None = None
        self._has_faults = False
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
        return RestApi(http, self.budget, metrics=NoMetrics(), rng=lambda: 0.0)

    def play(self, case: Mapping[str, Any]) -> Iterator[PlayedTurn]:
        """The turns of a conversation, one after the other."""
        self.fake.conversation(SALON, {**self.file, "conversations": [case]}, case["id"])
        self._untold, self._has_faults = None, False
        played = _Conversation(self, case)
        for turn in case["turns"]:
            yield played.turn(turn)

    def pass_to(self, now: datetime) -> None:
        """It is later; YClients is told when it is asked."""
        self._untold = now.isoformat()

    def have_faults(self, faults: Mapping[str, Any]) -> None:
        """YClients has these faults and no others."""
        if faults or self._has_faults:
            self.fake.method_faults(**faults)
        self._has_faults = bool(faults)

    def _tell_time(self) -> None:
        if self._untold is not None:
            self.fake.clock(now=self._untold, stands=True)
            self._untold = None


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
class _Conversation:
    """What the database remembers of a chat."""

    stage: Stage
    case: Mapping[str, Any]
    views: CaseViews = field(init=False)
    seen_writes: list[Mapping[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.salon: SalonView = replace(self.stage.view, bot=bot_settings(self.stage.file, self.case))
        self.views = CaseViews(self.stage.file, self.case, self.salon)
        self.zone = ZoneInfo(self.salon.zone)
        self.now, self.client = self.views.now, self.views.client()
        self.chat = RememberedChat(
            dialogue=self.views.dialogue(), floor=self.views.floor(), asks=tuple(self.views.asks())
        )
        self.phone = self.views.person["phone"]
        self.first_offer = next((one for one in reversed(self.chat.asks) if one.proposal), None)
        self.promo = self._promo()

    # --- a turn ---

    def turn(self, given: Mapping[str, Any]) -> PlayedTurn:
        started, calls = time.monotonic(), self.stage.budget.calls
        self.stage.have_faults(given.get("faults", {}))
        messages = [_Message.of(one) for one in given["say"]]
        self._pass(timedelta(seconds=sum(one.after for one in messages)))
        knew = known_of(self.chat.dialogue, has_name=self.client.name is not None)
        stood, before = self.chat.proposal, self.chat
        turn, self.chat = self._react(messages)
        self._attend(turn.reply)
        if turn.agreed is not None:
            self._refresh()
        calls = self.stage.budget.calls - calls
        return PlayedTurn(
            texts=(turn.text,) if turn.text else (),
            act=turn.reply.act.value,
            asks=turn.reply.asks and turn.reply.asks.value,
            reason=turn.reply.hand_over and turn.reply.hand_over.value,
            offer=made_offer(turn.reply.act, turn.reply.proposal, stood),
            stands=offer_of(self.chat.proposal),
            writes=self._new_writes() if calls else [],
            salon_told=bool(turn.to_salon),
            opted_out=self.chat.is_opted_out,
            answered=_answered(turn.found),
            knew=knew,
            calls=calls,
            milliseconds=round((time.monotonic() - started) * 1000),
            details={"turn": turn, "before": before},
        )

    def _react(self, messages: Sequence[_Message]) -> tuple[TriedTurn, RememberedChat]:
        """What comes while we work discards the draft, unless something was written."""
        early = next((place for place, one in enumerate(messages) if one.while_working), None)
        if early:
            first = self._run(messages[:early])
            if first[0].agreed is not None:
                return first
        self._pass(_QUIET)
        return self._run(messages)

    def _run(self, messages: Sequence[_Message]) -> tuple[TriedTurn, RememberedChat]:
        quote = next((one.quote for one in messages if one.quote), None)
        heard = self.chat.hearing(" ".join(one.text or "" for one in messages))
        situation = replace(
            heard.situation(self.salon, self.client, self.now),
            written_at=self.now - timedelta(minutes=max(one.minutes for one in messages)),
            quoted=self.first_offer if quote == "first_offer" else None,
            quotes_other=quote is not None and (quote != "first_offer" or self.first_offer is None),
            promo=self.promo,
            is_on=self.salon.bot.mode is not BotMode.OFF,
        )
        turn, after = take_turn(
            heard,
            Burst(tuple(part for one in messages for part in one.parts)),
            situation,
            self.stage.vocabulary,
            look_ups=self._look_ups(),
            write=self._write,
        )
        if any(one.media for one in messages):
            after = replace(after, media_at=self.now)
        self.first_offer = self.first_offer or next((one for one in after.asks if one.proposal), None)
        return turn, after

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
            self.stage.pass_to(self.now.replace(tzinfo=self.zone))

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

    def _write(self, proposal: Proposal) -> tuple[WriteOutcome, ...]:
        if proposal.operation is VisitOperation.BOOK:
            written: tuple[WriteOutcome, ...] = tuple(self._book(proposal, slot) for slot in proposal.slots)
        elif proposal.operation is VisitOperation.MOVE:
            written = (self._move(proposal),)
        else:
            written = (self._cancel(proposal),)
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

    def _new_writes(self) -> list[Mapping[str, Any]]:
        """What was written since the last look."""
        seen, self.seen_writes = self.seen_writes, self.stage.fake.writes(SALON)
        return self.seen_writes[len(seen) :]

    # --- what is kept ---

    def _attend(self, reply: Reply) -> None:
        for answer in reply.attendance:
            if answer.answer is Attend.YES:
                record = self.stage.api.record(
                    SalonId(SALON), answer.record_id, zone=self.salon.zone, country=self.salon.country
                )
                self.stage.api.set_attendance(SalonId(SALON), record, Attendance.CONFIRMED)

    def _refresh(self) -> None:
        """What webhooks would have brought meanwhile."""
        self.stage.have_faults({})
        cards = tuple(self.stage.booking.cards(SalonId(SALON), self.phone))
        self.client = replace(self.client, cards=self.client.cards or cards)
        known = own_visits(self._records(), self.now, self.salon.zone)
        self.client = replace(self.client, name=self.client.name or self.chat.dialogue.name, visits=known.coming)


def _answered(found: Found) -> frozenset[str]:
    answers = [*found.starts.values(), *found.events.values()]
    return times_of(one for many in answers if not isinstance(many, Unavailable) for one in many)
