"""Any order, duplication and loss of webhooks, and one look for changes: we end in YClients' own state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiadmin.domain.ids import SalonId
from aiadmin.domain.journal.booking_event import EventSource
from aiadmin.domain.journal.journal import Record
from aiadmin.services.journal.bookings import absorb
from tests.support.examples import examples
from tests.support.world import Installed, Salons

MOSCOW = ZoneInfo("Europe/Moscow")
Said = tuple[datetime, int, tuple[int, ...], int, bool]
"""What a client would notice: when, with whom, what, how far, and whether at all."""

_EDITS = st.one_of(
    st.fixed_dictionaries({"datetime": st.integers(3, 9)}),
    st.fixed_dictionaries({"staff_id": st.integers(0, 2)}),
    st.fixed_dictionaries({"services": st.integers(0, 2)}),
    st.fixed_dictionaries({"attendance": st.sampled_from([-1, 0, 1, 2])}),
    st.fixed_dictionaries({"comment": st.text(max_size=3)}),
    st.just({"deleted": True}),
)
_STEPS = st.lists(
    st.one_of(
        st.just(("book",)),
        st.tuples(st.just("edit"), st.integers(0, 2), _EDITS),
        st.tuples(st.just("hear"), st.integers(0, 30)),
        st.just(("check",)),
        st.tuples(st.just("read"), st.integers(0, 2)),
        st.just(("store",)),
        st.just(("reconcile",)),
    ),
    max_size=25,
)


class Desk:
    """Books and changes records of this example's own."""

    def __init__(self, salons: Salons, salon: Installed) -> None:
        self.salons, self.salon = salons, salon
        self.state = salons.yclients.state(salon.salon_id)
        self.before = len(salons.yclients.deliveries())
        self.live: list[int] = []
        self.all: list[int] = []
        self.read: list[tuple[datetime, Record]] = []

    def play(self, step: Sequence[Any]) -> None:
        deeds = {
            "book": self._book,
            "edit": self._edit,
            "hear": self._hear,
            "check": self.salons.check,
            "read": self._read,
            "store": self._store,
            "reconcile": lambda: self.salons.reconcile(self.salon),
        }
        deeds[step[0]](*step[1:])

    def _book(self) -> None:
        if len(self.all) < 3:
            booked = self.salons.yclients.add_record(self.salon.salon_id, **self.salons.booking(self.salon))
            self.live.append(booked["id"])
            self.all.append(booked["id"])

    def _hear(self, number: int) -> None:
        sent = self.salons.yclients.deliveries()[self.before :]
        if sent:
            self.salons.hear(self.salon, sent[number % len(sent)]["body"])

    def _read(self, number: int) -> None:
        """A worker that is slow reads now, and stores what it read whenever it comes to that."""
        read_at = self.salons.world.clock()
        for record_id in self.all[number : number + 1]:
            record = self.salons.box.salon_api.record(
                SalonId(self.salon.salon_id), record_id, zone=str(MOSCOW), country="RU"
            )
            assert record is not None
            self.read.append((read_at, record))

    def _store(self) -> None:
        if not self.read:
            return
        read_at, record = self.read.pop()
        now = self.salons.world.clock()
        with self.salons.world.uow() as work:
            salon = work.sync_runs.salon(self.salon.company_id)
            assert salon is not None
            absorb(work, salon, [record], source=EventSource.WEBHOOK, read_at=read_at, now=now)
            work.commit()

    def _edit(self, number: int, change: Mapping[str, Any]) -> None:
        if not self.live:
            return
        record_id = self.live[number % len(self.live)]
        given = dict(change)
        if "datetime" in given:
            day = self.salons.world.clock().date() + timedelta(days=given["datetime"])
            given["datetime"] = f"{day} 12:00:00"
        if "staff_id" in given:
            given["staff_id"] = self.state["staff"][given["staff_id"]]["id"]
        if "services" in given:
            given["services"] = [{"id": self.state["services"][given["services"]]["id"]}]
        self.salons.yclients.edit_record(self.salon.salon_id, record_id, **given)
        if "deleted" in given:
            self.live.remove(record_id)


