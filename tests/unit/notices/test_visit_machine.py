"""Any edits of the bookings of one visit, exchanges of persons among them, and answers in between: what a client
reads is true of the whole visit, and an answer counts for what was asked of whoever gave it, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from aiadmin.domain.chat.confirmation import ClientAnswer, Question, is_open, writing
from aiadmin.domain.ids import CompanyId, ContactId, NoticeId
from aiadmin.domain.journal.booking_event import EventSource, Snapshot, booking_events
from aiadmin.domain.journal.journal import Attendance, Record, is_near
from aiadmin.domain.notices.change_planning import LastNotice, StoredEvent, by_booking, plan
from aiadmin.domain.notices.notice import AnnouncedVisit, Notice, NoticeKind, stale_reason
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.notices.telling import NoticeWithBooking, VisitNotices, by_visit, is_rest, visits_of
from tests.support.journals import COLOURING, HAIRCUT, NOW, record

ANNA, BORIS = "79000000001", "79000000002"
CARDS = ((5, ANNA), (7, ANNA), (6, BORIS))
ALL_ON = MessageSettings(gather_seconds=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OVER = {Attendance.CAME, Attendance.NO_SHOW}


def _at(hours: float) -> dict[str, Any]:
    at = NOW + DAY + hours * HOUR
    return {"starts_at": at, "wall_clock": at.replace(tzinfo=None)}


@dataclass
class Asked:
    """A question, and when each of its bookings began then."""

    question: Question
    times: dict[int, Any]


@dataclass
class World:
    """Three bookings of one visit of Anna's, and what Anna and Boris have read and said."""

    truth: dict[int, Record] = field(
        default_factory=lambda: {
            number: record(record_id=number, visit_id=7, **_at(number), created_at=NOW - DAY) for number in (1, 2, 3)
        }
    )
    events: list[StoredEvent] = field(default_factory=list)
    waiting: list[Notice] = field(default_factory=list)
    last: dict[tuple[int, str], LastNotice] = field(default_factory=dict)
    believed: dict[str, dict[int, AnnouncedVisit]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    were_over: set[int] = field(default_factory=set)
    is_ahead: bool = False
    """Whether a client has read of an edit that nobody had planned a notice of yet."""
    now: Any = NOW
    count: int = 0

    def __post_init__(self) -> None:
        self.believed = {ANNA: {one.record_id: AnnouncedVisit.of(one) for one in self.truth.values()}, BORIS: {}}

    def edit(self, number: int, **changes: Any) -> None:
        """Somebody edits a booking, and we hear of it."""
        before, after = self.truth[number], replace(self.truth[number], **changes)
        self.now += timedelta(seconds=7)
        seen, known = Snapshot(record=before, read_at=self.now), NOW - 2 * HOUR
        source = EventSource.WEBHOOK
        for event in booking_events(seen, after, source=source, now=self.now, known_since=known):
            self.count += 1
            one = StoredEvent(event_id=self.count, company_id=CompanyId(1), event=event, at=self.now)
            self.events.append(one)
        self.truth[number] = after
        self.were_over |= {number} if after.attendance in OVER else set()

    def plan(self) -> None:
        for booking, found in by_booking(self.events).items():
            who = booking.record_id, booking.client_phone or ""
            made = plan(found, self.last.get(who), ALL_ON, now=self.now)
            self.waiting = [one for one in self.waiting if one.id != made.superseded]
            if made.superseded is not None:
                self.last[who] = replace(self.last[who], is_waiting=False)
            if made.new is not None:
                self.count += 1
                new, number = made.new, NoticeId(self.count)
                self.waiting.append(_notice(number, new.record_id, new.kind, new.announced, new.due_at))
                self.last[who] = LastNotice(
                    notice_id=number,
                    kind=new.kind,
                    announced=new.announced,
                    planned_at=self.now,
                    is_waiting=True,
                    is_said=False,
                )
        self.events.clear()

    def send(self) -> None:
        """The oldest notice is told with what belongs to it, or is dropped."""
        if not self.waiting:
            return
        first = self.waiting[0]
        along = [one for one in self.waiting[1:] if _goes_along(one, first)]
        told = [one for one in (self._look(each) for each in (first, *along)) if one is not None]
        if not told or told[0].notice != first:
            return
        self.is_ahead = self.is_ahead or bool(self.events)
        visits = [VisitNotices(told=each, rest=self._rest(each)) for each in by_visit(told)]
        for visit in visits:
            if visit.words is visits[0].words:
                self._hear(visit)

    def ask(self, phone: str) -> None:
        """The first booking of whoever has this number is reminded of, and with it the rest of the visit."""
        own = sorted((one for one in self._standing(phone)), key=lambda one: one.starts_at)
        if not own:
            return
        told = [
            NoticeWithBooking(
                notice=_notice(
                    NoticeId(0), own[0].record_id, NoticeKind.REMINDER_DAY, AnnouncedVisit.of(own[0]), NOW
                ),
                record=own[0],
            )
        ]
        bookings = VisitNotices(told=told, rest=self._rest(told)).bookings
        assert own[0] in bookings
        question = Question(
            company_id=CompanyId(1),
            record_id=own[0].record_id,
            starts_at=own[0].starts_at,
            visit_id=own[0].visit_id,
            contact_id=ContactId(int(phone[-1])),
            asked_at=self.now,
            client_id=own[0].client_id,
            numbers=frozenset({phone}),
            others={one.record_id: one.starts_at - own[0].starts_at for one in bookings if one is not own[0]},
        )
        self.asked.append(Asked(question, {one.record_id: one.starts_at for one in bookings}))

    def answer(self, phone: str) -> None:
        """They say yes to the newest question that is open."""
        records = list(self.truth.values())
        asked = [one for one in reversed(self.asked) if phone in one.question.numbers]
        for one in asked:
            stands = [each for each in self._standing(phone) if one.times.get(each.record_id) == each.starts_at]
            stands = [each for each in stands if each.attendance not in OVER and each.starts_at > self.now]
            if not is_open(one.question, records, self.now):
                assert not stands, "an answer vanishes"
                continue
            to_do = writing(replace(one.question, answer=ClientAnswer.YES), records)
            assert {each.record_id for each in stands} <= {each.record_id for each in to_do.records}
            for each in to_do.records:
                assert each.client_phone == phone, "somebody else's booking"
                assert not each.is_deleted
                assert one.times.get(each.record_id, each.starts_at) == each.starts_at, "another time"
                self.edit(each.record_id, attendance=Attendance.CONFIRMED)
            return

    def _look(self, notice: Notice) -> NoticeWithBooking | None:
        self.waiting.remove(notice)
        booking = self.truth[notice.record_id]
        is_said = stale_reason(notice, booking, self.now) is None
        if is_said:
            self.waiting.insert(0, notice)
            return NoticeWithBooking(notice=notice, record=booking)
        self._settle(notice, is_said=False)
        return None

    def _settle(self, notice: Notice, *, is_said: bool) -> None:
        who = notice.record_id, notice.announced.client_phone or ""
        if who in self.last and self.last[who].notice_id == notice.id:
            self.last[who] = replace(self.last[who], is_waiting=False, is_said=is_said)

    def _rest(self, told: Sequence[NoticeWithBooking]) -> Sequence[Record]:
        numbers = {one.record.record_id for one in told}
        of_visit = (one for one in self.truth.values() if one.visit_id in visits_of(told) and not one.is_deleted)
        return [one for one in of_visit if one.record_id not in numbers and is_rest(one, told, ALL_ON, self.now)]

    def _standing(self, phone: str) -> Sequence[Record]:
        return [one for one in self.truth.values() if one.client_phone == phone and not one.is_deleted]

    def _hear(self, visit: VisitNotices) -> None:
        phone = visit.told[0].notice.announced.client_phone or ""
        believed, standing = self.believed[phone], self._standing(phone)
        told = {one.notice.record_id: one for one in visit.told}
        for one in visit.told:
            assert one.notice.announced.client_phone == phone
            self.waiting.remove(one.notice)
            self._settle(one.notice, is_said=True)
        left = [one for one in standing if one.attendance not in OVER and one.record_id not in told]
        left = [one for one in left if any(is_near(one, each.believed or each.record) for each in visit.told)]
        if visit.words in {NoticeKind.CANCELLED, NoticeKind.MOVED}:
            assert not left, "who reads that a visit is off stays at home"
        if visit.words is not NoticeKind.BOOKED:
            assert {one.record_id for one in left} <= {one.record_id for one in visit.bookings}
        if visit.words is NoticeKind.CHANGED:
            self._compare(visit, believed.values())
        for number in told:
            believed.pop(number, None)
        if visit.words is not NoticeKind.CANCELLED:
            for booking in visit.bookings:
                assert booking in standing
                believed[booking.record_id] = AnnouncedVisit.of(booking)

    def _compare(self, visit: VisitNotices, believed: Iterable[AnnouncedVisit]) -> None:
        """Whether the visit begins when its client reckoned with, as far as they were told of everything else."""
        if not (self.is_ahead or self.waiting or self.were_over):
            known = [one for one in believed if any(is_near(one, each) for each in visit.bookings)]
            assert min(one.starts_at for one in known) == visit.bookings[0].starts_at


def _notice(number: NoticeId, record_id: int, kind: NoticeKind, announced: AnnouncedVisit, due_at: Any) -> Notice:
    return Notice(
        id=number,
        company_id=CompanyId(1),
        record_id=record_id,
        kind=kind,
        announced=announced,
        due_at=due_at,
        deadline_at=announced.starts_at,
    )


def _goes_along(one: Notice, first: Notice) -> bool:
    """As the database finds it: all of them are of one visit."""
    return one.announced.client_phone == first.announced.client_phone


def _edit(number: int, **changes: Any) -> Callable[[World], None]:
    return lambda world: world.edit(number, **changes)


def _ask(phone: str) -> Callable[[World], None]:
    return lambda world: world.ask(phone)


def _answer(phone: str) -> Callable[[World], None]:
    return lambda world: world.answer(phone)


_CHANGES: list[dict[str, Any]] = [
    {"is_deleted": True},
    {"is_deleted": False},
    *(_at(hours) for hours in (0, 1, 2, 3, 4, 100)),
    {"staff_id": 10},
    {"services": (HAIRCUT, COLOURING)},
    *({"client_id": card, "client_phone": phone} for card, phone in CARDS),
    {"attendance": Attendance.NO_SHOW},
    {"attendance": Attendance.WAITING},
    {"attendance": Attendance.CAME},
]
_STEPS = st.lists(
    st.one_of(
        st.builds(lambda number, changes: _edit(number, **changes), st.integers(1, 3), st.sampled_from(_CHANGES)),
        st.sampled_from([World.plan, World.plan, World.send, World.send]),
        st.sampled_from([_ask(ANNA), _answer(ANNA), _ask(BORIS), _answer(BORIS)]),
    ),
    max_size=30,
)
_VERA = {"client_id": 6, "client_phone": BORIS}
_EXCHANGED = [_ask(ANNA), _edit(1, **_VERA), _answer(ANNA), _answer(BORIS), World.plan, World.send, World.send]
_ONE_OFF = [_ask(ANNA), _edit(1, is_deleted=True), World.plan, World.send, _answer(ANNA)]
_ALL_OFF = [*(_edit(number, is_deleted=True) for number in (1, 2, 3)), World.plan, World.send]
_ONE_LEAVES = [_edit(2, **_at(100)), World.plan, World.send, _edit(3, **_at(101)), World.plan, World.send]


@settings(deadline=None)
@given(_STEPS)
@example(_EXCHANGED)
@example(_ONE_OFF)
@example(_ALL_OFF)
@example(_ONE_LEAVES)
def test_what_a_client_reads_of_a_visit_is_true_of_all_of_it_and_an_answer_is_that_of_its_person(
    steps: list[Callable[[World], None]],
) -> None:
    world = World()
    for step in steps:
        step(world)
    world.plan()
    while world.waiting:
        world.send()
    for phone in (ANNA, BORIS):
        told = {number: one for number, one in world.believed[phone].items() if number not in world.were_over}
        standing = {one.record_id: AnnouncedVisit.of(one) for one in world._standing(phone)}
        standing = {number: one for number, one in standing.items() if number not in world.were_over}
        assert told.keys() == standing.keys()
        assert all(told[number].reads_the_same(one) for number, one in standing.items())
