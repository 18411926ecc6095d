"""Every query names its company, or is on a list that says why it does not."""

from __future__ import annotations

import pytest

from tests.integration.tenancy.statements import CARRIED, FLEET_WIDE, methods


def test_every_method_of_a_repository_takes_the_company_or_says_why_not() -> None:
    for name, taken in methods():
        if "company_id" not in taken and name not in {*FLEET_WIDE, *CARRIED}:
            pytest.fail(f"{name} names no company: let it, or add it to FLEET_WIDE or CARRIED in {FLEET_WIDE_AT}")


FLEET_WIDE_AT = "tests/integration/tenancy/statements.py"


def test_nothing_is_on_the_lists_that_is_gone_or_names_its_company() -> None:
    found = dict(methods())
    listed = {name for name in {*FLEET_WIDE, *CARRIED} if "._" not in name}
    assert sorted(listed - set(found)) == []
    assert sorted(name for name in listed if "company_id" in found[name]) == []
