"""What was done on purpose is written down before it is done, and what came of it after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId
from tests.support.linked_salons import make_container, register


@pytest.fixture
def box(database_url: str, redis_url: str) -> Iterator[Container]:
    with make_container(database_url=database_url, redis_url=redis_url) as container:
        yield container


def _begin(box: Container, company_id: CompanyId | None, key: str = "k1") -> int:
    with box.uow() as work:
        details = {"key": key, "sum": "990.00"}
        number = work.audit.add(company_id, actor="cli", action="partner.payment", details=details, at=box.clock())
        work.commit()
    return number


def test_a_deed_begun_has_no_outcome_until_it_is_finished(box: Container) -> None:
    company_id = register(box).company.company_id
    number = _begin(box, company_id)
    with box.uow() as work:
        assert work.audit.recent(company_id, limit=5)[0].outcome is None
        work.audit.finish(number, "done", result={"id": 123})
        work.commit()
    with box.uow() as work:
        (entry,) = work.audit.recent(company_id, limit=5)
    assert (entry.outcome, entry.actor, entry.action) == ("done", "cli", "partner.payment")
    assert entry.details == {"key": "k1", "sum": "990.00", "result": {"id": 123}}


def test_the_first_deed_under_a_key_is_found_in_its_own_company_only(box: Container) -> None:
    ours, theirs = register(box, 1).company.company_id, register(box, 2).company.company_id
    first = _begin(box, ours)
    _begin(box, ours)
    with box.uow() as work:
        found = work.audit.find_by_key(ours, action="partner.payment", key="k1")
        assert found is not None
        assert found.audit_id == first
        assert work.audit.find_by_key(theirs, action="partner.payment", key="k1") is None
        assert work.audit.find_by_key(ours, action="partner.refund", key="k1") is None


def test_deeds_about_nobody_are_kept_apart_and_the_latest_come_first(box: Container) -> None:
    company_id = register(box).company.company_id
    numbers = [_begin(box, None, str(each)) for each in range(3)]
    _begin(box, company_id)
    with box.uow() as work:
        assert [entry.audit_id for entry in work.audit.recent(None, limit=2)] == numbers[:0:-1]
        assert len(work.audit.recent(company_id, limit=2)) == 1
