"""Salons that write to their clients."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from aiadmin.domain.companies.rights import are_phones_hidden, rights_of
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.journal.sync_runs import IS_READ
from aiadmin.storage.quarantine import keys_of, not_set_aside

_IS_LINKED = "EXISTS (SELECT FROM devices WHERE devices.company_id = companies.id AND devices.desired = 'on')"
_READ_SALONS = f"""
SELECT companies.id, companies.timezone, companies.rights_missing, message_settings.settings,
  {_IS_LINKED} AS is_linked
FROM companies LEFT JOIN message_settings ON message_settings.company_id = companies.id
WHERE {IS_READ}
"""  # noqa: S608 - our own words
_READ_SALONS_OF = text(f"{_READ_SALONS} AND companies.id = ANY(:companies)")
_SALONS = f"{_READ_SALONS} AND {_IS_LINKED}"
_SALONS_OF = text(f"{_SALONS} AND companies.id = ANY(:companies)")
_AFTER = f"""{not_set_aside(WorkQueue.REMINDERS, "companies.id", "'salon'")}
  AND companies.id > :after ORDER BY companies.id LIMIT :limit"""
_SALON_KEYS = text(f"SELECT id, 'salon' FROM ({_SALONS} AND {_AFTER}) AS listed ORDER BY id")  # noqa: S608 - our own


@dataclass(frozen=True, kw_only=True)
class NotifyingSalon:
    """A salon that writes to its clients: its journal is read, and a phone is linked.

    Attributes:
        zone: its IANA timezone.
        is_linked: False where its phone is gone, or switched off: then it writes nothing for now.
        are_phones_hidden: whether it is known not to let us see its clients' phones.
    """

    company_id: CompanyId
    zone: str
    settings: MessageSettings
    is_linked: bool = True
    are_phones_hidden: bool = False


class NotifyingSalons:
    """Salons whose journals are read, and that write to their clients."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, companies: Collection[CompanyId]) -> Mapping[CompanyId, NotifyingSalon]:
        """Those of these companies that write to their clients."""
        found = self._salons(_SALONS_OF, companies=[*companies])
        return {salon.company_id: salon for salon in found}

    def read_of(self, companies: Collection[CompanyId]) -> Mapping[CompanyId, NotifyingSalon]:
        """Those of these companies whose journals are read, with a phone or without."""
        found = self._salons(_READ_SALONS_OF, companies=[*companies])
        return {salon.company_id: salon for salon in found}

    def keys(self, *, after: CompanyId, limit: int) -> Sequence[RowKey]:
        """Keys of the next salons that write, by company."""
        return keys_of(self._session.execute(_SALON_KEYS, {"after": after, "limit": limit}))

    def _salons(self, statement: TextClause, **given: Any) -> Sequence[NotifyingSalon]:
        return [
            NotifyingSalon(
                company_id=CompanyId(row.id),
                zone=row.timezone or DEFAULT_ZONE,
                settings=MessageSettings.from_json(row.settings),
                is_linked=row.is_linked,
                are_phones_hidden=are_phones_hidden(rights_of(row.rights_missing)),
            )
            for row in self._session.execute(statement, given)
        ]
