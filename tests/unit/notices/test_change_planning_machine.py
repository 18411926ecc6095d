"""Any edits, crashes, restarts and planners that run twice: each client is told what is true, and once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal.booking_event import EventSource, Snapshot, booking_events
from aiadmin.domain.journal.journal import Record, is_same_person, is_same_time
from aiadmin.domain.notices.change_planning import Booking, LastNotice, Plan, StoredEvent, by_booking, plan
from aiadmin.domain.notices.notice import AnnouncedVisit, Notice, NoticeKind, stale_reason
from aiadmin.domain.notices.settings import MessageSettings
from tests.support.examples import examples
from tests.support.journals import COLOURING, HAIRCUT, NOW, record

ANNA, BORIS, CLARA = "79000000001", "79000000002", "79000000003"
CARDS = {5: ANNA, 7: ANNA, 6: BORIS}
"""Anna has two cards. Clara's number is what Boris's card was to have."""
ALL_ON = MessageSettings(gather_seconds=0)


@dataclass
class Kept:
    """A row of notices."""

    notice: Notice
    planned_at: datetime
    state: str = "waiting"


@dataclass
class World:
    """A booking at YClients, what is stored of it, and what clients have read.

    Attributes:
        is_online: whether its client makes the booking, where it is not there from the first.
        made: what clients know by themselves.
        wrong: numbers that cards had by mistake: nobody sets right what was told there.
        cards: each client's number, as it is now.
    """

    truth: Record | None
    is_online: bool = False
    events: list[StoredEvent] = field(default_factory=list)
    rows: list[Kept] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    said: list[Notice] = field(default_factory=list)
    been: list[AnnouncedVisit] = field(default_factory=list)
    made: dict[str, AnnouncedVisit] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    cards: dict[int, str] = field(default_factory=lambda: dict(CARDS))
    now: Any = NOW
    count: int = 0

    def edit(self, **changes: Any) -> None:
        """Somebody edits the booking, and we hear of it."""
        self.now += timedelta(seconds=7)
        before = self.truth
        new = replace(_BOOKED, created_at=self.now, is_online=self.is_online)
        after = replace(before or new, **changes, changed_at=self.now)
        snapshot = None if before is None else Snapshot(record=before, read_at=self.now)
        source = EventSource.WEBHOOK
        known = NOW - timedelta(hours=2)
        for event in booking_events(snapshot, after, source=source, now=self.now, known_since=known):
            self.count += 1
            self.events.append(StoredEvent(event_id=self.count, company_id=CompanyId(1), event=event, at=self.now))
        self.truth = after
        self.been += [AnnouncedVisit.of(replace(after, is_deleted=False)), AnnouncedVisit.of(after)]
        self._know(before, after)

    def _know(self, before: Record | None, after: Record) -> None:
        """What people know of an edit by themselves, and whose number was a mistake."""
        phone = after.client_phone
        if before is None and self.is_online and phone is not None:
            self.made[phone] = AnnouncedVisit.of(replace(after, is_deleted=False))
        if not after.is_deleted:
            self.wrong.discard(phone or "")

    def give(self, card: int | None) -> None:
        """To whoever has this card, or to nobody."""
        self.edit(client_id=card, client_phone=None if card is None else self.cards[card])

    def correct_number(self) -> None:
        """The phone was mistyped; of the two cards with one number each may be right."""
        if self.truth is None or self.truth.client_id is None or self.truth.is_deleted:
            return
        wrong = self.cards[self.truth.client_id]
        if [*self.cards.values()].count(wrong) == 1:
            self.cards[self.truth.client_id] = CLARA
            if wrong in self.made:
                self.made[CLARA] = self.made.pop(wrong)
            self.edit(client_phone=CLARA)
            self.wrong |= {wrong} - {CLARA}

    def wait(self) -> None:
        """Nothing goes out for a while: it is night."""
        self.now += timedelta(minutes=10)

    def read(self) -> list[Plan]:
        """What a planner that looks now would do."""
        people = by_booking(self.events).items()
        return [plan(found, self._last(booking), ALL_ON, now=self.now) for booking, found in people]

    def correct_zone(self) -> None:
        """The salon's timezone is another from now on: the next reading finds every instant an hour earlier."""
        if self.truth is not None:
            self.truth = replace(self.truth, starts_at=self.truth.starts_at - timedelta(hours=1))

    def write(self, plans: list[Plan]) -> None:
        """What it commits; the database lets no key in twice, and takes back only what waits."""
        for one in plans:
            for row in self.rows:
                if row.notice.id == one.superseded and row.state == "waiting":
                    row.state = "dropped"
            if one.new is not None and one.new.dedup_key not in self.keys:
                self.keys.add(one.new.dedup_key)
                new = one.new
                notice = Notice(
                    id=NoticeId(len(self.rows) + 1),
                    company_id=new.company_id,
                    record_id=new.record_id,
                    kind=new.kind,
                    announced=new.announced,
                    due_at=new.due_at,
                    deadline_at=new.deadline_at,
                )
                self.rows.append(Kept(notice, self.now))
        self.events.clear()

    def send(self) -> None:
        """The oldest notice that waits is checked and goes out, or is dropped."""
        for row in self.rows:
            if row.state == "waiting":
                why = stale_reason(row.notice, self.truth, self.now)
                row.state = "said" if why is None else "dropped"
                if why is None:
                    self._hear(row.notice)
                return

    def _hear(self, notice: Notice) -> None:
        assert self.truth is not None
        if is_same_person(notice.announced, self.truth):
            notice = replace(notice, announced=replace(notice.announced, client_phone=self.truth.client_phone))
        told = [one for one in self.said if one.announced.client_phone == notice.announced.client_phone]
        is_theirs = not self.truth.is_deleted and self.truth.client_phone == notice.announced.client_phone
        if notice.kind is NoticeKind.CANCELLED:
            assert not is_theirs
            was = replace(notice.announced, is_deleted=False)
            assert any(was.work == one.work and is_same_time(was, one) for one in self.been)
        else:
            assert is_theirs
            assert notice.announced.reads_the_same(AnnouncedVisit.of(self.truth))
            assert not told or not told[-1].announced.reads_the_same(notice.announced), "told the same twice"
        assert notice.announced.client_phone in self.cards.values()
        self.said.append(notice)

    def _last(self, booking: Booking) -> LastNotice | None:
        theirs = [row for row in self.rows if row.notice.announced.client_phone == booking.client_phone]
        rows = theirs or [row for row in self.rows if row.notice.announced.client_id == booking.client_id]
        if not rows:
            return None
        row = rows[-1]
        return LastNotice(
            notice_id=row.notice.id,
            kind=row.notice.kind,
            announced=row.notice.announced,
            planned_at=row.planned_at,
            is_waiting=row.state == "waiting",
            is_said=row.state == "said",
        )

    def believes(self, phone: str) -> AnnouncedVisit | None:
        """What a client takes for true in the end."""
        told = [one.announced for one in self.said if one.announced.client_phone == phone]
        believed = told[-1] if told else self.made.get(phone)
        return None if believed is None or believed.is_deleted else believed


