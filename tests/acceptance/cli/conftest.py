"""A data folder, and the end of whatever a test starts on it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.cli.running import Up


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder in a folder with a space, which PostgreSQL's account may enter."""
    top = Path(tempfile.mkdtemp(prefix="aiadmin up "))
    top.chmod(0o755)
    yield top / "data"
    shutil.rmtree(top)


@pytest.fixture
def started() -> Iterator[list[Up]]:
    """What a test starts; stopped at its end, whatever happened."""
    ups: list[Up] = []
    yield ups
    for up in ups:
        up.end()
