"""What happened lately to all salons: to their sessions, and what people did on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from aiadmin.domain.companies.audit import CODE_SHOWN, AuditEntry
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.hosting.device import SessionChange
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.message_log import MessageStatus, status_of
from aiadmin.storage.companies.audit import entry_of
from aiadmin.storage.hosting.session_events import change_of
from aiadmin.storage.tables.core import CompanyRow, SessionEventRow
from aiadmin.storage.tables.journal import AuditRow
from aiadmin.storage.tables.messages import OutboxMessageRow

_IS_LINKED = """(companies.whatsapp_connected_at IS NOT NULL OR companies.activated_at IS NOT NULL
  OR EXISTS (SELECT FROM devices WHERE devices.company_id = companies.id))"""
_COME = f"""
SELECT id, title, created_at, integration_status, activation_error, activated_at IS NOT NULL AS is_activated,
  is_linked, is_linked OR has_seen AS has_seen_code,
  is_linked OR has_seen OR consented_at IS NOT NULL AS has_consented
FROM companies, LATERAL (
  SELECT {_IS_LINKED} AS is_linked, EXISTS (
    SELECT FROM audit_log WHERE audit_log.company_id = companies.id AND action = '{CODE_SHOWN}'
  ) AS has_seen
) AS steps
WHERE created_at > :since
"""  # noqa: S608 - our own words
"""How far each has come; a step counts where a later one was taken, for not every way in has all of them."""
_FUNNEL = text(f"""
SELECT count(*) AS registered, count(*) FILTER (WHERE has_consented) AS consented,
  count(*) FILTER (WHERE has_seen_code) AS shown, count(*) FILTER (WHERE is_linked) AS linked,
  count(*) FILTER (WHERE is_activated) AS activated
FROM ({_COME}) AS come
""")  # noqa: S608 - our own words
_STOPPED = text(f"{_COME} AND activated_at IS NULL ORDER BY created_at DESC, id DESC LIMIT :limit")


@dataclass(frozen=True, kw_only=True)
class SessionNews:
    """A change of a session; `number` is its place in the feed, `salon` the title."""

    number: int
    company_id: CompanyId
    salon: str | None
    change: SessionChange


@dataclass(frozen=True, kw_only=True)
class ActionNews:
    """An action, and the title of the salon that it is about, if it is about one."""

    entry: AuditEntry
    salon: str | None


@dataclass(frozen=True, kw_only=True)
class FunnelReading:
    """How far the salons have come that registered since a moment."""

    registered: int
    consented: int
    shown: int
    linked: int
    activated: int


@dataclass(frozen=True, kw_only=True)
class StoppedSalon:
    """A salon that registered and was not activated; how far it has come."""

    company_id: CompanyId
    title: str | None
    registered_at: datetime
    has_consented: bool
    has_seen_code: bool
    is_linked: bool
    status: IntegrationStatus
    error: str | None


@dataclass(frozen=True, kw_only=True)
class SentLine:
    """A message of ours without its words, and without whom it is for."""

    number: int
    purpose: str
    status: MessageStatus
    reason: str | None
    created_at: datetime
    due_at: datetime | None


class Feed:
    """Reads news of all salons, newest first, by their number; and what one salon was sent."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def sessions(self, *, before: int | None, limit: int) -> Sequence[SessionNews]:
        row = SessionEventRow
        statement: Select[SessionEventRow, str | None] = (
            select(row, CompanyRow.title).join(CompanyRow, CompanyRow.id == row.company_id).order_by(row.id.desc())
        )
        if before is not None:
            statement = statement.where(row.id < before)
        return [
            SessionNews(number=one.id, company_id=CompanyId(one.company_id), salon=title, change=change_of(one))
            for one, title in self._session.execute(statement.limit(limit))
        ]

    def actions(self, *, before: int | None, limit: int) -> Sequence[ActionNews]:
        row = AuditRow
        statement: Select[AuditRow, str | None] = (
            select(row, CompanyRow.title)
            .outerjoin(CompanyRow, CompanyRow.id == row.company_id)
            .order_by(row.id.desc())
        )
        if before is not None:
            statement = statement.where(row.id < before)
        return [
            ActionNews(entry=entry_of(one), salon=title)
            for one, title in self._session.execute(statement.limit(limit))
        ]

    def funnel(self, since: datetime) -> FunnelReading:
        row = self._session.execute(_FUNNEL, {"since": since}).one()
        return FunnelReading(
            registered=row.registered,
            consented=row.consented,
            shown=row.shown,
            linked=row.linked,
            activated=row.activated,
        )

    def stopped(self, since: datetime, *, limit: int) -> Sequence[StoppedSalon]:
        """Who registered since then and was not activated, the newest first."""
        return [
            StoppedSalon(
                company_id=CompanyId(row.id),
                title=row.title,
                registered_at=row.created_at,
                has_consented=row.has_consented,
                has_seen_code=row.has_seen_code,
                is_linked=row.is_linked,
                status=IntegrationStatus(row.integration_status or IntegrationStatus.PENDING),
                error=row.activation_error,
            )
            for row in self._session.execute(_STOPPED, {"since": since, "limit": limit})
        ]

    def sent(self, company_id: CompanyId, *, limit: int) -> Sequence[SentLine]:
        """The salon's last messages, the newest first."""
        row = OutboxMessageRow
        columns = row.id, row.purpose, row.state, row.reason, row.created_at, row.next_attempt_at
        statement = select(*columns, row.delivered_at, row.read_at).where(row.company_id == company_id)
        found = self._session.execute(statement.order_by(row.created_at.desc(), row.id.desc()).limit(limit))
        return [
            SentLine(
                number=one.id,
                purpose=one.purpose,
                status=status_of(OutboxState(one.state), one.delivered_at, one.read_at),
                reason=one.reason,
                created_at=one.created_at,
                due_at=one.next_attempt_at,
            )
            for one in found
        ]
