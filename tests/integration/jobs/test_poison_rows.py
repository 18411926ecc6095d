"""One row that raises is set aside, in every queue, and the rows of other salons and of its own are done.

A trigger makes PostgreSQL refuse to change a row, or the row itself holds what nobody can read. Once the cause is
gone and an operator says so, the row is done like any other.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rq.timeouts import JobTimeoutException
from sqlalchemy.exc import OperationalError

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.journal.webhook import NewWebhook
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import DeviceClaim, NewMessage
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.services import maintenance
from aiadmin.services.hosting import sessions
from aiadmin.services.install import lifecycle
from aiadmin.services.journal import webhook_processing
from aiadmin.services.messages import messages
from aiadmin.services.notices.planning import NoticePlanner
from aiadmin.services.work import QueueRunner
from jobs.worker import JobDeadline, JobOverdueError
from tests.integration.notices.planning import Plans
from tests.integration.notices.test_dispatch import Desk
from tests.support.database import Databases
from tests.support.examples import examples
from tests.support.salon import Salon

Poison = Callable[[str, str], None]
_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_row() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'this row is poisoned'; END $$
"""


class Two:
    """A salon with a bad row, and one that must not notice."""

    def __init__(self, new_salon: Callable[[], Salon]) -> None:
        self.bad, self.good = new_salon(), new_salon()
        self.world, self.box = self.bad.world, self.bad.box
        self._poisoned: list[str] = []

    def poison(self, table: str, condition: str) -> None:
        """PostgreSQL refuses every change of these rows of `table` (a condition on OLD) from now on."""
        self.world.execute(_REFUSE)
        self.world.execute(
            f"CREATE TRIGGER poison BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW WHEN ({condition})"
            " EXECUTE FUNCTION refuse_row()"
        )
        self._poisoned.append(table)

    def cure(self) -> None:
        for table in self._poisoned:
            self.world.execute(f"DROP TRIGGER poison ON {table}")
        self._poisoned.clear()

    def set_aside(self) -> list[tuple[str, CompanyId]]:
        """What is in quarantine."""
        rows = self.world.rows("SELECT queue, company_id FROM quarantine ORDER BY 1, 2, row_key")
        return [(queue, CompanyId(company_id)) for queue, company_id in rows]

    def is_bad_one(self, queue: WorkQueue, *, rows: int = 1) -> bool:
        """Whether a row of the bad salon in this queue, or so many, is all that was set aside."""
        return self.set_aside() == [(queue.value, self.bad.company_id)] * rows

    def replay(self) -> None:
        """As `quarantine retry` does, long before the earliest hour that a test's planner thinks it is."""
        with self.box.uow() as work:
            work.quarantine.retry(queue=None, company_id=None, at=self.world.clock() - timedelta(days=9))
            work.commit()

    def scalar(self, statement: str, **parameters: Any) -> Any:
        [(value,)] = self.world.rows(statement, **parameters)
        return value


@pytest.fixture(scope="module")
def poisoned_database(databases: Databases) -> Iterator[str]:
    """One for all tests here: each changes its schema and changes it back, and a copy would serve one of them."""
    with databases.lend() as url:
        yield url


@pytest.fixture
def database_url(databases: Databases, poisoned_database: str) -> Iterator[str]:
    yield poisoned_database
    databases.remove_rows(poisoned_database)


@pytest.fixture
def two(new_salon: Callable[[], Salon]) -> Iterator[Two]:
    both = Two(new_salon)
    yield both
    both.cure()


def _hook(record_id: int) -> bytes:
    return json.dumps({"resource": "record", "status": "update", "resource_id": record_id}).encode()


def _store(two: Two, company_id: CompanyId, *bodies: bytes) -> None:
    now = two.world.clock()
    with two.box.uow() as work:
        new = [
            NewWebhook(company_id=company_id, dedup_key=f"{company_id}:{number}", body=body, received_at=now)
            for number, body in enumerate(bodies)
        ]
        work.webhooks.add_many(new)
        work.commit()


