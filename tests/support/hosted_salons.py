"""Salons whose phones hosts hold, as their database shows them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from aiadmin.domain.companies.company import IntegrationStatus, NewCompany
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.support.rows import Rows

_SALONS = itertools.count(1)
SLOWLY = 40.0
"""Seconds: many processes start, and two cores may be busy; a wait is over as soon as its condition holds."""


class Salons:
    """The database as the tests see it: companies with linked devices, and what became of them."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self._engine = make_engine(database_url)
        self._rows = Rows(database_url)

    def uow(self) -> UnitOfWork:
        return UnitOfWork(self._engine)

    def close(self) -> None:
        self._rows.close()
        self._engine.dispose()

    def add(self, jid: str, lid: str | None = None) -> CompanyId:
        """A company whose phone is linked as `jid`."""
        now = datetime.now(UTC)
        new = NewCompany(
            salon_id=SalonId(next(_SALONS)), phone=None, email=None, api_key_hash="", activation_deadline_at=now
        )
        account = LinkedAccount(jid=jid, lid=lid)
        with self.uow() as work:
            company_id = work.companies.add(new).company_id
            work.devices.add(company_id, account, now)
            work.companies.set_linked(company_id, phone=account.phone, at=now, status=IntegrationStatus.ACTIVE)
            work.commit()
        return company_id

    def device(self, company_id: CompanyId) -> dict[str, Any]:
        """The company's device row, or nothing."""
        return next(iter(self.rows("SELECT * FROM devices WHERE company_id = %s", company_id)), {})

    def is_online(self, company_id: CompanyId, *, epoch: int = 1) -> bool:
        """Whether the device was seen online under this epoch."""
        device = self.device(company_id)
        return bool(device.get("observed") == "online" and device.get("epoch") == epoch)

    def has_keys(self, jid: str) -> bool:
        """Whether the library still has the device's keys."""
        return bool(self.rows("SELECT 1 FROM wa_store.whatsmeow_device WHERE jid = %s", jid))

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        return self._rows.read(statement, *values)
