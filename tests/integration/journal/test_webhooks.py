"""A webhook is a word that something has changed; what has is read by API, and each true event is stored once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from rq import Queue
from sqlalchemy import text

from aiadmin.domain.job import Job, QueueName
from aiadmin.domain.journal.sync_run import SyncKind
from tests.support.world import Installed, Salons


@pytest.fixture
def salon(salons: Salons) -> Installed:
    """A salon that was read, and whose webhooks wait to be heard."""
    salon = salons.install(clients=10, records=20, seed=5)
    salons.listen(salon)
    return salon


def _kinds(salons: Salons, salon: Installed, record_id: int) -> list[str]:
    return [kind for number, kind, _ in salons.world.events(salon.company_id) if number == record_id]


def test_a_booking_its_changes_and_its_end_are_each_told_once(salons: Salons, salon: Installed) -> None:
    record_id = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))["id"]
    other = salons.yclients.state(salon.salon_id)["staff"][1]["id"]
    later = f"{salons.world.clock().date() + timedelta(days=4)} 15:00:00"
    for change in ({}, {"attendance": 2}, {"datetime": later}, {"staff_id": other}, {"deleted": True}):
        if change:
            salons.yclients.edit_record(salon.salon_id, record_id, **change)
        salons.hear_all(salon)
        salons.check()
    assert _kinds(salons, salon, record_id) == ["created", "confirmed", "moved", "changed", "cancelled"]
    assert {source for _, _, source in salons.world.events(salon.company_id)} == {"webhook"}
    salons.reconcile(salon)
    assert len(salons.world.events(salon.company_id)) == 5
    assert salons.world.rows("SELECT count(*) FROM refetches") == [(0,)]


def test_what_a_reading_finds_is_planned_for_at_once_and_nothing_is_where_it_finds_nothing(
    salons: Salons, salon: Installed
) -> None:
    redis = salons.box.redis
    record_id = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))["id"]
    asked = []
    for _ in range(2):
        redis.flushdb()
        salons.hear(salon, {"type": "booking_updated", "data": {"id": record_id}})
        assert salons.check() == 1
        waiting = Queue(QueueName.JOBS, connection=redis, serializer="json").jobs
        asked.append([one.func_name for one in waiting])
    assert asked == [[Job.PLAN_CHANGES.value.function], []]


def test_y24_two_edits_told_in_the_same_words_are_both_heard(salons: Salons, salon: Installed) -> None:
    """Y24: the specification's shape holds no time: the second edit is heard at once, not ten minutes later."""
    record_id = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))["id"]
    told = {"type": "booking_updated", "data": {"id": record_id}}
    salons.hear(salon, told)
    salons.check()
    for hour in (15, 17):
        later = f"{salons.world.clock().date() + timedelta(days=4)} {hour}:00:00"
        salons.yclients.edit_record(salon.salon_id, record_id, datetime=later)
        salons.hear(salon, told, told)
        salons.check()
    assert _kinds(salons, salon, record_id) == ["created", "moved", "moved"]


def test_many_words_about_one_edit_are_one_reading(salons: Salons, salon: Installed) -> None:
    salons.yclients.settings(hook_updates_per_edit=4)
    record_id = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))["id"]
    for comment in ("а", "б", "в"):
        salons.yclients.edit_record(salon.salon_id, record_id, comment=comment)
    salons.hear_all(salon)
    salons.check()
    assert len(salons.asked(f"/record/{salon.salon_id}/")) == 1
    assert _kinds(salons, salon, record_id) == ["created"]


def _next_look(salons: Salons, salon: Installed) -> timedelta:
    """How soon changes are looked for; of a salon in which webhooks come it is half an hour."""
    planned = salons.run(salon, SyncKind.CHANGES).next_at
    assert planned is not None
    return planned - salons.world.clock()


def test_what_cannot_be_read_again_is_left_to_a_look_that_is_not_far(salons: Salons, salon: Installed) -> None:
    salons.reconcile(salon)
    assert _next_look(salons, salon) > timedelta(minutes=25)
    booked = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))
    salons.hear_all(salon)
    path = f"/api/v1/record/{salon.salon_id}/{booked['id']}"
    salons.yclients.fault(path, times=9, status=403, body='{"success": false}')
    salons.check()
    assert salons.world.rows("SELECT count(*) FROM refetches WHERE subject = 'record'") == [(0,)]
    assert _next_look(salons, salon) <= timedelta(minutes=10)


