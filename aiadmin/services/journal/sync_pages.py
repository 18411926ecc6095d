"""One page of a synchronisation: read from YClients outside any transaction, stored inside one later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import structlog

from aiadmin.domain.companies.rights import Right
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.booking_event import EventSource
from aiadmin.domain.journal.journal import Page, Raw, Record
from aiadmin.domain.journal.online_booking import BookingRules
from aiadmin.domain.journal.sync_run import (
    SCHEDULE_PAGES,
    PageRead,
    Stage,
    SyncKind,
    SyncRun,
    changed_since,
    page_read,
    record_days,
    schedule_days,
    today,
    whole_list,
)
from aiadmin.domain.journal.webhook_settings import WebhookSettingsState, webhook_settings_state
from aiadmin.domain.yclients.error import (
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    YClientsDownError,
    YClientsError,
)
from aiadmin.services.journal.bookings import absorb, set_zone
from aiadmin.services.journal.reconciliation import JournalReconciliation
from aiadmin.services.ports.yclients import SalonApi
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)
T = TypeVar("T")

CLIENTS_TOTAL = "clients_total"
"""A count of its own: how many clients there were when the first page was read."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A page that was read.

    Attributes:
        store: puts it into a transaction, at the time that is given; how many changes of bookings were found.
        counts: further counts for the run.
    """

    read: PageRead
    store: Callable[[UnitOfWork, datetime], int | None]
    counts: Mapping[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class PageReader:
    """Reads pages. Every method raises a YClientsError, and DependencyDownError.

    Attributes:
        rules: reads the salon's rules of booking online.
        hook_address: where YClients sends the webhooks of a company.
    """

    api: SalonApi
    reconciliation: JournalReconciliation
    rules: Callable[[SalonId, Raw], BookingRules]
    hook_address: Callable[[CompanyId], str]
    clock: Callable[[], datetime]

    def fetch(self, run: SyncRun, salon: SyncedSalon) -> Fetched:
        """The page that `run` stands at."""
        assert run.stage is not None  # noqa: S101 - it runs
        return _READERS[run.stage](self, run, salon)

    def company(self, _run: SyncRun, salon: SyncedSalon) -> Fetched:
        facts = self.api.company(salon.salon_id)
        rules = _if_told(lambda: self.rules(salon.salon_id, facts.raw))

        def store(work: UnitOfWork, at: datetime) -> None:
            before = work.journal.zone(salon.company_id)
            work.journal.set_salon(salon.company_id, facts)
            if rules is not None:
                work.journal.set_booking_rules(salon.company_id, rules, at)
            if before != facts.timezone:
                set_zone(work, salon.company_id, facts.timezone, at)

        return Fetched(read=whole_list(1), store=store)

    def categories(self, run: SyncRun, salon: SyncedSalon) -> Fetched:
        rows = self.api.categories(salon.salon_id)
        return _whole(run, len(rows), lambda work, at: work.journal.put_categories(run.company_id, rows, at))

    def services(self, run: SyncRun, salon: SyncedSalon) -> Fetched:
        rows = self.api.services(salon.salon_id)
        return _whole(run, len(rows), lambda work, at: work.journal.put_services(run.company_id, rows, at))

    def staff(self, run: SyncRun, salon: SyncedSalon) -> Fetched:
        rows = self.api.staff(salon.salon_id)
        return _whole(run, len(rows), lambda work, at: work.journal.put_staff(run.company_id, rows, at))

    def schedule(self, run: SyncRun, salon: SyncedSalon) -> Fetched:
        first, last = schedule_days(today(run, salon.zone), run.page)
        rows = self.api.schedule(salon.salon_id, first=first, last=last)
        begins = date.min if run.page == 1 else first  # past working hours are not needed

        def store(work: UnitOfWork, at: datetime) -> None:
            work.journal.put_schedule(run.company_id, rows, first=begins, last=last, at=at)

        is_last = run.page >= SCHEDULE_PAGES
        return Fetched(read=PageRead(rows=len(rows), pages=SCHEDULE_PAGES, is_last=is_last), store=store)

    def clients(self, run: SyncRun, salon: SyncedSalon) -> Fetched:
        page = self.api.clients(salon.salon_id, country=salon.country, page=run.page)
        read = page_read(len(page.rows), page.total, run.page, skipped=page.skipped)
        expected = run.counts.get(CLIENTS_TOTAL, page.total) if run.page > 1 else page.total
        seen = run.counts.get(Stage.CLIENTS, 0) + len(page.rows)
        is_whole = read.is_last and seen == expected == page.total

        def store(work: UnitOfWork, at: datetime) -> None:
            work.journal.put_clients(run.company_id, page.rows, at)
            if is_whole:
                _mark_deleted(work, run, at)

        return Fetched(read=read, store=store, counts=None if expected is None else {CLIENTS_TOTAL: expected})

    def records(self, run: SyncRun, salon: SyncedSalon) -> Fetched:
        assert run.stage is not None  # noqa: S101 - it runs
        first, last = record_days(run.stage, today(run, salon.zone))
        read_at = self.clock()
        page = self.api.records(
            salon.salon_id, zone=salon.zone, country=salon.country, page=run.page, first=first, last=last
        )
        return _absorbed(run, salon, page, source=EventSource.SYNC, read_at=read_at)

    def changes(self, run: SyncRun, salon: SyncedSalon) -> Fetched:
        read_at = self.clock()
        since = changed_since(run)
        page = self.api.records_changed(
            salon.salon_id, zone=salon.zone, country=salon.country, page=run.page, since=since
        )
        return _absorbed(run, salon, page, source=EventSource.RECONCILE, read_at=read_at)

    def rights(self, run: SyncRun, salon: SyncedSalon) -> Fetched:
        """Where YClients does not say, what was known stays: not every salon lets us see this, and all else works."""
        missing = _if_told(lambda: self.api.missing_rights(salon.salon_id))

        def store(work: UnitOfWork, at: datetime) -> None:
            if missing is not None:
                _store_rights(work, run, missing, at)

        return Fetched(read=whole_list(0 if missing is None else 1), store=store)

    def week(self, run: SyncRun, _salon: SyncedSalon) -> Fetched:
        """Once a night: a nightly run that a webhook brought forward leaves it out. A refusal stops no reading."""
        try:
            compared = (
                self.reconciliation.compare(run.company_id) if self.reconciliation.is_due(run.company_id) else None
            )
        except (RateLimitedError, YClientsDownError):
            raise
        except YClientsError as error:
            log.warning("the week was not compared", company_id=run.company_id, error=str(error))
            compared = None
        return Fetched(read=whole_list(0 if compared is None else compared.visits), store=lambda _work, _at: None)

    def webhooks(self, run: SyncRun, salon: SyncedSalon) -> Fetched:
        try:
            state = webhook_settings_state(
                self.api.webhook_settings(salon.salon_id), self.hook_address(run.company_id)
            )
        except (ForbiddenError, NotFoundError):
            state = (
                WebhookSettingsState.UNKNOWN
            )  # not every salon lets us see its settings, and all else works without

        def store(work: UnitOfWork, at: datetime) -> None:
            work.journal.set_hooks(run.company_id, state, at)

        return Fetched(read=whole_list(1), store=store)


def _if_told(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except RateLimitedError:
        raise
    except YClientsError:
        return None


def _store_rights(work: UnitOfWork, run: SyncRun, missing: frozenset[Right], at: datetime) -> None:
    before = work.journal.set_rights(run.company_id, missing, at)
    if Right.PHONES not in missing:
        work.webhook_phones.forget_all_of(run.company_id)
        if before is not None and Right.PHONES in before and run.kind is not SyncKind.FULL:
            work.sync_runs.start(run.company_id, SyncKind.FULL, at, is_new=False)  # the phones that we missed


def _whole(run: SyncRun, rows: int, put: Callable[[UnitOfWork, datetime], None]) -> Fetched:
    def store(work: UnitOfWork, at: datetime) -> None:
        put(work, at)
        _mark_deleted(work, run, at)

    return Fetched(read=whole_list(rows), store=store)


def _mark_deleted(work: UnitOfWork, run: SyncRun, at: datetime) -> None:
    """What the list that was read since the run began does not hold is gone."""
    assert run.stage is not None  # noqa: S101 - it runs
    assert run.started_at is not None  # noqa: S101 - it runs
    work.journal.mark_deleted(run.company_id, run.stage, not_seen_since=run.started_at, at=at)


def _absorbed(
    run: SyncRun, salon: SyncedSalon, page: Page[Record], *, source: EventSource, read_at: datetime
) -> Fetched:
    def store(work: UnitOfWork, at: datetime) -> int:
        return absorb(work, salon, page.rows, source=source, read_at=read_at, now=at)

    return Fetched(read=page_read(len(page.rows), page.total, run.page, skipped=page.skipped), store=store)


_READERS: Mapping[Stage, Callable[[PageReader, SyncRun, SyncedSalon], Fetched]] = {
    Stage.COMPANY: PageReader.company,
    Stage.CATEGORIES: PageReader.categories,
    Stage.SERVICES: PageReader.services,
    Stage.STAFF: PageReader.staff,
    Stage.SCHEDULE: PageReader.schedule,
    Stage.CLIENTS: PageReader.clients,
    Stage.RECORDS: PageReader.records,
    Stage.HORIZON: PageReader.records,
    Stage.CHANGES: PageReader.changes,
    Stage.RIGHTS: PageReader.rights,
    Stage.WEEK: PageReader.week,
    Stage.WEBHOOKS: PageReader.webhooks,
}
