"""Whom no message keeps from coming in vain the salon is asked to call: in time, once, and only if it is so."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.job import Argument, Job
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.manage.salon_state import StateKind, states
from aiadmin.domain.messages.message import DeviceClaim, MessageReason, SendOutcome, SendResult
from aiadmin.domain.yclients.answer import TRIES
from aiadmin.domain.yclients.call_budget import Urgency
from aiadmin.services import maintenance
from aiadmin.services.hosting import sessions
from aiadmin.services.messages import messages, pauses
from aiadmin.services.notices.dispatch import own_policy, unlimited
from tests.integration.notices.planning import DAY, HOUR, Plans
from tests.support.salon import MOSCOW, Salon

MINUTE = timedelta(minutes=1)
VERA = {"phone": "79005556677", "name": "Вера"}


class Desk(Plans):
    """A salon that writes at its own pace, whose bookings of later today or tomorrow were told of long ago."""

    def __init__(self, salon: Salon) -> None:
        super().__init__(salon)
        self.releaser = replace(self.salon.box.notice_dispatcher, clock=self.now, policy=own_policy)

    def at(self, when: timedelta) -> str:
        """So long from now, as a desk writes it."""
        return f"{(self.now() + when).astimezone(MOSCOW):%Y-%m-%d %H:%M}:00"

    def edit(self, booking: Mapping[str, Any], **fields: Any) -> None:
        """Change a booking; a `datetime` may be how long from now it begins."""
        super().edit(
            booking, **{name: self.at(one) if isinstance(one, timedelta) else one for name, one in fields.items()}
        )

    def known(self, when: timedelta, **fields: Any) -> dict[str, Any]:
        """A booking that its client knows of, and is not in the salon for something else then."""
        [booking] = self.all_known([{"when": when, **fields}])
        return booking

    def all_known(self, bookings: Iterable[Mapping[str, Any] | timedelta]) -> list[dict[str, Any]]:
        """As `known`, of each at its `when`, or so long from now."""
        given = [{"when": one} if isinstance(one, timedelta) else one for one in bookings]
        first = self.salon.booking
        stands = {
            one["id"] for one in self.salon.yclients.state(self.salon.salon_id)["records"] if not one["deleted"]
        }
        near = any(abs(self.salon.starts_at() - self.now() - one["when"]) < 2 * HOUR for one in given)
        if first["id"] in stands and near:
            self.salon.yclients.delete_record(self.salon.salon_id, first["id"])
        made = []
        for one in given:
            fields = {name: value for name, value in one.items() if name != "when"}
            made.append(self.salon.book(datetime=self.at(one["when"]), **fields))
        self.learn()
        return made

    def learn(self) -> None:
        """Everything in the journal is read, and its clients know of it."""
        self.read()
        self.planner.plan_change_notices()
        self.salon.world.execute("DELETE FROM notices WHERE company_id = :id", id=self.salon.company_id)

    def lock(self, column: str, until: timedelta | None = None) -> None:
        """Something keeps us from writing to the client."""
        contact_id = self.salon.contact()
        at = self.salon.world.clock() + (until or timedelta())
        self.salon.world.execute(f"UPDATE contacts SET {column} = :at WHERE id = :id", at=at, id=contact_id)  # noqa: S608

    def look(self) -> list[tuple[str, str, str | None]]:
        """The clock nudges a worker if anything is to be done; what became of the notices."""
        self.salon.world.execute(
            "UPDATE notices SET claimed_until = NULL WHERE reason IS DISTINCT FROM 'quiet_hours'"
        )
        if self.is_due():
            self.releaser.work()
        return self.rows()

    def is_due(self) -> bool:
        with self.salon.world.uow() as work:
            return work.due_notices.has_due(self.now()) or work.calls.has_due(self.now())

    def calls(self) -> list[str]:
        """What the salon's own number is to read."""
        return [text for phone, _, text in self.salon.owed() if phone == self.salon.own_phone]


@pytest.fixture
def desk(read_salon: Salon) -> Desk:
    return Desk(read_salon)


