"""The examples in docstrings are run: a reader may take them at their word."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

from tests.conftest import ROOT

SHOWING = [
    path
    for folder in ("aiadmin", "jobs")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if ">>> " in path.read_text()
]


@pytest.mark.parametrize("path", SHOWING, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_examples_of_a_module_are_true(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
    tried = doctest.testmod(module)
    assert tried.failed == 0
    assert tried.attempted > 0, "doctest finds no example in what it does not look at: a string below a constant"
