"""What a section of the cabinet asks of PostgreSQL: one transaction to let its owner in, one to read the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import event

from tests.support.lived_salon import live
from tests.support.site import Salon, Site

MANAGE = "/marketplace/manage"
MOST: Mapping[str, int] = {
    "": 26,
    "/chats": 4,
    "/sending": 12,
    "/texts": 8,
    "/bot": 11,
    "/connection": 18,
    "/help": 3,
}
"""Statements of each section, its owner's entry among them."""


@dataclass
class Cost:
    transactions: int = 0
    statements: int = 0


@contextmanager
def counted(site: Site) -> Iterator[Cost]:
    cost, engine = Cost(), site.container.engine

    def begin(*_: object) -> None:
        cost.transactions += 1

    def execute(*_: object) -> None:
        cost.statements += 1

    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", execute)
    try:
        yield cost
    finally:
        event.remove(engine, "begin", begin)
        event.remove(engine, "before_cursor_execute", execute)


@pytest.fixture
def lived(site: Site, salon: Salon) -> Salon:
    site.link(salon)
    live(site.container, salon.company_id)
    site.client.get(f"{MANAGE}?token={salon.token}")
    return salon


def test_no_section_asks_more_than_it_needs(site: Site, lived: Salon) -> None:
    found = {}
    for section in MOST:
        site.client.get(f"{MANAGE}{section}?company={lived.company_id}")  # what a process remembers is warm
        with counted(site) as cost:
            assert site.client.get(f"{MANAGE}{section}?company={lived.company_id}").status_code == 200
        found[section] = cost
    assert {section: cost.transactions for section, cost in found.items()} == dict.fromkeys(MOST, 2)
    assert {section: cost.statements for section, cost in found.items() if cost.statements > MOST[section]} == {}
