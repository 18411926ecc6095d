"""What a salon's notices say: its own texts or ours, filled in with the booking as it is when the message is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiadmin import notice_texts
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal import Record, is_same_person
from aiadmin.domain.message import Purpose
from aiadmin.domain.notice import Notice, NoticeKind, is_still_true
from aiadmin.domain.notice_text import Facts, joined
from aiadmin.domain.pace import UNBOUND, Pace
from aiadmin.domain.question import ASKING
from aiadmin.domain.release import Told, is_asking
from aiadmin.services.ports import ReadSalon, UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SalonWording:
    """`ports.Wording` after what salons have set.

    Attributes:
        is_paced: False for measurements alone: then every salon writes as fast as it can.
    """

    work: UnitOfWork
    is_paced: bool = True

    def pace(self, company_id: CompanyId) -> Pace:
        return self.work.preferences.settings(company_id).pace if self.is_paced else UNBOUND

    def untrue(self, notice: Notice, record: Record, now: datetime) -> str | None:
        if not self.work.preferences.settings(notice.company_id).wants(notice.kind):
            return "switched_off"
        return is_still_true(notice, record, now)

    def text(self, told: Sequence[Told], salon: ReadSalon) -> str:
        first, visits = told[0], self._visits(told, salon)
        if len(visits) > 1:
            return notice_texts.fill_list(first.notice.kind, visits)
        is_answered = Purpose(first.notice.kind) in ASKING and not is_asking(first)
        own = self.work.preferences.text(first.notice.company_id, first.notice.kind)
        return notice_texts.say(first.notice.kind, own, visits[0], is_asked=not is_answered)

    def _visits(self, told: Sequence[Told], salon: ReadSalon) -> Sequence[Facts]:
        """Each visit once, in the order of time, whatever number of bookings it is."""
        address = self.work.preferences.address(salon.company_id)
        review_link = self.work.preferences.settings(salon.company_id).review_link
        bookings: dict[tuple[str, int], list[Facts]] = {}
        for one in told:
            visit_id = one.notice.promise.visit_id
            key = ("record", one.notice.record_id) if visit_id is None else ("visit", visit_id)
            facts = [self._facts(one.notice, record, salon, address, review_link) for record in one.bookings]
            bookings.setdefault(key, []).extend(facts)
        visits = [joined(sorted(each, key=lambda one: one.starts_at)) for each in bookings.values()]
        return sorted(visits, key=lambda one: one.starts_at)

    def _facts(
        self, notice: Notice, record: Record, salon: ReadSalon, address: str | None, review_link: str
    ) -> Facts:
        """Of the promise alone where the booking is somebody else's by now: another name must not be told."""
        client_id = notice.promise.client_id
        if client_id is not None and not is_same_person(record, notice.promise):
            client = self.work.releases.client(notice.company_id, client_id)
            return Facts(name=client.name, starts_at=notice.promise.starts_at, zone=salon.zone)
        is_review = notice.kind is NoticeKind.REVIEW
        link = review_link if is_review else record.raw.get("short_link")
        return Facts.of(
            record,
            zone=salon.zone,
            currency=salon.currency,
            address=address,
            link=link if isinstance(link, str) else None,
        )