def test_a_webhook_that_nobody_understands_brings_the_next_look_forward(salons: Salons, salon: Installed) -> None:
    salons.reconcile(salon)
    assert _next_look(salons, salon) > timedelta(minutes=25)
    salons.hear(salon, {"hello": "world"})
    assert _next_look(salons, salon) <= timedelta(minutes=10)


@pytest.mark.parametrize("count", [2, 9])
def test_many_records_of_one_salon_are_read_as_one_list(salons: Salons, salon: Installed, count: int) -> None:
    for hour in range(9, 9 + count):
        day = salons.world.clock().date() + timedelta(days=5)
        salons.yclients.add_record(salon.salon_id, **salons.booking(salon, datetime=f"{day} {hour:02}:00:00"))
    salons.hear_all(salon)
    before = len(salons.yclients.requests())
    salons.check()
    paths = [request["path"] for request in salons.yclients.requests()[before:]]
    assert [path for path in paths if "/record" in path] == [f"/api/v1/records/{salon.salon_id}"]
    assert [kind for _, kind, _ in salons.world.events(salon.company_id)] == ["created"] * count


@pytest.mark.parametrize("status", [200, 404])
def test_a_deleted_record_is_cancelled_however_yclients_shows_it(
    salons: Salons, salon: Installed, status: int
) -> None:
    record_id = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))["id"]
    salons.hear_all(salon)
    salons.check()
    salons.yclients.settings(deleted_record_status=status)
    salons.yclients.delete_record(salon.salon_id, record_id)
    salons.hear_all(salon)
    salons.check()
    salons.reconcile(salon)
    assert _kinds(salons, salon, record_id) == ["created", "cancelled"]


def test_word_of_a_client_brings_the_client_as_it_is_or_a_tombstone(salons: Salons, salon: Installed) -> None:
    client_id = min(salons.numbers(salon, "clients", "client_id"))
    salons.world.execute("UPDATE clients SET last_visit_on = '2026-01-02'")
    salons.yclients.edit("client", salon.salon_id, client_id=client_id, name="Новое Имя", sms_not=1)
    salons.hear_all(salon)
    salons.check()
    found = salons.world.rows(
        "SELECT name, is_muted, last_visit_on::text FROM clients WHERE client_id = :id", id=client_id
    )
    assert found == [("Новое Имя", True, "2026-01-02")]
    salons.yclients.edit("client", salon.salon_id, client_id=client_id, deleted=True)
    salons.hear_all(salon)
    salons.check()
    assert client_id not in salons.numbers(salon, "clients", "client_id")


def test_word_of_a_service_brings_the_night_forward(salons: Salons, salon: Installed) -> None:
    service_id = min(salons.numbers(salon, "services", "service_id"))
    salons.yclients.edit("service", salon.salon_id, service_id=service_id, title="Новая стрижка")
    salons.hear_all(salon)
    run = salons.run(salon, SyncKind.NIGHTLY)
    assert run.next_at is not None
    assert run.next_at < salons.world.clock() + timedelta(minutes=16)
    salons.make_due(salon, SyncKind.NIGHTLY)
    salons.synchronise(salon, SyncKind.NIGHTLY)
    title = salons.world.rows("SELECT title FROM services WHERE service_id = :id", id=service_id)
    assert title == [("Новая стрижка",)]


@pytest.mark.parametrize(
    ("status", "times", "is_kept", "attempts"), [(503, 2, True, 1), (401, 1, True, 1), (403, 1, False, 0)]
)
def test_what_cannot_be_read_now_is_read_later_and_a_salon_that_shuts_us_out_is_not_asked_again(
    salons: Salons, salon: Installed, status: int, times: int, attempts: int, *, is_kept: bool
) -> None:
    record_id = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))["id"]
    salons.hear(
        salon, {"company_id": salon.salon_id, "resource": "record", "resource_id": record_id, "status": "create"}
    )
    path = f"/api/v1/record/{salon.salon_id}/{record_id}"
    salons.yclients.fault(path, times=times, status=status, body='{"success": false}')
    salons.check()
    waiting = salons.world.rows("SELECT attempts, claimed_until, due_at > now() FROM refetches")
    assert waiting == ([(attempts, None, True)] if is_kept else [])
    salons.check()
    salons.reconcile(salon)
    assert _kinds(salons, salon, record_id) == ["created"]


