"""Rows of `webhooks`, the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.adapters.db.tables import CompanyRow, WebhookRow
from aiadmin.domain.ids import CompanyId, WebhookId
from aiadmin.domain.webhook import NewWebhook, StoredWebhook, WebhookState


class SqlWebhooks:
    """`ports.Webhooks` on SQLAlchemy."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_many(self, new: Sequence[NewWebhook]) -> frozenset[int]:
        asked = {int(webhook.company_id) for webhook in new}
        # FOR KEY SHARE holds a company against deletion between this look and the insert
        present = set(
            self._session.scalars(
                select(CompanyRow.id).where(CompanyRow.id.in_(asked)).with_for_update(read=True, key_share=True)
            )
        )
        rows = [
            {
                "company_id": webhook.company_id,
                "dedup_key": webhook.dedup_key,
                "body": webhook.body,
                "received_at": webhook.received_at,
            }
            for webhook in new
            if webhook.company_id in present
        ]
        if rows:
            self._session.execute(insert(WebhookRow).values(rows).on_conflict_do_nothing())
        return frozenset(asked - present)

    def take_unprocessed(self, *, limit: int) -> Sequence[StoredWebhook]:
        statement = (
            select(WebhookRow)
            .where(WebhookRow.state == WebhookState.RECEIVED)
            .order_by(WebhookRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [
            StoredWebhook(
                webhook_id=WebhookId(row.id),
                company_id=CompanyId(row.company_id),
                body=row.body,
                received_at=row.received_at,
            )
            for row in self._session.scalars(statement)
        ]

    def any_unprocessed(self) -> bool:
        return bool(self._session.scalar(select(exists().where(WebhookRow.state == WebhookState.RECEIVED))))

    def forget(self, received_before: datetime) -> int:
        statement = delete(WebhookRow).where(
            WebhookRow.received_at < received_before, WebhookRow.state != WebhookState.RECEIVED
        )
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount

    def mark(
        self,
        webhook_id: WebhookId,
        *,
        state: WebhookState,
        resource: str | None,
        status: str | None,
        at: datetime,
    ) -> None:
        self._session.execute(
            update(WebhookRow)
            .where(WebhookRow.id == webhook_id)
            .values(state=state, resource=resource, status=status, processed_at=at)
        )
