"""Whether clients may be written to, as far as is known of their phones."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.sending_policy import Recipient
from aiadmin.storage.unit_of_work import UnitOfWork


def recipients_of(work: UnitOfWork, company_id: CompanyId, phones: Collection[str]) -> Mapping[str, Recipient]:
    """What WhatsApp and these people have said, by phone; nothing of a phone that was never written to."""
    contacts = work.contacts.of_phones(company_id, phones)
    known = work.permissions.recipients(company_id, set(contacts.values()))
    return {phone: known[contact_id] for phone, contact_id in contacts.items()}
