"""Notices become messages: once each, true when owed, at a pace; on a real PostgreSQL and a fake YClients."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.messages.message import MessageReason, Purpose, SendOutcome, SendResult
from aiadmin.domain.messages.sending_policy import UNLIMITED, LeakyBucket, SendingPolicy
from aiadmin.domain.notices.dispatch import FEW, FRESH, RELEASED_FOR
from aiadmin.domain.notices.notice import AnnouncedVisit
from aiadmin.domain.yclients.answer import TRIES
from aiadmin.domain.yclients.call_budget import Urgency
from aiadmin.services.messages import messages, pauses
from aiadmin.services.notices.dispatch import NoticeDispatcher
from tests.integration.notices.wordings import words
from tests.support.salon import Salon

DAY = timedelta(days=1)


class Desk:
    """Plans notices of a salon's booking, and releases them."""

    def __init__(self, salon: Salon, pace: SendingPolicy = UNLIMITED) -> None:
        self.salon = salon
        box = salon.box
        self.releaser = NoticeDispatcher(
            uow=box.uow,
            api=box.salon_api,
            policy=lambda _: pace,
            render=words,
            clock=self.now,
            rng=lambda: 0.5,
        )
        self.later = timedelta(0)
        self.plans = 0

    def now(self) -> datetime:
        return self.salon.box.clock() + self.later

    def plan(self, kind: Purpose = Purpose.REMINDER_DAY, **facts: Any) -> int:
        """A notice that is due; its number."""
        self.plans += 1
        booking = facts.pop("booking", self.salon.booking)
        values = {
            "company_id": self.salon.company_id,
            "record_id": booking["id"],
            "kind": kind,
            "dedup_key": f"{self.salon.company_id}:{self.plans}",
            "announced": json.dumps(dict(announced(self.salon, booking).to_json())),
            "due_at": self.salon.world.clock() - timedelta(minutes=1),
            "deadline_at": self.salon.world.clock() + DAY,
        }
        self.salon.world.execute(
            "INSERT INTO notices (company_id, record_id, kind, dedup_key, announced, due_at, deadline_at, created_at)"
            " VALUES (:company_id, :record_id, :kind, :dedup_key, CAST(:announced AS jsonb), :due_at, :deadline_at,"
            " now())",
            **values | facts,
        )
        [(number,)] = self.salon.world.rows("SELECT max(id) FROM notices WHERE company_id = :company_id", **values)
        return int(number)

    def is_due(self) -> bool:
        """Whether the clock asks a worker to look."""
        with self.salon.world.uow() as work:
            return work.due_notices.has_due(self.salon.world.clock())

    def notice(self, number: int) -> tuple[str, str | None]:
        """Its state and the reason."""
        [(state, reason)] = self.salon.world.rows("SELECT state, reason FROM notices WHERE id = :id", id=number)
        return state, reason

    def starts_on(self, booking: dict[str, Any], *, days: int) -> str:
        """The day so many days after a booking's."""
        return str((self.salon.starts_at(booking) + days * DAY).date())

    def wait(self) -> None:
        """Time goes by until whatever waits may be looked at again."""
        self.salon.world.execute("UPDATE notices SET claimed_until = NULL")


def announced(salon: Salon, booking: dict[str, Any]) -> AnnouncedVisit:
    """What is true of a booking when it is made."""
    return AnnouncedVisit(
        client_id=booking["client"]["id"],
        starts_at=salon.starts_at(booking),
        staff_id=booking["staff_id"],
        services=tuple(sorted(one["id"] for one in booking["services"])),
    )


@pytest.fixture
def desk(salon: Salon) -> Desk:
    return Desk(salon)


def test_a_due_notice_is_looked_at_once_more_and_becomes_a_message_and_a_question(desk: Desk) -> None:
    assert not desk.is_due()
    number = desk.plan()
    assert desk.is_due()
    assert desk.releaser.work() == 1
    assert not desk.is_due()
    assert desk.salon.owed() == [(desk.salon.phone, "reminder_day", "reminder_day")]
    assert desk.notice(number) == ("released", None)
    [(visit_id, starts_at)] = desk.salon.world.rows("SELECT visit_id, starts_at FROM questions")
    assert (visit_id, starts_at) == (desk.salon.booking["visit_id"], desk.salon.starts_at())
    assert len(desk.salon.salons.asked("/record/")) == 1
    assert desk.releaser.work() == 0


