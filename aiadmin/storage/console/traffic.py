"""Messages of all salons by the hour, and what was done about money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from aiadmin.domain.console.traffic import MONEY_ACTIONS, HourTraffic, MoneyNews
from aiadmin.storage.companies.audit import entry_of
from aiadmin.storage.tables.core import CompanyRow
from aiadmin.storage.tables.journal import AuditRow

LOOKED_THROUGH = 20_000
"""So many of the latest entries of the audit log are looked through: it is kept for years, with no index for this."""
_BY_HOUR = text("""
SELECT at, sum(sent)::int AS sent, sum(failed)::int AS failed, sum(waiting)::int AS waiting,
  sum(received)::int AS received
FROM (
  SELECT date_trunc('hour', created_at, 'UTC') AS at, count(*) FILTER (WHERE state = 'sent') AS sent,
    count(*) FILTER (WHERE state IN ('failed', 'unknown')) AS failed,
    count(*) FILTER (WHERE state IN ('pending', 'sending')) AS waiting, 0 AS received
  FROM outbox_messages WHERE created_at >= :since AND text <> '' GROUP BY 1
  UNION ALL
  SELECT date_trunc('hour', received_at, 'UTC'), 0, 0, 0, count(*)
  FROM inbox_messages WHERE received_at >= :since AND text IS NOT NULL AND direction = 'in' GROUP BY 1
) AS counted GROUP BY at
""")
"""The conditions about texts are those of the indices by time; a text is forgotten after weeks."""


class Traffic:
    """Reads the figures of all salons."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def by_hour(self, since: datetime) -> Mapping[datetime, HourTraffic]:
        """The hours from then on in which anything happened."""
        found = self._session.execute(_BY_HOUR, {"since": since}).mappings()
        return {row["at"]: HourTraffic(**row) for row in found}

    def money(self, *, limit: int) -> Sequence[MoneyNews]:
        """The latest, newest first, as far back as `LOOKED_THROUGH` entries of all kinds reach."""
        row = AuditRow
        oldest = select(func.max(row.id) - LOOKED_THROUGH).scalar_subquery()
        statement = (
            select(row, CompanyRow.title)
            .outerjoin(CompanyRow, CompanyRow.id == row.company_id)
            .where(row.id > oldest, row.action.in_(sorted(MONEY_ACTIONS)))
            .order_by(row.id.desc())
            .limit(limit)
        )
        return [MoneyNews(entry=entry_of(one), salon=title) for one, title in self._session.execute(statement)]
