"""Webhooks, stored raw and understood later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, and_, delete, exists, not_, select, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId, WebhookId
from aiadmin.domain.journal.webhook import AGAIN, NewWebhook, StoredWebhook, UnderstoodWebhook, WebhookState
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.bulk import as_json
from aiadmin.storage.quarantine import keys_of, not_set_aside
from aiadmin.storage.statements import Statements
from aiadmin.storage.tables.core import WebhookRow

_ADD_MANY = text("""
WITH present AS (
    SELECT id FROM companies WHERE id = ANY(:asked) FOR KEY SHARE
), given AS (
    SELECT *
    FROM unnest(
        CAST(:companies AS integer[]), CAST(:keys AS text[]), CAST(:bodies AS bytea[]), CAST(:times AS timestamptz[])
    ) WITH ORDINALITY AS given (company_id, dedup_key, body, received_at, place)
), known AS (
    SELECT webhooks.id, given.received_at
    FROM given JOIN webhooks ON webhooks.company_id = given.company_id AND webhooks.dedup_key = given.dedup_key
    WHERE starts_with(given.dedup_key, :again) AND webhooks.state <> 'received'
    ORDER BY webhooks.id FOR UPDATE OF webhooks
), told_again AS (
    UPDATE webhooks SET state = 'received', received_at = known.received_at, processed_at = NULL
    FROM known WHERE webhooks.id = known.id
), added AS (
    INSERT INTO webhooks (company_id, dedup_key, body, received_at)
    SELECT company_id, dedup_key, body, received_at FROM given
    WHERE company_id IN (SELECT id FROM present)
    ORDER BY place
    ON CONFLICT DO NOTHING
)
SELECT id FROM present
""")
"""One round trip for any number of rows. The lock holds a company against deletion until the commit.

What may be another event in the words of one that was understood is understood again; while the first still waits,
the two are one: whatever is read for it is read after both.
"""

_MARK = text("""
UPDATE webhooks SET state = given.state, resource = given.resource, status = given.status, processed_at = :at
FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS given (id bigint, state text, resource text, status text)
WHERE webhooks.id = given.id
""")

_NOT_SET_ASIDE = text(not_set_aside(WorkQueue.WEBHOOKS, "webhooks.company_id", "webhooks.id"))


class WebhookInbox:
    """Stores webhooks as they come, those that come together in one statement and one commit."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, new: Sequence[NewWebhook]) -> frozenset[int]:
        """Store what is new; a repeat is left alone. Safe to repeat.

        Returns the ids of companies that do not exist, whose webhooks were not stored.

        Raises:
            DependencyDownError: PostgreSQL does not answer; perhaps everything was stored.
            SalonBusyError: a company was locked for too long.
        """
        return _missing(new, [row.id for row in self._statements.rows(_ADD_MANY, _columns(new))])


class Webhooks:
    """Rows of `webhooks`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_many(self, new: Sequence[NewWebhook]) -> frozenset[int]:
        """Store what is new, in one statement; a repeat is left alone.

        Returns the ids of companies that do not exist, whose webhooks were not stored.
        """
        return _missing(new, self._session.connection().execute(_ADD_MANY, _columns(new)).scalars())

    def claim(self, *, limit: int, only: Sequence[RowKey] | None = None) -> Sequence[StoredWebhook]:
        """Lock and return the oldest unprocessed rows until the commit; two workers never share one.

        Those in quarantine are passed by. `only` names the rows to take, those in quarantine included.
        """
        chosen = _NOT_SET_ASIDE if only is None else WebhookRow.id.in_([key.number for key in only])
        statement = (
            select(WebhookRow)
            .where(WebhookRow.state == WebhookState.RECEIVED, chosen)
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

    def due_keys(self, *, limit: int) -> Sequence[RowKey]:
        """Keys of the rows that `claim` would take."""
        waiting = select(WebhookRow.company_id, WebhookRow.id).where(WebhookRow.state == WebhookState.RECEIVED)
        return keys_of(self._session.execute(waiting.where(_NOT_SET_ASIDE).order_by(WebhookRow.id).limit(limit)))

    def has_due(self) -> bool:
        waiting = exists().where(WebhookRow.state == WebhookState.RECEIVED, _NOT_SET_ASIDE)
        return bool(self._session.scalar(select(waiting)))

    def forget(self, received_before: datetime) -> int:
        """Delete what was received before and does not wait any more; how many there were."""
        is_waiting = and_(WebhookRow.state == WebhookState.RECEIVED, _NOT_SET_ASIDE)
        statement = delete(WebhookRow).where(WebhookRow.received_at < received_before, not_(is_waiting))
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount

    def finish(self, understood: Sequence[UnderstoodWebhook], at: datetime) -> None:
        given = as_json([_marked(webhook) for webhook in understood])
        self._session.execute(_MARK, {"given": given, "at": at})


def _columns(new: Sequence[NewWebhook]) -> Mapping[str, Any]:
    return {
        "asked": list(_companies(new)),
        "again": AGAIN,
        "companies": [webhook.company_id for webhook in new],
        "keys": [webhook.dedup_key for webhook in new],
        "bodies": [webhook.body for webhook in new],
        "times": [webhook.received_at for webhook in new],
    }


def _companies(new: Sequence[NewWebhook]) -> frozenset[int]:
    return frozenset(int(webhook.company_id) for webhook in new)


def _missing(new: Sequence[NewWebhook], present: Iterable[int]) -> frozenset[int]:
    return _companies(new).difference(present)


def _marked(webhook: UnderstoodWebhook) -> Mapping[str, Any]:
    kind = webhook.kind
    return {
        "id": webhook.webhook_id,
        "state": webhook.state,
        "resource": kind.resource if kind else None,
        "status": kind.status if kind else None,
    }
