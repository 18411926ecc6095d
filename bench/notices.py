"""What messages to clients cost: how many a host sends in a second."""

from __future__ import annotations

from pathlib import Path

import bench.sending


def measure(folder: Path) -> str:
    """The tables of the notices' figures."""
    return bench.sending.measure(folder)
