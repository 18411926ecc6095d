"""What the fake WhatsApp and the rows say of the sessions."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import psycopg2

from tests.chaos.fleet import HostProcess
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.hosted_salons import Salons

_POLL_SECONDS = 0.25
_HELD = """
    SELECT d.jid FROM devices d JOIN session_hosts h ON h.id = d.host_id
    WHERE h.lease_until > now() AND d.observed = 'online'
"""


class Watch:
    """Looks from outside; `jids` are all devices that should be connected."""

    def __init__(self, whatsapp: FakeWhatsApp, salons: Salons) -> None:
        self._whatsapp, self._salons = whatsapp, salons
        self.jids = frozenset(row["jid"] for row in salons.rows("SELECT jid FROM devices"))
        self._since = self.now()

    def now(self) -> int:
        """A mark in the fake WhatsApp's log: what came later has a greater number."""
        log = self._whatsapp.log()
        return int(log[-1]["n"]) if log else 0

    def connections(self) -> dict[int, str]:
        """The live connections: their numbers, and whose they are."""
        listed = self._whatsapp.control("GET", "/connections")["connections"]
        return {one["number"]: one["jid"] for one in listed if one["state"] == "live" and one["jid"] in self.jids}

    def events(self, kind: str, after: int | None = None) -> list[dict[str, Any]]:
        """What WhatsApp noted of a kind, since the scenario began or since a mark."""
        return self._whatsapp.log(kind, after=self._since if after is None else after)

    def logins(self, after: int | None = None) -> Counter[str]:
        """How often each device has connected."""
        return Counter(entry["jid"] for entry in self.events("login", after))

    def is_whole(self) -> bool:
        """Whether every device has its one connection, and a living host that knows it."""
        connected = Counter(self.connections().values())
        return connected == Counter(self.jids) and {row["jid"] for row in self._salons.rows(_HELD)} == self.jids

    def is_postgres_back(self) -> bool:
        """Whether PostgreSQL takes connections."""
        try:
            return bool(self._salons.rows("SELECT 1"))
        except psycopg2.OperationalError:
            return False

    def devices(self) -> dict[str, dict[str, Any]]:
        """All rows, by JID."""
        return {row["jid"]: row for row in self._salons.rows("SELECT * FROM devices")}

    def epochs(self) -> dict[str, int]:
        """How often each device was taken."""
        return {jid: row["epoch"] for jid, row in self.devices().items()}

    def held_by(self, host: HostProcess) -> frozenset[str]:
        """The devices of this process, as long as its row is there."""
        rows = self._salons.rows(
            "SELECT d.jid FROM devices d JOIN session_hosts h ON h.id = d.host_id WHERE h.name LIKE %s",
            f"%:{host.pid}",
        )
        return frozenset(row["jid"] for row in rows)

    def until(self, predicate: Callable[[], Any], within: float, what: str) -> float:
        """Wait; how many seconds it took. Raises AssertionError, with where the sessions stand."""
        started = time.monotonic()
        while not predicate():
            if time.monotonic() - started > within:
                raise AssertionError(f"not within {within} s: {what}; {self.summary()}")
            time.sleep(_POLL_SECONDS)
        return time.monotonic() - started

    def until_whole(self, within: float) -> float:
        """Wait until all are connected; how many seconds it took."""
        return self.until(self.is_whole, within, "all connected")

    def throughout(self, seconds: float, holds: Callable[[], Any], what: str) -> None:
        """Look again and again for some time: it must hold all the while."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert holds(), f"{what}; {self.summary()}"
            time.sleep(_POLL_SECONDS)

    def doubles(self) -> dict[str, int]:
        """The devices that are connected more than once."""
        return {jid: count for jid, count in Counter(self.connections().values()).items() if count > 1}

    def summary(self) -> str:
        """Where the sessions stand."""
        rows = self._salons.rows("SELECT observed, reason, host_id, count(*) FROM devices GROUP BY 1, 2, 3")
        stand = [f"{row['observed']} ({row['reason']}) at {row['host_id']}: {row['count']}" for row in rows]
        return f"{len(self.connections())} connections; " + "; ".join(stand)


def histogram(moments: Sequence[float], *, width: float = 5.0) -> str:
    """How many fell into each span of `width` seconds, one line each."""
    counts = Counter(int(moment // width) for moment in moments)
    rows = range(max(counts, default=-1) + 1)
    return "\n".join(f"{row * width:5.0f} s {counts[row]:4} {'#' * counts[row]}" for row in rows)