def test_a_move_to_later_that_a_lock_holds_is_called_about(desk: Desk) -> None:
    """WhatsApp's error 463: it waited until tomorrow, past the time at which the client came."""
    booking = desk.known(3 * HOUR)
    desk.lock("locked_until", 20 * HOUR)
    desk.edit(booking, datetime=desk.at(2 * DAY))
    assert desk.news() == 1
    assert desk.look() == [("moved", "dropped", "reachout_locked")]
    [call] = desk.calls()
    assert "перенос" in call
    assert f"Анна (+{desk.salon.phone})" in call
    desk.look()
    assert len(desk.calls()) == 1


def test_a_lock_that_ends_in_time_is_waited_for(desk: Desk) -> None:
    booking = desk.known(3 * HOUR)
    desk.lock("locked_until", HOUR)
    desk.edit(booking, datetime=desk.at(2 * DAY))
    assert desk.news() == 1
    assert desk.look() == [("moved", "waiting", "reachout_locked")]
    desk.later = HOUR + MINUTE
    assert desk.look() == [("moved", "released", None)]
    assert desk.calls() == []


def _pause(desk: Desk) -> None:
    pauses.pause(desk.salon.company_id, uow=desk.salon.world.uow, clock=desk.salon.world.clock)


def _pause_all(desk: Desk) -> None:
    pauses.pause(None, uow=desk.salon.world.uow, clock=desk.salon.world.clock)


def _disconnect(desk: Desk) -> None:
    desk.salon.observe(desk.salon.device, Observed.RECONNECTING)


def _log_out(desk: Desk) -> None:
    desk.salon.observe(desk.salon.device, Observed.LOGGED_OUT)


def _unlink(desk: Desk) -> None:
    sessions.disconnect(desk.salon.company_id, uow=desk.salon.world.uow, clock=desk.salon.world.clock)


def _lose_host(desk: Desk) -> None:
    desk.salon.world.execute("UPDATE session_hosts SET lease_until = now()")


OFF, LATER, EARLIER = {"deleted": True}, {"datetime": 2 * DAY}, {"datetime": 2 * HOUR}


@pytest.mark.parametrize(
    ("hinder", "why", "edit"),
    [
        (_pause, "paused", OFF),
        (_pause_all, "paused", LATER),
        (_disconnect, "late", LATER),
        (_disconnect, "late", EARLIER),
        (_lose_host, "late", OFF),
    ],
)
def test_what_nobody_can_send_is_called_about_an_hour_before(
    desk: Desk, hinder: Callable[[Desk], None], why: str, edit: dict[str, Any]
) -> None:
    """By the earlier of the old and the new time."""
    booking = desk.known(3 * HOUR)
    sets_out = min(3 * HOUR, edit.get("datetime", DAY)) - HOUR
    desk.edit(booking, **edit)
    assert desk.news() == 1
    hinder(desk)
    desk.later = sets_out - 2 * MINUTE
    [(_, state, _)] = desk.look()
    assert (state, desk.calls()) == ("waiting", [])
    desk.later = sets_out
    [(kind, state, reason)] = desk.look()
    assert (state, reason) == ("dropped", why)
    [call] = desk.calls()
    assert "Позвоните клиенту" in call
    assert not desk.is_due(), "nobody is asked to look again and again"
    if why == "paused":
        pauses.resume(None, uow=desk.salon.world.uow)
        pauses.resume(desk.salon.company_id, uow=desk.salon.world.uow)
        hold = DeviceClaim(device_id=desk.salon.device.device_id, epoch=desk.salon.device.epoch)
        sent = messages.pull([hold], uow=desk.salon.world.uow, clock=desk.now)
        assert [message.text for message in sent] == [call], "as soon as anything goes"
    assert kind in {"cancelled", "moved"}


def test_postgresql_reckons_as_we_do(desk: Desk) -> None:
    """A time that is over is no time that anybody comes at."""
    desk.edit(desk.known(30 * HOUR), datetime=desk.at(40 * HOUR))
    assert desk.news() == 1
    _disconnect(desk)
    now = desk.now()
    desk.salon.world.execute("UPDATE notices SET due_at = due_at - interval '1 hour'")
    soon = [30 * MINUTE, HOUR, HOUR + MINUTE, 9 * HOUR]
    for was, starts in itertools.product([-3 * HOUR, -MINUTE, *soon], soon):
        desk.salon.world.execute(
            "UPDATE notices SET announced = jsonb_set(jsonb_set(announced,"
            " '{starts_at}', to_jsonb(CAST(:starts AS text))), '{was,starts_at}', to_jsonb(CAST(:was AS text)))",
            starts=(now + starts).isoformat(),
            was=(now + was).isoformat(),
        )
        with desk.salon.world.uow() as work:
            found = work.calls.list_undeliverable(now, limit=9)
        sets_out = min(starts, was) if was > timedelta() else starts
        needed = [one.notice.needed_by([], now) - now for one in found]
        assert needed == ([sets_out - HOUR] if sets_out <= HOUR else [])


