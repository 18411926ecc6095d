"""What is known of salons, for `domain.manage.salon_state`: one statement for however many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from aiadmin.domain.chat import bot_settings
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.rights import rights_of
from aiadmin.domain.hosting.device import Desired, Observed
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.sync_run import RunState
from aiadmin.domain.manage.salon_state import SalonFacts
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.notices.change_planning import IMPORTED
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.storage.notices.calls import HAS_NOT_REACHED, IS_SO, is_asked_about

_HAS_LEFT = is_asked_about("(call.state = 'sent' OR call.delivered_at IS NOT NULL)")
_FACTS = text(f"""
SELECT companies.id, companies.integration_status, companies.whatsapp_connected, companies.messages_paused_at,
  companies.rights_missing, device.desired, device.observed, device.reason, host.id IS NOT NULL AS is_hosted,
  (SELECT count(*) FROM session_hosts WHERE lease_until > now()) AS hosts,
  (SELECT since FROM message_pause) AS all_paused_at,
  run.state AS run_state, run.error AS run_error, run.attempts AS run_attempts, message_settings.settings,
  companies.ai_enabled, bot_settings.settings AS bot, told.asked, told.uncalled, told.imported
FROM companies
LEFT JOIN devices AS device ON device.company_id = companies.id AND device.desired <> 'removed'
LEFT JOIN session_hosts AS host ON host.id = device.host_id AND host.lease_until > now()
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


class SalonFactsStore:
    """Facts from which `domain.manage.salon_state` tells how salons stand."""

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
        settings=MessageSettings.from_json(row.settings),
        is_bot_allowed=row.ai_enabled is not False,
        bot=bot_settings.from_json(row.bot),
        asked=row.asked,
        uncalled=row.uncalled,
        imported=row.imported,
    )
