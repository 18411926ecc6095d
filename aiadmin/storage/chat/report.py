"""Turns of chats, counted for a report."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.report import BotCounts
from aiadmin.domain.chat.turn import TurnVerdict
from aiadmin.domain.ids import CompanyId
from aiadmin.storage.tables.chat import ChatTurnRow


class BotReports:
    """Readings of `chat_turns`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def counts(self, company_id: CompanyId, *, since: datetime, zone: str) -> BotCounts:
        """What was done since then; a burst that needed nothing is not counted."""
        row = ChatTurnRow
        mine = row.company_id == company_id, row.finished_at >= since, row.verdict != TurnVerdict.SILENT
        verdicts = self._session.execute(select(row.verdict, func.count()).where(*mine).group_by(row.verdict)).all()
        reasons = self._session.execute(
            select(row.hand_over, func.count())
            .where(*mine, row.hand_over.in_(list(HandOverReason)))
            .group_by(row.hand_over)
        ).all()
        local = select(func.timezone(zone, row.written_at)).where(*mine).order_by(row.id)
        return BotCounts(
            conversations=self._session.scalar(select(func.count(row.contact_id.distinct())).where(*mine)) or 0,
            verdicts={TurnVerdict(verdict): count for verdict, count in verdicts},
            handed_over={HandOverReason(reason): count for reason, count in reasons if reason},
            written=tuple(self._session.scalars(local)),
        )
