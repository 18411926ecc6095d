"""What a salon's notices say: its own texts or ours, filled in with the booking as it is when the message is owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiadmin import texts
from aiadmin.domain.chat.confirmation import ASKING
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Record, is_same_person
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.messages.sending_policy import UNLIMITED, SendingPolicy
from aiadmin.domain.notices.notice import CHANGE_NOTICES, Notice, NoticeKind, stale_reason
from aiadmin.domain.notices.telling import NoticeWithBooking, VisitNotices, days, is_asking
from aiadmin.domain.notices.template import BookedTitle, TemplateData, joined
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class NoticeRenderer:
    """What notices say, as each salon has set it.

    Attributes:
        is_paced: False for measurements alone: then every salon writes as fast as it can.
    """

    work: UnitOfWork
    is_paced: bool = True

    def policy(self, company_id: CompanyId) -> SendingPolicy:
        """How the salon wants to write."""
        return self.work.message_settings.settings(company_id).policy if self.is_paced else UNLIMITED

    def stale_reason(self, notice: Notice, record: Record, now: datetime) -> str | None:
        """Why a notice about a booking as it is now is not to be told any more: a slug; None when it is."""
        if not self.work.message_settings.settings(notice.company_id).wants(notice.kind):
            return "switched_off"
        return stale_reason(notice, record, now)

    def render(self, visits: Sequence[VisitNotices], salon: SyncedSalon) -> str:
        """One text for visits of one person that are told in the same words."""
        words, of_notices = visits[0].words, texts.of(salon.language).notices
        facts = sorted(self._data(visits, salon), key=lambda one: one.starts_at)
        if len(facts) > 1:
            return of_notices.fill_list(words, facts)
        if words is None:
            return of_notices.fill(of_notices.AS_IT_IS, facts[0])
        is_answered = Purpose(words) in ASKING and not is_asking(visits[0])
        own = self.work.message_settings.text(salon.company_id, words)
        return of_notices.say(words, own, facts[0], is_asked=not is_answered)

    def _data(self, visits: Sequence[VisitNotices], salon: SyncedSalon) -> Iterator[TemplateData]:
        """Each visit once, whatever number of bookings it is; where it is told as it is now, each booking."""
        of_record = self._data_of(salon, visits[0].words)
        for visit in visits:
            if visit.words is NoticeKind.CANCELLED:
                yield joined(_in_order(self._cancelled_data(one, of_record(one.record)) for one in visit.told))
            elif visit.words is None:
                yield from map(of_record, visit.bookings)
            else:
                each_day = days(visit.bookings) if visit.words in CHANGE_NOTICES else [visit.bookings]
                yield from (joined([of_record(one) for one in each]) for each in each_day)

    def _data_of(self, salon: SyncedSalon, words: NoticeKind | None) -> Callable[[Record], TemplateData]:
        address = self.work.message_settings.address(salon.company_id)
        is_review = words is NoticeKind.REVIEW
        review_link = self.work.message_settings.settings(salon.company_id).review_link

        def facts(record: Record) -> TemplateData:
            link = review_link if is_review else record.raw.get("short_link")
            return TemplateData.of(
                record,
                zone=salon.zone,
                currency=salon.currency,
                address=address,
                link=link if isinstance(link, str) else None,
            )

        return facts

    def _cancelled_data(self, told: NoticeWithBooking, facts: TemplateData) -> TemplateData:
        """At the time that the client knows, whatever was done to the booking before it was deleted; and of one that
        is somebody else's by now what she was promised: another's name or service must not be told."""
        announced, notice = told.notice.announced, told.notice
        if announced.client_id is None or is_same_person(told.record, announced):
            return replace(facts, starts_at=announced.starts_at)
        client = self.work.due_notices.recipient(notice.company_id, announced.client_id)
        known = announced.was or announced
        master = None if known.staff_id is None else self.work.journal.master(notice.company_id, known.staff_id)
        return TemplateData(
            name=client.name,
            starts_at=announced.starts_at,
            zone=facts.zone,
            master=master,
            services=self._booked(notice.company_id, known.services),
            address=facts.address,
        )

    def _booked(self, company_id: CompanyId, services: Sequence[int]) -> tuple[BookedTitle, ...]:
        """What is booked, once for each service; nothing where one of them has no title any more."""
        titles = self.work.journal.titles(company_id, set(services))
        counted = Counter(services)
        return tuple((titles[one], counted[one]) for one in counted) if titles.keys() == counted.keys() else ()


def _in_order(facts: Iterable[TemplateData]) -> Sequence[TemplateData]:
    return sorted(facts, key=lambda one: one.starts_at)