def _crash(world: World) -> None:
    world.read()


def _plan_once(world: World) -> None:
    world.write(world.read())


def _plan_twice(world: World) -> None:
    first, second = world.read(), world.read()
    world.write(first)
    world.write(second)


class _edit:  # noqa: N801 - read as a step
    """Somebody at the desk changes these fields."""

    def __init__(self, **changes: Any) -> None:
        self.changes = changes

    def __call__(self, world: World) -> None:
        world.edit(**self.changes)

    def __repr__(self) -> str:
        return f"edit({self.changes})"


class _give:  # noqa: N801 - read as a step
    """The booking goes to this card."""

    def __init__(self, card: int | None) -> None:
        self.card = card

    def __call__(self, world: World) -> None:
        world.give(self.card)

    def __repr__(self) -> str:
        return f"give({self.card})"


_EDITS = [
    *(_edit(starts_at=at, wall_clock=at.replace(tzinfo=None)) for at in (NOW + timedelta(days=n) for n in (1, 2, 3))),
    _edit(staff_id=9),
    _edit(staff_id=10),
    _edit(services=(HAIRCUT,)),
    _edit(services=(HAIRCUT, COLOURING)),
    _edit(is_deleted=True),
    _edit(is_deleted=False),
    *(_give(card) for card in (*CARDS, None)),
]
_STEPS = st.lists(
    st.one_of(
        st.sampled_from(_EDITS),
        st.sampled_from([_crash, _plan_once, _plan_twice, World.send, World.send, World.correct_zone]),
        st.sampled_from([World.correct_number, World.wait]),
    ),
    max_size=25,
)
_TO_AND_FRO = [step for days in (2, 1, 2, 1) for step in (_EDITS[days - 1], _plan_twice, World.send)]


_MERGE = [_give(7), _plan_twice, World.send, _give(5), World.correct_zone, _plan_twice, World.send]
_BOOKED = record(wall_clock=record().starts_at.replace(tzinfo=None))


_AT_NIGHT = [_edit(staff_id=9), _plan_twice, World.wait, _edit(is_deleted=True)]
_MISTYPED = [_give(6), _plan_once, World.send, World.correct_number, _plan_once, World.send, _edit(is_deleted=True)]


@settings(deadline=None, max_examples=examples(150))
@given(st.sampled_from([None, _BOOKED]), st.booleans(), _STEPS)
@example(_BOOKED, False, _TO_AND_FRO)
@example(_BOOKED, False, _MERGE)
@example(None, True, _AT_NIGHT)
@example(None, False, _AT_NIGHT)
@example(None, False, _MISTYPED)
def test_each_client_is_told_each_true_thing_once_and_believes_the_truth_in_the_end(
    at_first: Record | None, is_online: bool, steps: list[Callable[[World], None]]
) -> None:
    world = World(truth=at_first, is_online=is_online)
    if at_first is not None:
        world.been, world.made = [AnnouncedVisit.of(at_first)], {ANNA: AnnouncedVisit.of(at_first)}
    for step in steps:
        step(world)
    _plan_once(world)
    for _ in range(len(world.rows)):
        world.send()
    for phone in (ANNA, BORIS, CLARA):
        is_theirs = world.truth is not None and not world.truth.is_deleted and world.truth.client_phone == phone
        believed = world.believes(phone)
        if is_theirs and world.truth is not None:
            assert believed is not None
            assert believed.reads_the_same(AnnouncedVisit.of(world.truth))
        elif phone not in world.wrong:
            assert believed is None
    stands = world.truth is not None and not world.truth.is_deleted and world.truth.client_phone
    if at_first is None and stands and not world.been[1].is_deleted:
        assert world.said, "the first word of a booking that stands"
