"""Webhooks: taken in here, understood later by a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiadmin.domain.errors import SalonMismatchError
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.webhook import NewWebhook, claimed_salon, dedup_key
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.secrets import Secrets
from aiadmin.services.ports.webhooks import WebhookStore
from aiadmin.storage.unit_of_work import NewUnitOfWork


def receive(
    company_id: CompanyId,
    *,
    body: bytes,
    payload: dict[str, Any],
    salon_of: Callable[[CompanyId], SalonId],
    inbox: WebhookStore,
    clock: Clock,
) -> None:
    """Store `body` (whose JSON is `payload`) before it is acknowledged; a repeat is no error.

    Raises:
        CompanyNotFoundError: no such company.
        TooManyWebhooksError: the company has sent its share; nothing was stored.
        SalonMismatchError: the body names another salon.
        SalonNumberError: the body names a salon that cannot be.
        DependencyDownError: not stored; the sender must try again.
    """
    claimed = claimed_salon(payload)
    if claimed is not None and claimed != salon_of(company_id):
        raise SalonMismatchError
    key = dedup_key(payload, body=body)
    inbox.store(NewWebhook(company_id=company_id, dedup_key=key, body=body, received_at=clock()))


def address_of(company_id: CompanyId, *, public_url: str, secrets: Secrets) -> str:
    """Where YClients sends the webhooks of a company; the key in it says who they are about."""
    return f"{public_url}/marketplace/webhook/{company_id}?key={secrets.webhook_key(company_id)}"


def salon_of(company_id: CompanyId, *, uow: NewUnitOfWork) -> SalonId:
    """The salon of a company; it never changes, so the answer may be kept. Raises CompanyNotFoundError."""
    with uow() as work:
        return work.companies.get(company_id).salon_id
