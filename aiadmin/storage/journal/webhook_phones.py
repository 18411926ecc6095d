"""Phones that only webhooks showed us."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, TextClause, select, text
from sqlalchemy.orm import Session

from aiadmin.domain.companies.company import DEFAULT_COUNTRY
from aiadmin.domain.companies.rights import Right, rights_of
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.webhook import WebhookPhone
from aiadmin.domain.messages.phone_numbers import read_phone
from aiadmin.storage.bulk import as_json
from aiadmin.storage.erasures import Erasures
from aiadmin.storage.tables.core import CompanyRow
from aiadmin.storage.tables.journal import HeardPhoneRow

_PUT = text("""
INSERT INTO webhook_phones (company_id, record_id, client_id, phone, received_at)
SELECT given.company_id, given.record_id, given.client_id, given.phone, given.received_at
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS given (company_id integer, record_id bigint, client_id bigint, phone text, received_at timestamptz)
ON CONFLICT (company_id, record_id) DO UPDATE
  SET client_id = EXCLUDED.client_id, phone = EXCLUDED.phone, received_at = EXCLUDED.received_at
  WHERE webhook_phones.received_at <= EXCLUDED.received_at
""")
_TAKE_BACK = text("""
DELETE FROM webhook_phones USING jsonb_to_recordset(CAST(:rows AS jsonb))
  AS given (company_id integer, record_id bigint, received_at timestamptz)
WHERE webhook_phones.company_id = given.company_id AND webhook_phones.record_id = given.record_id
  AND webhook_phones.received_at <= given.received_at
""")
_FORGET = text("""
DELETE FROM webhook_phones WHERE received_at < :before AND NOT EXISTS (
  SELECT FROM records WHERE records.company_id = webhook_phones.company_id
    AND records.record_id = webhook_phones.record_id AND records.starts_at > :before
)
""")


class WebhookPhones:
    """Rows of `webhook_phones`: of salons that hide phones from us, or may do so."""

    def __init__(self, session: Session, erasures: Erasures) -> None:
        self._session, self._erasures = session, erasures

    def add(self, phones: Sequence[WebhookPhone]) -> None:
        """Keep the newest phone of each booking, read in the salon's country.

        What is no number, or is of an erased client, takes what was kept of the booking away.
        """
        if not phones:
            return
        last = {(one.company_id, one.record_id): one for one in sorted(phones, key=lambda one: one.received_at)}
        companies = self._companies({one.company_id for one in last.values()})
        kept, taken_back = [], []
        for one in last.values():
            if one.company_id not in companies:
                continue
            digits = read_phone(one.phone, companies[one.company_id])
            is_erased = digits is not None and bool(self._erasures.erased_of(one.company_id, {digits}))
            row = {"company_id": one.company_id, "record_id": one.record_id, "received_at": one.received_at}
            if digits is None or is_erased:
                taken_back.append(row)
            else:
                kept.append(row | {"client_id": one.client_id, "phone": digits})
        self._run(_PUT, kept)
        self._run(_TAKE_BACK, taken_back)

    def of(self, company_id: CompanyId, numbers: Collection[int]) -> Mapping[int, tuple[int, str]]:
        """The client's number and phone of these bookings, as far as webhooks had them."""
        statement = select(HeardPhoneRow.record_id, HeardPhoneRow.client_id, HeardPhoneRow.phone).where(
            HeardPhoneRow.company_id == company_id, HeardPhoneRow.record_id.in_(list(numbers))
        )
        return {row.record_id: (row.client_id, row.phone) for row in self._session.execute(statement)}

    def forget(self, before: datetime) -> int:
        """Delete those that were heard and whose visit was earlier; how many there were."""
        return cast("CursorResult[Any]", self._session.execute(_FORGET, {"before": before})).rowcount

    def forget_all_of(self, company_id: CompanyId) -> None:
        self._session.execute(text("DELETE FROM webhook_phones WHERE company_id = :id"), {"id": company_id})

    def _companies(self, numbers: Collection[CompanyId]) -> Mapping[CompanyId, str]:
        """The country of each whose phones REST may be hiding."""
        statement = select(CompanyRow.id, CompanyRow.country, CompanyRow.rights_missing)
        found = self._session.execute(statement.where(CompanyRow.id.in_(list(numbers))))
        return {
            CompanyId(row.id): row.country or DEFAULT_COUNTRY
            for row in found
            if (missing := rights_of(row.rights_missing)) is None or Right.PHONES in missing
        }

    def _run(self, statement: TextClause, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            ordered = sorted(rows, key=lambda row: (row["company_id"], row["record_id"]))
            self._session.execute(statement, {"rows": as_json(ordered)})
