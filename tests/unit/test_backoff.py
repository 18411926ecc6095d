"""Waits grow, end at the longest, and are spread over their upper half."""

from __future__ import annotations

import ast
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.backoff import Backoff
from tests.conftest import ROOT

_SPANS = st.timedeltas(timedelta(milliseconds=1), timedelta(days=30))
_FACTORS = st.floats(1, 10)
_ROUNDING = timedelta(microseconds=1)


@given(_SPANS, _SPANS, _FACTORS, st.integers(0, 10**9), st.floats(0, 1))
def test_no_wait_is_longer_than_the_longest_or_shorter_than_half(
    first: timedelta, longest: timedelta, factor: float, failures: int, jitter: float
) -> None:
    backoff = Backoff(first=first, longest=longest, factor=factor)
    full = backoff.wait(failures, 1)
    assert full <= longest
    assert full / 2 - _ROUNDING <= backoff.wait(failures, jitter) <= full
    assert full <= backoff.wait(failures + 1, 1), "and none is shorter than the one before"


def _all() -> list[Backoff]:
    """Those of the product, evaluated from its sources: nothing is imported for it."""
    sources = [path.read_text() for folder in ("aiadmin", "jobs") for path in (ROOT / folder).rglob("*.py")]
    naming = [source for source in sources if "Backoff" in source]  # to parse all costs each collection two seconds
    nodes = [node for source in naming for node in ast.walk(ast.parse(source))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "Backoff"]
    names = {"Backoff": Backoff, "timedelta": timedelta}
    return sorted({eval(ast.unparse(call), names) for call in calls}, key=repr)  # noqa: S307 - our own sources


@pytest.mark.parametrize("backoff", _all(), ids=repr)
def test_every_retry_of_ours_ends_at_its_longest_wait_and_is_never_at_once(backoff: Backoff) -> None:
    assert backoff.wait(10**9, 1) == backoff.longest
    assert backoff.wait(1, 0) > timedelta(0)


def test_there_are_several() -> None:
    assert len(_all()) > 5
