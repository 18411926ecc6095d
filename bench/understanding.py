"""What it costs to understand the days and times of a client's message."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles

from aiadmin.domain.chat.dates.cases import DateCase, cases_of
from aiadmin.domain.chat.dates.reading import LONGEST, read_when
from bench.tables import table

PHRASES = Path(__file__).resolve().parent.parent / "tests" / "dates"
REPEATS = 5
NOW = datetime(2026, 7, 15, 10)  # noqa: DTZ001 - a salon's wall clock
HARDEST = "1."
"""Of all that was tried, what keeps the grammar busy the longest."""


def measure(_folder: Path) -> str:
    """The table: each phrase of tests/dates is read some times, and the least of them counts."""
    cases = [case for file in sorted(PHRASES.glob("*.jsonl")) for case in _cases(file)]
    costs = [_milliseconds(lambda case=case: read_when(case.text, now=case.now, asked=case.asked)) for case in cases]  # type: ignore[misc]
    hardest = _milliseconds(lambda: read_when(HARDEST * (LONGEST // len(HARDEST)), now=NOW))
    rows = [
        [f"a phrase, half of {len(cases)}", f"{median(costs):.2f} ms"],
        ["a phrase, 99 %", f"{quantiles(costs, n=100)[-1]:.2f} ms"],
        ["the slowest phrase", f"{max(costs):.2f} ms"],
        [f"the longest message that is read, {LONGEST:,} characters, at its worst", f"{hardest:.0f} ms"],
    ]
    return table("Understanding of days and times", ["what", "figure"], rows)


def _cases(file: Path) -> list[DateCase]:
    with file.open(encoding="utf-8") as lines:
        return list(cases_of(lines))


def _milliseconds(work: Callable[[], object]) -> float:
    work()
    return min(_once(work) for _ in range(REPEATS))


def _once(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)
