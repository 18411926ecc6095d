"""`make soak`: sessions under random faults for ten minutes; a table of what each minute took, and a verdict.

`SOAK_SECONDS` (600), `SOAK_SESSIONS` (100) and `SOAK_SEED` (random) change it. Three hosts hold the sessions, and
messages go both ways all the time. The first host is never ended by us, and no host takes over more than its share:
what the first one takes is what hosting leaks. The others are killed and told to end at random and replaced. Exit
code 1 says that something is wrong.
"""

from __future__ import annotations

import math
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg2

from aiadmin.adapters.embedded.postgres import MAX_CONNECTIONS
from tests.chaos.fleet import Fleet, HostProcess
from tests.chaos.scale import FULL
from tests.chaos.streams import Streams
from tests.chaos.watch import Watch
from tests.chaos.world import World, own_postgres
from tests.support.hosted_salons import Salons
from tests.support.restarting import RestartingServer

HOSTS = 3
FAULT_EVERY_SECONDS = 4.0
SAMPLE_EVERY_SECONDS = 2.0
TALKING = 6
"""Salons that write: the library remembers the last 256 messages of each session, and these have that many early."""
WARM_UP = 1 / 3
"""The part of the time in which memory may still grow: pools, caches, and the first start of everything."""
GROWTH_MB_PER_MINUTE = 1.5
"""The library keeps some 50 kB and two descriptors of each start for ever; this many starts a minute cost that."""
SPARE = 1.05
"""All hosts together hold so many times the sessions, so that each holds its share from the beginning to the end."""
CONNECTIONS_SHARE = 0.75
HEALED_WITHIN = 180.0
_COLUMNS = ("minute", "connected", "hosts", "faults", "logins", "RSS MB", "threads", "fds", "PostgreSQL", "in", "out")


@dataclass(frozen=True)
class Sample:
    """What the first host takes at a moment (seconds since the start), and PostgreSQL's connections."""

    at: float
    rss_mb: float
    threads: int
    fds: int
    connections: int | None