def test_a_change_asks_nothing(desk: Desk) -> None:
    desk.plan(Purpose.MOVED)
    assert desk.releaser.work() == 1
    assert desk.salon.world.rows("SELECT 1 FROM questions") == []


def test_many_of_one_day_are_looked_at_together_and_again_only_when_that_was_a_while_ago(desk: Desk) -> None:
    bookings = [desk.salon.book(hour=hour, client=_somebody(hour)) for hour in range(9, 9 + 2 * FEW)]
    desk.salon.salons.synchronise(desk.salon.installed)
    gone, moved, *others = bookings
    numbers = [desk.plan(booking=booking) for booking in bookings]
    desk.salon.yclients.delete_record(desk.salon.salon_id, gone["id"])
    desk.salon.yclients.edit_record(
        desk.salon.salon_id, moved["id"], datetime=f"{desk.starts_on(moved, days=3)} 10:00:00"
    )
    lists, singles = len(desk.salon.salons.asked("/records/")), len(desk.salon.salons.asked("/record/"))
    assert desk.releaser.work() == len(others)
    assert [desk.notice(number) for number in numbers[:2]] == [("dropped", "deleted"), ("dropped", "moved")]
    asked = desk.salon.salons.asked
    assert (len(asked("/records/")) - lists, len(asked("/record/")) - singles) == (1, 1), "the one that moved away"
    more = [desk.plan(booking=booking) for booking in others]
    age = "UPDATE notices SET looked_at = now() - :ago WHERE id = ANY(:ids)"
    desk.salon.world.execute(age, ago=FRESH / 2, ids=more[:1])
    desk.salon.world.execute(age, ago=FRESH, ids=more[1:])
    assert desk.releaser.work() == len(more)
    assert (len(asked("/records/")) - lists, len(asked("/record/")) - singles) == (2, 1)


def test_what_a_webhook_has_just_spoken_of_is_looked_at_however_new_the_list_is(desk: Desk) -> None:
    desk.salon.salons.listen(desk.salon.installed)
    number = desk.plan()
    desk.salon.world.execute("UPDATE notices SET looked_at = now()")
    desk.salon.yclients.delete_record(desk.salon.salon_id, desk.salon.booking["id"])
    desk.salon.salons.hear_all(desk.salon.installed)
    assert desk.releaser.work() == 0
    assert desk.notice(number) == ("dropped", "deleted")


def _somebody(number: int) -> dict[str, str]:
    return {"phone": f"7900666{number:04}", "name": f"Клиент {number}"}


def test_what_yclients_knows_better_is_dropped_with_the_reason(desk: Desk) -> None:
    moved, deleted, gone = desk.salon.booking, desk.salon.book(hour=14), desk.salon.book(hour=16)
    numbers = [desk.plan(booking=booking) for booking in (moved, deleted)]
    numbers.append(desk.plan(booking=gone | {"id": 1}))
    desk.salon.yclients.edit_record(desk.salon.salon_id, moved["id"], datetime=f"{moved['date'][:10]} 18:00:00")
    desk.salon.yclients.delete_record(desk.salon.salon_id, deleted["id"])
    assert desk.releaser.work() == 0
    assert [desk.notice(number) for number in numbers] == [
        ("dropped", "moved"),
        ("dropped", "deleted"),
        ("dropped", "gone"),
    ]
    assert desk.salon.owed() == []