def test_s1_y1_a_webhook(two: Two) -> None:
    _store(two, two.bad.company_id, _hook(1), _hook(2), _hook(3))
    _store(two, two.good.company_id, _hook(7))
    bad = two.scalar("SELECT min(id) + 1 FROM webhooks WHERE company_id = :id", id=two.bad.company_id)
    two.poison("webhooks", f"OLD.id = {bad}")
    drain = lambda: webhook_processing.drain(uow=two.box.uow, clock=two.box.clock)  # noqa: E731
    assert drain() == 3
    assert two.is_bad_one(WorkQueue.WEBHOOKS)
    assert two.world.rows("SELECT id FROM webhooks WHERE state = 'received'") == [(bad,)]
    assert drain() == 0, "it is passed by"
    two.cure()
    assert drain() == 0, "and not tried before its time"
    two.replay()
    assert drain() == 1
    assert two.set_aside() == []


@pytest.mark.parametrize(
    ("to", "back"),
    [
        ("ALTER TABLE refetches RENAME TO away", "ALTER TABLE away RENAME TO refetches"),
        ("ALTER TABLE webhooks RENAME resource TO away", "ALTER TABLE webhooks RENAME away TO resource"),
    ],
)
def test_s1_tables_of_another_version_are_no_rows_fault(two: Two, to: str, back: str) -> None:
    """A worker that starts before `migrate` leaves every row where it is."""
    for company_id in (two.bad.company_id, two.good.company_id):
        _store(two, company_id, _hook(1))
    two.world.execute(to)
    try:
        with pytest.raises(DependencyDownError, match="aiadmin migrate"):
            webhook_processing.drain(uow=two.box.uow, clock=two.box.clock)
    finally:
        two.world.execute(back)
    assert two.set_aside() == []
    assert webhook_processing.drain(uow=two.box.uow, clock=two.box.clock) == 2


def test_s1_what_a_client_wrote(two: Two) -> None:
    for salon in (two.bad, two.good):
        salon.ask()
    two.bad.hear("да")
    two.good.hear("да")
    two.poison("inbox_messages", f"OLD.company_id = {two.bad.company_id}")
    assert two.box.chat_handler.work() == 1
    assert two.is_bad_one(WorkQueue.CHATS)
    answers = "SELECT answer FROM questions WHERE company_id = :id"
    assert (two.scalar(answers, id=two.good.company_id), two.scalar(answers, id=two.bad.company_id)) == ("yes", None)
    two.cure()
    two.replay()
    assert two.box.chat_handler.work() == 1
    assert (two.scalar(answers, id=two.bad.company_id), two.set_aside()) == ("yes", [])


def test_an_answer_for_the_journal(two: Two) -> None:
    for salon in (two.bad, two.good):
        salon.ask()
        salon.say("да")
    two.poison("questions", f"OLD.company_id = {two.bad.company_id}")
    two.box.journal_confirmer.work()
    assert two.is_bad_one(WorkQueue.QUESTIONS)
    written = "SELECT written_at IS NOT NULL FROM questions WHERE company_id = :id"
    assert two.scalar(written, id=two.good.company_id)
    two.cure()
    two.replay()
    two.box.journal_confirmer.work()
    assert (two.scalar(written, id=two.bad.company_id), two.set_aside()) == (True, [])


def test_s1_what_has_happened_to_a_booking(two: Two) -> None:
    """The mapping of a row may raise, and so may the very query that loads it."""
    poisons = ["'[]'", "'{}'", "jsonb_set(after, '{created_at}', '\"0000-99-99\"')"]
    for salon in (two.bad, two.good):
        salon.salons.listen(salon.installed)
        for hour in (15, 16, 17):
            salon.book(hour=hour)
        salon.salons.hear_all(salon.installed)
        salon.salons.check()
    events = "SELECT id FROM booking_events WHERE company_id = :id ORDER BY id"
    bad = [number for (number,) in two.world.rows(events, id=two.bad.company_id)][: len(poisons)]
    for number, poison in zip(bad, poisons, strict=True):
        two.world.execute(f"UPDATE booking_events SET after = {poison} WHERE id = :id", id=number)  # noqa: S608 - ours
    two.box.notice_planner.plan_change_notices()
    assert two.is_bad_one(WorkQueue.BOOKING_EVENTS, rows=len(poisons))
    with two.box.uow() as work:
        due = {row.number for row in work.unhandled_events.due_keys(after=0, limit=99)}
        assert not due & {*bad}
        assert work.unhandled_events.claim(after=0, limit=99) == [], "all others are planned, also the good salon's"


