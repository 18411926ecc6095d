"""Any edits, crashes, restarts and planners that run twice: each client is told what is true, and once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from aiadmin.domain.booking_event import EventSource, Snapshot, booking_events
from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal import Record
from aiadmin.domain.message_settings import MessageSettings
from aiadmin.domain.notice import Notice, NoticeKind, Promise, is_still_true
from aiadmin.domain.plan import LastNews, Plan, StoredEvent, by_booking, plan
from tests.unit.sync.journals import COLOURING, HAIRCUT, NOW, record

ANNA, BORIS = "79000000001", "79000000002"
CARDS = ((5, ANNA), (7, ANNA), (6, BORIS), (None, None))
"""Anna has two cards."""
ALL_ON = MessageSettings(gather_seconds=0)


@dataclass
class Kept:
    """A row of notices."""

    notice: Notice
    state: str = "waiting"


@dataclass
class World:
    """A booking at YClients, what is stored of it, and what clients have read."""

    truth: Record | None
    events: list[StoredEvent] = field(default_factory=list)
    rows: list[Kept] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    said: list[Notice] = field(default_factory=list)
    been: list[Promise] = field(default_factory=list)
    now: Any = NOW
    count: int = 0

    def edit(self, **changes: Any) -> None:
        """Somebody edits the booking, and we hear of it."""
        before, after = self.truth, replace(self.truth or _BOOKED, **changes)
        self.now += timedelta(seconds=7)
        snapshot = None if before is None else Snapshot(record=before, read_at=self.now)
        source = EventSource.WEBHOOK
        known = NOW - timedelta(hours=2)
        for event in booking_events(snapshot, after, source=source, now=self.now, known_since=known):
            self.count += 1
            self.events.append(
                StoredEvent(event_id=self.count, company_id=CompanyId(1), event=event, source=source, at=self.now)
            )
        self.truth = after
        self.been.append(Promise.of(after))

    def read(self) -> list[Plan]:
        """What a planner that looks now would do."""
        people = by_booking(self.events).items()
        return [plan(found, self._last(booking.client_phone), ALL_ON, now=self.now) for booking, found in people]

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
                    promise=new.promise,
                    due_at=new.due_at,
                    deadline_at=new.deadline_at,
                )
                self.rows.append(Kept(notice))
        self.events.clear()

    def send(self) -> None:
        """The oldest notice that waits is checked and goes out, or is dropped."""
        for row in self.rows:
            if row.state == "waiting":
                why = is_still_true(row.notice, self.truth, self.now)
                row.state = "said" if why is None else "dropped"
                if why is None:
                    self._hear(row.notice)
                return

    def _hear(self, notice: Notice) -> None:
        told = [one for one in self.said if one.promise.client_phone == notice.promise.client_phone]
        assert self.truth is not None
        is_theirs = not self.truth.is_deleted and self.truth.client_phone == notice.promise.client_phone
        if notice.kind is NoticeKind.CANCELLED:
            assert not is_theirs
            was = replace(notice.promise, is_deleted=False)
            assert any(was.says_the_same(one) for one in self.been)
        else:
            assert is_theirs
            assert notice.promise.says_the_same(Promise.of(self.truth))
        assert not told or not told[-1].promise.says_the_same(notice.promise), "told the same twice"
        self.said.append(notice)

    def _last(self, phone: str | None) -> LastNews | None:
        rows = [row for row in self.rows if row.notice.promise.client_phone == phone]
        if not rows:
            return None
        row = rows[-1]
        return LastNews(
            notice_id=row.notice.id,
            kind=row.notice.kind,
            promise=row.notice.promise,
            is_waiting=row.state == "waiting",
            is_said=row.state == "said",
        )

    def believes(self, phone: str, at_first: Promise | None) -> Promise | None:
        """What a client takes for true in the end."""
        told = [one.promise for one in self.said if one.promise.client_phone == phone]
        believed = told[-1] if told else at_first
        return None if believed is None or believed.is_deleted else believed


def _crash(world: World) -> None:
    world.read()


def _plan_once(world: World) -> None:
    world.write(world.read())


def _plan_twice(world: World) -> None:
    first, second = world.read(), world.read()
    world.write(first)
    world.write(second)


def _edit(**changes: Any) -> Callable[[World], None]:
    return lambda world: world.edit(**changes)


_EDITS = [
    *(_edit(starts_at=at, wall_clock=at.replace(tzinfo=None)) for at in (NOW + timedelta(days=n) for n in (1, 2, 3))),
    _edit(staff_id=9),
    _edit(staff_id=10),
    _edit(services=(HAIRCUT,)),
    _edit(services=(HAIRCUT, COLOURING)),
    _edit(is_deleted=True),
    _edit(is_deleted=False),
    *(_edit(client_id=card, client_phone=phone) for card, phone in CARDS),
]
_STEPS = st.lists(
    st.one_of(
        st.sampled_from(_EDITS),
        st.sampled_from([_crash, _plan_once, _plan_twice, World.send, World.send, World.correct_zone]),
    ),
    max_size=25,
)
_TO_AND_FRO = [step for days in (2, 1, 2, 1) for step in (_EDITS[days - 1], _plan_twice, World.send)]


_MERGE = [
    _edit(client_id=7),
    _plan_twice,
    World.send,
    _edit(client_id=5),
    World.correct_zone,
    _plan_twice,
    World.send,
]
_BOOKED = record(wall_clock=record().starts_at.replace(tzinfo=None))


@given(st.sampled_from([None, _BOOKED]), _STEPS)
@example(_BOOKED, _TO_AND_FRO)
@example(_BOOKED, _MERGE)
def test_each_client_is_told_each_true_thing_once_and_believes_the_truth_in_the_end(
    at_first: Record | None, steps: list[Callable[[World], None]]
) -> None:
    world = World(truth=at_first, been=[Promise.of(at_first)] if at_first else [])
    for step in steps:
        step(world)
    _plan_once(world)
    for _ in range(len(world.rows)):
        world.send()
    for phone in (ANNA, BORIS):
        knew = Promise.of(at_first) if at_first is not None and at_first.client_phone == phone else None
        is_theirs = world.truth is not None and not world.truth.is_deleted and world.truth.client_phone == phone
        believed = world.believes(phone, knew)
        if is_theirs and world.truth is not None:
            assert believed is not None
            assert believed.says_the_same(Promise.of(world.truth))
        else:
            assert believed is None
