"""Personal data (152-FZ): export and erasure for one client, and retention for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiadmin.domain.companies.audit import DONE
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.contact import spellings
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.secrets import Secrets
from aiadmin.storage.privacy.privacy import Rows
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

EXPORT, ERASE, RESTORE = "clients.export", "clients.erase", "clients.restore"
_BATCH = 5_000
"""So few that no transaction is long."""
_BATCHES = 20
_LAST_DEEDS = 10_000


@dataclass(frozen=True, kw_only=True)
class PrivacyService:
    """What a salon's operator does when a client asks. Every action is in the audit log, under a fingerprint."""

    uow: NewUnitOfWork
    secrets: Secrets
    clock: Clock

    def export(self, company_id: CompanyId, phone: str, *, actor: str) -> Mapping[str, Rows]:
        """All that we hold of the client of this phone, by table; `audit` is what was done about them before.

        Args:
            phone: digits with the country code.

        Raises:
            CompanyNotFoundError: no such company.
        """
        with self.uow() as work:
            work.companies.get(company_id)
            held = dict(work.privacy.export(company_id, phone))
            who = self.secrets.fingerprint(company_id, phone)
            names = self._fingerprints(company_id, work.privacy.addresses(company_id, phone))
            held["audit"] = [
                {"at": entry.at, "action": entry.action, "actor": entry.actor}
                for entry in work.audit.recent(company_id, limit=_LAST_DEEDS)
                if entry.details.get("key") in names
            ]
            self._log_event(work, company_id, EXPORT, who, actor)
            work.commit()
        return held

    def erase(self, company_id: CompanyId, phone: str, *, actor: str) -> Mapping[str, int]:
        """Delete or blank all of it, and never keep or write to them again; how many rows of each table.

        What is being sent this very moment may still arrive.

        Raises:
            CompanyNotFoundError: no such company.
        """
        now = self.clock()
        with self.uow() as work:
            work.companies.get(company_id)
            names = self._fingerprints(company_id, work.privacy.addresses(company_id, phone))
            counts = work.privacy.erase(company_id, phone, now)
            work.erasures.add(company_id, names, now)
            self._log_event(
                work, company_id, ERASE, self.secrets.fingerprint(company_id, phone), actor, rows=dict(counts)
            )
            work.commit()
        return counts

    def restore(self, company_id: CompanyId, phone: str, *, actor: str) -> bool:
        """Let a client who was erased come back, as a new client; False when no client of this phone was erased.

        Raises:
            CompanyNotFoundError: no such company.
        """
        who = self.secrets.fingerprint(company_id, phone)
        with self.uow() as work:
            work.companies.get(company_id)
            found = work.erasures.lift(company_id, self._fingerprints(company_id, spellings([phone]))) > 0
            self._log_event(work, company_id, RESTORE, who, actor)
            work.commit()
        return found

    def _fingerprints(self, company_id: CompanyId, addresses: Collection[str]) -> frozenset[str]:
        return frozenset(self.secrets.fingerprint(company_id, one) for one in addresses)

    def _log_event(
        self, work: UnitOfWork, company_id: CompanyId, action: str, who: str, actor: str, **more: Any
    ) -> None:
        work.audit.add(
            company_id, actor=actor, action=action, details={"key": who, **more}, at=self.clock(), outcome=DONE
        )


VOICES_KEPT = timedelta(hours=1)
"""Where a voice message lies is forgotten in the round behind that; its turn comes within seconds."""


def _forget_voices(uow: NewUnitOfWork, now: datetime) -> int:
    with uow() as work:
        rows = work.privacy.forget_voices(now - VOICES_KEPT)
        work.commit()
    return rows


def forget_words(*, uow: NewUnitOfWork, now: datetime, after: timedelta) -> int:
    """Blank the words of messages older than `after`, forget notices and what chats were about; how many rows.

    Where voice messages lie that no turn has handled is forgotten after an hour.
    """
    total = _forget_voices(uow, now)
    for _ in range(_BATCHES):
        with uow() as work:
            before, privacy = now - after, work.privacy
            rows = privacy.blank_messages(before, limit=_BATCH) + privacy.forget_notices(before)
            rows += privacy.forget_chats(before)
            work.commit()
        total += rows
        if rows < _BATCH:
            break
    return total
