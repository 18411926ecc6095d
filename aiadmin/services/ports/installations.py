"""What the services need to keep of installations: who came, whether a door was opened, how YClients sees a salon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.domain.quarantine import RowKey


class Installations(Protocol):
    """Rows of `landings` and `salon_owners`, and what `companies` say of the installation."""

    def use_landing(self, fingerprint: str, *, at: datetime, forget_before: datetime) -> bool:
        """Note that an address was opened; False when it was already, not before `forget_before`.

        Two that open it at once wait for one another until the commit.
        """
        ...

    def forget_landings(self, before: datetime) -> int: ...

    def add_owner(self, company_id: CompanyId, user_id: int, at: datetime) -> bool:
        """True where this user has not come for the present installation before."""
        ...

    def owners(self, company_id: CompanyId) -> frozenset[int]:
        """The users of YClients who came for the present installation."""
        ...

    def forget_owners(self, company_id: CompanyId) -> None:
        """A new installation begins: who came for the one before is nobody in it."""
        ...

    def begin(self, company_id: CompanyId, *, deadline_at: datetime) -> None:
        """A new installation: YClients is about to be told; what was before it counts no more."""
        ...

    def confirm(self, company_id: CompanyId, at: datetime) -> None:
        """Active at YClients, whatever it was here."""
        ...

    def freeze(self, company_id: CompanyId) -> None: ...

    def leave(self, company_id: CompanyId, at: datetime) -> None:
        """The salon removed the application; its links and keys open nothing any more."""
        ...

    def record_status(self, company_id: CompanyId, connection: InstallationStatus, at: datetime) -> None:
        """What YClients says of the salon."""
        ...

    def check_first(self, company_id: CompanyId) -> None:
        """The salon is to be looked at before all others."""
        ...

    def list_unchecked(self, *, checked_before: datetime, limit: int) -> Sequence[RowKey]:
        """Companies whose state at YClients was not looked at since, longest first; erased ones are left alone."""
        ...

    def list_erasable(self, *, left_before: datetime, limit: int) -> Sequence[RowKey]:
        """Companies that left before this and still have personal data here."""
        ...

    def erase(self, company_id: CompanyId, at: datetime) -> int:
        """Delete everything of a company but its bare row and the log of what was done on purpose; how many rows."""
        ...
