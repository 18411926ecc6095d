"""A wording that is short to read: it says the kind of the notice."""

from __future__ import annotations

from datetime import datetime

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal import Record
from aiadmin.domain.notice import Notice, is_still_true
from aiadmin.domain.pace import Pace
from aiadmin.services.ports import ReadSalon, Said


class Words:
    """`ports.Wording`."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    def pace(self, _company_id: CompanyId) -> Pace:
        return self._pace

    def say(self, notice: Notice, record: Record, _salon: ReadSalon, now: datetime) -> Said:
        return Said(text=notice.kind, untrue=is_still_true(notice, record, now))
