"""Messages to clients: due, under way and done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Row,
    Table,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.companies.outbox import OutboxState, OutboxStep
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId, HostName, MessageId
from aiadmin.domain.job import Job, is_host_name
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import (
    DeviceClaim,
    MessageReason,
    NewMessage,
    OutboxMessage,
    Purpose,
    QueuedMessage,
    ReceiptSeen,
    SendOutcome,
    SendResult,
    address_of,
)
from aiadmin.domain.messages.sending_policy import HUMAN, UNPACED
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.quarantine import keys_of, not_set_aside, numbers_of
from aiadmin.storage.tables.messages import OutboxMessageRow


def _is_one_of(purposes: Iterable[Purpose]) -> str:
    return f"purpose IN ({', '.join(repr(purpose.value) for purpose in sorted(purposes))})"


_NOT_SET_ASIDE = not_set_aside(WorkQueue.OUTBOX_MESSAGES, "waiting.company_id", "waiting.id")
_HELD = """
held AS (
  SELECT * FROM unnest(
    CAST(:device_ids AS bigint[]), CAST(:epochs AS bigint[]), CAST(:takes AS text[])
  ) AS held (device_id, epoch, takes)
)
"""
_DUE = f"""
due AS (
  SELECT oldest.id, held.device_id, held.epoch
  FROM held JOIN devices ON devices.id = held.device_id AND devices.epoch = held.epoch
  JOIN companies ON companies.id = devices.company_id
  CROSS JOIN LATERAL (
    SELECT id FROM outbox_messages AS waiting
    WHERE waiting.company_id = devices.company_id AND state = 'pending' AND next_attempt_at <= :now
      AND (CAST(:purposes AS text[]) IS NULL OR purpose = ANY(:purposes))
      AND CASE WHEN CAST(:only AS bigint[]) IS NULL THEN {_NOT_SET_ASIDE} ELSE waiting.id = ANY(:only) END
      AND (deadline_at IS NULL OR deadline_at > :now)
      AND (held.takes = 'all' OR {_is_one_of(HUMAN)} OR held.takes = 'urgent' AND {_is_one_of(UNPACED)})
      AND ({_is_one_of(HUMAN)} OR companies.messages_paused_at IS NULL AND NOT EXISTS (SELECT FROM message_pause))
    ORDER BY NOT {_is_one_of(UNPACED)}, next_attempt_at, id LIMIT 1
  ) AS oldest
  WHERE devices.desired = 'on'
)
"""  # noqa: S608 - our own words
"""The oldest message of each device's company; what a person waits for goes first."""

_DUE_KEYS = text(f"""
WITH {_HELD}, {_DUE}
SELECT message.company_id, message.id FROM due JOIN outbox_messages AS message ON message.id = due.id
""")  # noqa: S608 - our own words
_NEXT_DUE = text(f"""
WITH {_HELD}
SELECT extract(epoch FROM min(soonest.due_at) - :now)
FROM held JOIN devices ON devices.id = held.device_id AND devices.epoch = held.epoch
CROSS JOIN LATERAL (
  SELECT min(next_attempt_at) AS due_at FROM outbox_messages AS waiting
  WHERE waiting.company_id = devices.company_id AND state = 'pending' AND next_attempt_at > :now
) AS soonest
""")  # noqa: S608 - our own words
_FOR_CONTACT = "contacts.lid, contacts.phone, contacts.disappears_after"
_PEEK = text(f"""
WITH {_HELD}, {_DUE}
SELECT due.device_id AS idle_device_id, message.*, {_FOR_CONTACT}
FROM due JOIN outbox_messages AS message ON message.id = due.id JOIN contacts ON contacts.id = message.contact_id
""")  # noqa: S608 - our own words
_FIND = text(f"""
SELECT message.*, {_FOR_CONTACT}
FROM outbox_messages AS message JOIN contacts ON contacts.id = message.contact_id
WHERE message.company_id = :company_id AND message.id = :outbox_message_id
""")  # noqa: S608 - our own words
CLAIMED = f"""
{_HELD}, {_DUE}, fenced AS (
  SELECT due.id, due.device_id, due.epoch
  FROM due JOIN devices ON devices.id = due.device_id AND devices.epoch = due.epoch
  FOR SHARE OF devices
), locked AS (
  SELECT waiting.id, fenced.device_id, fenced.epoch
  FROM fenced JOIN outbox_messages AS waiting ON waiting.id = fenced.id
  WHERE waiting.state = 'pending'
  FOR UPDATE OF waiting SKIP LOCKED
), claimed AS (
  UPDATE outbox_messages AS message
  SET state = 'sending', attempts = attempts + 1, attempted_at = :now, next_attempt_at = NULL, reason = NULL,
      device_id = locked.device_id, epoch = locked.epoch
  FROM locked WHERE message.id = locked.id
  RETURNING message.*
)
"""  # noqa: S608 - our own words
"""The parts of a statement in which `claimed` are messages that are `sending` from then on.

`FOR SHARE` holds the device's row until the commit: no other host can adopt it between the check and `sending`.
"""
_CLAIM = text(f"""
WITH {CLAIMED}
SELECT claimed.*, {_FOR_CONTACT} FROM claimed JOIN contacts ON contacts.id = claimed.contact_id
""")  # noqa: S608 - our own words