@dataclass
class Soak:
    """One run."""

    postgres: RestartingServer
    world: World
    salons: Salons
    fleet: Fleet
    watch: Watch
    streams: Streams
    dice: random.Random
    seconds: float
    samples: list[Sample] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    logins: int = 0
    mark: int = 0

    def run(self) -> None:
        """Faults, samples and a line a minute, until the time is over."""
        print("  ".join(f"{name:>10}" for name in _COLUMNS), flush=True)
        started, next_fault, next_sample, minute = time.monotonic(), 0.0, 0.0, 1
        while (at := time.monotonic() - started) < self.seconds:
            if at >= next_fault:
                next_fault = at + self.dice.expovariate(1 / FAULT_EVERY_SECONDS)
                self._strike()
            if at >= next_sample:
                next_sample = at + SAMPLE_EVERY_SECONDS
                self.samples.append(self._sample(at))
            if at >= 60 * minute:
                self._print(minute)
                minute += 1
            self._refill()
            time.sleep(0.2)

    def _refill(self) -> None:
        while len(self.fleet.running) < HOSTS and not self.fleet.dead():
            self.fleet.start()

    # faults

    def _strike(self) -> None:
        kinds = self._kinds()
        [name] = self.dice.choices(list(kinds), [weight for weight, _ in kinds.values()])
        self.faults[name] += 1
        kinds[name][1]()

    def _kinds(self) -> dict[str, tuple[int, Callable[[], object]]]:
        whatsapp = self.world.whatsapp
        return {
            "drop": (20, lambda: whatsapp.fault("drop", jid=self._jid())),
            "drop many": (4, self._drop_many),
            "refuse": (6, lambda: whatsapp.fault("refuse", seconds=self.dice.uniform(1, 8))),
            "mute": (6, lambda: whatsapp.fault("mute", jid=self._jid(), seconds=self.dice.uniform(10, 60))),
            "stream error": (10, lambda: whatsapp.fault("stream-error", jid=self._jid(), error="503")),
            "replaced": (6, lambda: whatsapp.fault("stream-error", jid=self._jid(), error="replaced")),
            "login failure": (8, self._fail_login),
            "kill -9": (4, lambda: self._victim().kill()),
            "SIGTERM": (4, lambda: self._victim().ask_to_end()),
            "PostgreSQL": (2, self.postgres.restart),
            "Valkey": (2, self.world.valkey.restart),
        }

    def _jid(self) -> str:
        return self.dice.choice(sorted(self.watch.jids))

    def _victim(self) -> HostProcess:
        return self.dice.choice(self.fleet.running[1:] or [self.fleet.start()])

    def _drop_many(self) -> None:
        for jid in self.dice.sample(sorted(self.watch.jids), k=len(self.watch.jids) // 10):
            self.world.whatsapp.fault("drop", jid=jid)

    def _fail_login(self) -> None:
        jid = self._jid()
        self.world.whatsapp.fault("login-failure", jid=jid, reason=self.dice.choice(["500", "503"]))
        self.world.whatsapp.fault("drop", jid=jid)

    # what it takes

    def _sample(self, at: float) -> Sample:
        elder = psutil.Process(self.fleet.hosts[0].pid)
        with elder.oneshot():
            memory, threads = elder.memory_info().rss / 2**20, elder.num_threads()
        return Sample(at, memory, threads, elder.num_fds(), self._connections())

    def _connections(self) -> int | None:
        try:
            return int(self.salons.rows("SELECT count(*) FROM pg_stat_activity")[0]["count"])
        except psycopg2.Error:
            return None  # it restarts just now

    def _print(self, minute: int) -> None:
        last = [one for one in self.samples if one.at >= 60 * (minute - 1)]
        self.logins += self.watch.logins(self.mark).total()
        self.mark = self.watch.now()
        figures = (
            minute,
            f"{len(self.watch.connections())}/{len(self.watch.jids)}",
            len(self.fleet.running),
            self.faults.total(),
            self.logins,
            f"{statistics.median(one.rss_mb for one in last):.1f}",
            max(one.threads for one in last),
            max(one.fds for one in last),
            max(one.connections or 0 for one in last),
            len(self.streams.written),
            len(self.streams.owed),
        )
        print("  ".join(f"{figure:>10}" for figure in figures), flush=True)

    # the end

    def verdict(self) -> list[str]:
        """What is wrong; nothing, when all is well. Heals WhatsApp, and waits for everything to come right."""
        self.world.whatsapp.control("DELETE", "/faults")
        wrong = [*self.fleet.dead(), *self.fleet.stumbles()]
        try:
            seconds = self.watch.until_whole(HEALED_WITHIN)
            print(f"all connected {seconds:.1f} s after the last fault")
            self.watch.until(lambda: not self.streams.undecided(), HEALED_WITHIN, "all messages decided")
        except AssertionError as error:
            wrong.append(str(error))
        return wrong + self._too_much() + self._messages()

    def _too_much(self) -> list[str]:
        steady = [one for one in self.samples if one.at > WARM_UP * self.seconds]
        growth = statistics.linear_regression([one.at / 60 for one in steady], [one.rss_mb for one in steady]).slope
        connections = max(one.connections or 0 for one in self.samples)
        fds, most_fds = max(one.fds for one in self.samples), self._most_fds()
        print(f"memory after warm-up {growth:+.2f} MB a minute; at most {fds} fds of {most_fds}, ")
        print(f"and {connections} connections of PostgreSQL's {MAX_CONNECTIONS}")
        checks = {
            f"memory grows by {growth:.2f} MB a minute": growth > GROWTH_MB_PER_MINUTE,
            f"{fds} file descriptors": fds > most_fds,
            f"{connections} connections to PostgreSQL": connections > CONNECTIONS_SHARE * MAX_CONNECTIONS,
        }
        return [what for what, is_wrong in checks.items() if is_wrong]

    def _most_fds(self) -> int:
        """A connection and two of PostgreSQL's for each session of a host, and a hundred."""
        return 100 + 3 * _capacity(len(self.watch.jids))

    def _messages(self) -> list[str]:
        arrived, stored = self.streams.arrived(), self.streams.stored()
        said = self.streams.states()
        lost = len(set(self.streams.written) - set(stored))
        twice = [text for text, count in arrived.items() if count > 1]
        print(f"{len(self.streams.written)} in, {lost} lost with the hosts that were killed")
        print(f"out: {dict(Counter(said.values()))}")
        wrong = [f"{len(twice)} messages arrived twice"] if twice else []
        gone = [text for number, text in self.streams.owed.items() if said[number] == "sent" and text not in arrived]
        return wrong + ([f"called sent, and did not arrive: {gone}"] if gone else [])


def _capacity(sessions: int) -> int:
    return math.ceil(SPARE * sessions / HOSTS)


def main() -> int:
    """Run; the exit code."""
    seconds, sessions = float(os.environ.get("SOAK_SECONDS", "600")), int(os.environ.get("SOAK_SESSIONS", "100"))
    seed = os.environ.get("SOAK_SEED", str(random.randrange(10**6)))  # noqa: S311 - picks faults, guards nothing
    folder = Path(tempfile.mkdtemp(prefix="aiadmin-soak-"))
    folder.chmod(0o755)
    wrong = _soak(folder, seconds, sessions, seed)
    print("PASS" if not wrong else "FAIL\n" + "\n".join(wrong))
    if not wrong:
        shutil.rmtree(folder)
    return bool(wrong)


def _soak(folder: Path, seconds: float, sessions: int, seed: str) -> list[str]:
    print(f"{sessions} sessions for {seconds:.0f} s, seed {seed}; logs of the hosts in {folder}", flush=True)
    with (
        own_postgres(folder) as postgres,
        World(folder, postgres.url, sessions) as world,
        world.salons() as salons,
        closing(Fleet(world, salons.database_url, FULL, folder, SESSIONS_CAPACITY=str(_capacity(sessions)))) as fleet,
    ):
        watch = Watch(world.whatsapp, salons)
        for _ in range(HOSTS):
            fleet.start()
        watch.until_whole(FULL.patience)
        with Streams(world.whatsapp, salons, TALKING) as streams:
            soak = Soak(postgres, world, salons, fleet, watch, streams, random.Random(seed), seconds)  # noqa: S311 - ditto
            soak.run()
        print(f"faults: {dict(soak.faults)}")
        return soak.verdict()


if __name__ == "__main__":
    sys.exit(main())