def test_no_word_is_believed_without_a_reading(salons: Salons, salon: Installed) -> None:
    known = salons.yclients.state(salon.salon_id)["records"][0]
    lies: dict[str, Any] = {"company_id": salon.salon_id, "resource": "record", "status": "delete"}
    salons.hear(
        salon,
        lies | {"resource_id": known["id"], "data": known | {"deleted": True}},
        lies | {"resource_id": 999_999_999, "data": known},
        lies | {"resource": "client", "resource_id": 999_999_999, "data": {"name": "Никто"}},
        lies | {"resource": "good", "resource_id": 1},
    )
    salons.check()
    assert salons.world.events(salon.company_id) == []
    assert salons.world.rows("SELECT count(*) FROM refetches") == [(0,)]
    assert salons.world.rows("SELECT count(*) FROM clients WHERE client_id = 999999999") == [(0,)]


def test_workers_side_by_side_read_each_salon_once(salons: Salons, salon: Installed) -> None:
    all_salons = [salon, *(salons.install(clients=3) for _ in range(3))]
    for one in all_salons[1:]:
        salons.listen(one)
    for one in all_salons:
        _book_three(salons, one)
    salons.world.execute("UPDATE refetches SET due_at = now() - interval '1 second'")
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        salons.box.refetcher.work()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    salons.check()  # on a busy machine their slices of time may end before the work does
    for one in all_salons:
        assert [kind for _, kind, _ in salons.world.events(one.company_id)] == ["created"] * 3
        assert salons.asked(f"/record/{one.salon_id}/") == []
        assert len(salons.asked(f"/records/{one.salon_id}")) == 2, "at first, and what has changed"


def test_a_salon_that_another_worker_is_claiming_is_passed_by_as_a_whole(salons: Salons, salon: Installed) -> None:
    """The other has locked one of the salon's rows so far: the rest are its own as well."""
    other = salons.install(clients=3)
    salons.listen(other)
    for one in (salon, other):
        _book_three(salons, one)
    now = salons.world.clock()
    salons.world.execute("UPDATE refetches SET due_at = now() - interval '1 minute'")
    salons.world.execute(
        "UPDATE refetches SET due_at = now() - interval '1 hour' WHERE company_id = :id", id=salon.company_id
    )
    with salons.world.engine.begin() as connection:
        connection.execute(text("SELECT FROM refetches ORDER BY due_at, subject, number LIMIT 1 FOR UPDATE"))
        with salons.world.uow() as work:
            claimed = work.refetches.claim(now=now, until=now + timedelta(minutes=1), limit=9)
    assert [one.company_id for one in claimed] == [other.company_id] * 3


def _book_three(salons: Salons, salon: Installed) -> None:
    """Three bookings, of which only the records are told."""
    day = salons.world.clock().date() + timedelta(days=6)
    for hour in (12, 14, 16):
        booking = salons.booking(salon, datetime=f"{day} {hour}:00:00")
        number = salons.yclients.add_record(salon.salon_id, **booking)["id"]
        word = {"company_id": salon.salon_id, "resource": "record", "resource_id": number, "status": "create"}
        salons.hear(salon, word)


def test_nothing_is_heard_of_a_salon_whose_synchronisation_is_off(salons: Salons, salon: Installed) -> None:
    salons.world.change(salon.company_id, "sync_enabled", value=False)
    salons.yclients.add_record(salon.salon_id, **salons.booking(salon))
    salons.hear_all(salon)
    assert salons.check() == 0
    assert salons.world.events(salon.company_id) == []
    salons.world.change(salon.company_id, "sync_enabled", value=True)
    salons.reconcile(salon)
    assert [kind for _, kind, _ in salons.world.events(salon.company_id)] == ["created"]
