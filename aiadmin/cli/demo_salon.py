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
    box = Container(config)
    try:
        return fresh_link(box)
    finally:
        box.close()


def fresh_link(box: Container) -> str:
    """A new connect link of the demo salon, which is registered on first use; the one before stops working."""
    company = _find(box)
    if company is None:
        new = registration.register(
            salon_id=DEMO_SALON, phone=None, email=None, uow=box.uow, secrets=box.secrets, tokens=box.tokens,
            links=box.links, clock=box.clock, window=box.config.activation_window,
        )  # fmt: skip
        return _address(box, new.company, new.token)
    token = connect_links.issue(company.company_id, uow=box.uow, tokens=box.tokens, links=box.links, clock=box.clock)
    return _address(box, company, token)


def valid_link(box: Container) -> str:
    """A connect link that works beside the newest one: a page that is open somewhere stays open.

    Raises:
        CompanyNotFoundError: the demo salon is not registered.
    """
    company = _find(box)
    if company is None:
        raise CompanyNotFoundError
    if company.connect_jti is None:
        return fresh_link(box)
    return _address(box, company, box.tokens.issue(company.company_id, company.connect_jti, box.clock()))


def _find(box: Container) -> Company | None:
    with box.uow() as work:
        return work.companies.find_by_salon(DEMO_SALON)


def _address(box: Container, company: Company, token: str) -> str:
    query = urlencode({"token": token, "company": company.company_id, "salon": company.salon_id})
    return f"{box.config.public_url}/marketplace/connect?{query}"
