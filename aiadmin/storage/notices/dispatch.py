"""Notices from when they are due until their messages are decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Row, TextClause, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId, ContactId, MessageId, NoticeId
from aiadmin.domain.journal.booking_event import Snapshot
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.messages.message import SENDING_AT_MOST
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.notices.change_planning import CHANGE_NOTICE_LIFETIME
from aiadmin.domain.notices.dispatch import MOST_IN_ONE, NoticeRecipient, ToldOfVisit
from aiadmin.domain.notices.notice import CHANGE_NOTICES, AnnouncedVisit, Notice, NoticeKind
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.journal.records import record_of_row
from aiadmin.storage.journal.sync_runs import IS_READ
from aiadmin.storage.notices.clients import GIVEN, client_values, is_same, of_notice
from aiadmin.storage.quarantine import keys_of, not_set_aside, numbers_of

LONGEST_AT_ONCE = timedelta(hours=4)
"""What begins so much later than a booking hardly overlaps with it; whether it does is looked at afterwards."""
_IS_DUE = "notices.state = 'waiting' AND notices.due_at <= :now"
_IS_NEXT = f"""(notices.claimed_until IS NULL OR notices.claimed_until <= :now)
AND {not_set_aside(WorkQueue.NOTICES, "notices.company_id", "notices.id")}"""
_CHOSEN = f"""{_IS_DUE}
AND CASE WHEN CAST(:only AS bigint[]) IS NULL THEN {_IS_NEXT} ELSE notices.id = ANY(:only) END"""
PHONE_IS_ONLINE = """
JOIN devices ON devices.company_id = companies.id AND devices.desired = 'on' AND devices.observed = 'online'
JOIN session_hosts ON session_hosts.id = devices.host_id AND session_hosts.lease_until > now()
"""
_LINKED = f"""
FROM notices
JOIN companies ON companies.id = notices.company_id AND companies.messages_paused_at IS NULL AND {IS_READ}
{PHONE_IS_ONLINE}
WHERE NOT EXISTS (SELECT FROM message_pause)
"""
_SENDABLE = f"{_LINKED} AND {_IS_DUE} AND {_IS_NEXT}"
_DUE_KEYS = text(f"SELECT notices.company_id, notices.id {_SENDABLE} ORDER BY notices.due_at LIMIT :limit")
_FIRST = "kind NOT IN ('cancelled', 'moved')"
"""What turns a client away goes before everything that waits longer."""
_CLAIM = text(f"""
WITH oldest AS (
  SELECT notices.company_id {_LINKED} AND {_CHOSEN}
  ORDER BY notices.due_at LIMIT 1 FOR UPDATE OF notices SKIP LOCKED
), free AS (
  SELECT id FROM notices WHERE company_id = (SELECT company_id FROM oldest) AND {_CHOSEN}
  ORDER BY {_FIRST}, due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE notices SET claimed_until = :until, attempts = attempts + 1 FROM free WHERE notices.id = free.id
  RETURNING notices.*
)
SELECT * FROM taken ORDER BY {_FIRST}, due_at, id
""")  # noqa: S608 - our own words
_MINE = """
FROM unnest(CAST(:numbers AS bigint[]), CAST(:attempts AS integer[])) AS mine (id, attempts)
WHERE notices.id = mine.id AND notices.attempts = mine.attempts AND notices.state = 'waiting'
"""
"""Notices as `claim` gave them, that were not claimed anew since."""
_MARK_RELEASED = text(f"""
UPDATE notices SET state = 'released', outbox_message_id = :message_id, claimed_until = NULL, reason = NULL {_MINE}
""")  # noqa: S608 - our own words
_DROP = text(f"UPDATE notices SET state = 'dropped', reason = :why, finished_at = :at {_MINE}")  # noqa: S608
_HOLD = text(f"UPDATE notices SET claimed_until = :until, reason = :why {_MINE}")  # noqa: S608
_HOLD_SALON = text("""
UPDATE notices SET claimed_until = :until, reason = :why
WHERE company_id = :company_id AND state = 'waiting' AND due_at <= :now AND kind <> ALL(:but)
""")
_CLAIM_RELATED = text(f"""
WITH own AS (
  SELECT * FROM notices WHERE id = :id AND attempts = :attempts AND state = 'waiting'
), along AS (
  SELECT id FROM notices
  WHERE EXISTS (SELECT FROM own)
    AND company_id = :company_id AND state = 'waiting' AND id <> :id AND deadline_at > :now
    AND {is_same(of_notice("notices"), GIVEN)} AND (kind = ANY(:alone) OR (
      kind = ANY(:kinds) AND (
        CAST(announced ->> 'visit_id' AS bigint) = ANY(CAST(:visits AS bigint[]))
        OR CAST(announced -> 'was' ->> 'visit_id' AS bigint) = ANY(CAST(:visits AS bigint[]))
        OR record_id <> :record_id AND EXISTS (
          SELECT FROM unnest(CAST(:times AS timestamptz[])) AS told_at WHERE abs(extract(epoch FROM
            CAST(announced ->> 'starts_at' AS timestamptz) - told_at)) < :longest
            OR abs(extract(epoch FROM CAST(announced -> 'was' ->> 'starts_at' AS timestamptz) - told_at)) < :longest
        )
      )
    ))
    AND {not_set_aside(WorkQueue.NOTICES, "notices.company_id", "notices.id")}
  ORDER BY due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE notices SET claimed_until = :until, attempts = attempts + 1 FROM along WHERE notices.id = along.id
  RETURNING notices.*
)
SELECT * FROM own UNION ALL SELECT * FROM taken
""")  # noqa: S608 - our own words
_MARK_LISTED = text("""
UPDATE notices SET looked_at = :at WHERE company_id = :company_id AND record_id = ANY(:records) AND state = 'waiting'
""")
_LAST_LISTED = text("""
SELECT records.*, notices.looked_at FROM notices
JOIN records ON records.company_id = notices.company_id AND records.record_id = notices.record_id
WHERE notices.company_id = :company_id AND notices.id = :id AND notices.looked_at IS NOT NULL AND NOT EXISTS (
  SELECT FROM refetches
  WHERE refetches.company_id = notices.company_id AND subject = 'record' AND number = notices.record_id
)
""")
_RELEASE_HOLDS = text("""
UPDATE notices SET claimed_until = NULL WHERE company_id = :company_id AND state = 'waiting' AND reason = ANY(:rules)
""")
_RULES = (BlockReason.QUIET_HOURS, BlockReason.DAILY_CAP)
_DECIDED = """
notices.state = 'released' AND (message.id IS NULL OR message.state NOT IN ('pending', 'sending'))
"""
_IS_TAKEN_BACK = "message.state = 'cancelled' AND message.reason = 'expired'"
_SYNC_WITH_MESSAGES = text(f"""
UPDATE notices SET
  state = CASE WHEN decided.is_taken_back THEN 'waiting' ELSE 'done' END,
  outbox_message_id = CASE WHEN decided.is_taken_back THEN NULL ELSE notices.outbox_message_id END,
  reason = CASE WHEN decided.is_forgotten THEN notices.reason ELSE decided.reason END,
  finished_at = CASE WHEN decided.is_taken_back THEN notices.finished_at ELSE :now END
