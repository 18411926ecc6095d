"""Companies: register, consent, rotate keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from aiadmin.domain.companies.company import Company, NewCompany, activation_deadline
from aiadmin.domain.companies.outbox import OutboxKind
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.services.companies.connect_links import new_jti
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.connect_links import LinkCache, Tokens
from aiadmin.services.ports.secrets import Secrets
from aiadmin.storage.unit_of_work import NewUnitOfWork

ACTIVATION_KEY = "activation"
"""The outbox key of a company's one activation."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What a new salon is given, once.

    Attributes:
        api_key: clear text; we keep a hash, and a sealed copy until YClients has it.
        token: opens the connect page for 24 hours.
    """

    company: Company
    api_key: str = field(repr=False)
    token: str = field(repr=False)


def register(
    *,
    salon_id: SalonId,
    phone: str | None,
    email: str | None,
    uow: NewUnitOfWork,
    secrets: Secrets,
    tokens: Tokens,
    links: LinkCache,
    clock: Clock,
    window: timedelta,
) -> Registration:
    """Make a company with its key, its connect link and its activation, held back until a phone is linked.

    Raises:
        SalonTakenError: the salon is registered already; nothing about it changes.
    """
    now = clock()
    api_key, jti = secrets.new_api_key(), new_jti()
    deadline = activation_deadline(now, window)
    new = NewCompany(
        salon_id=salon_id,
        phone=phone,
        email=email,
        api_key_hash=secrets.hash_api_key(api_key),
        activation_deadline_at=deadline,
        connect_jti=jti,
    )
    with uow() as work:
        company = work.companies.add(new)
        work.outbox.add(
            company_id=company.company_id,
            kind=OutboxKind.ACTIVATION,
            dedup_key=ACTIVATION_KEY,
            secret=secrets.seal(api_key),
            next_attempt_at=None,
            deadline_at=deadline,
        )
        work.commit()
    links.remember(company.company_id, jti)
    return Registration(company=company, api_key=api_key, token=tokens.issue(company.company_id, jti, now))


def consent(company: Company, *, uow: NewUnitOfWork, clock: Clock) -> None:
    """Store when the company first agreed to the risks of an unofficial client."""
    if company.consented_at is None:
        with uow() as work:
            work.companies.set_consented(company.company_id, clock())
            work.commit()


def rotate_api_key(company_id: CompanyId, *, uow: NewUnitOfWork, secrets: Secrets) -> str:
    """Replace the company's API key, and the copy that YClients has yet to get; the old one stops working at once.

    Raises:
        CompanyNotFoundError: no such company.
    """
    api_key = secrets.new_api_key()
    with uow() as work:
        work.companies.get(company_id, lock=True)
        work.companies.set_api_key_hash(company_id, secrets.hash_api_key(api_key))
        row = work.outbox.find_by_key(company_id, ACTIVATION_KEY, lock=True)
        if row is not None:
            work.outbox.replace_secret(row.outbox_id, secrets.seal(api_key))
        work.commit()
    return api_key
