"""The least versions that `setup.cfg` takes: none with a published hole that the locked one closes."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {"cryptography": (50, 0, 0), "requests": (2, 33, 0)}
"""The first versions without the holes that are named beside the floors."""


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


@pytest.mark.parametrize("name", SAFE)
def test_no_version_with_a_known_hole_is_taken(name: str) -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    [floor] = re.findall(rf"^{name}>=([0-9.]+)", config["options"]["install_requires"], re.MULTILINE)
    [locked] = re.findall(rf"^{name}==([0-9.]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert SAFE[name] <= _version(floor) <= _version(locked)
