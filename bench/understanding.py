"""What it costs to understand a client's message: its days and times, and all of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles

from aiadmin.domain.chat.dates.cases import DateCase, cases_of
from aiadmin.domain.chat.dates.reading import LONGEST, read_when
from aiadmin.domain.chat.reading import LONGEST as LONGEST_BURST
from aiadmin.domain.chat.reading import read_text
from bench.tables import table
from tests.support.reading import turns, vocabulary

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
        [f"a phrase, half of {len(cases)}", f"{median(costs):.2f} ms", "2 ms"],
        ["a phrase, 99 %", f"{quantiles(costs, n=100)[-1]:.2f} ms", "2 ms"],
        ["the slowest phrase", f"{max(costs):.2f} ms", "2 ms"],
        [f"the longest message that is read, {LONGEST:,} characters, at its worst", f"{hardest:.0f} ms", "-"],
    ]
    return "\n".join([table("Understanding of days and times", ["what", "figure", "aim"], rows), _bursts()])


def _bursts() -> str:
    """The table: each labelled turn of tests/reading is read some times, and the least of them counts."""
    labelled = [turn for name in ("lavanda.jsonl", "trades.jsonl", "answers.jsonl") for turn in turns(name)]
    costs = [_milliseconds(turn.read) for turn in labelled]
    worst = max(_milliseconds(lambda word=word: read_text(_filled(word), labelled[0].context)) for word in _BUSIEST)  # type: ignore[misc]
    started = time.perf_counter()
    vocabulary.cache_clear()
    vocabulary("lavanda")
    built = 1000 * (time.perf_counter() - started)
    rows = [
        [f"a burst, half of {len(labelled)}", f"{median(costs):.2f} ms", "5 ms"],
        ["a burst, 99 %", f"{quantiles(costs, n=100)[-1]:.2f} ms", "5 ms"],
        ["the slowest burst", f"{max(costs):.2f} ms", "5 ms"],
        [f"the longest burst that is read, {LONGEST_BURST:,} characters, at its worst", f"{worst:.0f} ms", "-"],
        ["the words of a salon of 16 services and 6 masters, once for a catalogue", f"{built:.0f} ms", "-"],
    ]
    return table("Understanding of a burst by rules", ["what", "figure", "aim"], rows)


_BUSIEST = ("не ", "да ", "запишите ", "есть ли ", "1.", "ааааб ")
"""What keeps the dictionary and the grammar busy."""


def _filled(word: str) -> str:
    return (word * LONGEST_BURST)[:LONGEST_BURST]


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
