"""What this process takes of its machine."""

from __future__ import annotations

import os
import resource
import sys
import threading
from pathlib import Path

from aiadmin.domain.hosting.host import Vitals

_SELF = Path("/proc/self")


def sample() -> Vitals:
    """Resident memory, threads and open files; off Linux the memory is the highest so far, and files are unknown."""
    if not _SELF.exists():
        unit = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        return Vitals(rss_bytes=peak, threads=threading.active_count())
    return Vitals(
        rss_bytes=int((_SELF / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
        threads=_count(_SELF / "task"),
        open_files=_count(_SELF / "fd"),
    )


def _count(folder: Path) -> int:
    return len(os.listdir(folder))  # noqa: PTH208 - hundreds of files, and a Path of each would take ten times as long
