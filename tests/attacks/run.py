"""`make attack`: one attack after the other against a running product; a table, and a verdict.

`python -m tests.attacks.run bad-packets heavy-json` runs these alone. Exit code 1 says that one was not held.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aiadmin.adapters import embedded
from bench.databases import make_database
from bench.tables import table
from tests.attacks.attack import Attack, Outcome
from tests.attacks.ground import Ground, opened
from tests.attacks.probe import Figures, Probe
from tests.attacks.registry import ATTACKS

QUIET_SECONDS = 3.0
"""So long is looked at what nobody attacks, before and after."""
HEALTH_WITHIN = 5.0
"""Whoever asks whether the process lives may wait so long, whatever the attack; a platform waits longer."""
_RECOVERED_WITHIN = 60.0
_HEADER = (
    "attack",
    "held",
    "/health p50, p99, worst ms: before",
    "during",
    "after",
    "web RSS MB: before, most, after",
    "log kB",
    "s",
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One attack as it was seen from collaborators."""

    attack: Attack
    outcome: Outcome
    before: Figures
    during: Figures
    after: Figures
    log_kb: float
    seconds: float


def main(names: Sequence[str]) -> int:
    """Run the named attacks, or all; the exit code."""
    known = {attack.name: attack for attack in ATTACKS}
    if unknown := set(names) - set(known):
        sys.exit(f"no such attack: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    folder = Path(tempfile.mkdtemp(prefix="aiadmin-attack-"))
    folder.chmod(0o755)
    print(f"the product's log is {folder}/up.log", flush=True)
    measured = _attack([known[name] for name in names or known], folder)
    print(_table(measured))
    broken = [one for one in measured if one.outcome.wrong]
    print(f"\n{len(measured) - len(broken)} of {len(measured)} attacks were held")
    if not broken:
        shutil.rmtree(folder)
    return bool(broken)


def _attack(attacks: Sequence[Attack], folder: Path) -> list[Measured]:
    postgres, valkey = embedded.start_postgres(folder / "postgres"), embedded.start_valkey(folder / "valkey")
    try:
        database_url = make_database(postgres.url, "attacked")
        with opened(database_url=database_url, redis_url=valkey.url, folder=folder) as ground:
            return [_tell(_measure(attack, ground)) for attack in attacks]
    finally:
        valkey.stop()
        postgres.stop()


def _measure(attack: Attack, ground: Ground) -> Measured:
    ground.comes_true(ground.is_answering, within=_RECOVERED_WITHIN)  # from the attack before this one
    web, log_kb = ground.web().pid, ground.log_kb()
    with Probe(ground.port, ground.arbiter().pid) as probe:
        time.sleep(QUIET_SECONDS)
        began = time.monotonic()
        outcome = attack.full(ground)
        ended = time.monotonic()
        time.sleep(QUIET_SECONDS)
    before = [look for look in probe.looks if look.at < began]
    during = [look for look in probe.looks if look.at + look.seconds >= began and look.at < ended]
    after = [look for look in probe.looks if look.at >= ended]
    figures = Figures.of(during or after[:1] or before[-1:])  # an attack may be over between two looks
    return Measured(
        attack=attack,
        outcome=replace(outcome, wrong=outcome.wrong + _noticed(figures, is_same=ground.web().pid == web)),
        before=Figures.of(before),
        during=figures,
        after=Figures.of(after or probe.looks[-1:]),
        log_kb=ground.log_kb() - log_kb,
        seconds=ended - began,
    )


def _noticed(during: Figures, *, is_same: bool) -> tuple[str, ...]:
    """What everybody else noticed, whatever the attack."""
    wrong = [] if is_same else ["the web process was started again"]
    if during.unanswered:
        wrong.append(f"/health was not answered {during.unanswered} times")
    if during.worst > HEALTH_WITHIN:
        wrong.append(f"/health took {during.worst:.1f} s")
    return tuple(wrong)


def _tell(one: Measured) -> Measured:
    """At once, for a whole run takes minutes."""
    print(f"\n{one.attack.title}: {'NOT HELD' if one.outcome.wrong else 'held'}")
    print(f"  sent       {one.outcome.sent}")
    print(f"  held when  {one.attack.criterion}")
    if one.outcome.seen:
        print(f"  seen       {one.outcome.seen}")
    for sentence in one.outcome.wrong:
        print(f"  WRONG      {sentence}")
    sys.stdout.flush()
    return one


def _table(measured: Sequence[Measured]) -> str:
    return table("Attacks", _HEADER, [_row(one) for one in measured])


def _row(one: Measured) -> list[str]:
    return [
        one.attack.title,
        "NO" if one.outcome.wrong else "yes",
        *map(_latency, (one.before, one.during, one.after)),
        f"{one.before.rss_mb:.0f}, {one.during.rss_mb:.0f}, {one.after.rss_mb:.0f}",
        f"{one.log_kb:.0f}",
        f"{one.seconds:.0f}",
    ]


def _latency(figures: Figures) -> str:
    said = f"{figures.p50 * 1000:.0f}, {figures.p99 * 1000:.0f}, {figures.worst * 1000:.0f}"
    return f"{said} ({figures.unanswered} lost)" if figures.unanswered else said


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
