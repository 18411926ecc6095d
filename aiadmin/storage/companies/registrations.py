"""Registrations: companies with their activations, any number in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from aiadmin.domain.companies.company import Company, NewCompany
from aiadmin.domain.companies.outbox import OutboxKind
from aiadmin.storage.companies.companies import COLUMNS, company_of
from aiadmin.storage.statements import Statements

ACTIVATION_KEY = "activation"
"""The outbox key of a company's one activation."""

_ADD = text(f"""
WITH given AS (
    SELECT *
    FROM unnest(
        CAST(:salons AS integer[]), CAST(:phones AS text[]), CAST(:emails AS text[]), CAST(:hashes AS text[]),
        CAST(:deadlines AS timestamptz[]), CAST(:links AS text[]), CAST(:secrets AS text[])
    ) WITH ORDINALITY AS given (salon_id, phone, email, api_key, deadline_at, jti, secret, place)
), made AS (
    INSERT INTO companies (
        yclients_id, company_id, phone, email, api_key, whatsapp_enabled, activation_deadline_at, connect_jti
    )
    SELECT salon_id, salon_id, phone, email, api_key, true, deadline_at, jti FROM given ORDER BY salon_id, place
    ON CONFLICT (yclients_id) DO NOTHING
    RETURNING *
), owed AS (
    INSERT INTO outbox (company_id, kind, dedup_key, secret, deadline_at)
    SELECT made.id, :kind, :dedup_key, given.secret, given.deadline_at
    FROM made JOIN given ON given.api_key = made.api_key
)
SELECT {COLUMNS}, api_key FROM made
UNION ALL
SELECT {COLUMNS}, api_key FROM companies WHERE api_key = ANY(CAST(:hashes AS text[]))
""")  # noqa: S608 - of constants
"""The second part finds what was made before if the statement is run again: no other company has these keys."""


@dataclass(frozen=True, kw_only=True)
class NewRegistration:
    """A company to be, and its API key, sealed until YClients has it."""

    company: NewCompany
    sealed_key: str = field(repr=False)


class Registrations:
    """Adds registrations."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, new: Sequence[NewRegistration]) -> Sequence[Company | None]:
        """Store each company with its activation, held back; None for each whose salon is there already.

        Of two for one salon the first is stored. Safe to repeat. Raises DependencyDownError, SalonBusyError.
        """
        values = {
            "salons": [one.company.salon_id for one in new],
            "phones": [one.company.phone for one in new],
            "emails": [one.company.email for one in new],
            "hashes": [one.company.api_key_hash for one in new],
            "deadlines": [one.company.activation_deadline_at for one in new],
            "links": [one.company.connect_jti for one in new],
            "secrets": [one.sealed_key for one in new],
            "kind": OutboxKind.ACTIVATION,
            "dedup_key": ACTIVATION_KEY,
        }
        made = {row.api_key: company_of(row) for row in self._statements.rows(_ADD, values)}
        return [made.get(one.company.api_key_hash) for one in new]
