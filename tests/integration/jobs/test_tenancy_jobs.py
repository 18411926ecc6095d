"""Two salons at once, one hostile: no job that has to do with one reads or writes anything of the other.

Whatever has a number in YClients has the same in both, the client has one phone and one LID in both, and the hostile
salon's webhooks, letters and orders name whatever is the other's.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import jobs
from aiadmin.domain.companies.outbox import OutboxKind
from aiadmin.domain.ids import HostName
from aiadmin.domain.journal.booking_event import BookingEvent, EventKind, EventSource
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.journal.webhook import NewWebhook
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage
from aiadmin.domain.provider.order import Order, Target
from aiadmin.services.messages import messages
from jobs import (
    activations,
    chat,
    installations,
    maintenance,
    notices,
    process,
    provider,
    refetches,
    sync,
)
from jobs import sessions as session_jobs
from jobs import webhooks as webhook_jobs
from tests.fakes.yclients.client import FakeYClients
from tests.integration.notices.test_dispatch import Desk
from tests.integration.tenancy.salons import Rows, everything_of
from tests.integration.tenancy.statements import watched
from tests.support import company_rows
from tests.support.salon import Salon
from tests.support.world import JWT_SECRET, PUBLIC_URL, Salons

WORD = "secretofthevictim"
QUOTED = "3EB0A11CE"
"""The number at WhatsApp of what the other salon had sent."""
LATER, LONG_AGO = datetime(2099, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
PROCESSES = {"clock", "process", "worker"}
"""Modules of `jobs` that run jobs and are none."""


class Two:
    """The salon that is after nobody, and has nothing to do now; and the one that is after everybody."""

    def __init__(self, victim: Salon, hostile: Salon) -> None:
        self.victim, self.hostile, self.box = victim, hostile, hostile.box

    def of_victim(self) -> Rows:
        return everything_of(self.box, self.victim.company_id)

    def of_hostile(self) -> Rows:
        return everything_of(self.box, self.hostile.company_id)

    def execute(self, statement: str) -> None:
        """A change of the hostile salon's rows."""
        self.hostile.world.execute(statement, id=self.hostile.company_id)


@pytest.fixture
def two(salons: Salons, yclients: FakeYClients) -> Two:
    victim, hostile = Salon(salons, yclients), Salon(salons, yclients)
    with salons.box.engine.begin() as connection:
        company_rows.fill(connection, victim.company_id, WORD)
        for table in company_rows.of_company():
            if table.name != "devices" and (values := _quiet(table, hostile)):
                connection.execute(sa.update(table).where(table.c.company_id == victim.company_id).values(**values))
    victim.world.change(victim.company_id, "title", WORD)
    victim.world.change(victim.company_id, "yclients_checked_at", LATER)
    return Two(victim, hostile)


def _quiet(table: sa.Table, hostile: Salon) -> dict[str, Any]:
    """Nothing is due before `LATER`, and every number of YClients is the hostile salon's."""
    booking = hostile.booking
    same = {"record_id": booking["id"], "number": booking["id"], "client_id": booking["client"]["id"]}
    same |= {"staff_id": booking["staff_id"], "visit_id": booking["visit_id"], "external_id": "1", "lid": hostile.lid}
    same |= {"phone": hostile.phone, "client_phone": hostile.phone}
    times = {column.name: LATER for column in table.c if isinstance(column.type, sa.DateTime)}
    same |= {"starts_at": hostile.starts_at(), "synced_at": LONG_AGO, "deleted_at": None}
    known = {name: value for name, value in same.items() if name in table.c}
    return times | known | _STATES.get(table.name, {})


_STATES: Mapping[str, dict[str, Any]] = {
    "outbox": {"kind": "activation"},
    "outbox_messages": {"message_id": QUOTED},
    "webhooks": {"state": "processed"},
    "records": {"services": []},
    "questions": {
        "answer": None,
        "answered_at": None,
        "asked_at": LONG_AGO,
        "written_at": None,
        "next_attempt_at": None,
    },
    "message_settings": {"settings": dict.fromkeys(("reminder_day", "reminder_hours", "reminder_again"), False)},
}
"""What a hostile salon would most like to change: open questions, messages that wait, bookings that stand."""


