"""What stands of a visit beside the booking that its client is told of, as far as we know."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.confirmation import is_declined
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.notices.telling import NoticeWithBooking, is_at_once, is_beside, is_of_one_visit, visits_of
from aiadmin.storage.unit_of_work import UnitOfWork


def known_beside(told: NoticeWithBooking, work: UnitOfWork) -> Sequence[Record]:
    """The other bookings of the visit of a notice, begun or not: YClients is not asked."""
    notice, one = told.notice, [told]
    settings = work.message_settings.settings(notice.company_id)
    of_visit = [
        each for number in sorted(visits_of(one)) for each in work.records.of_visit(notice.company_id, number)
    ]
    theirs = [each for at in told.times for each in work.records.of_person(notice.company_id, notice.announced, at)]
    found = {each.record_id: each for each in (*of_visit, *(each for each in theirs if is_at_once(each, one)))}
    return [each for each in found.values() if each.record_id != notice.record_id and is_beside(each, one, settings)]


def rest_of_visit(work: UnitOfWork, company_id: CompanyId, record: Record) -> Sequence[Record]:
    """The other bookings that its client has under the number of the same visit."""
    if record.visit_id is None:
        return ()
    booked = work.records.of_visit(company_id, record.visit_id)
    return [one for one in booked if one.record_id != record.record_id and is_of_one_visit(one, record)]


def is_part_declined(work: UnitOfWork, company_id: CompanyId, bookings: Sequence[Record]) -> bool:
    """Whether the client of a visit has said of one of its bookings that they do not come.

    Each booking is asked about by itself: whether an answer was talked over since is another matter for each.
    """
    return any(is_declined(one, work.questions.of_booking(company_id, one)) for one in bookings)