@pytest.fixture
def eve(two: Two) -> NoticePlanner:
    """A planner for whom it is the eve of both salons' bookings."""
    plans = [Plans(salon) for salon in (two.bad, two.good)]  # which reads both journals
    _keep(two, two.bad.booking, two.good.booking)
    plans[0].later = two.good.starts_at().replace(hour=18) - timedelta(days=1) - two.world.clock()
    return plans[0].planner


def _keep(two: Two, *bookings: dict[str, Any]) -> None:
    """Of everything in both journals these, which were made long ago."""
    two.world.execute("DELETE FROM records WHERE record_id <> ALL(:ids)", ids=[one["id"] for one in bookings])
    two.world.execute("UPDATE records SET created_at = now() - interval '9 days'")


def _planned(two: Two, salon: Salon) -> int:
    return int(two.scalar("SELECT count(*) FROM notices WHERE company_id = :id", id=salon.company_id))


def test_a_reminder(two: Two, eve: NoticePlanner) -> None:
    poisons = ['"x"', '[{"cost": {}}]', "[7]"]
    bad = [two.bad.booking, *(two.bad.book(hour=hour, client=_client(hour)) for hour in (14, 15))]
    other = two.bad.book(hour=13, client=_client(13))
    two.bad.salons.make_due(two.bad.installed, SyncKind.FULL)
    two.bad.salons.synchronise(two.bad.installed, SyncKind.FULL)
    _keep(two, two.good.booking, other, *bad)
    spoil = "UPDATE records SET services = CAST(:poison AS jsonb) WHERE company_id = :id AND record_id = :record"
    for booking, poison in zip(bad, poisons, strict=True):
        two.world.execute(spoil, id=two.bad.company_id, record=booking["id"], poison=poison)
    assert eve.plan_reminders() == 2
    assert two.is_bad_one(WorkQueue.REMINDERS, rows=len(poisons))
    assert two.world.rows("SELECT record_id FROM notices WHERE company_id = :id", id=two.bad.company_id) == [
        (other["id"],)
    ]
    assert (_planned(two, two.good), eve.plan_reminders()) == (1, 0)
    for booking in bad:
        two.world.execute(spoil, id=two.bad.company_id, record=booking["id"], poison="[]")
    two.replay()
    assert (eve.plan_reminders(), two.set_aside()) == (len(poisons), [])


def _client(number: int) -> dict[str, str]:
    return {"phone": f"7999666{number:04}", "name": "Анна"}


def test_a_salon_whose_timezone_is_none(two: Two, eve: NoticePlanner) -> None:
    two.world.change(two.bad.company_id, "timezone", "Mars/Olympus")
    assert eve.plan_reminders() == 1
    assert (two.is_bad_one(WorkQueue.REMINDERS), _planned(two, two.good)) == (True, 1)
    two.world.change(two.bad.company_id, "timezone", "Europe/Moscow")
    two.replay()
    assert (eve.plan_reminders(), two.set_aside()) == (1, [])


@pytest.mark.parametrize("what", ["announced", "trigger"])
def test_a_notice(two: Two, what: str) -> None:
    desk, other = Desk(two.bad), Desk(two.good)
    bad, good, theirs = desk.plan(), desk.plan(booking=two.bad.book(hour=16)), other.plan()
    if what == "announced":
        two.world.execute("UPDATE notices SET announced = '[]' WHERE id = :id", id=bad)
    else:
        two.poison("notices", f"OLD.id = {bad} AND OLD.claimed_until IS NOT NULL")
    for _ in range(2):
        desk.releaser.work()
    assert two.is_bad_one(WorkQueue.NOTICES)
    assert (desk.notice(good)[0], other.notice(theirs)[0]) == ("released", "released")
    assert desk.notice(bad)[0] == "waiting"
    if what == "trigger":
        two.cure()
        two.replay()
        desk.releaser.work()
        assert (desk.notice(bad)[0], two.set_aside()) == ("released", [])


