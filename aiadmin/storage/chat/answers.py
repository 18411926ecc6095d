"""SQL about `questions`: whom they were asked of, about what time, and whether their answers still count."""

from __future__ import annotations


def is_asked(client_id: str, *numbers: str) -> str:
    """Whether a question was asked of the client who has this card, or one of these numbers."""
    return f"""(questions.client_id = {client_id} OR EXISTS (
      SELECT FROM contact_addresses AS known
      WHERE known.company_id = questions.company_id AND known.contact_id = questions.contact_id
        AND known.address IN ({", ".join(numbers)})
    ))"""


def is_settled(record_id: str) -> str:
    """Whether the salon has talked an answer over: it has since marked the booking as confirmed, or given it to the
    same client at the same time once more, after it was moved, called off or somebody else's."""
    return f"""(COALESCE((
      SELECT event.kind = 'confirmed' FROM booking_events AS event
      WHERE event.company_id = questions.company_id AND event.record_id = {record_id}
        AND event.kind IN ('confirmed', 'unconfirmed') AND event.at > questions.answered_at
      ORDER BY event.id DESC LIMIT 1
    ), false) OR EXISTS (
      SELECT FROM booking_events AS event
      WHERE event.company_id = questions.company_id AND event.record_id = {record_id}
        AND event.kind IN ('created', 'moved', 'restored') AND event.at > questions.answered_at
        AND CAST(event.after ->> 'starts_at' AS timestamptz) = {asked_for(record_id)}
        AND {is_asked("CAST(event.after ->> 'client_id' AS bigint)", "event.after ->> 'client_phone'")}
    ))"""  # noqa: S608 - our own words


def asked_for(record_id: str) -> str:
    """The time of a booking that a question was asked about, or of the first one for any other."""
    return f"""(questions.starts_at + make_interval(secs => COALESCE(
      CAST(questions.others ->> CAST({record_id} AS text) AS double precision), 0
    )))"""
