"""A wording that is short to read: it says the kind of the notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.messages.sending_policy import Pace
from aiadmin.domain.notices.notice import Notice, is_still_true
from aiadmin.domain.notices.telling import ToldVisit
from aiadmin.services.ports import ReadSalon


class Words:
    """`ports.Wording`."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    def pace(self, _company_id: CompanyId) -> Pace:
        return self._pace

    def untrue(self, notice: Notice, record: Record, now: datetime) -> str | None:
        return is_still_true(notice, record, now)

    def text(self, visits: Sequence[ToldVisit], _salon: ReadSalon) -> str:
        told = [one for visit in visits for one in visit.told]
        return told[0].notice.kind if len(told) == 1 else f"{len(told)} {told[0].notice.kind}"
