"""Which change notices have not reached their client, and whether the salon was to call: parts of statements."""

from __future__ import annotations

from aiadmin.storage.chat.answers import asked_for, is_asked, is_settled
from aiadmin.storage.notices.clients import is_same, of_notice, of_row

STARTS = "COALESCE(CAST(notices.announced ->> 'starts_at' AS timestamptz), notices.deadline_at)"
"""When the visit begins; the deadline, which is the same time, where `announced` has none."""
CLIENT = of_notice("notices")
WAS = "CAST(notices.announced -> 'was' ->> 'starts_at' AS timestamptz)"
HAS_NOT_REACHED = """
notices.kind IN ('moved', 'cancelled') AND (
  (notices.state = 'dropped' AND notices.reason = ANY(:reasons))
  OR (notices.state = 'done' AND message.state IN ('failed', 'cancelled', 'unknown'))
) AND message.delivered_at IS NULL
"""
"""What would turn a client away was given up, or its message may not have arrived; `:reasons` is `BlockReason`."""


def is_asked_about(call: str) -> str:
    """Whether the salon was asked to call about one of `notices`, by a message `call` of which this is so.

    A call and what it is about have one time, and one client.
    """
    return f"""EXISTS (
      SELECT FROM outbox_messages AS call
      JOIN notices AS first ON first.company_id = call.company_id
        AND first.id = CAST(split_part(call.dedup_key, ':', 2) AS bigint)
      WHERE call.company_id = notices.company_id AND call.created_at = notices.called_at
        AND call.dedup_key LIKE 'call:%' AND {call}
        AND (first.id = notices.id OR {is_same(CLIENT, of_notice("first"))})
    )"""


IS_SO = f"""
notices.announced <> '{{}}' AND GREATEST({STARTS}, {WAS}) > :now
AND NOT EXISTS (
  SELECT FROM message_settings
  WHERE message_settings.company_id = notices.company_id AND settings ->> notices.kind = 'false'
)
AND NOT EXISTS (
  SELECT FROM records
  WHERE records.company_id = notices.company_id AND records.record_id = notices.record_id
    AND CASE notices.kind
      WHEN 'moved' THEN records.deleted_at IS NOT NULL OR records.starts_at <> {STARTS} OR CASE
        WHEN {CLIENT.number} IS NULL OR records.client_number IS NULL
        THEN records.client_id <> {CLIENT.card}
        ELSE records.client_number <> {CLIENT.number}
      END
      ELSE records.deleted_at IS NULL AND (
        {is_same(CLIENT, of_row("records"))} OR EXISTS (
          SELECT FROM clients AS card
          WHERE card.company_id = notices.company_id AND card.deleted_at IS NOT NULL
            AND card.client_id = {CLIENT.card}
        )
      )
    END
)
AND NOT (notices.kind = 'cancelled' AND EXISTS (
  SELECT FROM questions
  WHERE questions.company_id = notices.company_id AND questions.answer = 'no'
    AND (
      questions.record_id = notices.record_id
      OR jsonb_exists(questions.others, CAST(notices.record_id AS text))
    )
    AND {asked_for("notices.record_id")} = {STARTS}
    AND {is_asked(CLIENT.card, "notices.announced ->> 'client_phone'", CLIENT.number)}
    AND NOT {is_settled("notices.record_id")}
))
AND NOT (notices.kind = 'cancelled' AND EXISTS (
  SELECT FROM records AS twin
  LEFT JOIN records AS gone ON gone.company_id = notices.company_id AND gone.record_id = notices.record_id
  WHERE twin.company_id = notices.company_id AND twin.record_id <> notices.record_id AND twin.deleted_at IS NULL
    AND twin.attendance <> -1 AND {is_same(CLIENT, of_row("twin"))}
    AND (twin.starts_at = {STARTS} OR (
      twin.starts_at < {STARTS} + make_interval(secs => COALESCE(gone.seconds, 0))
      AND {STARTS} < twin.starts_at + make_interval(secs => twin.seconds)
    ))
))
"""  # noqa: S608 - our own words
"""Whether a call about a notice is still due, as `notice.stale_reason` decides it for messages.

The visit is to come, its client is not forgotten, the change was not undone, the same client has no other booking at
that time, and the salon wants such notices sent. A client who has the booking now, or the number, has another notice;
a card that is gone was merged.
"""
