"""Weekly truth: a salon's coming visits against YClients; differences are counted, and mended the ordinary way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.booking_event import EventSource
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.journal.sync_run import page_read
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.reconciliation import (
    EVERY,
    FEW,
    MOST_ONE_BY_ONE,
    Difference,
    are_phones_shown,
    count,
    is_plausible,
    record_differences,
    told_otherwise,
    week,
)
from aiadmin.services.journal import bookings
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.yclients import SalonApi
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a comparison found.

    Attributes:
        visits: how many visits of the week YClients has, cancelled ones not among them.
        differences: how many of each kind, zeros included.
    """

    visits: int
    differences: Mapping[Difference, int]


@dataclass(frozen=True, kw_only=True)
class _Week:
    """What was read of a salon.

    Attributes:
        ours: what we believed of the coming visits, by number.
        theirs: what YClients lists.
        fresh: what YClients said of the doubtful ones when it was asked again; None for one that it does not know.
        are_phones_shown: see `domain.notices.reconciliation.record_differences`.
        missing: how many of the doubtful ones its last list did not hold.
        read_at: when it was asked again.
    """

    ours: Mapping[int, Record]
    theirs: Mapping[int, Record]
    fresh: Mapping[int, Record | None]
    are_phones_shown: bool
    missing: int
    read_at: datetime


@dataclass(frozen=True, kw_only=True)
class JournalReconciliation:
    """Compares salons with YClients, one at a time and behind everybody else who asks it."""

    uow: NewUnitOfWork
    api: SalonApi
    clock: Clock

    def is_due(self, company_id: CompanyId) -> bool:
        """Whether the salon was not compared lately. Raises DependencyDownError."""
        with self.uow() as work:
            checked_at = work.reconciliation.compared_at(company_id)
        return checked_at is None or self.clock() - checked_at > EVERY

    def compare(self, company_id: CompanyId) -> Compared | None:
        """Compare the salon's coming seven days, and keep what was found; None for a salon that is not read.

        What differs is looked at again, at YClients and here, before it is counted: what changed while we were
        reading is no difference. Then it is absorbed like any reading: whatever clients are to hear follows from
        the events, and is the planner's to decide.

        Raises:
            YClientsError, DependencyDownError: nothing can be said now, and nothing was counted.
        """
        with self.uow() as work:
            salon = work.sync_runs.salon(company_id)
        if salon is None or salon.known_since is None:
            return None
        read = self._read(salon)
        now = self.clock()
        with self.uow() as work:
            found = [*_differing(work, salon, read, now), *_told_otherwise(work, salon, read)]
            compared = Compared(
                visits=sum(not one.is_deleted for one in read.theirs.values()), differences=count(found)
            )
            work.reconciliation.save(company_id, compared.differences, now)
            work.commit()
        return compared

    def _read(self, salon: SyncedSalon) -> _Week:
        first, last, begins, ends = week(salon.zone, self.clock())
        listed = self._listed(salon, first, last)
        with self.uow() as work:
            listed = {one.record_id: one for one in bookings.as_kept(work, salon, list(listed.values()))}
            theirs = {number: one for number, one in listed.items() if one.starts_at >= begins}
            ours = work.reconciliation.stored(salon.company_id, begins=begins, ends=ends, also=theirs)
        shown = are_phones_shown(ours.values(), theirs.values())
        doubtful = {
            number
            for number in {*ours, *theirs}
            if record_differences(ours.get(number), listed.get(number), are_phones_shown=shown)
        }
        read_at = self.clock()
        listed = self._listed(salon, first, last) if len(doubtful) > FEW else {}
        fresh: dict[int, Record | None] = {number: listed[number] for number in doubtful & set(listed)}
        missing = sorted(doubtful - set(listed))
        fresh |= {
            number: self.api.record(salon.salon_id, number, zone=salon.zone, country=salon.country, is_awaited=False)
            for number in missing[:MOST_ONE_BY_ONE]
        }
        return _Week(
            ours=ours, theirs=theirs, fresh=fresh, are_phones_shown=shown, missing=len(missing), read_at=read_at
        )

    def _listed(self, salon: SyncedSalon, first: date, last: date) -> dict[int, Record]:
        """Every booking of these days as YClients lists it, cancelled ones too."""
        found: dict[int, Record] = {}
        page, is_last = 1, False
        while not is_last:
            read = self.api.records(
                salon.salon_id, zone=salon.zone, country=salon.country, page=page, first=first, last=last
            )
            found |= {one.record_id: one for one in read.rows}
            is_last = page_read(len(read.rows), read.total, page, skipped=read.skipped).is_last
            page += 1
        return found


def _differing(work: UnitOfWork, salon: SyncedSalon, read: _Week, now: datetime) -> list[Iterable[Difference]]:
    """What still differs from what we know by now, absorbed; what was read since by another run is left alone."""
    number = salon.company_id
    snapshots = work.records.lock(number, read.fresh)
    judged = {key for key in read.fresh if key not in snapshots or snapshots[key].read_at <= read.read_at}
    known = {key: snapshot.record for key, snapshot in snapshots.items()}
    kept = {one.record_id: one for one in bookings.as_kept(work, salon, [one for one in read.fresh.values() if one])}
    found = {
        key: kinds
        for key in judged - work.reconciliation.being_refetched(number, judged)
        if (kinds := record_differences(known.get(key), kept.get(key), are_phones_shown=read.are_phones_shown))
    }
    for key, kinds in sorted(found.items()):
        log.warning("we were wrong about a visit", company_id=number, record=key, kinds=sorted(kinds))
    records = [theirs for key in found if (theirs := read.fresh[key]) is not None]
    gone = [key for key in found if read.fresh[key] is None and key in known]
    if is_plausible(read.missing if gone else 0, len(read.ours)):
        records += [replace(known[key], is_deleted=True) for key in gone]
    else:
        log.error(
            "YClients denies too many visits at once, none was cancelled", company_id=number, denied=read.missing
        )
    bookings.absorb(work, salon, records, source=EventSource.RECONCILE, read_at=read.read_at, now=now)
    return list(found.values())


def _told_otherwise(work: UnitOfWork, salon: SyncedSalon, read: _Week) -> list[Iterable[Difference]]:
    """Of what clients were sent last; what has just changed is in hand, or an event that waits for the planner."""
    wants = work.message_settings.settings(salon.company_id).wants
    wanted = {kind: wants(kind) for kind in NoticeKind}
    theirs: Mapping[int, Record | None] = {**read.theirs, **read.fresh}
    said = work.reconciliation.announced(
        salon.company_id, set(theirs) - work.reconciliation.being_refetched(salon.company_id, theirs)
    )
    wrong = {key: told_otherwise(of_one, theirs.get(key), wanted) for key, of_one in said.items()}
    for key in sorted(key for key, people in wrong.items() if people):
        log.warning("a client was told otherwise", company_id=salon.company_id, record=key)
    return [{Difference.TOLD_OTHERWISE} for _ in range(sum(wrong.values()))]
