"""Checks a file of conversations (`FORMAT.md`) before it is played: `python -m tests.conversations.checking FILE`.

It proves that a file can be played and that its expectations can be met: every id exists, every expected offer is
possible by `starts`, prices are the catalogue's, every forbidden time is a real temptation, weekdays and dates agree.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tests.conversations.case_check import CaseCheck
from tests.conversations.reading import read
from tests.conversations.salon_check import SalonCheck

_NO_FORM = (KeyError, TypeError, AttributeError, ValueError)
_LONGEST_LINE = 220


def check(path: Path) -> list[str]:
    """What is wrong with a file, each with where it is; raises yaml.YAMLError for what is no YAML."""
    problems = problems_of(read(path))
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return [
        *problems,
        *(f"line {number}: {len(line)} characters" for number, line in lines if len(line) >= _LONGEST_LINE),
    ]


def problems_of(file: dict[str, Any]) -> list[str]:
    """The same of what was read."""
    try:
        salon = SalonCheck(file)
    except _NO_FORM as error:
        return [f"is not of the form: {type(error).__name__} {error}"]
    for step in (salon.check_salon, salon.check_starts):
        try:
            step()
        except _NO_FORM as error:
            salon.fail("salon", f"is not of the form: {type(error).__name__} {error}")
    salon.unique("conversations", [case.get("id") for case in file["conversations"]])
    for case in file["conversations"]:
        try:
            CaseCheck(salon, case).check()
        except _NO_FORM as error:
            salon.fail(str(case.get("id", "?")), f"is not of the form: {type(error).__name__} {error}")
    return salon.problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a file of conversations.")
    parser.add_argument("file", type=Path)
    path = parser.parse_args().file
    problems, cases = check(path), read(path)["conversations"]
    turns = [turn for case in cases for turn in case["turns"]]
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{path}: {len(cases)} conversations, {len(turns)} turns, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