def test_a_message_that_was_sent_ends_its_notice_and_so_does_one_that_nobody_knows_of(desk: Desk) -> None:
    sent = SendResult(outcome=SendOutcome.SENT, message_id="M", sent_at=desk.salon.world.clock())
    ends = {
        desk.plan(): (sent, ("done", None)),
        desk.plan(): (SendResult(outcome=SendOutcome.UNKNOWN, reason="timeout"), ("done", "timeout")),
        desk.plan(): (
            SendResult(outcome=SendOutcome.FAILED, reason=MessageReason.REACHOUT_LOCKED),
            ("done", MessageReason.REACHOUT_LOCKED),
        ),
    }
    assert desk.releaser.work() == len(ends)
    for number, (result, end) in ends.items():
        [message] = desk.salon.pull()
        assert messages.record_result(
            message, result, uow=desk.salon.world.uow, clock=desk.salon.world.clock, jitter=0.0
        )
        assert desk.notice(number) == ("released", None)
        assert desk.is_due()
        desk.releaser.work()
        assert desk.notice(number) == end
    assert desk.salon.pull() == []


def test_what_did_not_go_out_in_time_is_looked_at_again_and_sent_once(desk: Desk) -> None:
    number = desk.plan()
    desk.releaser.work()
    desk.later = RELEASED_FOR + timedelta(seconds=1)
    desk.salon.yclients.edit_record(desk.salon.salon_id, desk.salon.booking["id"], comment="ничего нового")
    assert desk.releaser.work() == 1
    states = [row[0] for row in desk.salon.world.rows("SELECT state FROM outbox_messages ORDER BY id")]
    assert states == [OutboxState.CANCELLED, OutboxState.PENDING]
    desk.later *= 2
    desk.salon.yclients.delete_record(desk.salon.salon_id, desk.salon.booking["id"])
    assert desk.releaser.work() == 0
    assert desk.notice(number) == ("dropped", "deleted"), "it is not true any more"


@pytest.mark.parametrize("observed", [Observed.RECONNECTING, Observed.LOGGED_OUT])
def test_a_salon_without_a_connected_phone_waits(desk: Desk, observed: Observed) -> None:
    number = desk.plan()
    desk.salon.observe(desk.salon.device, observed)
    assert desk.releaser.work() == 0
    assert desk.notice(number) == ("waiting", None)
    assert desk.salon.salons.asked("/record/") == []


def test_a_salon_whose_host_is_dead_or_that_has_not_paid_waits(desk: Desk) -> None:
    desk.plan()
    desk.salon.world.execute("UPDATE session_hosts SET lease_until = now()")
    assert desk.releaser.work() == 0
    desk.salon.world.execute("UPDATE session_hosts SET lease_until = now() + interval '1 hour'")
    desk.salon.world.change(desk.salon.company_id, "integration_status", "frozen")
    assert desk.releaser.work() == 0
    desk.salon.world.change(desk.salon.company_id, "integration_status", "active")
    assert desk.releaser.work() == 1


@pytest.mark.parametrize("is_everybody", [False, True])
def test_a_pause_holds_notices_and_they_go_on_after_it(desk: Desk, is_everybody: bool) -> None:
    desk.plan()
    whose = None if is_everybody else desk.salon.company_id
    pauses.pause(whose, uow=desk.salon.world.uow, clock=desk.salon.world.clock)
    assert desk.releaser.work() == 0
    pauses.resume(whose, uow=desk.salon.world.uow)
    assert desk.releaser.work() == 1


def test_yclients_away_holds_the_salon_and_loses_nothing(desk: Desk) -> None:
    numbers = [desk.plan() for _ in range(3)]
    desk.salon.yclients.fault("/api/v1/record/*", status=503, times=TRIES[Urgency.INTERACTIVE])
    assert desk.releaser.work() == 0
    assert {desk.notice(number) for number in numbers} == {("waiting", "yclients_away")}
    assert desk.releaser.work() == 0, "not at once"
    desk.wait()
    assert desk.releaser.work() == 3


def test_one_salon_whose_journal_cannot_be_read_does_not_hold_up_another(new_salon: Callable[[], Salon]) -> None:
    first, second = Desk(new_salon()), Desk(new_salon())
    for desk in (first, second):
        desk.plan()
    first.salon.yclients.fault(f"/api/v1/record/{first.salon.salon_id}/*", status=503, times=None)
    assert first.releaser.work() == 1
    assert len(second.salon.owed()) == 1


