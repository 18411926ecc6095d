"""What messages to clients cost: planning them, and the way from a webhook to a phone."""

from __future__ import annotations

from pathlib import Path

import psutil

import bench.latency
import bench.planning
from aiadmin.adapters import embedded
from bench.databases import make_database
from tests.fakes.yclients.client import FakeYClients
from tests.support.stack import APP_ID, PARTNER_TOKEN


def measure(folder: Path, *, is_quick: bool = False) -> str:
    """The tables of the notices' figures; some minutes."""
    postgres = embedded.start_postgres(folder / "notices-postgres")
    valkey = embedded.start_valkey(folder / "notices-valkey")
    try:
        planning = bench.planning.measure(
            make_database(postgres.url, "planning"),
            valkey.url,
            server=psutil.Process(postgres.pid),
            sizes=bench.planning.QUICK_SIZES if is_quick else bench.planning.SIZES,
        )
        with FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as yclients:
            latency = bench.latency.measure(folder, postgres.url, valkey.url, yclients)
    finally:
        valkey.stop()
        postgres.stop()
    return "\n".join([planning, latency])
