"""Synchronisation: how a run goes through a salon's journal, what follows each page, and when the next run is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from aiadmin.domain.ids import CompanyId


class SyncKind(StrEnum):
    """Why we read: everything for the first time, what changed lately, or what changes seldom."""

    FULL = "full"
    CHANGES = "changes"
    NIGHTLY = "nightly"


class RunState(StrEnum):
    """`paused` waits for the salon's leave to read again; everything else goes on by itself."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    PAUSED = "paused"


class Stage(StrEnum):
    """One list of YClients'."""

    COMPANY = "company"
    CATEGORIES = "categories"
    SERVICES = "services"
    STAFF = "staff"
    SCHEDULE = "schedule"
    CLIENTS = "clients"
    RECORDS = "records"
    HORIZON = "horizon"
    """Records on the last days of the window: a day later there is one more."""
    CHANGES = "changes"
    RIGHTS = "rights"
    """What the salon lets our application do."""
    WEEK = "week"
    """The coming week against what we believe of it; see `domain.notices.reconciliation`."""
    WEBHOOKS = "webhooks"
    """Whether YClients still sends this salon's webhooks to us."""


_CATALOGUE = (Stage.COMPANY, Stage.RIGHTS, Stage.CATEGORIES, Stage.SERVICES, Stage.STAFF, Stage.SCHEDULE)
STAGES: Mapping[SyncKind, tuple[Stage, ...]] = {
    SyncKind.FULL: (*_CATALOGUE, Stage.CLIENTS, Stage.RECORDS, Stage.WEBHOOKS),
    SyncKind.NIGHTLY: (*_CATALOGUE, Stage.HORIZON, Stage.WEEK, Stage.WEBHOOKS),
    SyncKind.CHANGES: (Stage.CHANGES,),
}

PAGE_SIZE = 200
CLAIM = timedelta(minutes=3)
"""How long a run stays with the worker that reads it, from its last page on.

One page may wait two minutes for its turn and then 20 s for its answer."""
SLICE = timedelta(seconds=5)
"""How long a worker reads before it lets others have a turn: webhooks are not to wait for a long list."""
CATALOGUE_RESOURCES = frozenset({"company", "salon", "service_category", "service", "master", "staff", "schedule"})
"""Webhooks about these ask for the nightly run, which reads whole lists."""


@dataclass(frozen=True, kw_only=True)
class SyncRun:
    """How far one kind of synchronisation of a company is.

    Attributes:
        stage: the list to read next, from `page` on; None before the first page and after the last.
        total_pages: how many pages the stage has, as far as is known.
        counts: rows read so far, by stage.
        since: of `full`, from when on we hear of everything in the salon; of `changes`, up to when changes are known.
        started_at: when its present or last run began.
        next_at: when it is due; None when nothing is planned.
        claimed_until: until when one worker has it.
        attempts: failures in a row.
        error: why it waits: a slug, or None.
    """

    company_id: CompanyId
    kind: SyncKind
    state: RunState
    stage: Stage | None = None
    page: int = 1
    total_pages: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    since: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    next_at: datetime | None = None
    claimed_until: datetime | None = None
    attempts: int = 0
    error: str | None = None


def begin(run: SyncRun, now: datetime) -> SyncRun:
    """The run at its first page; one that was stopped in the middle goes on where it was."""
    if run.stage is not None:
        return replace(run, state=RunState.RUNNING)
    return replace(
        run,
        state=RunState.RUNNING,
        stage=STAGES[run.kind][0],
        page=1,
        total_pages=None,
        counts={},
        since=run.since or now,
        started_at=now,
        finished_at=None,
    )


@dataclass(frozen=True, kw_only=True)
class PageRead:
    """What came on one page.

    Attributes:
        rows: how many rows could be read.
        pages: how many pages the stage has, or None when YClients does not say.
        is_last: whether the stage ends here.
    """

    rows: int
    pages: int | None
    is_last: bool


def whole_list(rows: int) -> PageRead:
    """A list that comes at once."""
    return PageRead(rows=rows, pages=1, is_last=True)


