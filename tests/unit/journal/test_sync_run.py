"""How a run goes through its stages, what follows a failure, when the next is due, and how long quiet lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal import refetch
from aiadmin.domain.journal.sync_retry import Failure, after_failure, failure_of
from aiadmin.domain.journal.sync_run import (
    SCHEDULE_PAGES,
    STAGES,
    PageRead,
    RunState,
    Stage,
    SyncKind,
    SyncRun,
    advance,
    begin,
    changed_since,
    next_changes,
    next_night,
    page_read,
    record_days,
    schedule_days,
    today,
)
from aiadmin.domain.journal.webhook import WebhookKind
from aiadmin.domain.yclients.error import (
    AlreadyInstalledError,
    InvalidError,
    KeyRefusedError,
    NotInstalledError,
    RateLimitedError,
    UnreadableError,
    YClientsDownError,
)
from tests.support.journals import NOW

ONE = CompanyId(1)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def _run(kind: SyncKind = SyncKind.FULL) -> SyncRun:
    return begin(SyncRun(company_id=ONE, kind=kind, state=RunState.WAITING), NOW)


@pytest.mark.parametrize("kind", list(SyncKind))
def test_a_run_goes_through_every_stage_of_its_kind_once(kind: SyncKind) -> None:
    run, seen = _run(kind), []
    while run.state is RunState.RUNNING:
        seen.append(run.stage)
        run = advance(run, PageRead(rows=3, pages=1, is_last=True), NOW + MINUTE)
    assert tuple(seen) == STAGES[kind]
    assert (run.state, run.stage, run.finished_at, run.since) == (RunState.DONE, None, NOW + MINUTE, NOW)
    assert run.counts == dict.fromkeys(STAGES[kind], 3)


def test_pages_of_one_list_are_counted_together_and_a_success_forgets_failures() -> None:
    run = replace(_run(), stage=Stage.CLIENTS, attempts=3, error="down")
    run = advance(run, PageRead(rows=200, pages=2, is_last=False), NOW)
    assert (run.stage, run.page, run.total_pages, run.attempts, run.error) == (Stage.CLIENTS, 2, 2, 0, None)
    run = advance(run, PageRead(rows=7, pages=2, is_last=True), NOW)
    assert (run.stage, run.page, run.total_pages, run.counts) == (Stage.RECORDS, 1, None, {"clients": 207})


def test_a_run_that_was_stopped_goes_on_where_it_was() -> None:
    stopped = replace(_run(), stage=Stage.CLIENTS, page=17, state=RunState.WAITING)
    assert begin(stopped, NOW + MINUTE) == replace(stopped, state=RunState.RUNNING)
    done = replace(_run(), stage=None, state=RunState.DONE, counts={"clients": 5}, finished_at=NOW)
    again = begin(done, NOW + MINUTE)
    assert (again.stage, again.page, again.counts, again.started_at) == (Stage.COMPANY, 1, {}, NOW + MINUTE)


@pytest.mark.parametrize(
    ("rows", "total", "page", "pages", "is_last"),
    [
        (200, 450, 1, 3, False),
        (50, 450, 3, 3, True),
        (200, 400, 2, 2, True),
        (200, None, 2, None, False),
        (0, None, 3, None, True),
        (0, 0, 1, 1, True),
        (50, 450, 1, 3, True),
    ],
)
def test_a_list_ends_at_its_total_or_at_a_short_page(
    rows: int, total: int | None, page: int, pages: int | None, *, is_last: bool
) -> None:
    assert page_read(rows, total, page) == PageRead(rows=rows, pages=pages, is_last=is_last)


def test_the_parts_of_the_schedule_cover_thirty_days_without_gap_or_overlap() -> None:
    on, days = date(2026, 11, 24), []
    for page in range(1, SCHEDULE_PAGES + 1):
        first, last = schedule_days(on, page)
        days += [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert days == [on + timedelta(days=number) for number in range(31)]


def test_the_days_of_a_run_are_those_of_the_salon_when_it_began() -> None:
    late = replace(_run(), started_at=datetime(2026, 11, 24, 20, tzinfo=UTC))
    assert today(late, "Asia/Vladivostok") == date(2026, 11, 25)
    assert record_days(Stage.RECORDS, date(2026, 11, 24)) == (date(2026, 11, 17), date(2027, 1, 23))
    assert record_days(Stage.HORIZON, date(2026, 11, 24)) == (date(2027, 1, 16), date(2027, 1, 23))


def test_changes_are_asked_for_every_ten_minutes_with_ten_to_spare_and_seldom_where_they_are_told() -> None:
    run = replace(_run(SyncKind.CHANGES), since=NOW - 3 * MINUTE)
    assert changed_since(run) == NOW - 13 * MINUTE
    assert next_changes(NOW, NOW + MINUTE) == NOW + 10 * MINUTE
    assert next_changes(NOW, NOW + 25 * MINUTE) == NOW + 25 * MINUTE
    assert next_changes(NOW, NOW + MINUTE, is_told=True) == NOW + 30 * MINUTE


@given(company=st.integers(1, 10**6), hours=st.integers(0, 24 * 400), zone=st.sampled_from(["Europe/Moscow",
       "Asia/Vladivostok", "Europe/Kaliningrad", "America/New_York", "UTC"]))  # fmt: skip
def test_a_night_is_the_salons_own_and_always_ahead(company: int, hours: int, zone: str) -> None:
    now = NOW + timedelta(hours=hours)
    due = next_night(CompanyId(company), zone, now)
    assert now < due <= now + timedelta(hours=25)
    assert 1 <= due.astimezone(ZoneInfo(zone)).hour <= 5


def test_salons_share_the_night_evenly() -> None:
    minutes = {next_night(CompanyId(number), "Europe/Moscow", NOW) for number in range(1, 181)}
    assert len(minutes) == 180


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (DependencyDownError("Redis"), Failure.DOWN),
        (YClientsDownError(), Failure.DOWN),
        (RateLimitedError(), Failure.RATE_LIMITED),
        (KeyRefusedError(), Failure.KEY_REFUSED),
        (AlreadyInstalledError(), Failure.FORBIDDEN),
        (NotInstalledError(), Failure.NOT_FOUND),
        (InvalidError(), Failure.REFUSED),
        (UnreadableError(), Failure.REFUSED),
    ],
)
def test_every_error_is_a_failure_of_one_kind(error: DependencyDownError, failure: Failure) -> None:
    assert failure_of(error) is failure


@pytest.mark.parametrize(
    ("failure", "attempts", "asked", "state", "seconds"),
    [
        (Failure.DOWN, 1, 0, RunState.WAITING, 2),
        (Failure.DOWN, 4, 0, RunState.WAITING, 16),
        (Failure.DOWN, 1000, 0, RunState.WAITING, 600),
        (Failure.RATE_LIMITED, 1, 30, RunState.WAITING, 30),
        (Failure.RATE_LIMITED, 1, 99999, RunState.WAITING, 600),
        (Failure.KEY_REFUSED, 1, 0, RunState.WAITING, 600),
        (Failure.REFUSED, 4, 0, RunState.WAITING, 16),
        (Failure.REFUSED, 5, 0, RunState.FAILED, 3600),
        (Failure.FORBIDDEN, 1, 0, RunState.PAUSED, None),
        (Failure.NOT_FOUND, 1, 0, RunState.PAUSED, None),
    ],
)
def test_what_follows_a_failure(
    failure: Failure, attempts: int, asked: float, state: RunState, seconds: float | None
) -> None:
    step = after_failure(failure, attempts=attempts, asked=timedelta(seconds=asked), jitter=1.0)
    assert (step.state, step.wait.total_seconds() if step.wait is not None else None) == (state, seconds)


def test_something_is_read_after_five_quiet_seconds_and_never_later_than_thirty() -> None:
    assert refetch.due_at(NOW, NOW) == NOW + 5 * SECOND
    assert refetch.due_at(NOW, NOW + 20 * SECOND) == NOW + 25 * SECOND
    assert refetch.due_at(NOW, NOW + 29 * SECOND) == NOW + 30 * SECOND


def test_words_about_one_thing_are_one_check() -> None:
    record, client = refetch.Subject.RECORD, refetch.Subject.CLIENT
    words = [(ONE, record, 7, NOW + SECOND), (ONE, client, 7, NOW), (ONE, record, 7, NOW), (ONE, record, 6, NOW)]
    gathered = refetch.gather(words)
    assert [(heard.subject, heard.number) for heard in gathered] == [(client, 7), (record, 6), (record, 7)]
    assert (gathered[2].first_at, gathered[2].last_at) == (NOW, NOW + SECOND)


@pytest.mark.parametrize(
    ("resource", "number", "subject"),
    [
        ("record", 5, refetch.Subject.RECORD),
        ("client", 5, refetch.Subject.CLIENT),
        ("service", 5, None),
        ("record", None, None),
    ],
)
def test_only_records_and_clients_are_read_by_their_number(
    resource: str, number: int | None, subject: refetch.Subject | None
) -> None:
    assert refetch.subject_of(WebhookKind(resource=resource, status="update", resource_id=number)) is subject
