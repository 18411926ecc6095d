"""What is known of salons, for `domain.manage`: one statement for however many."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from aiadmin.domain.chat import bot_settings
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.rights import rights_of
from aiadmin.domain.hosting.device import Desired, Observed
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.sync_run import RunState
from aiadmin.domain.manage.attention import SalonUpkeep
from aiadmin.domain.manage.salon_state import SalonFacts
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.notices.notice import IMPORTED
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.storage.notices.undelivered import HAS_NOT_REACHED, IS_SO, is_asked_about

_HAS_LEFT = is_asked_about("(call.state = 'sent' OR call.delivered_at IS NOT NULL)")
_KNOWN = """companies.id, companies.integration_status, companies.whatsapp_connected, companies.messages_paused_at,
  companies.rights_missing, companies.ai_enabled,
  device.desired, device.observed, device.reason, host.id IS NOT NULL AS is_hosted,
  (SELECT count(*) FROM session_hosts WHERE lease_until > now()) AS hosts,
  (SELECT since FROM message_pause) AS all_paused_at,
  run.state AS run_state, run.error AS run_error, run.attempts AS run_attempts"""
_HOSTED = """
LEFT JOIN devices AS device ON device.company_id = companies.id AND device.desired <> 'removed'
LEFT JOIN session_hosts AS host ON host.id = device.host_id AND host.lease_until > now()
"""
_FACTS = text(f"""
SELECT {_KNOWN}, message_settings.settings, bot_settings.settings AS bot, told.asked, told.uncalled, told.imported
FROM companies
{_HOSTED}
LEFT JOIN message_settings ON message_settings.company_id = companies.id
LEFT JOIN bot_settings ON bot_settings.company_id = companies.id
LEFT JOIN LATERAL (
  SELECT state, error, attempts FROM sync_runs
  WHERE sync_runs.company_id = companies.id AND error IS NOT NULL AND state <> 'done'
  ORDER BY state <> 'paused', attempts DESC LIMIT 1
) AS run ON true
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE notices.reason = :imported) AS imported,
    count(*) FILTER (WHERE news.is_asked) AS asked,
    count(*) FILTER (WHERE CASE WHEN NOT news.is_asked THEN {IS_SO} END) AS uncalled -- the rest is not looked up
  FROM notices
  LEFT JOIN outbox_messages AS message ON message.id = notices.outbox_message_id
  LEFT JOIN LATERAL (
    SELECT {_HAS_LEFT} AS is_asked
    WHERE {HAS_NOT_REACHED} AND NOT EXISTS (
      SELECT FROM contact_addresses AS known
      JOIN inbox_messages AS said ON said.company_id = known.company_id AND said.contact_id = known.contact_id
      WHERE known.company_id = companies.id AND said.direction = 'own_phone' AND said.sent_at > notices.created_at
        AND known.address IN (notices.announced ->> 'client_phone', notices.announced ->> 'client_number')
    )
  ) AS news ON true
  WHERE notices.company_id = companies.id AND COALESCE(notices.finished_at, notices.created_at) > :since
) AS told
WHERE companies.id = ANY(:companies)
""")  # noqa: S608 - our own words
_WATCHED = text(f"""
SELECT {_KNOWN}, companies.yclients_id, companies.title, companies.created_at, companies.activation_deadline_at,
  COALESCE(companies.whatsapp_phone, companies.phone) AS phone, device.state_since, host.name AS host,
  given_up.count AS given_up, waiting.since AS waiting_since,
  NULL AS settings, NULL AS bot, 0 AS asked, 0 AS uncalled, 0 AS imported
