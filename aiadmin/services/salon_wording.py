"""What a salon's notices say: its own texts or ours, filled in with the booking as it is when the message is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiadmin import notice_texts
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal import Record
from aiadmin.domain.message_settings import MessageSettings
from aiadmin.domain.notice import Notice, NoticeKind, is_still_true
from aiadmin.domain.notice_text import Facts, TemplateError
from aiadmin.domain.pace import UNBOUND, Pace
from aiadmin.services.ports import ReadSalon, Said, UnitOfWork


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

    def say(self, notice: Notice, record: Record, salon: ReadSalon, now: datetime) -> Said:
        settings = self.work.preferences.settings(notice.company_id)
        if not settings.wants(notice.kind):
            return Said(untrue="switched_off")
        untrue = is_still_true(notice, record, now)
        if untrue is not None:
            return Said(untrue=untrue)
        facts = self._facts(notice, record, salon, settings)
        return Said(text=self._text(notice, facts))

    def _text(self, notice: Notice, facts: Facts) -> str:
        """The salon's own; ours where it has none, or one that is no use any more or says nothing of this visit."""
        own = self.work.preferences.text(notice.company_id, notice.kind)
        try:
            said = notice_texts.fill(own, facts) if own is not None else ""
        except TemplateError:
            said = ""
        return said or notice_texts.fill(notice_texts.TEMPLATES[notice.kind], facts)

    def _facts(self, notice: Notice, record: Record, salon: ReadSalon, settings: MessageSettings) -> Facts:
        """Of the promise alone where the booking is somebody else's by now: another name must not be told."""
        client_id = notice.promise.client_id
        if client_id is not None and record.client_id != client_id:
            client = self.work.releases.client(notice.company_id, client_id)
            return Facts(name=client.name, starts_at=notice.promise.starts_at, zone=salon.zone)
        is_review = notice.kind is NoticeKind.REVIEW
        link = settings.review_link if is_review else record.raw.get("short_link")
        address = self.work.preferences.address(notice.company_id)
        return Facts.of(
            record,
            zone=salon.zone,
            currency=salon.currency,
            address=address,
            link=link if isinstance(link, str) else None,
        )
