"""Whatever is said in whatever order: nothing is written without a yes, nothing is claimed that is not so.

A chat is played with commands instead of texts, so that understanding cannot save decisions from anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.bot_settings import BotSettings, NightRule
from aiadmin.domain.chat.dialogue import LIVES, PROPOSAL_LIVES, Dialogue, Proposal
from aiadmin.domain.chat.policy.decide import decide
from aiadmin.domain.chat.situation import ClientView, SalonView, Situation
from aiadmin.domain.chat.steps import (
    MOST_CALLS,
    Act,
    Found,
    LookUp,
    Need,
    NeedDay,
    NeedDays,
    NeedEvents,
    NeedFreeStaff,
    NeedNearest,
    NeedStarts,
    NeedVisits,
    Reply,
    Unavailable,
    Write,
)
from aiadmin.domain.chat.when import Day, DayRange, Time, TimeRange, When
from aiadmin.domain.journal.journal import MasterTerms, Service, StaffMember
from aiadmin.domain.journal.online_booking import BookingRules, ChangeRule, GroupEvent, Start
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, SavedRecord, Unknown, WriteOutcome
from aiadmin.texts.chat import render
from tests.support.chat_turns import visit
from tests.support.examples import examples

NOW = datetime(2026, 5, 21, 14, 0)  # noqa: DTZ001 - a salon's wall clock
DAYS = [NOW.date() + timedelta(days=step) for step in range(10)]
MASTERS = range(1, 7)
SERVICES = (11, 12, 13, 14, 15, 16, 17, 18)
CUT, BEARD, BOTH, COLOUR, GROUP, PREPAID, CLOSED, MORNING = SERVICES
MOST_TURNS = 12
EVENT = GroupEvent(event_id=1, service_id=GROUP, staff_id=4, wall_clock=NOW + timedelta(days=1), capacity=3, taken=2)
MOST_CIRCLES = 2
WAITING_FOR_US = (
    said.AskPrice, said.AskDuration, said.AskWorks, said.AskMyVisits, said.AskSlots,
    said.WantBooking, said.WantMove, said.WantCancel,
)  # fmt: skip
"""What is asked, or wished for, and has to be answered."""
CLAIMS = ("вы записаны", "записали вас")


def _salon(night: bool, offered: frozenset[int]) -> SalonView:
    def service(number: int, masters: Sequence[int], **more: Any) -> Service:
        terms = tuple(MasterTerms(staff_id=one, price=Decimal(1000 + 100 * one)) for one in masters)
        known = {
            "title": f"Услуга {number}",
            "category_id": 1,
            "price_min": Decimal(1000),
            "price_max": Decimal(2000),
        }
        return Service(service_id=number, masters=terms, length=timedelta(hours=1), **{**known, **more})

    services = (
        service(CUT, MASTERS),
        service(BEARD, (1, 2)),
        service(BOTH, (1, 2), parts=(CUT, BEARD)),
        service(COLOUR, (3,), price_max=None),
        service(GROUP, (4,), is_group=True),
        service(PREPAID, (5,), is_prepaid=True),
        service(CLOSED, (6,), is_online=False),
        service(MORNING, (1,), latest=time(13)),
    )
    ban = ChangeRule(ban=timedelta(hours=2))
    return SalonView(
        title="Топор",
        zone="Asia/Yekaterinburg",
        address="проспект Образцовый, 14",
        hours={day: (time(11), time(21)) for day in range(7)},
        services={one.service_id: one for one in services},
        categories={1: "Стрижки"},
        staff={one: StaffMember(staff_id=one, name=f"Мастер{one}") for one in MASTERS},
        schedule={
            (one, day): ((time(11), time(21)),) if (one + day.day) % 3 else () for one in MASTERS for day in DAYS
        },
        rules=BookingRules(lead=timedelta(minutes=30), needs_code=False, any_master=True, move=ban, cancel=ban),
        bot=BotSettings(
            offered_staff=offered,
            night=NightRule(after=time(13), not_before=time(12)) if night else None,
        ),
    )


WHENS = st.builds(
    When,
    day=st.none()
    | st.builds(
        lambda first, days, excluded, doubtful: Day(
            any_of=() if excluded else (DayRange(first, first + timedelta(days=days)),),
            not_on=(DayRange.of(first),) if excluded else (),
            or_else=(DayRange.of(first + timedelta(days=1)),) if doubtful and not excluded else (),
        ),
        st.sampled_from(DAYS),
        st.integers(0, 3),
        st.booleans(),
        st.booleans(),
    ),
    time=st.none()
    | st.builds(
        lambda first, hours, excluded: Time(
            any_of=() if excluded else (TimeRange(time(first), time(first + hours)),),
            not_in=(TimeRange(time(first), time(first + hours)),) if excluded else (),
        ),
        st.integers(10, 19),
        st.integers(0, 3),
        st.booleans(),
    ),
)
IDS = st.lists(st.sampled_from((*SERVICES, 99)), min_size=1, max_size=3, unique=True).map(tuple)
STAFF = st.lists(st.sampled_from((*MASTERS, 77)), max_size=2, unique=True).map(tuple)
WISHES: st.SearchStrategy[said.Command] = st.one_of(
    st.builds(said.NamedService, ids=IDS, is_excluded=st.booleans(), is_added=st.booleans()),
    st.builds(said.NamedStaff, ids=STAFF, is_any=st.booleans(), is_other=st.booleans(), is_excluded=st.booleans()),
    st.builds(said.NamedStaff, unknown=st.just("Виктория")),
    st.builds(said.Suits, whens=st.lists(WHENS, min_size=1, max_size=2).map(tuple)),
    st.builds(said.Guest, who=st.sampled_from(("сын", "подруга", "")), count=st.none() | st.integers(2, 5)),
    st.builds(said.Choose, number=st.integers(0, 4)),
    st.builds(said.Elsewhen, way=st.sampled_from(said.WhichWay)),
    st.builds(said.Name, given=st.sampled_from(("Оля", "Пётр"))),
    st.builds(said.NamedService, unclear=st.just("маникюр")),
)
WORDS: st.SearchStrategy[said.Command] = st.one_of(
    st.sampled_from([
        said.WantBooking(), said.AskSlots(), said.Earliest(), said.SameAsLast(), said.Greet(), said.Thank(),
        said.AskPrice(), said.AskDuration(), said.AskWorks(ids=(1,)), said.AskMyVisits(), said.WantMove(),
        said.WantCancel(), said.Haggle(), said.NotUnderstood(text="ы"), said.Foreign(language="en"),
    ]),
    st.sampled_from([said.Yes(), said.Yes(but="да, но"), said.No()]),
)  # fmt: skip
BURSTS = st.one_of(
    st.just((said.Yes(),)),
    st.lists(st.one_of(WISHES, WORDS), max_size=4).map(tuple),
)


@dataclass
class Chat:
    """A chat as the service keeps it, with a journal of chance."""

    random: Random
    known: Situation
    agreed: str = ""
    texts: list[str] = field(default_factory=list)
    ending: str = ""
    circles: int = 0
    wrote: int = 0

    def hear(self, burst: tuple[said.Command, ...], minutes: int) -> Reply:
        now = self.known.now + timedelta(minutes=minutes)
        before = replace(self.known, now=now, written_at=now)
        situation = replace(before, dialogue=advance(before.dialogue, burst, before))
        found, calls = Found(), 0
        for _ in range(20):
            step = decide(situation, burst, found)
            if isinstance(step, Reply):
                self._check(step, situation, found)
                self._check_answers(step, burst, minutes)
                self._keep(step, burst, situation)
                return step
            if isinstance(step, Write):
                self._check_write(step.proposal, burst, situation, found)
                found = replace(found, written=self._written(step.proposal))
                self.wrote += 1
                continue
            assert isinstance(step, LookUp)
            assert step.needs
            calls += len(step.needs)
            assert calls <= MOST_CALLS, step
            for need in step.needs:
                found = self._look_up(found, need)
        raise AssertionError("no reply")

    def _check_write(self, proposal: Proposal, burst: Sequence[said.Command], known: Situation, found: Found) -> None:
        newest = known.asks[0] if known.asks else None
        assert newest is not None
        assert newest.proposal is not None
        assert newest.proposal.fingerprint == proposal.fingerprint
        assert known.now - newest.sent_at <= PROPOSAL_LIVES
        says_yes = any(isinstance(one, said.Yes) and not one.but for one in burst)
        beside = (said.Yes, said.Name, said.Greet, said.Thank, said.Guest, *_of_lateness(proposal))
        says_more = any(not isinstance(one, beside) for one in burst)
        assert says_yes or self.agreed == proposal.fingerprint
        assert not says_more
        assert proposal.operation != "book" or proposal.name
        assert not found.written

    def _check(self, reply: Reply, known: Situation, found: Found) -> None:
        text = render(reply, known)
        assert text.count("?") <= 1, text
        assert (reply.act is Act.SILENT) >= (not text) or reply.attendance or reply.is_left, reply
        is_saved = any(isinstance(one, Saved) for one in found.written)
        assert (reply.act is Act.DONE) <= is_saved
        says_so = any(claim in text.lower() for claim in CLAIMS) and "уже записаны" not in text.lower()
        assert says_so <= (is_saved or bool(known.client.visits)), text
        if reply.act is Act.OFFER:
            assert reply.proposal is not None
            for slot in reply.proposal.slots:
                assert f"{slot.starts:%H:%M}" in text
        self.texts.append(text)

    def _check_answers(self, reply: Reply, burst: Sequence[said.Command], minutes: int) -> None:
        """Nothing is said twice in a row, nothing goes in circles, and no question meets with silence."""
        assert reply.act is not Act.SILENT or not any(isinstance(one, WAITING_FOR_US) for one in burst), burst
        is_forgotten = timedelta(minutes=minutes) > LIVES
        if is_forgotten or reply.act in {Act.HAND_OVER, Act.DONE, Act.SILENT}:
            self.circles, self.ending = 0, ""
            return
        assert self.texts[-1] not in self.texts[-2:-1], self.texts[-2:]
        ending = self.texts[-1].rpartition(". ")[2] if reply.act is Act.ASK else ""
        if not ending or ending != self.ending:
            self.circles = 0
        elif not any(isinstance(one, WAITING_FOR_US) for one in burst):
            self.circles += 1
        self.ending = ending
        assert self.circles < MOST_CIRCLES, self.texts

    def _keep(self, reply: Reply, burst: Sequence[said.Command], known: Situation) -> None:
        """The asks that are open when the next burst comes: what was sent last supersedes what was open."""
        newest = known.asks[0].proposal if known.asks else None
        is_yes = any(isinstance(one, said.Yes) and not one.but for one in burst)
        asks = known.asks
        if reply.parts:
            asks = ()
            if reply.proposal is not None:
                made_at = known.now.replace(tzinfo=ZoneInfo(known.salon.zone))
                stored = replace(reply.proposal, proposal_id="1", made_at=made_at)
                asks = (OpenAsk(kind=AskKind.PROPOSAL, sent_at=known.now, proposal=stored),)
            elif reply.asks is not None:
                asks = (OpenAsk(kind=AskKind.QUESTION, sent_at=known.now),)
        kept = reply.proposal is not None and newest is not None and is_yes
        same = kept and newest is not None and reply.proposal is not None
        self.agreed = newest.fingerprint if same and newest and reply.asks == "name" else ""
        self.known = replace(known, dialogue=reply.dialogue, asks=asks, replies_of_day=1)

    def _written(self, proposal: Proposal) -> tuple[WriteOutcome, ...]:
        choices: list[WriteOutcome] = [
            Saved((SavedRecord(record_id=1),)),
            Refused(self.random.choice(list(Refusal))),
            Unknown(),
        ]
        return tuple(self.random.choice(choices) for _ in proposal.slots or (None,))

    def _look_up(self, found: Found, need: Need) -> Found:
        is_silent = self.random.random() < 0.05
        return _with(found, need, Unavailable() if is_silent else self._answer(need))

    def _answer(self, need: Need) -> Any:
        answers: dict[type, Callable[[], Any]] = {
            NeedStarts: lambda: self._starts(getattr(need, "day", DAYS[0])),
            NeedNearest: lambda: self._starts(self.random.choice(DAYS)),
            NeedDays: lambda: sorted(self.random.sample(DAYS, self.random.randint(0, 5))),
            NeedFreeStaff: lambda: self.random.sample(list(MASTERS), self.random.randint(0, 3)),
            NeedEvents: lambda: [EVENT],
            NeedVisits: lambda: self.known.client.visits,
            NeedDay: lambda: None,
        }
        return answers[type(need)]()

    def _starts(self, day: date) -> list[Start]:
        hours = sorted(self.random.sample(range(10, 20), self.random.choice((0, 1, 2, 4, 8))))
        return [
            Start(wall_clock=datetime.combine(day, time(hour)), length=timedelta(hours=1), token=f"{hour}")
            for hour in hours
        ]


def _with(found: Found, need: Need, answer: Any) -> Found:
    places: dict[type, str] = {
        NeedDays: "days",
        NeedStarts: "starts",
        NeedNearest: "starts",
        NeedDay: "day_of_staff",
        NeedEvents: "events",
        NeedFreeStaff: "free_staff",
    }
    if isinstance(need, NeedVisits):
        past = answer if isinstance(answer, Unavailable) else ()
        return replace(found, visits=answer, past=past)
    place = places[type(need)]
    return replace(found, **{place: {**getattr(found, place), need: answer}})


@settings(max_examples=examples(200))
@given(
    st.lists(st.tuples(BURSTS, st.sampled_from((0, 1, 5, 31, 60, 1500))), min_size=1, max_size=8),
    st.integers(0, 2**32),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_nothing_is_written_without_a_yes_and_nothing_is_claimed_that_is_not_so(
    turns: list[tuple[tuple[said.Command, ...], int]], seed: int, is_new: bool, night: bool, has_visits: bool
) -> None:
    offered = frozenset(MASTERS) if seed % 2 else frozenset({1, 2, 3})
    own = visit(7, NOW + timedelta(days=2), services=(CUT,)) if has_visits else None
    client = ClientView(name=None if is_new else "Игорь", cards=() if is_new else (1,), visits=(own,) if own else ())
    known = Situation(now=NOW, written_at=NOW, salon=_salon(night, offered), client=client, dialogue=Dialogue())
    chat = Chat(Random(seed), known)  # noqa: S311 - chance of a test

    for burst, minutes in turns:
        chat.hear(burst, minutes)


@settings(max_examples=examples(100))
@given(st.lists(BURSTS, max_size=3), st.integers(0, 2**32))
def test_who_agrees_to_all_is_booked_or_handed_over(bursts: list[tuple[said.Command, ...]], seed: int) -> None:
    """Whatever was said before: who names a service and a day, takes the first time and says yes comes to an end."""
    known = Situation(
        now=NOW, written_at=NOW, salon=_salon(False, frozenset(MASTERS)), client=ClientView(name="Игорь", cards=(1,))
    )
    chat = Chat(Random(seed), known)  # noqa: S311 - chance of a test
    for burst in bursts:
        chat.hear(burst, 1)
    day = When(day=Day(any_of=(DayRange.of(DAYS[2]),)))
    wish = (
        said.WantBooking(),
        said.NamedService(ids=(CUT,)),
        said.NamedStaff(is_any=True),
        said.Guest(count=1),
        said.Suits(whens=(day,)),
    )
    acts = [chat.hear(wish, 1).act]
    while acts[-1] not in {Act.DONE, Act.HAND_OVER} and len(acts) < MOST_TURNS:
        newest = chat.known.asks[0] if chat.known.asks else None
        is_offer = newest is not None and newest.proposal is not None
        acts.append(chat.hear((said.Yes() if is_offer else said.Choose(number=1),), 1).act)

    assert acts[-1] in {Act.DONE, Act.HAND_OVER}, acts


def _of_lateness(proposal: Proposal) -> tuple[type[said.Command], ...]:
    """Who agrees to a visit may say that they come some minutes late: it is told, and changes nothing of it."""
    return (said.Late,) if proposal.operation == "book" else ()