def test_who_said_stop_is_written_nothing(desk: Desk) -> None:
    desk.salon.say("СТОП")
    number = desk.plan()
    assert desk.releaser.work() == 0
    assert desk.notice(number) == ("dropped", "opted_out")


def test_a_chat_that_a_human_has_waits_or_is_dropped_where_that_would_be_too_late(desk: Desk) -> None:
    desk.salon.say("Можно с собакой?")
    later, urgent = desk.plan(), desk.plan(deadline_at=desk.salon.world.clock() + timedelta(minutes=30))
    assert desk.releaser.work() == 0
    assert desk.notice(later) == ("waiting", "silent")
    assert desk.notice(urgent) == ("dropped", "silent")


def test_mailings_are_not_for_who_wants_none_but_reminders_are(desk: Desk) -> None:
    desk.salon.salons.synchronise(desk.salon.installed)
    desk.salon.world.execute("UPDATE clients SET is_muted = true WHERE phone = :phone", phone=desk.salon.phone)
    review, reminder = desk.plan(Purpose.REVIEW), desk.plan()
    assert desk.releaser.work() == 1
    assert desk.notice(review) == ("dropped", "muted")
    assert desk.notice(reminder) == ("released", None)


def test_a_booking_without_a_phone_is_told_to_nobody(desk: Desk) -> None:
    desk.salon.salons.synchronise(desk.salon.installed)
    for table in ("records SET client_phone", "clients SET phone"):
        desk.salon.world.execute(f"UPDATE {table} = NULL")
    number = desk.plan()
    assert desk.releaser.work() == 0
    assert desk.notice(number) == ("dropped", "no_phone")


def test_a_paced_salon_sends_one_and_then_waits_for_the_gap_without_asking_yclients(salon: Salon) -> None:
    salon.salons.synchronise(salon.installed)
    desk, asked = Desk(salon, SendingPolicy(quiet=None)), len(salon.salons.asked("/record"))
    numbers = [desk.plan() for _ in range(5)]
    assert desk.releaser.work() == 1
    assert Counter(desk.notice(number) for number in numbers) == {("released", None): 1, ("waiting", "bucket"): 4}
    assert len(salon.salons.asked("/record")) - asked == 1
    gap = LeakyBucket().longest_gap
    for count in range(2, 6):
        desk.later += gap
        assert desk.releaser.work() == 1
        assert len(salon.owed()) == count


def test_night_and_the_daily_cap_hold_the_salon(salon: Salon) -> None:
    desk = Desk(salon, replace(UNLIMITED, most_a_day=2))
    numbers = [desk.plan() for _ in range(4)]
    assert desk.releaser.work() == 2
    assert [desk.notice(number)[1] for number in numbers] == [None, None, "daily_cap", "daily_cap"]


def test_what_is_late_is_dropped_by_the_clock(desk: Desk) -> None:
    number = desk.plan(deadline_at=desk.salon.world.clock())
    desk.salon.observe(desk.salon.device, Observed.RECONNECTING)
    with desk.salon.world.uow() as work:
        assert work.due_notices.expire(desk.salon.world.clock()) == 1
        work.commit()
    assert desk.notice(number) == ("dropped", "late")


def test_of_many_workers_each_notice_is_released_once(desk: Desk) -> None:
    numbers = [desk.plan() for _ in range(30)]
    done: list[int] = []
    threads = [threading.Thread(target=lambda: done.append(desk.releaser.work())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done += iter(desk.releaser.work, 0)  # on a busy machine their slices of time end before the notices do
    assert sum(done) == len(numbers)
    assert len(desk.salon.owed()) == len(numbers)


def test_a_worker_that_comes_back_after_its_claim_releases_nothing(desk: Desk) -> None:
    """Another one has looked meanwhile: the number of the look has changed."""
    number = desk.plan()
    now = desk.salon.world.clock()
    with desk.salon.world.uow() as work:
        [slow] = work.due_notices.claim(now=now, until=now, limit=9)
        work.commit()
    assert desk.releaser.work() == 1
    assert desk.releaser._release_again([slow]) == 0
    assert len(desk.salon.owed()) == 1
    assert desk.notice(number) == ("released", None)
