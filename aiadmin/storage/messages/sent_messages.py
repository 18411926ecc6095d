"""Messages that WhatsApp took are written down, and what their devices send next is claimed: one statement for all
that are sent at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from aiadmin.domain.ids import MessageId
from aiadmin.domain.messages.message import OutboxMessage, Purpose, RecordedSend, SendOutcome, SentMessage
from aiadmin.storage.messages.outbox_messages import CLAIMED, message_of_row
from aiadmin.storage.statements import Statements

_RECORD = text(f"""
WITH sent AS (
  SELECT * FROM unnest(
    CAST(:company_ids AS integer[]), CAST(:ids AS bigint[]), CAST(:attempts AS integer[]),
    CAST(:message_ids AS text[]), CAST(:sent_at AS timestamptz[])
  ) AS sent (company_id, id, attempts, message_id, sent_at)
), done AS (
  UPDATE outbox_messages AS message
  SET state = 'sent', next_attempt_at = NULL, reason = NULL,
      message_id = sent.message_id, sent_at = sent.sent_at, finished_at = :now
  FROM sent
  WHERE message.company_id = sent.company_id AND message.id = sent.id AND message.attempts = sent.attempts
    AND message.state IN ('sending', 'unknown')
  RETURNING message.id, message.company_id, message.contact_id
), reached AS (
  UPDATE contacts SET unreachable_at = NULL, locked_until = NULL FROM done
  WHERE contacts.company_id = done.company_id AND contacts.id = done.contact_id
    AND (contacts.unreachable_at IS NOT NULL OR contacts.locked_until IS NOT NULL)
), {CLAIMED}
SELECT ARRAY(SELECT id FROM done) AS written, found.*
FROM (VALUES (1)) AS always LEFT JOIN (
  SELECT claimed.*, contacts.lid, contacts.phone, contacts.disappears_after
  FROM claimed JOIN contacts ON contacts.id = claimed.contact_id
) AS found ON true
""")  # noqa: S608 - our own words
"""All parts see the rows as they were before: a message that is written down here is none that could be claimed."""


class SentMessages:
    """Writes down what was sent. What is claimed for a device is what it can send: it is read by the next line."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def record(self, sent: Sequence[SentMessage]) -> Sequence[RecordedSend]:
        """What became of each, in their order. A message is found once however often it is given.

        Raises:
            DependencyDownError: PostgreSQL does not answer; perhaps everything was written.
        """
        rows = self._statements.rows(_RECORD, _values(sent))
        written = {MessageId(number) for number in rows[0].written}
        following: dict[object, OutboxMessage] = {row.device_id: message_of_row(row) for row in rows if row.id}
        return [
            RecordedSend(
                written=one.message.outbox_message_id in written,
                following=None if one.next_for is None else following.pop(one.next_for.device_id, None),
            )
            for one in sent
        ]


def _values(sent: Sequence[SentMessage]) -> dict[str, Any]:
    assert all(one.result.outcome is SendOutcome.SENT for one in sent)  # noqa: S101 - the statement writes no other
    holds = [one.next_for for one in sent if one.next_for is not None]
    return {
        "company_ids": [one.message.company_id for one in sent],
        "ids": [one.message.outbox_message_id for one in sent],
        "attempts": [one.message.attempts for one in sent],
        "message_ids": [one.result.message_id for one in sent],
        "sent_at": [one.result.sent_at for one in sent],
        "device_ids": [hold.device_id for hold in holds],
        "epochs": [hold.epoch for hold in holds],
        "takes": [hold.scope for hold in holds],
        "now": max(one.at for one in sent),
        "only": None,
        "purposes": sorted(Purpose),
    }
