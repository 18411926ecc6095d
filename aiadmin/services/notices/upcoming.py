"""The sending plan of a salon, and taking one notice out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiadmin.domain.companies import audit
from aiadmin.domain.errors import NoticeNotFoundError, NoticeSentError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import DEFAULT_ZONE, Record
from aiadmin.domain.messages.sending_policy import Recipient
from aiadmin.domain.notices.change_planning import NewNotice
from aiadmin.domain.notices.notice import NoticeKind, StaleReason
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.notices.upcoming import (
    FORETOLD,
    SendingPlan,
    UpcomingNotice,
    WaitingNotice,
    bookings_until,
    days_of,
    ends_at,
    forecast,
    goes,
    hours_of,
    of_visit,
)
from aiadmin.services.manage.overview import OWNER
from aiadmin.services.notices.recipients import recipients_of
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

DROPPED_FOR = timedelta(days=7)
"""How far back it is shown what was dropped."""
MOST_DROPPED = 50


def plan(company_id: CompanyId, *, work: UnitOfWork, now: datetime) -> SendingPlan:
    """What will be sent until the end of tomorrow, and what was not sent lately. Raises DependencyDownError."""
    salon = work.notifying_salons.of([company_id]).get(company_id)
    settings = salon.settings if salon else work.message_settings.settings(company_id)
    zone = (salon.zone if salon else work.journal.zone(company_id)) or DEFAULT_ZONE
    ends = ends_at(now, zone)
    bookings = work.upcoming.bookings(company_id, since=now, until=bookings_until(ends)) if salon else []
    foretold = forecast(bookings, settings, zone, company_id, since=now, until=ends)
    names = {one.record.record_id: one.record.client_name for one in bookings}
    listed = [*work.upcoming.waiting(company_id, now), *(_as_waiting(one, names) for one in foretold)]
    sender = work.senders.find(company_id, zone=zone, now=now)
    people = recipients_of(work, company_id, {one.phone for one in listed if one.phone})
    upcoming = [
        UpcomingNotice(
            **vars(one),
            goes=goes(
                one.kind,
                one.due_at,
                one.deadline_at,
                settings=settings,
                sender=sender,
                recipient=people.get(one.phone or "", Recipient()),
                now=now,
            ),
        )
        for one in listed
    ]
    upcoming.sort(key=lambda one: (one.at, one.visit_at, one.record_id))
    return SendingPlan(
        now=now,
        zone=zone,
        settings=settings,
        upcoming=upcoming,
        hours=hours_of(upcoming, settings, zone, now),
        days=days_of(upcoming, sender, settings, now),
        dropped=work.upcoming.dropped(company_id, now - DROPPED_FOR, most=MOST_DROPPED),
        is_held=sender.is_paused,
        is_sending=salon is not None,
    )


def _as_waiting(new: NewNotice, names: Mapping[int, str | None]) -> WaitingNotice:
    return WaitingNotice(
        record_id=new.record_id,
        kind=new.kind,
        due_at=new.due_at,
        deadline_at=new.deadline_at,
        visit_at=new.announced.starts_at,
        name=names.get(new.record_id),
        phone=new.announced.client_phone,
    )


@dataclass(frozen=True, kw_only=True)
class NoticeWithdrawal:
    """Takes notices out of the plan."""

    uow: NewUnitOfWork
    clock: Clock

    def withdraw(
        self, company_id: CompanyId, record_id: int, kind: NoticeKind, *, session_id: int | None = None
    ) -> None:
        """Have the notice of this kind about a booking not be sent, whether it waits already or is foretold.

        It is kept as dropped, so that it is not planned again for the same time; of a visit of several bookings all
        are. Once more changes nothing. The audit says who and when.

        Args:
            session_id: the browser's session in which it was asked for.

        Raises:
            NoticeNotFoundError: this company has no such booking, or none that will owe such a notice.
            NoticeSentError: it is a message already.
            DependencyDownError: PostgreSQL does not answer.
        """
        now = self.clock()
        with self.uow() as work:
            work.senders.lock(company_id)
            visit = _foretold(work, company_id, record_id, kind, now)
            records = {record_id, *(one.record_id for one in visit)}
            planned = work.upcoming.planned(company_id, records, kind)
            withdrawn = [_dropped(one) for one in visit if one.due_at > now and one.record_id not in planned]
            work.notices.add(withdrawn, now)
            was_waiting = work.upcoming.withdraw(company_id, records, kind, now)
            is_foretold = record_id not in planned and bool(withdrawn)
            if not (was_waiting or is_foretold):
                _refuse(work.upcoming.last(company_id, record_id, kind))
                return
            details = {"record_id": record_id, "kind": kind.value, "session_id": session_id}
            work.audit.add(
                company_id, actor=OWNER, action="notice.withdraw", details=details, at=now, outcome=audit.DONE
            )
            work.commit()


def _foretold(
    work: UnitOfWork, company_id: CompanyId, record_id: int, kind: NoticeKind, now: datetime
) -> Sequence[NewNotice]:
    """What the booking and the rest of its visit will owe of this kind, as far as the time alone decides."""
    known = work.records.find(company_id, record_id)
    if kind not in FORETOLD or known is None or known.record.starts_at <= now:
        return ()
    settings: MessageSettings = work.message_settings.settings(company_id)
    zone = work.journal.zone(company_id) or DEFAULT_ZONE
    return of_visit(known.record, _of_visit(work, company_id, known.record), kind, settings, zone, company_id)


def _of_visit(work: UnitOfWork, company_id: CompanyId, record: Record) -> Sequence[Record]:
    return [] if record.visit_id is None else work.records.of_visit(company_id, record.visit_id)


def _dropped(new: NewNotice) -> NewNotice:
    return NewNotice(**{**vars(new), "dropped": StaleReason.WITHDRAWN.value})


def _refuse(last: tuple[str, str | None] | None) -> None:
    """Nothing was left to withdraw: it was withdrawn before, or there is none, or it is too late."""
    if last is None:
        raise NoticeNotFoundError
    state, reason = last
    if state != "dropped" or reason != StaleReason.WITHDRAWN:
        raise NoticeSentError