_MARK = text("""
WITH heard AS (
  SELECT device_id, message_id, min(at) AS at, min(at) FILTER (WHERE is_read) AS read_at
  FROM unnest(
    CAST(:device_ids AS bigint[]), CAST(:message_ids AS text[]), CAST(:times AS timestamptz[]),
    CAST(:are_read AS boolean[])
  ) AS heard (device_id, message_id, at, is_read)
  GROUP BY device_id, message_id
)
UPDATE outbox_messages AS message
SET delivered_at = coalesce(message.delivered_at, heard.at), read_at = coalesce(message.read_at, heard.read_at)
FROM heard, contacts
WHERE message.device_id = heard.device_id AND message.message_id = heard.message_id
  AND contacts.company_id = message.company_id AND contacts.id = message.contact_id
RETURNING message.device_id, message.message_id, message.contact_id, contacts.lid, contacts.phone
""")
_GIVE_UP = text(f"""
UPDATE outbox_messages SET state = 'unknown', reason = '{MessageReason.HOST_LOST}', finished_at = :now
WHERE state = 'sending' AND (
  attempted_at < :claimed_before OR EXISTS (
    SELECT FROM unnest(CAST(:device_ids AS bigint[]), CAST(:epochs AS bigint[])) AS held (device_id, epoch)
    WHERE held.device_id = outbox_messages.device_id AND held.epoch > outbox_messages.epoch
  )
)
""")  # noqa: S608 - our own words
_EXPIRE = text(f"""
UPDATE outbox_messages SET state = 'cancelled', reason = '{MessageReason.EXPIRED}', finished_at = :now
WHERE state = 'pending' AND deadline_at <= :now
""")  # noqa: S608 - our own words

_HOLDER: ColumnElement[str | None] = literal_column("""(
  SELECT host.name FROM devices JOIN session_hosts AS host ON host.id = devices.host_id
  WHERE devices.company_id = outbox_messages.company_id AND devices.desired = 'on'
)""").label("holder")
"""What the host of a message's device is called."""
_OUTBOX = cast("Table", OutboxMessageRow.__table__)
_ADD = insert(_OUTBOX).on_conflict_do_nothing().returning(_OUTBOX.c.dedup_key, _OUTBOX.c.id, _HOLDER)
_TO_SALON = ("call:", "entry:")
"""How the keys of messages begin that are for the salon itself, beside those that name whom they are about."""


@dataclass(frozen=True, kw_only=True)
class MarkedMessage:
    """A message that a receipt was of, and how its contact is known."""

    contact_id: ContactId
    lid: str | None
    phone: str | None = field(repr=False)