@pytest.fixture
def one_process(
    salons: Salons, yclients: FakeYClients, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """This process is a worker."""
    given = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "JWT_SECRET": JWT_SECRET, "PUBLIC_URL": PUBLIC_URL}
    budget = {"YCLIENTS_PER_SECOND": "1000", "YCLIENTS_PER_MINUTE": "60000"}
    for name, value in (given | budget | yclients.env()).items():
        monkeypatch.setenv(name, value)
    process.current_container.cache_clear()
    yield
    process.current_container().close()
    process.current_container.cache_clear()


def _spoken_of(two: Two) -> None:
    """Webhooks under the hostile salon's key that are about the other's bookings and clients."""
    theirs, booking = two.victim.installed.salon_id, two.hostile.booking
    bodies = [
        {"company_id": theirs, "resource": kind, "resource_id": number, "status": status, "data": {"id": number}}
        for kind, number in (("record", booking["id"]), ("client", booking["client"]["id"]), ("company", theirs))
        for status in ("update", "delete")
    ]
    bodies.append({"type": "booking_cancelled", "company_id": two.victim.company_id, "data": {"id": booking["id"]}})
    now = two.box.clock()
    new = [
        NewWebhook(
            company_id=two.hostile.company_id, dedup_key=str(n), body=json.dumps(body).encode(), received_at=now
        )
        for n, body in enumerate(bodies)
    ]
    with two.box.uow() as work:
        work.webhooks.add_many(new)
        work.commit()


def _written_by_client(two: Two) -> None:
    """The client of both answers one, quotes what the other had sent, and says stop."""
    two.hostile.ask()
    two.hostile.hear("да")
    two.hostile.hear("да", quoted_id=QUOTED)
    two.hostile.hear("стоп")


def _ordered(two: Two) -> None:
    """An order with the other's number, to the same client, who wants messages again."""
    two.execute("UPDATE contacts SET opted_out_at = NULL WHERE company_id = :id")
    two.execute("DELETE FROM chats WHERE company_id = :id")
    order = Order(
        targets=(Target(external_id="1", phone=two.hostile.phone),),
        text="Ждём вас завтра",
        is_advert=False,
        callback_url="https://app.yclients.com/status",
    )
    two.box.order_service.accept(two.hostile.company_id, order)
    two.execute("UPDATE provider_messages SET created_at = now() - interval '30 days' WHERE company_id = :id")


def _due(two: Two) -> int:
    """The hostile salon's activation is due; its number in the outbox."""
    now = two.box.clock()
    with two.box.uow() as work:
        row = work.outbox.add(
            company_id=two.hostile.company_id,
            kind=OutboxKind.ACTIVATION,
            dedup_key="activation",
            secret=two.box.secrets.seal("sk_hostile"),
            next_attempt_at=now,
            deadline_at=now + timedelta(hours=1),
        )
        work.commit()
    return row.outbox_id


