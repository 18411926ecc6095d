"""A salon's journal is read from YClients over HTTP: whole, once, through every trouble, and only where we may."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.journal.sync_run import STAGES, RunState, Stage, SyncKind, SyncRun
from aiadmin.services.journal import sync as synchronisation
from tests.support.world import Installed, Salons

LISTS = (("categories", "category_id"), ("services", "service_id"), ("staff", "staff_id"), ("clients", "client_id"))


def _compare(salons: Salons, salon: Installed) -> None:
    """Everything is here as YClients has it."""
    state = salons.yclients.state(salon.salon_id)
    for table, column in LISTS:
        assert salons.numbers(salon, table, column) == {row["id"] for row in state[table]}, table
    deleted = {row["id"]: row["deleted"] for row in state["records"]}
    found = salons.world.rows(
        "SELECT record_id, deleted_at IS NOT NULL FROM records WHERE company_id = :id", id=salon.company_id
    )
    assert dict(found) == {number: gone for number, gone in deleted.items() if number in dict(found)}


def _in_window(salons: Salons, salon: Installed) -> set[int]:
    on = salons.world.clock().date()
    days = {str(on + timedelta(days=number)) for number in range(-6, 60)}  # a day less: midnight may come meanwhile
    state = salons.yclients.state(salon.salon_id)
    return {row["id"] for row in state["records"] if row["date"][:10] in days}


def test_everything_is_read_once_and_two_runs_are_planned(salons: Salons) -> None:
    salon = salons.install(clients=450, records=430, seed=1)
    done = salons.synchronise(salon)
    assert (done.state, done.stage, done.claimed_until, done.next_at) == (RunState.DONE, None, None, None)
    assert set(done.counts) == {*STAGES[SyncKind.FULL], "clients_total"}
    _compare(salons, salon)
    records = salons.world.rows("SELECT record_id FROM records")
    assert _in_window(salons, salon) <= {row[0] for row in records}
    assert len(salons.asked("/clients/search")) == 3
    assert salons.world.events(salon.company_id) == []
    changes, nightly = salons.run(salon, SyncKind.CHANGES), salons.run(salon, SyncKind.NIGHTLY)
    assert changes.since == done.since == done.started_at
    assert changes.next_at == done.finished_at
    assert nightly.next_at is not None
    assert salons.world.clock() < nightly.next_at < salons.world.clock() + timedelta(days=1, minutes=1)
    title, zone = salons.world.rows("SELECT title, timezone FROM companies")[0]
    company = salons.yclients.state(salon.salon_id)["company"]
    assert (title, zone) == (company["title"], company["timezone_name"])


def test_the_page_of_the_salon_is_told_how_far_it_is(salons: Salons) -> None:
    salon, told = salons.install(clients=250), []

    class Told:
        def sync(self, run: SyncRun) -> None:
            told.append(run)

    listening = replace(salons.box.synchroniser, page_events=Told())  # type: ignore[arg-type]
    while (run := listening.work(salon.company_id, SyncKind.FULL)) is not None and run.state is RunState.RUNNING:
        pass
    assert [(run.stage, run.page, run.total_pages) for run in told if run.counts.get("clients") == 200] == [
        (Stage.CLIENTS, 2, 2)
    ]
    assert told[-1].state is RunState.DONE


def test_a_second_reading_finds_what_has_gone_and_what_is_back(salons: Salons) -> None:
    salon = salons.install(clients=30, records=10)
    first = salons.synchronise(salon)
    client = min(salons.numbers(salon, "clients", "client_id"))
    salons.yclients.control("POST", "/journal/client", salon_id=salon.salon_id, client_id=client, deleted=True)
    salons.world.execute("INSERT INTO services SELECT company_id, 999, NULL, 'старая', NULL, NULL, NULL, true, '{}',"
                         " synced_at, NULL FROM services LIMIT 1")  # fmt: skip
    synchronisation.start(salon.company_id, is_new=False, uow=salons.world.uow, clock=salons.world.clock)
    again = salons.synchronise(salon)
    assert again.since == first.since
    assert salons.world.rows("SELECT client_id FROM clients WHERE deleted_at IS NOT NULL") == [(client,)]
    assert salons.world.rows("SELECT service_id FROM services WHERE deleted_at IS NOT NULL") == [(999,)]
    _compare(salons, salon)


@pytest.mark.parametrize(
    ("status", "times", "error"), [(503, 2, "down"), (401, 1, "key_refused"), (422, 1, "refused")]
)
def test_a_page_that_fails_is_tried_again_later_from_where_it_was(
    salons: Salons, status: int, times: int, error: str
) -> None:
    salon = salons.install(clients=30)
    path = f"/api/v1/hooks_settings/{salon.salon_id}"
    salons.yclients.fault(path, times=times, status=status, body='{"success": false}')
    waits = salons.synchronise(salon)
    assert (waits.state, waits.stage, waits.attempts, waits.error) == (RunState.WAITING, Stage.WEBHOOKS, 1, error)
    assert waits.next_at is not None
    assert waits.next_at > salons.world.clock()
    assert salons.box.synchroniser.work(salon.company_id, SyncKind.FULL) is None, "not before its time"
    salons.make_due(salon, SyncKind.FULL)
    assert salons.synchronise(salon).state is RunState.DONE
    assert len(salons.asked("/service_categories")) == len(salons.asked("/clients/search")) == 1
    _compare(salons, salon)


def test_a_salon_that_shuts_us_out_is_left_alone_until_it_lets_us_in_again(salons: Salons) -> None:
    salon = salons.install(clients=10)
    salons.synchronise(salon)
    salons.yclients.freeze(salon.salon_id)
    salons.make_due(salon, SyncKind.CHANGES)
    paused = salons.synchronise(salon, SyncKind.CHANGES)
    assert (paused.state, paused.error, paused.next_at) == (RunState.PAUSED, "forbidden", None)
    with salons.world.uow() as work:
        due = work.sync_runs.due_keys(salons.world.clock() + timedelta(hours=1), limit=9)
    assert {key.key for key in due} <= {SyncKind.NIGHTLY}, "at night the nightly run is near, and asks once more"
    salons.yclients.activate(salon.salon_id)
    synchronisation.start(salon.company_id, is_new=True, uow=salons.world.uow, clock=salons.world.clock)
    again = salons.synchronise(salon)
    changes = salons.run(salon, SyncKind.CHANGES)
    assert (changes.state, changes.error, changes.since) == (RunState.WAITING, None, again.since)


def test_what_was_missed_while_the_salon_was_away_is_known_afterwards_but_told_to_nobody(salons: Salons) -> None:
    salon = salons.install(clients=10, records=20, seed=3)
    salons.synchronise(salon)
    booked = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))
    synchronisation.start(salon.company_id, is_new=True, uow=salons.world.uow, clock=_later(salons))
    salons.make_due(salon, SyncKind.FULL)
    later = replace(salons.box.synchroniser, clock=_later(salons))
    while (run := later.work(salon.company_id, SyncKind.FULL)) is not None and run.state is RunState.RUNNING:
        pass
    assert booked["id"] in salons.numbers(salon, "records", "record_id")
    assert salons.world.events(salon.company_id) == []


def _later(salons: Salons) -> Any:
    """Two seconds on: YClients writes whole seconds."""
    return lambda: salons.world.clock() + timedelta(seconds=2)


def test_a_look_for_changes_finds_what_no_webhook_told(salons: Salons) -> None:
    salon = salons.install(clients=10, records=20, seed=2)
    salons.listen(salon)
    booked = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))
    salons.make_due(salon, SyncKind.CHANGES)
    done = salons.synchronise(salon, SyncKind.CHANGES)
    assert salons.world.events(salon.company_id) == [(booked["id"], "created", "reconcile")]
    assert done.started_at is not None
    assert (done.since, done.next_at) == (done.started_at, done.started_at + timedelta(minutes=10))
    salons.yclients.delete_record(salon.salon_id, booked["id"])
    for _ in range(2):
        salons.make_due(salon, SyncKind.CHANGES)
        salons.synchronise(salon, SyncKind.CHANGES)
    assert salons.world.events(salon.company_id)[1:] == [(booked["id"], "cancelled", "reconcile")]


def test_a_night_reads_the_lists_and_the_end_of_the_window_and_comes_again(salons: Salons) -> None:
    salon = salons.install(clients=10, records=10)
    salons.synchronise(salon)
    before = len(salons.yclients.requests())
    salons.make_due(salon, SyncKind.NIGHTLY)
    done = salons.synchronise(salon, SyncKind.NIGHTLY)
    assert done.state is RunState.DONE
    assert done.next_at is not None
    assert done.next_at > salons.world.clock()
    paths = [request["path"].split("/api/v1")[1] for request in salons.yclients.requests()[before:]]
    kinds = Counter(path.split("/")[3] if path.count("/") > 2 else path.split("/")[1] for path in paths)
    assert sum(kinds.values()) <= 11, "one of them compares the week, one reads the rules of booking online"
    assert "clients" not in kinds


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "ours"),
        ({"urls": ["https://another.app/hook"]}, "missing"),
        ({"active": 0}, "inactive"),
        ({"record": 0}, "inactive"),
    ],
)
def test_we_notice_when_another_app_overwrites_where_webhooks_go_and_never_write_there(
    salons: Salons, change: dict[str, Any], state: str
) -> None:
    salon = salons.install(clients=5)
    if change:
        url = f"{salons.yclients.url}/api/v1/hooks_settings/{salon.salon_id}"
        headers = salons.yclients.headers()
        now = salons.yclients.http.get(url, headers=headers, timeout=10).json()["data"]
        salons.yclients.http.post(url, headers=headers, json=now | change, timeout=10).raise_for_status()
    before = len(salons.yclients.requests())
    salons.synchronise(salon)
    assert salons.world.rows("SELECT webhooks_state FROM companies") == [(state,)]
    written = [
        one for one in salons.yclients.requests()[before:] if "hooks" in one["path"] and one["method"] != "GET"
    ]
    assert written == []


def _looked(salons: Salons, salon: Installed) -> timedelta:
    """How long after a look for changes the next is planned."""
    salons.make_due(salon, SyncKind.CHANGES)
    done = salons.synchronise(salon, SyncKind.CHANGES)
    planned = salons.run(salon, SyncKind.CHANGES).next_at
    assert done.started_at is not None
    assert planned is not None
    assert planned == done.next_at
    return planned - done.started_at


@pytest.mark.parametrize(
    ("state", "minutes"), [("ours", 30), ("missing", 10), ("inactive", 10), ("unknown", 10), (None, 10)]
)
def test_a_salon_whose_webhooks_come_is_seldom_looked_at(salons: Salons, state: str | None, minutes: int) -> None:
    salon = salons.install(clients=5)
    salons.listen(salon)
    salons.world.change(salon.company_id, "webhooks_state", state)
    assert _looked(salons, salon) == timedelta(minutes=minutes)
    assert len(salons.asked("/records/")) == 2, "all visits, and what has changed"


def test_what_no_webhook_told_has_the_salon_looked_at_as_if_none_came(salons: Salons) -> None:
    salon = salons.install(clients=5)
    salons.listen(salon)
    assert _looked(salons, salon) == timedelta(minutes=30)
    told = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))
    salons.hear_all(salon)
    salons.check()
    assert _looked(salons, salon) == timedelta(minutes=30), "it was told"
    salons.yclients.delete_record(salon.salon_id, told["id"])
    assert _looked(salons, salon) == timedelta(minutes=10)
    assert _looked(salons, salon) == timedelta(minutes=30), "nothing was lost any more"


def test_two_salons_at_once_see_only_their_own(salons: Salons) -> None:
    both = [salons.install(clients=250, records=100, seed=number) for number in (1, 2)]
    threads = [threading.Thread(target=salons.synchronise, args=(salon,)) for salon in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for salon in both:
        assert salons.run(salon).state is RunState.DONE
        _compare(salons, salon)


def test_two_workers_never_read_the_same_run(salons: Salons) -> None:
    salon, start, had = salons.install(clients=450, records=100), threading.Barrier(3), []

    def work() -> None:
        start.wait()
        had.append(salons.box.synchroniser.work(salon.company_id, SyncKind.FULL))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([run for run in had if run is not None]) == 1
    assert len(salons.asked("/service_categories")) == 1


@pytest.mark.parametrize(("column", "value"), [("sync_enabled", False), ("integration_status", "uninstalled")])
def test_a_salon_that_says_no_in_the_middle_is_not_read_any_further(
    salons: Salons, column: str, value: object
) -> None:
    salon = salons.install(clients=450)
    fetched = []

    class Interrupting:
        def fetch(self, run: SyncRun, of: Any) -> Any:
            fetched.append(run.stage)
            if run.stage is Stage.STAFF:
                salons.world.change(salon.company_id, column, value)
            return salons.box.synchroniser.pages.fetch(run, of)

    stopped = replace(salons.box.synchroniser, pages=Interrupting())  # type: ignore[arg-type]
    assert stopped.work(salon.company_id, SyncKind.FULL) is None
    assert fetched[-1] is Stage.STAFF
    with salons.world.uow() as work:
        assert work.sync_runs.due_keys(salons.world.clock() + timedelta(hours=1), limit=9) == []