def test_a_check(two: Two) -> None:
    for salon in (two.bad, two.good):
        salon.salons.listen(salon.installed)
        body = {"resource": "record", "status": "update", "resource_id": salon.booking["id"]}
        salon.salons.hear(salon.installed, body, {**body, "resource_id": salon.book(hour=17)["id"]})
    bad = two.bad.booking["id"]
    two.poison(
        "refetches", f"OLD.company_id = {two.bad.company_id} AND OLD.number = {bad} AND OLD.claimed_until IS NOT NULL"
    )
    two.bad.salons.check()
    assert two.is_bad_one(WorkQueue.REFETCHES)
    assert two.world.rows("SELECT company_id, number FROM refetches") == [(two.bad.company_id, bad)]
    two.cure()
    two.replay()
    two.bad.salons.check()
    assert (two.world.rows("SELECT 1 FROM refetches"), two.set_aside()) == ([], [])


def test_a_message_that_a_host_has_to_send(two: Two) -> None:
    for salon in (two.bad, two.good):
        new = NewMessage(company_id=salon.company_id, text="Привет", dedup_key="one", deadline_at=None)
        with two.box.uow() as work:
            work.outbox_messages.add(new, salon.contact(), two.world.clock())
            work.commit()
    two.poison("outbox_messages", f"OLD.company_id = {two.bad.company_id}")
    holds = [_hold(salon) for salon in (two.bad, two.good)]
    pulled = messages.pull(holds, uow=two.box.uow, clock=two.box.clock)
    assert [one.company_id for one in pulled] == [two.good.company_id]
    assert two.is_bad_one(WorkQueue.OUTBOX_MESSAGES)
    two.cure()
    two.replay()
    maintenance.sweep(uow=two.box.uow, queue=two.box.queue, clock=two.box.clock, window=timedelta(hours=1))
    [late] = messages.pull(holds, uow=two.box.uow, clock=two.box.clock)
    assert (late.company_id, two.set_aside()) == (two.bad.company_id, [])


def _hold(salon: Salon) -> DeviceClaim:
    return DeviceClaim(device_id=salon.device.device_id, epoch=salon.device.epoch)


def test_s1_a_status_for_yclients(two: Two) -> None:
    callback = two.box.secrets.seal("https://example.invalid/status")
    for salon in (two.bad, two.good):
        new = NewMessage(company_id=salon.company_id, text="Привет", dedup_key="two", deadline_at=None)
        with two.box.uow() as work:
            now = two.world.clock()
            message = work.outbox_messages.add(new, salon.contact(), now)
            assert message is not None
            work.provider_orders.add_many(salon.company_id, {"1": message}, callback=callback, look_at=now, at=now)
            work.commit()
    two.poison("provider_messages", f"OLD.company_id = {two.bad.company_id}")
    counts = two.box.status_reporter.report()
    assert counts["refused"] == 1, "the address is none that may be told"
    assert two.is_bad_one(WorkQueue.PROVIDER_MESSAGES)
    two.cure()
    two.replay()
    two.box.status_reporter.report()
    assert two.set_aside() == []
    assert two.scalar("SELECT count(*) FROM provider_messages WHERE finished_at IS NULL") == 0


def test_a_change_of_the_journal_whose_answer_was_lost(two: Two) -> None:
    for salon in (two.bad, two.good):
        two.world.execute(
            "WITH offered AS (INSERT INTO chat_proposals (company_id, contact_id, fingerprint, proposal, made_at)"
            " VALUES (:id, :contact, '', '{}', now()) RETURNING *)"
            " INSERT INTO chat_writes (company_id, contact_id, proposal_id, part, operation, api_id, record_id,"
            " state, next_check_at, created_at) SELECT company_id, contact_id, id, 0, 'cancel', 'lost', :record,"
            " 'unknown', now(), now() FROM offered",
            id=salon.company_id,
            contact=salon.contact(),
            record=10**9,
        )
    two.poison("chat_writes", f"OLD.company_id = {two.bad.company_id}")
    two.box.lost_writes.work()
    assert two.is_bad_one(WorkQueue.CHAT_WRITES)
    assert two.scalar("SELECT company_id FROM chat_writes WHERE state = 'saved'") == two.good.company_id
    two.cure()
    two.replay()
    two.box.lost_writes.work()
    assert two.set_aside() == []
    assert two.scalar("SELECT count(*) FROM chat_writes WHERE state = 'saved'") == 2


