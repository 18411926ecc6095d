"""The salon that a newcomer sees: registered on first use, and let in by links."""

from __future__ import annotations

from urllib.parse import urlencode

from aiadmin.cli.salon_links import DEMO_SALON
from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.companies.company import Company
from aiadmin.domain.errors import CompanyNotFoundError
from aiadmin.services.companies import connect_links, registration


def link_of_new_run(config: Config) -> str:
    """What a run without a fake YClients shows: a new connect link."""
    container = Container(config)
    try:
        return fresh_link(container)
    finally:
        container.close()


def fresh_link(container: Container) -> str:
    """A new connect link of the demo salon, which is registered on first use; the one before stops working."""
    company = _find(container)
    if company is None:
        new = registration.register(
            salon_id=DEMO_SALON,
            phone=None,
            email=None,
            store=container.registrations.ask,
            secrets=container.secrets,
            tokens=container.tokens,
            clock=container.clock,
            window=container.config.activation_window,
        )
        return _address(container, new.company, new.token)
    token = connect_links.issue(
        company.company_id, uow=container.uow, tokens=container.tokens, links=container.links, clock=container.clock
    )
    return _address(container, company, token)


def valid_link(container: Container) -> str:
    """A connect link that works beside the newest one: a page that is open somewhere stays open.

    Raises:
        CompanyNotFoundError: the demo salon is not registered.
    """
    company = _find(container)
    if company is None:
        raise CompanyNotFoundError
    if company.connect_jti is None:
        return fresh_link(container)
    return _address(
        container, company, container.tokens.issue(company.company_id, company.connect_jti, container.clock())
    )


def _find(container: Container) -> Company | None:
    with container.uow() as work:
        return work.companies.find_by_salon(DEMO_SALON)


def _address(container: Container, company: Company, token: str) -> str:
    query = urlencode({"token": token, "company": company.company_id, "salon": company.salon_id})
    return f"{container.config.public_url}/marketplace/connect?{query}"
