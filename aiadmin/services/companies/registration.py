"""Companies: register, consent, rotate keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from aiadmin.domain.companies.company import Company, NewCompany, activation_deadline
from aiadmin.domain.errors import SalonTakenError
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.services.companies.connect_links import new_jti
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.connect_links import LinkCache, Tokens
from aiadmin.services.ports.secrets import Secrets
from aiadmin.storage.companies.registrations import ACTIVATION_KEY, NewRegistration, Registrations
from aiadmin.storage.unit_of_work import NewUnitOfWork

Store = Callable[[NewRegistration], Company]
"""Stores one registration, `store_together` with others. Raises SalonTakenError, DependencyDownError."""


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
    store: Store,
    secrets: Secrets,
    tokens: Tokens,
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
    company = store(NewRegistration(company=new, sealed_key=secrets.seal(api_key)))
    return Registration(company=company, api_key=api_key, token=tokens.issue(company.company_id, jti, now))


def store_together(
    new: Sequence[NewRegistration], *, registrations: Registrations, links: LinkCache
) -> Sequence[Company | SalonTakenError]:
    """All that were asked for at the same time: one statement, and one trip to Redis for their links."""
    made = registrations.add(new)
    links.remember(
        {
            company.company_id: one.company.connect_jti
            for company, one in zip(made, new, strict=True)
            if company is not None and one.company.connect_jti is not None
        }
    )
    return [SalonTakenError() if company is None else company for company in made]


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
