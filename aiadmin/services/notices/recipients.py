"""Whom a message about a booking would be for."""

from __future__ import annotations

from dataclasses import replace

from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.messages.sending_policy import Recipient
from aiadmin.domain.notices.dispatch import NoticeRecipient
from aiadmin.storage.unit_of_work import UnitOfWork


def recipient_of(
    work: UnitOfWork, company_id: CompanyId, contact_id: ContactId, client: NoticeRecipient
) -> Recipient:
    """What decides whether a contact may be written to: what WhatsApp and the person say, and the salon's card."""
    return replace(work.permissions.recipient(company_id, contact_id), is_muted=client.is_muted)
