"""A wording that is short to read: it says the kind of the notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.messages.sending_policy import SendingPolicy
from aiadmin.domain.notices.notice import Notice, stale_reason
from aiadmin.domain.notices.telling import VisitNotices
from aiadmin.services.notices.rendering import NoticeRenderer
from aiadmin.storage.journal.sync_runs import SyncedSalon


@dataclass(frozen=True, kw_only=True)
class Words(NoticeRenderer):
    """The renderer of a salon that has set nothing, and writes at the pace of the test."""

    pace: SendingPolicy

    def policy(self, _company_id: CompanyId) -> SendingPolicy:
        return self.pace

    def stale_reason(self, notice: Notice, record: Record, now: datetime) -> str | None:
        return stale_reason(notice, record, now)

    def render(self, visits: Sequence[VisitNotices], _salon: SyncedSalon) -> str:
        told = [one for visit in visits for one in visit.told]
        return told[0].notice.kind if len(told) == 1 else f"{len(told)} {told[0].notice.kind}"
