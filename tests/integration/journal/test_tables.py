"""The tables of a journal: pages in one statement, tombstones, claims, and one company never seeing another."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.booking_event import EventSource
from aiadmin.domain.journal.journal import Category, Client, Record, SalonDetails, Service, StaffMember, WorkDay
from aiadmin.domain.journal.refetch import Refetch, RefetchRequest, Subject
from aiadmin.domain.journal.sync_run import RunState, Stage, SyncKind, SyncRun, begin
from aiadmin.domain.quarantine import RowKey
from aiadmin.services.journal.bookings import absorb
from aiadmin.storage.journal.sync_runs import SyncedSalon
from tests.support.journals import HAIRCUT, NOW, record
from tests.support.world import World

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def _put(world: World, company_id: CompanyId, at: Any = NOW, **lists: Any) -> None:
    with world.uow() as work:
        for name, rows in lists.items():
            getattr(work.journal, f"put_{name}")(company_id, rows, at)
        work.commit()


def test_a_page_is_stored_as_it_is_and_again_without_a_double(world: World) -> None:
    mine, other = world.company(), world.company()
    service = Service(
        service_id=1, title="Стрижка", price_min=Decimal("1300.50"), length=timedelta(hours=1), raw={"id": "1"}
    )
    clients = [Client(client_id=number, name=f"Анна {number}", phone="79000000001") for number in range(200)]
    for company_id in (mine, other, mine):
        _put(
            world,
            company_id,
            categories=[Category(category_id=1, title="Волосы")],
            services=[service, replace(service, service_id=2, price_min=Decimal(10**15)), service],
            staff=[StaffMember(staff_id=9, name="О" * 300, is_hidden=True)],
            clients=clients,
        )
    assert world.rows("SELECT count(*) FROM clients GROUP BY company_id") == [(200,), (200,)]
    assert world.rows(
        "SELECT service_id, title, price_min, seconds, raw_data FROM services WHERE company_id = :id ORDER BY 1",
        id=mine,
    ) == [(1, "Стрижка", Decimal("1300.50"), 3600, {"id": "1"}), (2, "Стрижка", None, 3600, {"id": "1"})]
    assert world.rows("SELECT length(name), is_hidden FROM staff WHERE company_id = :id", id=mine) == [(255, True)]


@pytest.mark.parametrize("name", ["a\x00b", "половина \ud83d пары", "\\u0000", "Анна 😀", 'кавычка " и \\'])
def test_a_text_that_postgresql_cannot_hold_loses_only_what_it_cannot_hold(world: World, name: str) -> None:
    company_id = world.company()
    _put(world, company_id, clients=[Client(client_id=1, name=name, raw={"name": name})])
    kept = name.replace("\x00", "").replace("\ud83d", "?")
    assert world.rows("SELECT name, raw_data->>'name' FROM clients") == [(kept, kept)]


@pytest.mark.parametrize(
    ("stage", "name", "rows"),
    [
        (Stage.CATEGORIES, "categories", [Category(category_id=n, title="т") for n in (1, 2)]),
        (Stage.SERVICES, "services", [Service(service_id=n, title="т") for n in (1, 2)]),
        (Stage.STAFF, "staff", [StaffMember(staff_id=n, name="т") for n in (1, 2)]),
        (Stage.CLIENTS, "clients", [Client(client_id=n) for n in (1, 2)]),
    ],
)
def test_what_a_full_list_no_longer_holds_gets_a_tombstone_and_loses_it_when_it_is_back(
    world: World, stage: Stage, name: str, rows: list[Any]
) -> None:
    mine, other = world.company(), world.company()
    gone = f"SELECT count(deleted_at) FROM {name} WHERE company_id = "  # noqa: S608 - our own words
    _put(world, mine, **{name: rows})
    _put(world, other, **{name: rows})
    _put(world, mine, NOW + MINUTE, **{name: rows[:1]})
    with world.uow() as work:
        assert work.journal.mark_deleted(mine, stage, not_seen_since=NOW + MINUTE, at=NOW + MINUTE) == 1
        assert work.journal.mark_deleted(mine, stage, not_seen_since=NOW + MINUTE, at=NOW + 2 * MINUTE) == 0
        work.commit()
    assert (world.rows(gone + str(mine)), world.rows(gone + str(other))) == ([(1,)], [(0,)])
    _put(world, mine, NOW + 2 * MINUTE, **{name: rows})
    assert world.rows(gone + str(mine)) == [(0,)]


def test_a_part_of_the_schedule_takes_the_place_of_the_same_days(world: World) -> None:
    mine, first = world.company(), date(2026, 11, 24)
    days = [WorkDay(staff_id=9, day=first + timedelta(days=n), slots=((time(10), time(19)),)) for n in range(4)]
    with world.uow() as work:
        work.journal.put_schedule(mine, days, first=first, last=days[-1].day, at=NOW)
        work.journal.put_schedule(mine, days[1:2], first=days[1].day, last=days[2].day, at=NOW)
        work.commit()
    assert world.rows("SELECT day, slots FROM schedule ORDER BY day") == [
        (days[n].day, [["10:00", "19:00"]]) for n in (0, 1, 3)
    ]


def test_the_salons_own_words_take_the_place_of_ours_but_for_the_phone_that_registered(world: World) -> None:
    given, mine = world.company(phone="79001112233"), world.company()
    facts = SalonDetails(
        salon_id=1,
        title="Салон",
        timezone="Asia/Omsk",
        phone="73812000000",
        country="KZ",
        currency="₸",
        raw={"id": 1},
    )
    with world.uow() as work:
        work.journal.set_salon(given, facts)
        work.journal.set_salon(mine, facts)
        work.commit()
        salon = work.sync_runs.salon(mine)
    assert salon is not None
    assert (salon.zone, salon.country, salon.currency) == ("Asia/Omsk", "KZ", "₸")
    found = world.rows("SELECT title, phone, raw_data FROM companies ORDER BY id")
    assert found == [("Салон", "79001112233", {"id": 1}), ("Салон", "73812000000", {"id": 1})]


def _absorb(
    world: World,
    company_id: CompanyId,
    *records: Record,
    read_at: Any = NOW,
    source: EventSource = EventSource.WEBHOOK,
) -> int:
    salon = SyncedSalon(company_id=company_id, salon_id=1, zone="UTC", known_since=NOW - timedelta(days=1))  # type: ignore[arg-type]
    with world.uow() as work:
        count = absorb(work, salon, records, source=source, read_at=read_at, now=NOW)
        work.commit()
    return count


def test_a_record_comes_back_as_it_was_stored(world: World) -> None:
    company_id = world.company()
    services = (replace(HAIRCUT, cost=Decimal("999.90")),)
    given = record(services=services, comment="у окна", is_online=True, is_group=True, raw={"id": 2, "x": [1]})
    _absorb(world, company_id, given)
    with world.uow() as work:
        found = work.records.find(company_id, 2)
        assert found is not None
        assert (found.record, found.read_at) == (given, NOW)
        assert work.records.find(world.company(), 2) is None


def test_events_are_stored_with_the_snapshot_and_only_for_what_is_new(world: World) -> None:
    mine, other = world.company(), world.company()
    first = record()
    moved = replace(first, starts_at=first.starts_at + MINUTE, changed_at=NOW)
    for company_id in (mine, other):
        assert _absorb(world, company_id, first) == 1
    assert _absorb(world, mine, moved, moved, source=EventSource.RECONCILE) == 1
    assert _absorb(world, mine, first, read_at=NOW + SECOND) == 0, "an older change"
    assert _absorb(world, mine, moved, read_at=NOW + SECOND) == 0, "a repeat"
    assert _absorb(world, mine, replace(moved, is_deleted=True), read_at=NOW + SECOND) == 1
    assert world.events(mine) == [(2, "created", "webhook"), (2, "moved", "reconcile"), (2, "cancelled", "webhook")]
    assert world.events(other) == [(2, "created", "webhook")]
    before, after = world.rows("SELECT before, after FROM booking_events WHERE kind = 'moved'")[0]
    assert (before["client_phone"], before["services"]) == (
        "79000000001",
        [{"id": 1, "title": "Стрижка", "cost": None, "amount": 1}],
    )
    assert "raw" not in after
    assert world.rows("SELECT before FROM booking_events WHERE kind = 'created' AND before IS NOT NULL") == []


def test_workers_that_read_the_same_records_at_once_tell_of_each_event_once(world: World) -> None:
    company_id = world.company()
    records = [record(record_id=number) for number in range(50)]
    start, told = threading.Barrier(4), []

    def work(order: int) -> None:
        start.wait()
        told.append(_absorb(world, company_id, *(records if order % 2 else records[::-1])))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(told) == len(world.events(company_id)) == 50


def _heard(company_id: CompanyId, number: int, first: Any = NOW, last: Any = None) -> RefetchRequest:
    return RefetchRequest(
        company_id=company_id, subject=Subject.RECORD, number=number, first_at=first, last_at=last or first
    )


def _known(world: World) -> CompanyId:
    company_id = world.company()
    world.know(company_id)
    return company_id


def _hear(world: World, *words: RefetchRequest) -> None:
    with world.uow() as work:
        work.refetches.request(words)
        work.commit()


def _take(world: World, now: Any, limit: int = 100) -> list[Refetch]:
    with world.uow() as work:
        taken = list(work.refetches.claim(now=now, until=now + MINUTE, limit=limit))
        work.commit()
    return taken


def _finish(world: World, checks: list[Refetch]) -> None:
    with world.uow() as work:
        work.refetches.finish(checks)
        work.commit()


def test_a_check_waits_for_quiet_but_never_too_long(world: World) -> None:
    company_id = _known(world)
    for seconds in range(0, 40, 4):
        _hear(world, _heard(company_id, 1, NOW + seconds * SECOND))
        with world.uow() as work:
            assert not work.refetches.has_due(NOW + min(seconds + 4, 29) * SECOND)
    assert world.rows("SELECT due_at, first_requested_at FROM refetches") == [(NOW + 30 * SECOND, NOW)]


def test_two_workers_never_share_a_check_and_a_dead_ones_is_found_again(world: World) -> None:
    mine, other = _known(world), _known(world)
    _hear(world, _heard(mine, 1), _heard(mine, 2), _heard(other, 1, NOW + SECOND))
    now = NOW + 10 * SECOND
    assert [(check.company_id, check.number) for check in _take(world, now)] == [(mine, 1), (mine, 2)]
    assert [check.company_id for check in _take(world, now)] == [other]
    assert _take(world, now) == []
    assert [check.attempts for check in _take(world, now + MINUTE)] == [2, 2]


def test_a_check_waits_until_the_first_synchronisation_knows_the_salons_zone(world: World) -> None:
    company_id = world.company()
    _hear(world, _heard(company_id, 1))
    assert _take(world, NOW + MINUTE) == []
    with world.uow() as work:
        work.sync_runs.start(company_id, SyncKind.FULL, NOW, is_new=True)
        run = work.sync_runs.claim(company_id, SyncKind.FULL, now=NOW, until=NOW + MINUTE)
        assert run is not None
        run = begin(run, NOW)
        assert work.sync_runs.save(run, claim=NOW + MINUTE)
        work.commit()
    assert _take(world, NOW + MINUTE) == []
    with world.uow() as work:
        work.sync_runs.save(replace(run, stage=Stage.CATEGORIES), claim=NOW + MINUTE)
        work.commit()
    assert [check.number for check in _take(world, NOW + MINUTE)] == [1]


def test_a_word_that_comes_during_the_reading_asks_for_another(world: World) -> None:
    company_id = _known(world)
    _hear(world, _heard(company_id, 1), _heard(company_id, 2))
    now = NOW + 6 * SECOND
    taken = _take(world, now)
    _hear(world, _heard(company_id, 1, now))
    assert _take(world, now + 20 * SECOND) == [], "somebody reads it"
    _finish(world, taken)
    again = world.rows("SELECT number, due_at, first_requested_at, claimed_until, attempts FROM refetches")
    assert again == [(1, now + 5 * SECOND, now, None, 0)]


@pytest.mark.parametrize(
    ("column", "value"),
    [("sync_enabled", False), ("integration_status", "frozen"), ("integration_status", "uninstalled")],
)
def test_nothing_is_read_of_a_company_that_said_no_or_has_left(world: World, column: str, value: object) -> None:
    company_id = _known(world)
    with world.uow() as work:
        work.refetches.request([_heard(company_id, 1)])
        work.sync_runs.start(company_id, SyncKind.FULL, NOW, is_new=True)
        work.commit()
        assert work.sync_runs.due_keys(NOW, limit=9) == [RowKey(company_id, "full")]
    world.change(company_id, column, value)
    with world.uow() as work:
        work.refetches.request([_heard(company_id, 2)])
        work.commit()
        assert not work.refetches.has_due(NOW + MINUTE)
        assert work.sync_runs.due_keys(NOW, limit=9) == []
        assert work.sync_runs.claim(company_id, SyncKind.FULL, now=NOW, until=NOW + MINUTE) is None
        assert work.sync_runs.salon(company_id) is None
    assert _take(world, NOW + MINUTE) == []
    assert world.rows("SELECT number FROM refetches") == [(1,)]


def test_one_worker_has_a_run_until_its_claim_is_over_and_then_loses_it_for_good(world: World) -> None:
    company_id = world.company()
    with world.uow() as work:
        work.sync_runs.start(company_id, SyncKind.FULL, NOW, is_new=True)
        first = work.sync_runs.claim(company_id, SyncKind.FULL, now=NOW, until=NOW + MINUTE)
        assert first is not None
        assert work.sync_runs.claim(company_id, SyncKind.FULL, now=NOW, until=NOW + 2 * MINUTE) is None
        assert work.sync_runs.due_keys(NOW, limit=9) == []
        late = NOW + MINUTE
        second = work.sync_runs.claim(company_id, SyncKind.FULL, now=late, until=late + MINUTE)
        assert second is not None
        assert not work.sync_runs.save(replace(first, page=2), claim=NOW + MINUTE)
        assert work.sync_runs.save(replace(second, page=3, counts={"clients": 1}), claim=late + MINUTE)
        found = work.sync_runs.find(company_id, SyncKind.FULL)
        work.commit()
    assert found == replace(second, page=3, counts={"clients": 1})


def test_a_start_takes_the_run_from_whoever_reads_and_keeps_what_is_known_unless_all_is_new(world: World) -> None:
    company_id = world.company()
    with world.uow() as work:
        work.sync_runs.start(company_id, SyncKind.FULL, NOW, is_new=True)
        claimed = work.sync_runs.claim(company_id, SyncKind.FULL, now=NOW, until=NOW + MINUTE)
        assert claimed is not None
        known = replace(claimed, since=NOW, stage=Stage.CLIENTS, page=7, attempts=3)
        assert work.sync_runs.save(known, claim=NOW + MINUTE)
        work.sync_runs.start(company_id, SyncKind.FULL, NOW, is_new=False)
        assert not work.sync_runs.save(known, claim=NOW + MINUTE)
        again = work.sync_runs.find(company_id, SyncKind.FULL)
        assert again == SyncRun(
            company_id=company_id, kind=SyncKind.FULL, state=RunState.WAITING, since=NOW, next_at=NOW
        )
        work.sync_runs.start(company_id, SyncKind.FULL, NOW, is_new=True)
        assert (run := work.sync_runs.find(company_id, SyncKind.FULL)) is not None
        assert run.since is None
        work.commit()


def test_a_plan_leaves_a_run_alone_that_goes_on_from_as_late(world: World) -> None:
    company_id = world.company()
    plan = SyncRun(company_id=company_id, kind=SyncKind.CHANGES, state=RunState.WAITING, since=NOW, next_at=NOW)
    with world.uow() as work:
        work.sync_runs.plan(plan)
        work.sync_runs.plan(replace(plan, since=NOW - MINUTE, next_at=NOW + MINUTE))
        assert work.sync_runs.find(company_id, SyncKind.CHANGES) == plan
        later = replace(plan, since=NOW + MINUTE)
        work.sync_runs.plan(later)
        assert work.sync_runs.find(company_id, SyncKind.CHANGES) == later
        work.commit()


def test_a_night_can_only_come_sooner(world: World) -> None:
    mine, other = world.company(), world.company()
    with world.uow() as work:
        for company_id in (mine, other):
            run = SyncRun(
                company_id=company_id, kind=SyncKind.NIGHTLY, state=RunState.WAITING, next_at=NOW + 9 * MINUTE
            )
            work.sync_runs.plan(run)
        work.sync_runs.bring_forward([mine], SyncKind.NIGHTLY, NOW + MINUTE)
        work.sync_runs.bring_forward([mine], SyncKind.NIGHTLY, NOW + 2 * MINUTE)
        work.commit()
    assert world.rows("SELECT next_at FROM sync_runs ORDER BY company_id") == [(NOW + MINUTE,), (NOW + 9 * MINUTE,)]
