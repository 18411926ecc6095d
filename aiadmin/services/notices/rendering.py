"""What a salon's notices say: its own texts or ours, filled in with the bookings as YClients has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from aiadmin import texts
from aiadmin.domain.chat.confirmation import ASKING
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Record, is_same_person
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.notices.notice import CHANGE_NOTICES, NoticeKind
from aiadmin.domain.notices.telling import NoticeWithBooking, VisitNotices, days, is_asking
from aiadmin.domain.notices.template import BookedTitle, TemplateData, joined
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.notices.settings import SalonMessages
from aiadmin.storage.unit_of_work import UnitOfWork


def render(visits: Sequence[VisitNotices], salon: SyncedSalon, messages: SalonMessages, work: UnitOfWork) -> str:
    """One text for visits of one person that are told in the same words.

    Args:
        work: reads what a booking was, where it is another client's by now.
    """
    words, of_notices = visits[0].words, texts.of(messages.settings.language).notices
    facts = sorted(_data(visits, salon, messages, work), key=lambda one: one.starts_at)
    if len(facts) > 1:
        return of_notices.fill_list(words, facts)
    if words is None:
        return of_notices.fill(of_notices.as_it_is, facts[0])
    is_answered = Purpose(words) in ASKING and not is_asking(visits[0])
    return of_notices.say(words, messages.texts.get(words), facts[0], is_asked=not is_answered)


def _data(
    visits: Sequence[VisitNotices], salon: SyncedSalon, messages: SalonMessages, work: UnitOfWork
) -> Iterator[TemplateData]:
    """Each visit once, whatever number of bookings it is; where it is told as it is now, each booking."""
    of_record = _data_of(salon, messages, visits[0].words)
    for visit in visits:
        if visit.words is NoticeKind.CANCELLED:
            yield joined(_in_order(_cancelled_data(one, of_record(one.record), work) for one in visit.told))
        elif visit.words is None:
            yield from map(of_record, visit.bookings)
        else:
            each_day = days(visit.bookings) if visit.words in CHANGE_NOTICES else [visit.bookings]
            yield from (joined([of_record(one) for one in each]) for each in each_day)


def _data_of(
    salon: SyncedSalon, messages: SalonMessages, words: NoticeKind | None
) -> Callable[[Record], TemplateData]:
    def data(record: Record) -> TemplateData:
        is_review = words is NoticeKind.REVIEW
        link = messages.settings.review_link if is_review else record.raw.get("short_link")
        return TemplateData.of(
            record,
            zone=salon.zone,
            currency=salon.currency,
            address=messages.address,
            link=link if isinstance(link, str) else None,
        )

    return data


def _cancelled_data(told: NoticeWithBooking, facts: TemplateData, work: UnitOfWork) -> TemplateData:
    """A visit at the time that its client knows, whatever was done to the booking before it was deleted.

    Of a booking that is another client's by now it is what this client was told: another's name or service must not
    be told.
    """
    announced, company_id = told.announced, told.notice.company_id
    if announced.client_id is None or is_same_person(told.record, announced):
        return replace(facts, starts_at=announced.starts_at)
    known = announced.was or announced
    return TemplateData(
        name=work.due_notices.recipient(company_id, announced.client_id).name,
        starts_at=announced.starts_at,
        zone=facts.zone,
        master=None if known.staff_id is None else work.journal.master(company_id, known.staff_id),
        services=_booked(work, company_id, known.services),
        address=facts.address,
    )


def _booked(work: UnitOfWork, company_id: CompanyId, services: Sequence[int]) -> tuple[BookedTitle, ...]:
    """What is booked, once for each service; nothing where one of them has no title any more."""
    titles = work.journal.titles(company_id, set(services))
    counted = Counter(services)
    return tuple((titles[one], counted[one]) for one in counted) if titles.keys() == counted.keys() else ()


def _in_order(facts: Iterable[TemplateData]) -> Sequence[TemplateData]:
    return sorted(facts, key=lambda one: one.starts_at)
