"""What the services need to keep of whom may be written to, and whether anybody may."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId, ContactId, DeviceId
from aiadmin.domain.messages.sending_policy import Recipient


class ContactPermissions(Protocol):
    """What clients, WhatsApp and salons said about writing to each contact. Every call names its company."""

    def recipient(self, company_id: CompanyId, contact_id: ContactId) -> Recipient:
        """All of it; whoever is not there stands like anybody new."""
        ...

    def recipients(self, company_id: CompanyId, contact_ids: Collection[ContactId]) -> Mapping[ContactId, Recipient]:
        """`recipient` of many at once."""
        ...

    def opt_out(self, company_id: CompanyId, contact_id: ContactId, at: datetime) -> bool:
        """For good; False when they had said so before."""
        ...

    def opt_in(self, company_id: CompanyId, contact_id: ContactId) -> bool:
        """False when they had not opted out."""
        ...

    def mute_until(self, company_id: CompanyId, contact_id: ContactId, until: datetime) -> None:
        """A human talks to them: automation is silent until then, or for longer where it is already."""
        ...

    def lock(self, company_id: CompanyId, contact_id: ContactId, until: datetime) -> None:
        """WhatsApp does not let this salon write to them before `until`."""
        ...

    def count_locked(self, company_id: CompanyId, *, until_after: datetime) -> int:
        """How many are locked for longer than that."""
        ...

    def lock_account(self, device_id: DeviceId, until: datetime) -> None:
        """The device writes to nobody new before `until`."""
        ...

    def mark_unreachable(self, company_id: CompanyId, contact_id: ContactId, at: datetime) -> None:
        """They had no WhatsApp at that time."""
        ...

    def mark_reachable(self, company_id: CompanyId, contact_id: ContactId) -> None:
        """They have WhatsApp and may be written to, whatever was known."""
        ...


class Pauses(Protocol):
    """Whether messages are paused: a salon's, or all."""

    def pause(self, company_id: CompanyId | None, at: datetime) -> None:
        """None for everybody; a later pause changes nothing."""
        ...

    def resume(self, company_id: CompanyId | None) -> None: ...

    def since(self, company_id: CompanyId | None) -> datetime | None:
        """Since when, or None; a salon's own pause alone where a salon is named."""
        ...