FROM (
  SELECT notices.id, message.reason, message.id IS NULL AS is_forgotten,
    COALESCE({_IS_TAKEN_BACK}, false) AS is_taken_back
  FROM notices LEFT JOIN outbox_messages AS message ON message.id = notices.outbox_message_id
  WHERE {_DECIDED}
) AS decided
WHERE notices.id = decided.id AND notices.state = 'released'
""")  # noqa: S608 - our own words
"""A notice whose message was erased with its client has none any more."""
_EXPIRE = text("""
UPDATE notices SET state = 'dropped', reason = 'late', finished_at = :now
WHERE state = 'waiting' AND due_at <= :now AND deadline_at <= :now
  AND (claimed_until IS NULL OR claimed_until <= :now)
""")
_IS_SENDABLE = f"EXISTS (SELECT {_SENDABLE})"
_IS_DECIDED = f"""EXISTS (
  SELECT FROM notices LEFT JOIN outbox_messages AS message ON message.id = notices.outbox_message_id WHERE {_DECIDED}
) OR EXISTS (
  SELECT FROM outbox_messages WHERE state = 'pending' AND deadline_at <= :now
) OR EXISTS (
  SELECT FROM outbox_messages WHERE state = 'sending' AND attempted_at < :lost_before
)"""  # noqa: S608 - our own words
"""A message that no host takes, or that one had in hand when it died, is decided here: there may be no other host."""
_HAS_DUE = text(f"SELECT {_IS_SENDABLE} OR {_IS_DECIDED}")
_LOOK = text(f"""
SELECT {_IS_SENDABLE} AS is_due, {_IS_DECIDED} AS is_decided, EXISTS (
  SELECT FROM notices WHERE kind IN ('moved', 'cancelled') AND state = 'waiting' AND reason = 'expired'
    AND due_at <= :now
) AS is_untaken, EXISTS (
  SELECT FROM quarantine WHERE queue = '{WorkQueue.NOTICES.value}' AND next_attempt_at <= :now
) AS is_to_retry
""")  # noqa: S608 - our own words
OLDEST_DUE = f"SELECT min(GREATEST(notices.due_at, notices.claimed_until)) AS oldest, count(*) AS waiting {_SENDABLE}"
"""Since when the notice that has waited longest could have been looked at, at `:now`."""
_IS_TOLD = """EXISTS (
  SELECT FROM notices JOIN outbox_messages AS message ON message.id = notices.outbox_message_id
  WHERE notices.company_id = :company_id AND notices.record_id = ANY(:records)
    AND notices.kind <> :but AND message.company_id = :company_id AND message.contact_id = :contact_id
    AND message.state IN ('pending', 'sending', 'sent', 'unknown')
    AND COALESCE(message.sent_at, message.created_at) > :since
)"""
_IS_NEWS_COMING = f"""EXISTS (
  SELECT FROM notices
  WHERE notices.company_id = :company_id AND notices.kind = ANY(:news) AND notices.state = 'waiting'
    AND (
      notices.record_id = ANY(:records)
      OR CAST(notices.announced ->> 'visit_id' AS bigint) = ANY(CAST(:visits AS bigint[]))
    )
    AND {is_same(of_notice("notices"), GIVEN)}
    AND {not_set_aside(WorkQueue.NOTICES, "notices.company_id", "notices.id")}
) OR EXISTS (
  SELECT FROM booking_events AS event
  WHERE event.company_id = :company_id AND event.record_id = ANY(:records) AND event.handled_at IS NULL
    AND event.kind IN ('created', 'moved', 'changed', 'cancelled', 'restored') AND event.at > :unheard_since
    AND {not_set_aside(WorkQueue.BOOKING_EVENTS, "event.company_id", "event.id")}
)"""  # noqa: S608 - our own words
_CHANGE_NOTICES_OF = text(f"SELECT {_IS_TOLD} AS is_told, {_IS_NEWS_COMING} AS is_coming")

_RECIPIENTS = text("""
SELECT clients.client_id, clients.name, clients.phone, clients.is_muted FROM clients
WHERE company_id = :company_id AND client_id = ANY(:client_ids)
""")


@dataclass(frozen=True, kw_only=True)
class Look:
    """What there is to do about notices.

    Attributes:
        is_due: whether one may become a message.
        is_decided: whether something has become of a message.
        is_untaken: whether one that turns a client away waits since no host took its message.
        is_to_retry: whether one that was set aside is to be tried again.
    """

    is_due: bool
    is_decided: bool
    is_untaken: bool
    is_to_retry: bool

    def __bool__(self) -> bool:
        return self.is_due or self.is_decided or self.is_untaken or self.is_to_retry


class DueNotices:
    """Rows of `notices`, from when they are due to when their messages are decided."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def look(self, now: datetime) -> Look:
        """What there is to do, in one statement: mostly nothing."""
        found = self._session.execute(_LOOK, {"now": now, "lost_before": now - SENDING_AT_MOST}).one()
        return Look(**found._mapping)

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Keys of the notices that `claim` would take one salon after the other."""
        return keys_of(self._session.execute(_DUE_KEYS, {"now": now, "limit": limit}))

    def claim(
        self, *, now: datetime, until: datetime, limit: int, only: Sequence[RowKey] | None = None
    ) -> Sequence[Notice]:
        """Claim due notices, oldest first, of the one salon whose notice has waited longest.

        Only of salons that are not paused, whose journal is read, and whose phone a living host has online.
        """
        given = {"now": now, "until": until, "limit": limit, "only": numbers_of(only)}
        return [notice_of_row(row) for row in self._session.execute(_CLAIM, given)]

    def change_notices_of(
        self,
        company_id: CompanyId,
        contact_id: ContactId,
        bookings: Sequence[Record],
        *,
        but: NoticeKind,
        since: datetime,
        now: datetime,
    ) -> ToldOfVisit:
        """Whether other messages about a visit are on their way to its client, or have just come.

        What raises each time it is looked at is not waited for.

        Args:
            bookings: of one client, in the order of time; at least one.
            but: messages of this kind do not count as come.
            since: what came earlier does not count.
        """
        given = {
            **client_values(bookings[0]),
            "company_id": company_id,
            "contact_id": contact_id,
            "but": but,
            "since": since,
            "records": [one.record_id for one in bookings],
            "visits": [one.visit_id for one in bookings],
            "news": [*CHANGE_NOTICES],
            "unheard_since": now - CHANGE_NOTICE_LIFETIME,
        }
        return ToldOfVisit(**self._session.execute(_CHANGE_NOTICES_OF, given).one()._mapping)

    def recipient(self, company_id: CompanyId, client_id: int) -> NoticeRecipient:
        """What the salon's list of clients says of a client; an unknown one has no name and no phone."""
        return self.recipients(company_id, [client_id])[client_id]

    def recipients(self, company_id: CompanyId, client_ids: Collection[int]) -> Mapping[int, NoticeRecipient]:
        """`recipient` of many at once."""
        if not client_ids:
            return {}
        asked = {"company_id": company_id, "client_ids": list(client_ids)}
        known = {
            row.client_id: NoticeRecipient(name=row.name, phone=row.phone, is_muted=row.is_muted)
            for row in self._session.execute(_RECIPIENTS, asked)
        }
        return {client_id: known.get(client_id, NoticeRecipient()) for client_id in client_ids}

    def last_listed(self, notice: Notice) -> Snapshot | None:
        """Its booking as we know it, and when a list last held that; None for never, or while a refetch is due."""
        given = {"company_id": notice.company_id, "id": notice.id}
        row = self._session.execute(_LAST_LISTED, given).one_or_none()
        return None if row is None else Snapshot(record=record_of_row(row, raw=row.raw_data), read_at=row.looked_at)

    def mark_listed(self, company_id: CompanyId, records: Sequence[int], at: datetime) -> None:
        """Keep that a list, read from `at` on, held these bookings."""
        self._change(_MARK_LISTED, company_id=company_id, records=[*records], at=at)

    def mark_released(self, notices: Sequence[Notice], message_id: MessageId) -> bool:
        """Keep that notices became this message; False when one was claimed anew since: roll back."""
        return self._change_mine(_MARK_RELEASED, notices, message_id=message_id) == len(notices)

    def claim_related(self, notice: Notice, *, now: datetime, until: datetime) -> Sequence[Notice] | None:
        """Claim what may be told in the same message to the same person; None when `notice` was claimed anew since.

        Of changes that is the same kind, and every kind of the same visit; of what time alone brings about the same
        kind of the same visit.
        """
        announced, is_news = notice.announced, notice.kind in CHANGE_NOTICES
        given = {
            "company_id": notice.company_id,
            "id": notice.id,
            "attempts": notice.attempts,
            "record_id": notice.record_id,
            "alone": [notice.kind] if is_news else [],
            "kinds": [*CHANGE_NOTICES] if is_news else [notice.kind],
            **client_values(announced),
            "visits": [one.visit_id for one in (announced, announced.was) if one is not None],
            "times": [one.starts_at for one in (announced, announced.was) if one is not None],
            "longest": LONGEST_AT_ONCE.total_seconds(),
            "now": now,
            "until": until,
            "limit": MOST_IN_ONE,
        }
        found = [notice_of_row(row) for row in self._session.execute(_CLAIM_RELATED, given)]
        return [one for one in found if one.id != notice.id] if found else None

    def hold(self, notices: Sequence[Notice], *, until: datetime, why: str | None) -> None:
        """Have notices wait until then; those that were claimed anew since are left alone."""
        self._change_mine(_HOLD, notices, until=until, why=why)

    def hold_salon(
        self, company_id: CompanyId, *, now: datetime, until: datetime, why: str, but: Collection[str] = ()
    ) -> None:
        """`hold` for all of a company's notices that are due, but these kinds."""
        self._change(_HOLD_SALON, company_id=company_id, now=now, until=until, why=why, but=[*but])

    def release_holds(self, company_id: CompanyId) -> None:
        """Make due again what is held by a rule that the salon has just changed."""
        self._change(_RELEASE_HOLDS, company_id=company_id, rules=[*_RULES])

    def drop(self, notices: Sequence[Notice], *, why: str, at: datetime) -> None:
        """End notices without a message; those that were claimed anew since are left alone."""
        self._change_mine(_DROP, notices, why=why, at=at)

    def sync_with_messages(self, now: datetime) -> int:
        """Bring released notices in line with their messages; how many changed.

        A notice whose message was not sent in time waits again; whatever else became of its message, it is done.
        """
        return self._change(_SYNC_WITH_MESSAGES, now=now)

    def expire(self, now: datetime) -> int:
        """Drop what is past its deadline and is not claimed; how many."""
        return self._change(_EXPIRE, now=now)

    def has_due(self, now: datetime) -> bool:
        """Whether `claim` or `sync_with_messages` has something to do."""
        return bool(self._session.scalar(_HAS_DUE, {"now": now, "lost_before": now - SENDING_AT_MOST}))

    def _change_mine(self, statement: TextClause, notices: Sequence[Notice], **values: Any) -> int:
        if not notices:
            return 0
        keys = {"numbers": [one.id for one in notices], "attempts": [one.attempts for one in notices]}
        return self._change(statement, **keys, **values)

    def _change(self, statement: TextClause, **values: Any) -> int:
        return cast("CursorResult[Any]", self._session.execute(statement, values)).rowcount


def notice_of_row(row: Row[Any], announced: AnnouncedVisit | None = None) -> Notice:
    """A notice of the columns of its row; `announced` is there where its announced is not to be read."""
    return Notice(
        id=NoticeId(row.id),
        company_id=CompanyId(row.company_id),
        record_id=row.record_id,
        kind=NoticeKind(row.kind),
        announced=announced or AnnouncedVisit.from_json(row.announced),
        due_at=row.due_at,
        deadline_at=row.deadline_at,
        attempts=row.attempts,
        looked_at=row.looked_at,
    )
