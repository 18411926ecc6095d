"""The phrases of tests/dates, with the right values."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.dates.cases import DateCase, cases_of
from tests.conftest import ROOT


def phrases(name: str) -> Sequence[DateCase]:
    """Those of one file."""
    with (ROOT / "tests" / "dates" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return list(cases_of(lines))