class OutboxMessages:
    """Rows of `outbox_messages`: each is claimed by exactly one host.

    Args:
        nudge: asks the host that holds the device of a new message to send it, after the commit.
    """

    def __init__(self, session: Session, nudge: Callable[..., None]) -> None:
        self._session, self._nudge = session, nudge

    def add(self, new: NewMessage, contact_id: ContactId, at: datetime) -> MessageId | None:
        """Enqueue a message from `at` on; None when the company has one of its dedup key."""
        return self.add_many([QueuedMessage(new=new, contact_id=contact_id, due_at=at)], at).get(new.dedup_key)

    def add_many(self, owed: Sequence[QueuedMessage], at: datetime) -> Mapping[str, MessageId]:
        """`add` for many messages in one statement: the numbers of those that are new, by dedup key.

        A device that nobody holds needs no nudge: whoever takes it looks at once at what it owes.
        """
        if not owed:
            return {}
        found = self._session.execute(_ADD, [_values(one, at) for one in owed]).all()
        for host in {one.holder for one in found if one.holder is not None}:
            if is_host_name(host):
                self._nudge(Job.SEND_MESSAGES, HostName(host))
            else:  # it is not one of ours to name
                self._nudge(Job.WAKE_HOSTS)
        return {str(one.dedup_key): MessageId(one.id) for one in found}

    def find(self, company_id: CompanyId, outbox_message_id: MessageId) -> OutboxMessage | None:
        asked = {"company_id": company_id, "outbox_message_id": outbox_message_id}
        row = self._session.execute(_FIND, asked).one_or_none()
        return None if row is None else message_of_row(row)

    def due_keys(self, holds: Sequence[DeviceClaim], now: datetime) -> Sequence[RowKey]:
        """Keys of the messages that `claim` would take."""
        return keys_of(self._session.execute(_DUE_KEYS, _asked(holds, now, None))) if holds else []

    def claim(
        self, holds: Sequence[DeviceClaim], now: datetime, only: Sequence[RowKey] | None = None
    ) -> Sequence[OutboxMessage]:
        """Mark the oldest due message of each held device's company `sending`, and count the attempt.

        What a person waits for goes before all else; in a pause, only what a human has typed goes.

        A hold whose epoch has passed gets nothing; a company whose message is on its way gets nothing.
        """
        if not holds:
            return []
        return [message_of_row(row) for row in self._session.execute(_CLAIM, _asked(holds, now, only))]

    def peek(
        self, holds: Sequence[DeviceClaim], now: datetime, only: Sequence[RowKey] | None = None
    ) -> Mapping[DeviceId, OutboxMessage]:
        """What `claim` would take for each device, and nothing is changed."""
        if not holds:
            return {}
        due = self._session.execute(_PEEK, _asked(holds, now, only))
        return {DeviceId(row.idle_device_id): message_of_row(row) for row in due}

    def next_due_in(self, holds: Sequence[DeviceClaim], now: datetime) -> float | None:
        """Seconds until a message falls due that is not due yet; of the companies of these devices."""
        if not holds:
            return None
        seconds = self._session.scalar(_NEXT_DUE, _asked(holds, now, None))
        return None if seconds is None else float(seconds)

    def finish(self, message: OutboxMessage, result: SendResult, step: OutboxStep, at: datetime) -> bool:
        """Write the result of the attempt that `claim` counted; False when it was decided elsewhere since.

        What is learned late is still true: a message that was given up as unknown may become sent or failed.
        """
        open_states = [OutboxState.SENDING]
        if result.outcome in (SendOutcome.SENT, SendOutcome.FAILED):
            open_states.append(OutboxState.UNKNOWN)
        statement = (
            update(OutboxMessageRow)
            .where(
                OutboxMessageRow.company_id == message.company_id,
                OutboxMessageRow.id == message.outbox_message_id,
                OutboxMessageRow.attempts == message.attempts,
                OutboxMessageRow.state.in_(open_states),
            )
            .values(
                state=step.state,
                next_attempt_at=step.next_attempt_at,
                reason=result.reason,
                message_id=result.message_id,
                sent_at=result.sent_at,
                finished_at=None if step.state is OutboxState.PENDING else at,
            )
        )
        return self._changed(statement) == 1

    def give_up(self, holds: Sequence[DeviceClaim], *, now: datetime, claimed_before: datetime) -> int:
        """Make `unknown` what former holders of these devices left `sending`, and what was claimed before then."""
        return self._changed(_GIVE_UP, {"now": now, "claimed_before": claimed_before, **_arrays(holds)})

    def cancel(self, company_id: CompanyId, *, reason: MessageReason, at: datetime) -> int:
        """Cancel every message of a company that was not begun."""
        statement = (
            update(OutboxMessageRow)
            .where(OutboxMessageRow.company_id == company_id, OutboxMessageRow.state == OutboxState.PENDING)
            .values(state=OutboxState.CANCELLED, reason=reason, next_attempt_at=None, finished_at=at)
        )
        return self._changed(statement)

    def cancel_to(self, company_id: CompanyId, contact_id: ContactId, *, reason: MessageReason, at: datetime) -> int:
        """Cancel a company's messages to one person that were not begun, but for what the person waits for."""
        statement = (
            update(OutboxMessageRow)
            .where(OutboxMessageRow.company_id == company_id, OutboxMessageRow.contact_id == contact_id)
            .where(OutboxMessageRow.state == OutboxState.PENDING, OutboxMessageRow.purpose.not_in(sorted(UNPACED)))
            .values(state=OutboxState.CANCELLED, reason=reason, next_attempt_at=None, finished_at=at)
        )
        return self._changed(statement)

    def has_own(self, company_id: CompanyId) -> bool:
        """Whether anything waits for the salon's own number."""
        statement = select(OutboxMessageRow.id).where(*_waits_for_salon(company_id)).limit(1)
        return self._session.scalar(statement) is not None

    def readdress_own(self, company_id: CompanyId, contact_id: ContactId) -> int:
        """Have what waits for the salon's own number go to the number that it has now; how many messages."""
        statement = update(OutboxMessageRow).where(*_waits_for_salon(company_id)).values(contact_id=contact_id)
        return self._changed(statement)

    def count(self, company_id: CompanyId, purpose: Purpose, *, since: datetime) -> int:
        """How many messages of this purpose were added since then."""
        row = OutboxMessageRow
        ours = row.company_id == company_id, row.purpose == purpose, row.created_at >= since
        return self._session.scalar(select(func.count()).select_from(row).where(*ours)) or 0

    def expire(self, now: datetime) -> int:
        """Cancel what waited beyond its deadline."""
        return self._changed(_EXPIRE, {"now": now})

    def mark(self, receipts: Sequence[tuple[DeviceId, ReceiptSeen]]) -> Mapping[tuple[DeviceId, str], MarkedMessage]:
        """Note receipts on what devices have sent, all at once; what was found, by its device and message id."""
        ids = [(device_id, name, one) for device_id, one in receipts for name in one.message_ids]
        if not ids:
            return {}
        values = {
            "device_ids": [device_id for device_id, _, _ in ids],
            "message_ids": [name for _, name, _ in ids],
            "times": [one.at for _, _, one in ids],
            "are_read": [one.is_read for _, _, one in ids],
        }
        found = self._session.execute(_MARK, values)
        return {
            (DeviceId(row.device_id), str(row.message_id)): MarkedMessage(
                contact_id=ContactId(row.contact_id), lid=row.lid, phone=row.phone
            )
            for row in found
        }

    def _changed(self, statement: Any, given: Mapping[str, Any] | None = None) -> int:
        answer = self._session.execute(statement, given, execution_options={"synchronize_session": False})
        return cast("CursorResult[Any]", answer).rowcount


