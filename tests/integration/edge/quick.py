"""The worker of production with a fraction of its patience, so that no test waits a quarter of a minute."""

from __future__ import annotations

from aiadmin.edge.connections import Patience
from aiadmin.edge.worker import EdgeWorker


class QuickWorker(EdgeWorker):
    """Named by `-k` in these tests."""

    patience = Patience(first=1.0, idle=1.0, head=1.0, body=1.0, answer=2.0)