FROM companies
{_HOSTED}
LEFT JOIN (
  SELECT DISTINCT ON (company_id) company_id, state, error, attempts FROM sync_runs
  WHERE error IS NOT NULL AND state <> 'done' ORDER BY company_id, state <> 'paused', attempts DESC
) AS run ON run.company_id = companies.id
LEFT JOIN (
  SELECT company_id, count(*) FROM quarantine WHERE next_attempt_at IS NULL GROUP BY company_id
) AS given_up ON given_up.company_id = companies.id
LEFT JOIN (
  SELECT company_id, min(next_attempt_at) AS since FROM outbox_messages
  WHERE state = 'pending' AND next_attempt_at <= :now GROUP BY company_id
) AS waiting ON waiting.company_id = companies.id
WHERE CAST(:companies AS integer[]) IS NULL OR companies.id = ANY(:companies)
""")  # noqa: S608 - our own words
"""What salons alone need to know, notices and settings, is left out: it costs more than all the rest."""

_NOTICES, _BOT = MessageSettings.from_json(None), bot_settings.from_json(None)
"""Of salons that have set nothing: for thousands of them, made once."""


@dataclass(frozen=True, kw_only=True)
class WatchedSalon:
    """A salon as an operator watches it.

    Attributes:
        phone: of its WhatsApp, or else its own.
        host: the name of the host that has its session.
        facts: all but its settings and what became of notices.
    """

    salon_id: SalonId
    title: str | None
    phone: str | None = field(repr=False)
    registered_at: datetime
    host: str | None
    facts: SalonFacts
    upkeep: SalonUpkeep


class SalonFactsStore:
    """Facts from which `domain.manage.salon_state` tells how salons stand, and `attention` who needs an operator."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(
        self, companies: Collection[CompanyId], *, now: datetime, since: datetime
    ) -> Mapping[CompanyId, SalonFacts]:
        """Facts of these salons; notices are counted from `since` on."""
        given = {
            "companies": list(companies),
            "now": now,
            "since": since,
            "imported": IMPORTED,
            "reasons": [*BlockReason],
        }
        return {CompanyId(row.id): _facts(row) for row in self._session.execute(_FACTS, given)}

    def watched(
        self, now: datetime, *, companies: Collection[CompanyId] | None = None, is_never_sending: bool = False
    ) -> Sequence[WatchedSalon]:
        """All salons, or these.

        Args:
            is_never_sending: whether this machine's settings hold everybody's messages.
        """
        given = {"now": now, "companies": None if companies is None else list(companies)}
        return [_watched(row, is_never_sending) for row in self._session.execute(_WATCHED, given)]


def _watched(row: Row[Any], is_never_sending: bool) -> WatchedSalon:
    return WatchedSalon(
        salon_id=SalonId(row.yclients_id),
        title=row.title,
        phone=row.phone,
        registered_at=row.created_at or row.activation_deadline_at,
        host=row.host,
        facts=replace(_facts(row), is_never_sending=is_never_sending) if is_never_sending else _facts(row),
        upkeep=SalonUpkeep(
            session_since=row.state_since, given_up=row.given_up or 0, waiting_since=row.waiting_since
        ),
    )


def _facts(row: Row[Any]) -> SalonFacts:
    return SalonFacts(
        company_id=CompanyId(row.id),
        status=IntegrationStatus(row.integration_status or IntegrationStatus.PENDING),
        is_linked=bool(row.whatsapp_connected),
        desired=None if row.desired is None else Desired(row.desired),
        observed=None if row.observed is None else Observed(row.observed),
        reason=row.reason,
        is_hosted=row.is_hosted,
        hosts=row.hosts,
        all_paused_at=row.all_paused_at,
        paused_at=row.messages_paused_at,
        missing_rights=rights_of(row.rights_missing),
        run_state=None if row.run_state is None else RunState(row.run_state),
        run_error=row.run_error,
        run_attempts=row.run_attempts or 0,
        settings=_NOTICES if row.settings is None else MessageSettings.from_json(row.settings),
        is_bot_allowed=row.ai_enabled is not False,
        bot=_BOT if row.bot is None else bot_settings.from_json(row.bot),
        asked=row.asked,
        uncalled=row.uncalled,
        imported=row.imported,
    )