def _values(owed: QueuedMessage, at: datetime) -> dict[str, Any]:
    new = owed.new
    return {
        "company_id": new.company_id,
        "contact_id": owed.contact_id,
        "dedup_key": new.dedup_key,
        "text": new.text,
        "purpose": new.purpose,
        "record_id": new.record_id,
        "about_contact_id": new.about,
        "next_attempt_at": owed.due_at,
        "deadline_at": new.deadline_at,
        "created_at": at,
    }


def _arrays(holds: Sequence[DeviceClaim]) -> dict[str, Any]:
    return {"device_ids": [hold.device_id for hold in holds], "epochs": [hold.epoch for hold in holds]}


def _asked(holds: Sequence[DeviceClaim], now: datetime, only: Sequence[RowKey] | None) -> dict[str, Any]:
    takes = [hold.scope for hold in holds]
    return {**_arrays(holds), "takes": takes, "now": now, "only": numbers_of(only), "purposes": None}


def message_of_row(row: Row[Any]) -> OutboxMessage:
    """A row of `outbox_messages` beside its contact's `lid`, `phone` and `disappears_after`."""
    return OutboxMessage(
        outbox_message_id=MessageId(row.id),
        company_id=CompanyId(row.company_id),
        contact_id=ContactId(row.contact_id),
        device_id=DeviceId(row.device_id) if row.device_id else None,
        address=address_of(IdentityObservation(lid=row.lid, phone=row.phone)),
        text=row.text,
        purpose=Purpose(row.purpose),
        record_id=row.record_id,
        state=OutboxState(row.state),
        attempts=row.attempts,
        reason=row.reason,
        message_id=row.message_id,
        created_at=row.created_at,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        read_at=row.read_at,
        disappears_after=row.disappears_after or 0,
    )


def _waits_for_salon(company_id: CompanyId) -> Sequence[ColumnElement[bool]]:
    row = OutboxMessageRow
    is_own = or_(row.about_contact_id.is_not(None), *(row.dedup_key.startswith(key) for key in _TO_SALON))
    return row.company_id == company_id, row.state == OutboxState.PENDING, is_own
