"""Salons as senders: the number of each, what it has written, and a lock for who decides what it writes next."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.sending_policy import LARGEST_CAP, UNPACED, Sender, day_began
from aiadmin.storage.company_locks import lock_company, try_lock_company
from aiadmin.storage.locks import Lock

_HISTORY = timedelta(hours=1)
"""Enough for the bucket shortly after midnight; the rest of `recent` is for the daily cap."""
_SENDER = text("""
SELECT device.linked_at, device.locked_until, ARRAY(
  SELECT created_at FROM outbox_messages
  WHERE company_id = :company_id AND created_at >= :since AND state <> 'cancelled' AND purpose <> ALL(:unpaced)
  ORDER BY id DESC LIMIT :most
) AS recent, EXISTS (SELECT FROM message_pause) OR EXISTS (
  SELECT FROM companies WHERE id = :company_id AND messages_paused_at IS NOT NULL
) AS is_paused, (
  SELECT count(*) FROM outbox_messages
  WHERE company_id = :company_id AND created_at >= :midnight AND state <> 'cancelled' AND purpose = 'reply'
) AS replies_today
FROM (SELECT) AS always
LEFT JOIN devices AS device ON device.company_id = :company_id AND device.desired <> 'removed'
""")


class Senders:
    """The numbers that salons write from. Every call names its company."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self, company_id: CompanyId) -> None:
        """Keep others from deciding what this company writes until the commit."""
        lock_company(self._session, Lock.NOTICES, company_id)

    def try_lock(self, company_id: CompanyId) -> bool:
        """`lock` without a wait: False when another transaction has it."""
        return try_lock_company(self._session, Lock.NOTICES, company_id)

    def find(self, company_id: CompanyId, *, zone: str, now: datetime) -> Sender:
        """The salon's phone, with what it wrote today."""
        since = min(day_began(now, zone), now - _HISTORY)
        given = {"company_id": company_id, "since": since, "unpaced": sorted(UNPACED), "most": 2 * LARGEST_CAP}
        row = self._session.execute(_SENDER, given | {"midnight": day_began(now, zone)}).one()
        return Sender(
            zone=zone,
            linked_at=row.linked_at or now,
            recent=sorted(row.recent),
            replies_today=row.replies_today,
            locked_until=row.locked_until,
            is_paused=row.is_paused,
        )