def page_read(rows: int, total: int | None, page: int, *, skipped: int = 0) -> PageRead:
    """A page of a list that comes `PAGE_SIZE` rows at a time; a short one is the last, whatever the total says.

    Args:
        skipped: how many more rows came that could not be read.
    """
    pages = None if total is None else max(1, -(-total // PAGE_SIZE))
    is_last = rows + skipped < PAGE_SIZE or (pages is not None and page >= pages)
    return PageRead(rows=rows, pages=pages, is_last=is_last)


def advance(run: SyncRun, read: PageRead, now: datetime) -> SyncRun:
    """The run after one page: at the next page, at the next list, or done."""
    assert run.stage is not None  # noqa: S101 - a page was read of it
    counts = {**run.counts, run.stage: run.counts.get(run.stage, 0) + read.rows}
    run = replace(run, counts=counts, total_pages=read.pages, attempts=0, error=None)
    if not read.is_last:
        return replace(run, page=run.page + 1)
    stages = STAGES[run.kind]
    following = stages[stages.index(run.stage) + 1 :]
    if following:
        return replace(run, stage=following[0], page=1, total_pages=None)
    since = run.since if run.kind is SyncKind.FULL else run.started_at
    return replace(run, state=RunState.DONE, stage=None, finished_at=now, next_at=None, since=since)


# What is read: days and times

RECORD_DAYS_BACK, RECORD_DAYS_AHEAD = 7, 60
SCHEDULE_DAYS, SCHEDULE_CHUNK = 30, 16
HORIZON_DAYS = 8
"""A week of lost nights leaves no hole at the end of the window."""
OVERLAP = timedelta(minutes=10)
"""`changed_after` is asked with this much to spare: clocks differ, and YClients may be late with its own lists."""


def today(run: SyncRun, zone: str) -> date:
    """The salon's day on which the run began: a run that goes on after midnight still reads the same days."""
    assert run.started_at is not None  # noqa: S101 - it runs
    return run.started_at.astimezone(ZoneInfo(zone)).date()


def record_days(stage: Stage, on: date) -> tuple[date, date]:
    """The first and the last day of visits to read."""
    last = on + timedelta(days=RECORD_DAYS_AHEAD)
    if stage is Stage.HORIZON:
        return last - timedelta(days=HORIZON_DAYS - 1), last
    return on - timedelta(days=RECORD_DAYS_BACK), last


def schedule_days(on: date, page: int) -> tuple[date, date]:
    """The first and the last day of one part of the schedule, from `on` to thirty days later."""
    first = on + timedelta(days=SCHEDULE_CHUNK * (page - 1))
    return first, min(first + timedelta(days=SCHEDULE_CHUNK - 1), on + timedelta(days=SCHEDULE_DAYS))


SCHEDULE_PAGES = -(-(SCHEDULE_DAYS + 1) // SCHEDULE_CHUNK)


def changed_since(run: SyncRun) -> datetime:
    """From when on to ask for changes."""
    assert run.since is not None  # noqa: S101 - it runs
    return run.since - OVERLAP


# When the next run is due

EVERY = timedelta(minutes=10)
TOLD_EVERY = timedelta(minutes=30)
"""Where webhooks tell us of changes: a look is the net under lost ones, and calls are what we have least of."""
NIGHT_BEGINS, NIGHT_MINUTES = time(2, 0), 180
NIGHTLY_SOON = timedelta(minutes=15)
"""How long we wait for more after a word that services, staff or the schedule have changed: it costs nine calls."""


def next_changes(started_at: datetime, now: datetime, *, is_told: bool = False) -> datetime:
    """When to ask for changes again, counted from start to start.

    Args:
        is_told: whether the salon's webhooks come to us, and nothing was found that they had not told.
    """
    return max(started_at + (TOLD_EVERY if is_told else EVERY), now)


def next_night(company_id: CompanyId, zone: str, now: datetime) -> datetime:
    """The company's moment in its next night, between two and five o'clock there; each has its own minute."""
    minute = company_id * 37 % NIGHT_MINUTES
    local = now.astimezone(ZoneInfo(zone))
    due = datetime.combine(local.date(), NIGHT_BEGINS, local.tzinfo) + timedelta(minutes=minute)
    if due <= local:
        due += timedelta(days=1)
    return due.astimezone(UTC)