def test_news_of_a_visit_that_is_near_is_tried_before_anybody_calls(desk: Desk) -> None:
    booking = desk.known(HOUR / 2)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    _disconnect(desk)
    desk.later = MINUTE
    assert desk.look() == [("cancelled", "waiting", None)]
    desk.later = 3 * MINUTE
    assert desk.look() == [("cancelled", "dropped", "late")]
    assert len(desk.calls()) == 1


def test_a_journal_that_cannot_be_read_does_not_let_a_client_come_in_vain(desk: Desk) -> None:
    booking = desk.known(3 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    desk.salon.yclients.fault("/api/v1/record/*", status=503, times=3 * TRIES[Urgency.INTERACTIVE])
    assert desk.look() == [("cancelled", "waiting", "yclients_away")]
    desk.later = 2 * HOUR + 6 * MINUTE
    assert desk.look() == [("cancelled", "dropped", "late")]
    assert len(desk.calls()) == 1


def test_one_call_is_about_everything_that_a_person_was_not_told(desk: Desk) -> None:
    bookings = desk.all_known((30 + 24 * days) * HOUR for days in range(3))
    first, last = (desk.salon.starts_at(desk.salon.record(one["id"])) for one in (bookings[0], bookings[2]))
    desk.lock("opted_out_at")
    for booking in bookings[:2]:
        desk.edit(booking, deleted=True)
    desk.edit(bookings[2], datetime=desk.at(150 * HOUR))
    assert desk.news() == 3
    workers = [threading.Thread(target=desk.releaser.work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    desk.look()
    [call] = desk.calls()
    assert call.startswith(f"Не получилось предупредить: Анна (+{desk.salon.phone}).\n• отменён визит ")
    assert call.count("• отменён визит") == 2
    assert call.count("• перенесён визит") == 1
    assert call.count("Позвоните клиенту") == 1
    assert call.index(f"{first:%H:%M}") < call.rindex(f"{last:%H:%M}")
    desk.look()
    assert len(desk.calls()) == 1


def test_a_call_that_is_not_read_yet_becomes_one_with_the_next(desk: Desk) -> None:
    """And without what has been undone meanwhile."""
    moved, first, second = desk.all_known((30 + 24 * days) * HOUR for days in range(3))
    back = desk.salon.record(moved["id"])["date"]
    desk.lock("opted_out_at")
    desk.edit(moved, datetime=desk.at(200 * HOUR))
    desk.edit(first, deleted=True)
    assert desk.news() == 2
    desk.look()
    [call] = desk.calls()
    assert (call.count("• отменён"), call.count("• перенесён")) == (1, 1)
    desk.edit(moved, datetime=back)
    desk.edit(second, deleted=True)
    assert desk.news() == 1
    desk.look()
    [call] = desk.calls()
    assert (call.count("• отменён"), call.count("• перенесён")) == (2, 0)
    [message] = desk.salon.pull()
    assert message.text == call
    third = desk.known(100 * HOUR)
    desk.edit(third, deleted=True)
    assert desk.news() == 1
    desk.look()
    [call] = desk.calls()
    assert call.startswith("Не получилось предупредить об отмене"), "what was read is not asked for again"


def test_one_message_that_was_refused_is_one_call(desk: Desk) -> None:
    """WhatsApp's error 463 on a list of three cancellations made three calls."""
    for booking in desk.all_known((30 + 24 * days) * HOUR for days in range(3)):
        desk.edit(booking, deleted=True)
    assert desk.news() == 3
    desk.look()
    [message] = desk.salon.pull()
    refused = SendResult(outcome=SendOutcome.FAILED, reason=MessageReason.REACHOUT_LOCKED)
    messages.record_result(message, refused, uow=desk.salon.world.uow, clock=desk.now, jitter=0.0)
    assert desk.look() == [("cancelled", "done", MessageReason.REACHOUT_LOCKED)] * 3
    [call] = desk.calls()
    assert call.count("• отменён визит") == 3


@pytest.mark.parametrize("hour", [11, 23])
def test_one_visit_is_named_once(desk: Desk, hour: int) -> None:
    """Also one that begins before midnight of UTC and goes on after it, as in the mornings of Vladivostok."""
    starts = (desk.now() + 30 * HOUR).replace(hour=hour, minute=30) - desk.now()
    first = desk.known(starts)
    state = desk.salon.yclients.state(desk.salon.salon_id)
    second = desk.known(starts + HOUR, staff_id=state["staff"][1]["id"], visit_id=first["visit_id"])
    desk.lock("opted_out_at")
    for booking in (first, second):
        desk.edit(booking, deleted=True)
    assert desk.news() == 2
    desk.look()
    [call] = desk.calls()
    assert call.startswith("Не получилось предупредить об отмене")
    assert f"{desk.salon.starts_at(first):%H:%M}" in call


def test_each_person_is_another_call(desk: Desk) -> None:
    bookings = desk.all_known([30 * HOUR, {"when": 30 * HOUR, "client": VERA}])
    for booking in bookings:
        desk.edit(booking, deleted=True)
    assert desk.news() == 2
    _disconnect(desk)
    desk.later = 29 * HOUR
    desk.look()
    assert sorted("Вера" in call for call in desk.calls()) == [False, True]


def test_who_says_stop_before_the_message_leaves_is_called(desk: Desk) -> None:
    booking = desk.known(30 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    assert desk.look() == [("cancelled", "released", None)]
    desk.salon.say("СТОП")
    desk.look()
    assert desk.look() == [("cancelled", "done", "opted_out")]
    [call] = desk.calls()
    assert "отмене" in call


def test_what_was_taken_back_meanwhile_is_nothing_to_call_about(desk: Desk) -> None:
    """A salon whose phone was unlinked for hours is asked about what is still so, and about nothing else."""
    back, off = desk.all_known([30 * HOUR, 32 * HOUR])
    moved = f"{desk.salon.record(back['id'])['date']}"
    desk.lock("opted_out_at")
    desk.salon.world.change(desk.salon.company_id, "whatsapp_phone", None)
    desk.edit(back, datetime=desk.at(50 * HOUR))
    desk.edit(off, deleted=True)
    assert desk.news() == 2
    desk.look()
    desk.edit(back, datetime=moved)
    desk.news()
    assert desk.calls() == []
    desk.salon.world.change(desk.salon.company_id, "whatsapp_phone", desk.salon.own_phone)
    desk.look()
    [call] = desk.calls()
    assert "отмене" in call


def test_what_the_salon_wants_nobody_told_is_nothing_to_call_about(desk: Desk) -> None:
    booking = desk.known(3 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    _disconnect(desk)
    desk.set(cancelled=False)
    desk.later = 2 * HOUR
    desk.look()
    assert desk.calls() == []


def _kinds(desk: Desk) -> list[StateKind]:
    """What the page says of the salon."""
    with desk.salon.world.uow() as work:
        facts = work.salon_facts.of([desk.salon.company_id], now=desk.now(), since=desk.salon.world.clock() - DAY)
    return [one.kind for one in states(facts[desk.salon.company_id])]


def test_a_salon_whose_phone_is_gone_reads_on_its_page_that_it_has_to_call(desk: Desk) -> None:
    booking = desk.known(3 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    _log_out(desk)
    assert StateKind.UNCALLED not in _kinds(desk)
    desk.later = 2 * HOUR
    assert desk.look() == [("cancelled", "dropped", "late")]
    assert desk.calls() == []
    assert StateKind.UNCALLED in _kinds(desk)
    assert not desk.is_due()


@pytest.mark.parametrize("status", ["frozen", "uninstalled"])
def test_a_salon_that_does_not_pay_is_asked_nothing_and_its_page_says_that_it_has_to_call(
    desk: Desk, status: str
) -> None:
    booking = desk.known(3 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    desk.salon.world.change(desk.salon.company_id, "integration_status", status)
    desk.later = 2 * HOUR
    assert desk.look() == [("cancelled", "dropped", "late")]
    assert desk.calls() == []
    assert not desk.is_due()
    assert (StateKind.UNCALLED in _kinds(desk)) == (status == "frozen")


def test_the_clock_asks_for_calls_where_nothing_else_is_due(desk: Desk) -> None:
    booking = desk.known(3 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    _disconnect(desk)
    assert not desk.is_due()
    desk.later = 2 * HOUR
    box, nudged = desk.salon.box, list[Job]()

    class Queue:
        """Notes what it is asked."""

        def nudge(self, job: Job, *_: Argument) -> None:
            nudged.append(job)

    maintenance.sweep(uow=box.uow, queue=Queue(), clock=desk.now, window=timedelta())
    assert Job.DISPATCH_NOTICES in nudged


@pytest.mark.parametrize("edit", [{"deleted": True}, {"datetime": HOUR}])
def test_an_early_visit_that_was_booked_online_at_night_and_called_off_is_told_at_once(
    desk: Desk, edit: dict[str, Any]
) -> None:
    """Our word of it could not be said before the morning; its client knew all the same."""
    there = desk.now().astimezone(MOSCOW)
    desk.set(quiet_from=f"{there - HOUR:%H:%M}", quiet_to=f"{there + 2 * HOUR:%H:%M}", reminder_day=False)
    booking = desk.salon.book(datetime=desk.at(2 * HOUR), online=True)
    assert desk.news() == 1
    assert desk.look() == [("booked", "dropped", "quiet_hours")]
    desk.edit(booking, **edit)
    assert desk.news() == 1
    kind, state, _ = desk.look()[-1]
    assert (kind, state) == ("cancelled" if "deleted" in edit else "moved", "released")


def test_what_turns_a_client_away_goes_before_what_waits_longer(desk: Desk) -> None:
    desk.set(quiet_from="00:00", quiet_to="00:00")
    off = desk.known(30 * HOUR, client={"phone": "79005556677", "name": "Вера"})
    for hours in range(12):
        desk.salon.book(
            datetime=desk.at((40 + hours) * HOUR), client={"phone": f"790077700{hours:02}", "name": "Клиент"}
        )
    assert desk.news() == 12
    desk.edit(off, deleted=True)
    assert desk.news() == 1
    desk.salon.world.execute("UPDATE notices SET due_at = due_at + interval '1 second' WHERE kind = 'cancelled'")
    desk.later = 2 * timedelta(seconds=1)
    desk.look()
    assert [purpose for _, purpose, _ in desk.salon.owed()] == ["cancelled"], "and a gap follows"


def test_a_zone_that_is_corrected_takes_the_time_before_a_move_along(desk: Desk) -> None:
    """The old time of a move that waits stayed where it was: the client was called hours too late, or too early."""
    booking = desk.known(30 * HOUR)
    old = desk.salon.starts_at(desk.salon.record(booking["id"]))
    desk.edit(booking, datetime=desk.at(60 * HOUR))
    assert desk.news() == 1
    new = desk.salon.starts_at(desk.salon.record(booking["id"]))
    desk.salon.world.execute("UPDATE notices SET claimed_until = now() + interval '9 hours', reason = 'quiet_hours'")
    desk.salon.yclients.edit(
        "company", desk.salon.salon_id, facts={"timezone_name": "Asia/Vladivostok", "timezone": 10}
    )
    desk.salon.salons.make_due(desk.salon.installed, SyncKind.FULL)
    desk.salon.salons.synchronise(desk.salon.installed)
    [(starts_at, was, claimed_until)] = desk.salon.world.rows(
        "SELECT CAST(announced ->> 'starts_at' AS timestamptz),"
        " CAST(announced -> 'was' ->> 'starts_at' AS timestamptz), claimed_until FROM notices WHERE kind = 'moved'"
    )
    assert (starts_at, was) == (new - 7 * HOUR, old - 7 * HOUR)
    assert claimed_until is None, "the morning comes at another time"


def _hold(desk: Desk) -> DeviceClaim:
    return DeviceClaim(device_id=desk.salon.device.device_id, epoch=desk.salon.device.epoch)


def _not_taken(desk: Desk) -> None:
    """The host has a message in hand, and the phone does not take it."""
    uow, hold = desk.salon.world.uow, _hold(desk)
    for message in messages.pull([hold], uow=uow, clock=desk.now):
        result = SendResult(outcome=SendOutcome.NOT_TAKEN, reason="number_unanswered")
        messages.record_result(message, result, uow=uow, clock=desk.now, jitter=1.0)


def _minutes(desk: Desk, begin: int, end: int) -> Iterator[int]:
    """A clock that nudges the worker once a minute if there is anything to do."""
    for minute in range(begin, end):
        desk.later = minute * MINUTE
        if desk.is_due():
            desk.releaser.work()
        yield minute


def test_a_phone_that_takes_nothing_does_not_keep_the_salon_from_calling(desk: Desk) -> None:
    """Each message expired and was owed anew, up to the visit: nothing left, and nobody was asked to call."""
    desk.edit(desk.known(70 * MINUTE), deleted=True)
    assert desk.news() == 1
    called_at = None
    for minute in _minutes(desk, 0, 60):
        _not_taken(desk)
        called_at = minute if desk.calls() and called_at is None else called_at
    assert desk.rows()[-1] == ("cancelled", "dropped", "late")
    assert len(desk.calls()) == 1
    assert called_at is not None
    assert called_at <= 20


def test_a_message_whose_only_host_dies_before_it_is_taken_is_called_about(desk: Desk) -> None:
    """It stayed owed past its deadline, for only hosts let messages expire."""
    desk.edit(desk.known(3 * HOUR), deleted=True)
    assert desk.news() == 1
    assert desk.look() == [("cancelled", "released", None)]
    _lose_host(desk)
    [*_] = _minutes(desk, 0, 123)
    assert desk.rows()[-1] == ("cancelled", "dropped", "late")
    assert len(desk.calls()) == 1


def test_a_message_whose_only_host_dies_with_it_in_hand_is_called_about(desk: Desk) -> None:
    """It may have arrived: the salon is told so."""
    desk.edit(desk.known(3 * HOUR), deleted=True)
    assert desk.news() == 1
    desk.look()
    assert len(messages.pull([_hold(desk)], uow=desk.salon.world.uow, clock=desk.now)) == 1
    _lose_host(desk)
    [*_] = _minutes(desk, 0, 8)
    assert desk.rows()[-1] == ("cancelled", "done", "host_lost")
    [call] = desk.calls()
    assert "может быть, не дошло" in call.lower()


@pytest.mark.parametrize("is_received", [False, True])
def test_what_may_not_have_arrived_is_called_about_unless_it_has(desk: Desk, is_received: bool) -> None:
    desk.edit(desk.known(20 * HOUR), deleted=True)
    assert desk.news() == 1
    desk.look()
    [message] = desk.salon.pull()
    lost = SendResult(outcome=SendOutcome.UNKNOWN, reason="host_lost", message_id="M1")
    messages.record_result(message, lost, uow=desk.salon.world.uow, clock=desk.now, jitter=0.0)
    if is_received:
        desk.salon.world.execute("UPDATE outbox_messages SET delivered_at = now()")
    desk.look()
    assert [("не дошло" in call.lower()) for call in desk.calls()] == ([] if is_received else [True])
    assert bool({StateKind.UNTOLD, StateKind.UNCALLED} & {*_kinds(desk)}) is not is_received


def test_a_cancellation_that_raises_is_called_about_an_hour_before(desk: Desk) -> None:
    """It was set aside, and nobody looked at it any more."""
    desk.edit(desk.known(3 * HOUR), deleted=True)
    assert desk.news() == 1

    def broken(*_: object) -> str:
        raise RuntimeError("a bug")

    desk.releaser = replace(desk.releaser, render=broken)
    desk.releaser.work()
    [*_] = _minutes(desk, 1, 129)
    assert desk.rows()[-1] == ("cancelled", "dropped", "late")
    assert len(desk.calls()) == 1
    assert {StateKind.UNTOLD, StateKind.UNCALLED} & {*_kinds(desk)}


def _off_and_later(desk: Desk, when: timedelta, later: timedelta, *, hinder: Callable[[Desk], None]) -> None:
    """Behind our back one client's booking is called off, and another's moved."""
    off, moved = desk.all_known([when, {"when": when, "client": VERA}])
    hinder(desk)
    desk.edit(off, deleted=True)
    desk.edit(moved, datetime=later)
    assert desk.news() == 2


def test_a_salon_that_has_unlinked_its_phone_reads_on_its_page_that_it_has_to_call(desk: Desk) -> None:
    _off_and_later(desk, 20 * HOUR, 2 * DAY, hinder=_unlink)
    desk.later = 19 * HOUR
    assert [(state, reason) for _, state, reason in desk.look()] == [("dropped", "late")] * 2
    assert desk.calls() == []
    assert StateKind.UNCALLED in _kinds(desk)


def test_that_a_far_visit_is_off_is_told_after_days_without_a_phone(desk: Desk) -> None:
    """It was dropped after a day, and the salon asked to call, although the phone was there again in time."""
    _off_and_later(desk, 7 * DAY, 9 * DAY, hinder=_disconnect)
    desk.later = 3 * DAY
    with desk.salon.world.uow() as work:
        work.due_notices.expire(desk.now())
        work.commit()
    desk.salon.observe(desk.salon.device, Observed.ONLINE)
    desk.releaser = replace(desk.releaser, policy=unlimited)
    assert {(kind, state) for kind, state, _ in desk.look()} == {("cancelled", "released"), ("moved", "released")}
    assert desk.calls() == []


def _put_back(desk: Desk, booking: dict[str, Any], was: str) -> None:
    desk.edit(booking, datetime=was)
    desk.news()


def test_a_call_that_waits_and_is_not_so_any_more_is_taken_back(desk: Desk) -> None:
    """The salon's phone was away as well: it came back, and asked for a call about what had been undone."""
    back, off = desk.all_known([3 * HOUR, {"when": 3 * HOUR, "client": VERA}])
    was = desk.salon.record(back["id"])["date"]
    desk.edit(back, datetime=desk.at(30 * HOUR))
    desk.edit(off, deleted=True)
    assert desk.news() == 2
    _disconnect(desk)
    desk.later = 2 * HOUR
    desk.look()
    assert len(desk.calls()) == 2
    _put_back(desk, back, was)
    desk.look()
    [call] = desk.calls()
    assert "Вера" in call
    assert not desk.is_due()
    assert [kind for kind, state, _ in desk.rows() if state == "waiting"] == [], "nobody has called"


def test_of_a_call_that_waits_what_is_still_so_stays(desk: Desk) -> None:
    back, off = desk.all_known([30 * HOUR, 54 * HOUR])
    was = desk.salon.record(back["id"])["date"]
    desk.lock("opted_out_at")
    desk.edit(back, datetime=desk.at(80 * HOUR))
    desk.edit(off, deleted=True)
    assert desk.news() == 2
    desk.look()
    assert "• перенесён" in desk.calls()[0]
    _put_back(desk, back, was)
    desk.look()
    [call] = desk.calls()
    assert call.startswith("Не получилось предупредить об отмене")
    assert not desk.is_due()


@pytest.mark.parametrize("is_locked", [False, True])
def test_what_is_undone_after_the_salon_has_called_is_told(desk: Desk, is_locked: bool) -> None:
    """She believes the telephone: what is true again has to reach her, by a message or by another call."""
    booking = desk.known(20 * HOUR)
    was = desk.salon.record(booking["id"])["date"]
    desk.lock("locked_until", 40 * HOUR)
    desk.edit(booking, datetime=desk.at(23 * HOUR))
    assert desk.news() == 1
    [call] = [text for text in desk.send() if "Позвоните" in text]
    if not is_locked:
        desk.lock("locked_until", -HOUR)
    _put_back(desk, booking, was)
    said = desk.send()
    assert desk.rows()[-1][:2] == ("moved", "dropped" if is_locked else "done")
    assert len(said) == 1
    assert f"{desk.salon.starts_at(booking):%H:%M}" in said[0]
    assert ("Позвоните" in said[0]) is is_locked
    assert said != [call]


def test_who_gets_her_booking_back_after_the_salon_has_called_is_told(desk: Desk) -> None:
    booking = desk.known(20 * HOUR)
    desk.lock("locked_until", 40 * HOUR)
    desk.edit(booking, client={"phone": "79005556677", "name": "Вера"})
    assert desk.news() == 2
    assert ["Позвоните" in text for text in desk.send() if "Вера" not in text] == [True]
    desk.lock("locked_until", -HOUR)
    desk.edit(booking, client={"phone": desk.salon.phone, "name": "Анна"})
    assert desk.news() == 2
    owed = desk.look()
    assert sorted(kind for kind, _, _ in owed) == ["booked", "booked", "cancelled", "cancelled"]
