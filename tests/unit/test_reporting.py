"""Whatever goes wrong with a test, before, in or after it, is reported, and so is that it passed."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.support.reporting import is_shown


@pytest.mark.parametrize("when", ["setup", "call", "teardown"])
@pytest.mark.parametrize("outcome", ["passed", "failed", "skipped"])
def test_what_goes_wrong_is_reported_and_of_what_passes_the_test_itself(
    when: Literal["setup", "call", "teardown"], outcome: Literal["passed", "failed", "skipped"]
) -> None:
    report = pytest.TestReport("a", ("a.py", 1, "a"), {}, outcome, None, when)
    assert is_shown(report) == (when == "call" or outcome != "passed")


def test_what_a_fixture_says_of_its_test_is_reported() -> None:
    said = [("rows", 3)]
    assert is_shown(pytest.TestReport("a", ("a.py", 1, "a"), {}, "passed", None, "teardown", user_properties=said))
