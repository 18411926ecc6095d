"""Which companies requests are from: one statement for all that are asked for at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from aiadmin.domain.companies.company import Company
from aiadmin.domain.ids import CompanyId
from aiadmin.storage.companies.companies import COLUMNS, company_of
from aiadmin.storage.statements import Statements

_FIND = text(f"SELECT {COLUMNS}, api_key FROM companies WHERE id = ANY(:numbers) OR api_key = ANY(:hashes)")  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class ByNumber:
    """The company with this number."""

    company_id: CompanyId


@dataclass(frozen=True, slots=True)
class ByApiKey:
    """The company whose API key has this hash."""

    api_key_hash: str


class CompanyLookups:
    """Looks companies up. Nothing is remembered: an answer is as PostgreSQL has it after the question."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def find(self, asked: Sequence[ByNumber | ByApiKey]) -> Sequence[Company | None]:
        """The company of each question, in their order. Raises DependencyDownError."""
        different = set(asked)
        values = {
            "numbers": [one.company_id for one in different if isinstance(one, ByNumber)],
            "hashes": [one.api_key_hash for one in different if isinstance(one, ByApiKey)],
        }
        found: dict[ByNumber | ByApiKey, Company] = {}
        for row in self._statements.rows(_FIND, values):
            company = company_of(row)
            found[ByNumber(company.company_id)] = found[ByApiKey(row.api_key)] = company
        return [found.get(one) for one in asked]