def test_a_run_of_a_synchronisation(two: Two) -> None:
    for salon in (two.bad, two.good):
        salon.salons.make_due(salon.installed, SyncKind.FULL)
    two.world.execute("UPDATE sync_runs SET stage = 'x', state = 'running' WHERE company_id = :id AND kind = 'full'",
                      id=two.bad.company_id)  # fmt: skip
    assert two.box.synchroniser.work(two.bad.company_id, SyncKind.FULL) is None
    assert two.is_bad_one(WorkQueue.SYNC_RUNS)
    with two.box.uow() as work:
        due = work.sync_runs.due_keys(two.world.clock(), limit=9)
    assert [row.company_id for row in due if row.key == "full"] == [two.good.company_id]


def test_a_held_activation_and_the_sweep_go_on(two: Two) -> None:
    statement = """INSERT INTO outbox (company_id, kind, dedup_key, state, deadline_at)
                   VALUES (:id, 'activation', 'held', 'pending', now() + interval '1 minute')"""
    for salon in (two.bad, two.good):
        two.world.execute(statement, id=salon.company_id)
    two.poison("outbox", f"OLD.company_id = {two.bad.company_id}")
    maintenance.sweep(uow=two.box.uow, queue=two.box.queue, clock=two.box.clock, window=timedelta(hours=1))
    assert two.is_bad_one(WorkQueue.OUTBOX)
    begun = two.world.rows("SELECT company_id FROM outbox WHERE dedup_key = 'held' AND next_attempt_at IS NOT NULL")
    assert begun == [(two.good.company_id,)]


def test_an_installation_that_cannot_be_compared(two: Two) -> None:
    two.world.execute("UPDATE companies SET yclients_checked_at = now() - interval '2 days'")
    two.poison("companies", f"OLD.id = {two.bad.company_id}")
    two.box.lifecycle_service.compare(limit=9, pause=lambda: True)
    assert two.is_bad_one(WorkQueue.INSTALLATIONS)
    checked = "SELECT yclients_checked_at > now() - interval '1 day' FROM companies WHERE id = :id"
    assert [two.scalar(checked, id=salon.company_id) for salon in (two.good, two.bad)] == [True, False]
    two.cure()
    two.replay()
    two.box.lifecycle_service.compare(limit=9, pause=lambda: True)
    assert (two.scalar(checked, id=two.bad.company_id), two.set_aside()) == (True, [])


def test_every_queue_has_a_bad_row_here() -> None:
    named = set(re.findall(r"two\.is_bad_one\(WorkQueue\.(\w+)", Path(__file__).read_text()))
    assert named == {queue.name for queue in WorkQueue}


def test_s1_a_salon_that_left(two: Two) -> None:
    two.world.execute("UPDATE companies SET integration_status = 'uninstalled', left_at = now() - interval '2 days'")
    two.poison("devices", f"OLD.company_id = {two.bad.company_id}")
    two.poison("sync_runs", f"OLD.company_id = {two.bad.company_id}")
    day = timedelta(days=1)
    done = lifecycle.erase_left(uow=two.box.uow, clock=two.box.clock, after=day)
    assert (done.companies, two.is_bad_one(WorkQueue.ERASURES)) == (1, True)
    two.cure()
    two.replay()
    done = lifecycle.erase_left(uow=two.box.uow, clock=two.box.clock, after=day)
    assert (done.companies, two.set_aside()) == (1, [])


@pytest.fixture
def unchecked(two: Two) -> Iterator[None]:
    """The table of devices takes any word for a state, as one of another version would."""
    name = "ck_devices_observed"
    meaning = two.scalar("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name", name=name)
    two.world.execute(f"ALTER TABLE devices DROP CONSTRAINT {name}")
    yield
    two.world.execute("UPDATE devices SET observed = 'online'")
    two.world.execute(f"ALTER TABLE devices ADD CONSTRAINT {name} {meaning}")


@pytest.mark.usefixtures("unchecked")
def test_a_device_in_a_state_that_nobody_knows_leaves_its_host_the_others(two: Two) -> None:
    host_id = two.scalar("SELECT host_id FROM devices WHERE company_id = :id", id=two.good.company_id)
    two.world.execute("UPDATE devices SET host_id = :host", host=host_id)
    two.world.execute("UPDATE devices SET observed = 'dreaming' WHERE company_id = :id", id=two.bad.company_id)
    held = sessions.adopt(host_id, startable=5, uow=two.box.uow, clock=two.box.clock)
    assert [device.company_id for device in held.devices.values()] == [two.good.company_id]