@pytest.fixture(scope="module")
def listening() -> dict[str, Installed]:
    """The salon of all examples, once there is one."""
    return {}


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=_STEPS)
def test_we_end_in_yclients_own_state_with_each_true_event_once(
    salons: Salons, listening: dict[str, Installed], steps: list[tuple[Any, ...]]
) -> None:
    if "salon" not in listening:
        listening["salon"] = salons.install(clients=5, records=5, seed=9)
        salons.listen(listening["salon"])
    salon = listening["salon"]
    desk = Desk(salons, salon)
    for step in steps:
        desk.play(step)
    salons.reconcile(salon)
    salons.check()
    while desk.read:
        desk.play(("store",))
    truth = {row["id"]: _of_yclients(row) for row in salons.yclients.state(salon.salon_id)["records"]}
    for record_id in desk.all:
        assert _stored(salons, record_id) == truth[record_id]
        _is_a_true_story(salons, salon, record_id, truth[record_id])
    told = len(salons.world.events(salon.company_id))
    salons.reconcile(salon)
    salons.hear(salon, *[one["body"] for one in salons.yclients.deliveries()[desk.before :]])
    salons.check()
    assert len(salons.world.events(salon.company_id)) == told


def _is_a_true_story(salons: Salons, salon: Installed, record_id: int, end: Said) -> None:
    """Each event follows from where the last one ended, says what has changed, and the last ends in the truth."""
    rows = salons.world.rows(
        "SELECT kind, before, after FROM booking_events WHERE company_id = :company AND record_id = :id ORDER BY id",
        company=salon.company_id,
        id=record_id,
    )
    story = [(kind, None if before is None else _of_event(before), _of_event(after)) for kind, before, after in rows]
    known: Said | None = None
    for (before, after), events in groupby(story, key=lambda event: event[1:]):
        assert _follows(before, known)
        assert [kind for kind, _, _ in events] == _true_kinds(before, after)
        known = after
    if known is None:
        assert end[4], "a booking that we never saw alive"
    else:
        assert known[4] if end[4] else _follows(end, known)


def _follows(now: Said | None, known: Said | None) -> bool:
    """Whether nothing was to be told between two moments: but for a visit that is waited for after all."""
    if now is None or known is None:
        return now is known
    is_silent = now[3] == known[3] or (now[3] == 0 and known[3] in (-1, 1))
    return is_silent and (*now[:3], now[4]) == (*known[:3], known[4])


def _true_kinds(before: Said | None, after: Said) -> list[str]:
    attended = {-1: "no_show", 1: "came", 2: "confirmed"}
    if before is None:
        return ["created", *([attended[after[3]]] if after[3] else [])]
    if after[4]:
        return ["cancelled"]
    kinds = ["moved"] if before[0] != after[0] else []
    kinds += ["changed"] if before[1:3] != after[1:3] else []
    if before[3] != after[3]:
        waits_again = ["unconfirmed"] if before[3] == 2 else []
        kinds += [attended[after[3]]] if after[3] else waits_again
    return kinds


def _of_yclients(row: dict[str, Any]) -> Said:
    starts_at = datetime.fromisoformat(row["date"]).replace(tzinfo=MOSCOW).astimezone(UTC)
    services = tuple(sorted(service["id"] for service in row["services"]))
    return starts_at, row["staff_id"], services, row["attendance"], row["deleted"]


def _of_event(shown: dict[str, Any]) -> Said:
    services = tuple(sorted(service["id"] for service in shown["services"]))
    starts_at = datetime.fromisoformat(shown["starts_at"]).astimezone(UTC)
    return starts_at, shown["staff_id"], services, shown["attendance"], shown["is_deleted"]


def _stored(salons: Salons, record_id: int) -> Said:
    row = salons.world.rows(
        "SELECT starts_at, staff_id, services, attendance, deleted_at IS NOT NULL FROM records WHERE record_id = :id",
        id=record_id,
    )[0]
    return row[0].astimezone(UTC), row[1], tuple(sorted(one["id"] for one in row[2])), row[3], row[4]
