"""Messages that YClients gives us to send (`/smsprovider/`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, exists, func, select, text, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.ids import CompanyId, MessageId
from aiadmin.domain.messages.contact import spellings
from aiadmin.domain.provider.order import Finished, LookAgain, Next, OrderProgress, OrderStatus
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.quarantine import keys_of, not_set_aside
from aiadmin.storage.tables.journal import ClientRow
from aiadmin.storage.tables.messages import ContactAddressRow, ContactRow, OutboxMessageRow
from aiadmin.storage.tables.notices import OperatorMessageRow as Row

_ERROR_LENGTH = 200
_TABLE = cast("Table", Row.__table__)
_ADD = insert(_TABLE).returning(_TABLE.c.external_id, _TABLE.c.id)
_NOT_SET_ASIDE = text(
    not_set_aside(WorkQueue.PROVIDER_MESSAGES, "provider_messages.company_id", "provider_messages.id")
)


class ProviderOrders:
    """Rows of `provider_messages`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_many(
        self,
        company_id: CompanyId,
        messages: Mapping[str, MessageId],
        *,
        callback: str | None,
        look_at: datetime | None,
        at: datetime,
    ) -> Mapping[str, int]:
        """Store messages that YClients gave us, by its ids, to be looked at from `look_at` on; our numbers."""
        if not messages:
            return {}
        same = {
            "company_id": company_id,
            "callback_url": callback,
            "next_attempt_at": look_at,
            "created_at": at,
            "finished_at": None if look_at else at,
        }
        rows = [{**same, "external_id": name, "outbox_message_id": number} for name, number in messages.items()]
        made = self._session.execute(_ADD, rows)
        return {str(row.external_id): int(row.id) for row in made}

    def find_many(self, company_id: CompanyId, external_ids: Collection[str]) -> Mapping[str, int]:
        """Our numbers of those that YClients gave us before."""
        found = select(Row.external_id, Row.id).where(
            Row.company_id == company_id, Row.external_id.in_(list(external_ids))
        )
        return {str(row.external_id): int(row.id) for row in self._session.execute(found)}

    def opted_out(self, company_id: CompanyId, phones: Collection[str]) -> frozenset[str]:
        """Those of these phones whose owners want no adverts."""
        asked = spellings(phones)
        is_out = ContactRow.company_id == company_id, ContactRow.opted_out_at.is_not(None)
        shown = select(ContactRow.phone).where(*is_out, ContactRow.phone.in_(asked))
        of_old = select(ContactAddressRow.address).join(
            ContactRow,
            (ContactRow.company_id == ContactAddressRow.company_id) & (ContactRow.id == ContactAddressRow.contact_id),
        )
        opted_out = of_old.where(*is_out, ContactAddressRow.address.in_(asked))
        muted = select(ClientRow.phone).where(
            ClientRow.company_id == company_id, ClientRow.phone.in_(asked), ClientRow.is_muted.is_(True)
        )
        unwilling = spellings(phone for phone in self._session.scalars(union(shown, opted_out, muted)) if phone)
        return unwilling.intersection(phones)

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Keys of the rows that `claim` would take."""
        due = select(Row.company_id, Row.id).where(Row.next_attempt_at <= now, _NOT_SET_ASIDE)
        return keys_of(self._session.execute(due.order_by(Row.next_attempt_at).limit(limit)))

    def claim(
        self, *, now: datetime, until: datetime, limit: int, only: Sequence[RowKey] | None = None
    ) -> Sequence[OrderProgress]:
        """Claim orders that have to be looked at, oldest first, until `until`.

        `only` names the rows to claim, also those that are claimed already.
        """
        due = select(Row.id).order_by(Row.next_attempt_at).limit(limit)
        if only is None:
            due = due.where(Row.next_attempt_at <= now, _NOT_SET_ASIDE)
        else:
            due = due.where(Row.next_attempt_at.is_not(None), Row.id.in_([key.number for key in only]))
        chosen = due.with_for_update(skip_locked=True).cte("due")  # asked once, whatever the plan
        taken = (
            update(Row)
            .where(Row.id.in_(select(chosen.c.id)))
            .values(next_attempt_at=until)
            .returning(Row.id)
            .execution_options(synchronize_session=False)
        )
        numbers = self._session.scalars(taken).all()
        message = OutboxMessageRow
        found = (
            select(Row, message.state, message.reason, message.delivered_at, message.finished_at)
            .outerjoin(message, message.id == Row.outbox_message_id)
            .where(Row.id.in_(numbers))
            .order_by(Row.id)
            .execution_options(populate_existing=True)
        )
        return [_progress_of(*line) for line in self._session.execute(found)]

    def mark_reported(self, numbers: Collection[int], status: OrderStatus) -> None:
        """Keep that YClients knows this status; failures before that are forgotten."""
        self._set(Row.id.in_(list(numbers)), told=func.array_append(Row.told, int(status)), attempts=0, error=None)

    def finish(self, number: int, following: Next, *, failed: bool, at: datetime) -> None:
        """Let go of a claimed row; `failed` counts an attempt. A finished one forgets its callback address."""
        values: dict[str, Any] = {"attempts": Row.attempts + 1} if failed else {}
        match following:
            case LookAgain():
                values["next_attempt_at"] = following.at
            case Finished():
                error = following.error and following.error[:_ERROR_LENGTH]
                values |= {"next_attempt_at": None, "finished_at": at, "error": error, "callback_url": None}
        self._set(Row.id == number, **values)

    def has_due(self, now: datetime) -> bool:
        return bool(self._session.scalar(select(exists().where(Row.next_attempt_at <= now, _NOT_SET_ASIDE))))

    def last_order_at(self, company_id: CompanyId) -> datetime | None:
        latest = select(func.max(Row.created_at)).where(Row.company_id == company_id)
        return self._session.scalars(latest).one_or_none()

    def _set(self, which: Any, **values: Any) -> None:
        changed = update(Row).where(which).values(**values)
        self._session.execute(changed.execution_options(synchronize_session=False))


def _progress_of(
    row: Row, state: str | None, reason: str | None, delivered_at: datetime | None, finished_at: datetime | None
) -> OrderProgress:
    return OrderProgress(
        number=row.id,
        company_id=CompanyId(row.company_id),
        external_id=row.external_id,
        callback=row.callback_url,
        told=tuple(row.told),
        attempts=row.attempts,
        created_at=row.created_at,
        state=OutboxState(state) if state else None,
        reason=reason,
        delivered_at=delivered_at,
        finished_at=finished_at,
    )