def test_an_outage_is_no_bad_row(two: Two) -> None:
    def away(_keys: object) -> int:
        raise DependencyDownError("PostgreSQL")

    runner = QueueRunner(uow=two.box.uow, clock=two.box.clock)
    with pytest.raises(DependencyDownError):
        runner.batch(WorkQueue.WEBHOOKS, away, keys=lambda: [RowKey(two.bad.company_id, "1")])
    assert two.set_aside() == []


def test_the_end_of_a_jobs_time_is_no_bad_row(two: Two) -> None:
    def too_long(_keys: object) -> int:
        JobDeadline(7, JobTimeoutException).handle_death_penalty(0, None)

    runner = QueueRunner(uow=two.box.uow, clock=two.box.clock)
    with pytest.raises(JobOverdueError):
        runner.each(WorkQueue.WEBHOOKS, [RowKey(two.bad.company_id, "1")], too_long)
    assert two.set_aside() == []


def test_a_value_that_is_too_much_for_an_index_is_a_bad_row_and_no_outage(two: Two) -> None:
    long = IdentityObservation(lid="".join(uuid.uuid4().hex for _ in range(300)) + "@lid")

    def see() -> None:
        with two.box.uow() as work:
            work.contacts.upsert(two.bad.company_id, long, two.world.clock())

    with pytest.raises(OperationalError, match="index row"):
        see()


def test_a_row_that_fails_again_waits_longer_and_in_the_end_for_a_human(two: Two) -> None:
    def bad(_keys: object) -> int:
        raise KeyError("a client's words")

    now = two.world.clock()
    runner = QueueRunner(uow=two.box.uow, clock=lambda: now)
    row, waits = RowKey(two.bad.company_id, "1"), []
    runner.each(WorkQueue.WEBHOOKS, [row], bad)
    while True:
        [kept] = two.world.rows("SELECT attempts, next_attempt_at, reason FROM quarantine")
        waits.append(kept[0])
        if kept[1] is None:
            break
        now = kept[1]
        assert runner.retry(WorkQueue.WEBHOOKS, bad) == []
    assert waits == list(range(1, 11))
    assert kept[2].startswith("KeyError in test_poison_rows.bad:")
    assert "words" not in kept[2]
    with two.box.uow() as work:
        assert work.quarantine.due_queues(now + timedelta(days=9)) == frozenset()


_LEAVES = (
    st.none() | st.booleans() | st.floats() | st.text()
    | st.integers(min_value=-(10**80), max_value=10**80) | st.integers().map(lambda one: str(one) * 40)
)  # fmt: skip
_JSON = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
_BODIES = st.fixed_dictionaries(
    {"resource": st.sampled_from(["record", "client", "company", "service"]) | _JSON, "status": st.just("update")},
    optional={"resource_id": _JSON, "company_id": _JSON, "data": _JSON},
) | st.fixed_dictionaries(
    {"type": st.sampled_from(["booking_created", "booking_updated"]) | _JSON}, optional={"data": _JSON}
)


def test_s1_y1_whatever_one_salon_sends_the_other_is_understood(two: Two) -> None:
    for salon in (two.bad, two.good):
        salon.salons.listen(salon.installed)
    count = 0

    @settings(max_examples=examples(20), deadline=None, suppress_health_check=[*HealthCheck])
    @given(body=_BODIES)
    def try_one(body: dict[str, Any]) -> None:
        nonlocal count
        count += 1
        two.world.execute("DELETE FROM webhooks")
        two.world.execute("DELETE FROM refetches")
        _store(two, two.bad.company_id, json.dumps(body).encode())
        _store(two, two.good.company_id, _hook(two.good.booking["id"]))
        assert webhook_processing.drain(uow=two.box.uow, clock=two.box.clock) == 2
        two.world.execute("UPDATE refetches SET due_at = now() - interval '1 second'")
        two.box.refetcher.work()
        assert two.world.rows("SELECT state FROM webhooks WHERE company_id = :id", id=two.good.company_id) == [
            ("processed",)
        ]
        assert two.world.rows("SELECT 1 FROM refetches WHERE company_id = :id", id=two.good.company_id) == []
        assert two.set_aside() == []

    try_one()
    assert count >= examples(20)