def _owed(two: Two) -> None:
    """A message that nobody sent in time."""
    new = NewMessage(
        company_id=two.hostile.company_id,
        text="Поздно",
        dedup_key="late",
        deadline_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert messages.send(new, to=IdentityObservation(phone=two.hostile.phone), uow=two.box.uow, clock=two.box.clock)


def _drain(two: Two) -> None:
    _spoken_of(two)
    webhook_jobs.drain()


def _check(two: Two) -> None:
    two.execute("UPDATE refetches SET due_at = now() - interval '1 second' WHERE company_id = :id")
    refetches.refetch()


def _answer(two: Two) -> None:
    _written_by_client(two)
    chat.handle()


def _tell_news(two: Two) -> None:
    with two.box.uow() as work:
        known = work.records.find(two.hostile.company_id, two.hostile.booking["id"])
        assert known is not None
        made = BookingEvent(kind=EventKind.CREATED, before=None, after=known.record)
        work.booking_events.add(two.hostile.company_id, [made], source=EventSource.WEBHOOK, at=two.box.clock())
        work.commit()
    notices.plan_changes()


def _remind(two: Two) -> None:
    two.execute(
        "UPDATE records SET starts_at = now() + interval '3 hours', created_at = now() - interval '9 days'"
        " WHERE company_id = :id"
    )
    notices.plan_reminders()


def _release(two: Two) -> None:
    _owed(two)
    Desk(two.hostile).plan()
    notices.dispatch()


def _find_lost(two: Two) -> None:
    """The hostile salon's bot has changed the other's record, or so its rows say."""
    two.execute(
        "WITH offered AS (INSERT INTO chat_proposals (company_id, contact_id, fingerprint, proposal, made_at)"
        " SELECT company_id, id, '', '{}', now() FROM contacts WHERE company_id = :id LIMIT 1 RETURNING *)"
        " INSERT INTO chat_writes (company_id, contact_id, proposal_id, part, operation, api_id, record_id, state,"
        " next_check_at, created_at) SELECT company_id, contact_id, id, 0, 'cancel', 'lost',"
        " (SELECT record_id FROM records WHERE company_id <> :id LIMIT 1), 'unknown', now(), now() FROM offered"
    )
    chat.find_lost_writes()


def _report(two: Two) -> None:
    _ordered(two)
    provider.report()


def _compare(two: Two) -> None:
    two.hostile.yclients.uninstall(two.hostile.salon_id)
    installations.compare()


def _tidy(two: Two) -> None:
    two.execute("UPDATE companies SET left_at = now() - interval '99 days' WHERE id = :id")
    maintenance.tidy()


def _forget(two: Two) -> None:
    two.execute("UPDATE inbox_messages SET received_at = now() - interval '99 days' WHERE company_id = :id")
    maintenance.forget_words()


CASES: Mapping[str, Callable[[Two], None]] = {
    "sync.synchronise": lambda two: sync.synchronise(two.hostile.company_id, SyncKind.FULL),
    "webhooks.drain": _drain,
    "refetches.refetch": _check,
    "chat.handle": _answer,
    "chat.find_lost_writes": _find_lost,
    "provider.report": _report,
    "notices.plan_changes": _tell_news,
    "notices.dispatch": _release,
    "notices.plan_reminders": _remind,
    "activations.deliver": lambda two: activations.deliver(_due(two)),
    "sessions.wake": lambda _two: session_jobs.wake(),
    "sessions.send": lambda _two: session_jobs.send(HostName("box:1")),
    "maintenance.sweep": lambda _two: maintenance.sweep(),
    "maintenance.forget_words": _forget,
    "maintenance.compare": lambda _two: maintenance.compare(),
    "maintenance.remind": lambda _two: maintenance.remind(),
    "installations.compare": _compare,
    "maintenance.tidy": _tidy,
}
"""Every job, set to work by the hostile salon; in this order: the last two end it."""
_NUDGES = {"sessions.wake", "sessions.send", "maintenance.sweep", "maintenance.compare", "maintenance.remind"}
"""They ask others to work, and change no row of anybody."""


def _all_jobs() -> set[str]:
    """Every public function of every module of jobs."""
    found = set()
    for module in pkgutil.iter_modules(jobs.__path__):
        if module.name not in PROCESSES:
            loaded = importlib.import_module(f"jobs.{module.name}")
            for name, thing in inspect.getmembers(loaded, inspect.isfunction):
                if thing.__module__ == loaded.__name__ and not name.startswith("_"):
                    found.add(f"{module.name}.{name}")
    return found


def test_every_job_has_a_case() -> None:
    for name in sorted(_all_jobs() - set(CASES)):
        pytest.fail(f"no tenancy case for the job {name}: add one to CASES in {__name__}")
    assert set(CASES) <= _all_jobs(), "a case of a job that is gone"


@pytest.mark.usefixtures("one_process")
def test_no_job_of_one_salon_touches_another(two: Two, yclients: FakeYClients) -> None:
    before = two.of_victim()
    asked = len(yclients.requests())
    with two.box.redis.pubsub() as heard, watched() as offences:
        heard.subscribe("flask-socketio")
        for name, work in CASES.items():
            own = two.of_hostile()
            work(two)
            assert two.of_victim() == before, f"{name} has changed the other salon's rows"
            changed = two.of_hostile()
            assert WORD not in str(changed), f"{name} has copied the other salon's words"
            assert name in _NUDGES or changed != own, f"{name} had nothing to do: its case proves nothing"
        events = [str(event["data"]) for event in iter(lambda: heard.get_message(timeout=0.2), None)]

    assert any(f"company:{two.hostile.company_id}" in event for event in events)
    assert not [event for event in events if WORD in event or f"company:{two.victim.company_id}" in event]
    paths = [request["path"] for request in yclients.requests()[asked:]]
    assert any(str(two.hostile.salon_id) in path for path in paths)
    assert not [path for path in paths if f"/{two.victim.salon_id}" in path]
    assert sorted(offences) == []
