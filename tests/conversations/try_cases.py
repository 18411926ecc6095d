"""Plays conversations with the pure functions of the chat: `python -m tests.conversations.try_cases [IDS...]`.

For those who write rules. `bot replay` is the real thing: the services, a database, a clock.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import structlog

from aiadmin.domain.chat.steps import Found, Need, NeedVisits
from aiadmin.domain.replay.judging import Judge
from aiadmin.domain.replay.perturbing import perturbed
from aiadmin.domain.replay.played import PlayedTurn
from tests.conversations.player import Stage
from tests.conversations.reading import LAVANDA, read
from tests.conversations.views import MORPHOLOGY
from tests.fakes.yclients.client import FakeYClients


def main() -> int:
    parser = argparse.ArgumentParser(description="Play conversations with the pure functions of the chat.")
    parser.add_argument("ids", nargs="*", help="conversations, such as A1; all without")
    parser.add_argument("--file", type=Path, default=LAVANDA)
    parser.add_argument("-q", "--quiet", action="store_true", help="one line a conversation")
    parser.add_argument("--perturb", type=int, metavar="SEED", help="disturb what clients write")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    file = read(asked.file)
    cases = [case for case in file["conversations"] if not asked.ids or case["id"] in asked.ids]
    if asked.perturb is not None:
        cases = [perturbed(case, asked.perturb) for case in cases]
    started, held = time.monotonic(), 0
    with FakeYClients() as fake:
        stage = Stage(fake, file)
        for case in cases:
            held += _play(stage, case, quiet=asked.quiet)
    print(f"{held} of {len(cases)} held, {time.monotonic() - started:.1f} s")
    return 0 if held == len(cases) else 1


def _play(stage: Stage, case: dict[str, Any], *, quiet: bool) -> bool:
    judge, wrong = Judge(stage.catalogue, case, MORPHOLOGY.given_name), []
    if not quiet:
        print(f"--- {case['id']} {case['kind']}")
    try:
        for number, (given, turn) in enumerate(zip(case["turns"], stage.play(case), strict=True), 1):
            judgement = judge.judge(given, turn)
            found = [*(f"{name} {how}" for name, how in judgement.hard), *judgement.wrong]
            wrong += [f"turn {number}: {one}" for one in found]
            if not quiet:
                _show(given, turn, [*found, *(f"(soft) {one}" for one in judgement.soft)])
    except Exception as error:  # noqa: BLE001 - the next conversation is played all the same
        wrong.append(f"raised {error!r}")
        if not quiet:
            traceback.print_exc(limit=-6)
    print(f"{'held ' if not wrong else 'WRONG'} {case['id']:<5} {'; '.join(wrong) if quiet else ''}")
    return not wrong


def _show(given: dict[str, Any], turn: PlayedTurn, found: list[str]) -> None:
    for said in given["say"]:
        print(f"  client: {said}")
    tried = turn.details["turn"]
    print("  understood:", *map(_bare, tried.commands))
    for need in tried.needs:
        print(f"  {_bare(need)} -> {_found(tried.found, need)}")
    if tried.agreed is not None:
        print(f"  WRITE {tried.agreed.operation} -> {tried.found.written}")
    print(f"  bot ({turn.act}, asks {turn.asks}, {turn.reason}): {turn.text}")
    if turn.offer:
        print(f"  offers {turn.offer}")
    print(f"  writes {list(turn.writes)}" if turn.writes else f"  {turn.calls} calls, {turn.milliseconds} ms")
    for one in found:
        print(f"    ! {one}")


def _found(found: Found, need: Need) -> str:
    tables = (found.days, found.starts, found.events, found.day_of_staff, found.free_staff)
    answer = (
        found.visits if isinstance(need, NeedVisits) else next((one[need] for one in tables if need in one), None)
    )
    if isinstance(answer, Sequence) and answer and hasattr(answer[0], "wall_clock"):
        return ", ".join(f"{one.wall_clock:%d.%m %H:%M}" for one in answer)
    return _bare(tuple(answer)) if isinstance(answer, Sequence) else str(answer)


def _bare(value: Any) -> str:
    """A value without what is empty, and without where it stands in the text."""
    if isinstance(value, (date, clock_time, timedelta)):
        return str(value)
    if isinstance(value, (tuple, frozenset)):
        return f"[{', '.join(map(_bare, value))}]"
    if not is_dataclass(value):
        return str(value)
    named = {one.name: getattr(value, one.name) for one in fields(value) if one.name != "spans"}
    shown = {name: one for name, one in named.items() if one not in ((), None, "", False, frozenset())}
    return f"{type(value).__name__}({', '.join(f'{name}={_bare(one)}' for name, one in shown.items())})"


if __name__ == "__main__":
    sys.exit(main())
