"""Starts `dying_worker`."""

from __future__ import annotations

import pickle
import subprocess
from typing import Any

from tests.conftest import ROOT
from tests.support import processes
from tests.support.played_salon import PlayedSalon


def started(played: PlayedSalon, job: str, **known: Any) -> subprocess.Popen[bytes]:
    """A process that does this job of `dying_worker`, and shares no connection with us."""
    worker = processes.start(
        "-m",
        "tests.integration.chat.dying_worker",
        cwd=ROOT,
        env=dict(processes.AS_INSTALLED),
        stdin=subprocess.PIPE,
    )
    assert worker.stdin is not None
    worker.stdin.write(pickle.dumps((played.box.config, played.box.now, job, known)))
    worker.stdin.close()
    return worker
