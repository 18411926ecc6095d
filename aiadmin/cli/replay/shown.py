"""What came of a replay: a line for each conversation, the last line for all, and JSON for other judges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiadmin.domain.replay.expected import shown_write
from aiadmin.domain.replay.judging import CaseJudgement, TurnJudgement
from aiadmin.domain.replay.played import Offer, PlayedTurn


def line_of(case: CaseJudgement) -> str:
    """A conversation: held or what was wrong, soft faults, client turns, calls to YClients, and time.

    The name of a rule, H1 to H6, stands only on the line of a conversation that broke it.
    """
    figures = f"{len(case.turns)} turns, {sum(one.calls for one in case.turns)} calls, {_milliseconds(case)} ms"
    said = [*case.complaints(), *(f"soft: {one}" for one in case.soft)]
    shown = " ".join("; ".join(said).split())
    return f"{'held ' if case.is_held else 'wrong'}  {case.name:<6} {figures:<30}  {case.kind:<24}  {shown}".rstrip()


def last_line(cases: Sequence[CaseJudgement]) -> str:
    """The sum of all: `54 of 60 held, 0 hard, 3 soft`."""
    hard, soft = sum(len(one.hard) for one in cases), sum(len(one.soft) for one in cases)
    return f"{sum(one.is_held for one in cases)} of {len(cases)} held, {hard} hard, {soft} soft"


def write_json(path: Path, cases: Sequence[CaseJudgement]) -> None:
    """Write per turn what was sent, changed and labelled, for others to judge."""
    data = [
        {
            "id": case.name,
            "kind": case.kind,
            "held": case.is_held,
            "raised": case.raised or None,
            "turns": [_turn(turn, judged) for turn, judged in zip(case.turns, case.judgements, strict=True)],
        }
        for case in cases
    ]
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _turn(turn: PlayedTurn, judged: TurnJudgement) -> dict[str, Any]:
    return {
        "texts": list(turn.texts),
        "act": turn.act,
        "asks": turn.asks,
        "reason": turn.reason,
        "offer": _offer(turn.offer),
        "writes": [shown_write(one) for one in turn.writes],
        "salon_told": turn.salon_told,
        "opted_out": turn.opted_out,
        "calls": turn.calls,
        "milliseconds": turn.milliseconds,
        "wrong": list(judged.wrong),
        "hard": [f"{name}: {how}" for name, how in judged.hard],
        "soft": list(judged.soft),
    }


def _offer(offer: Offer | None) -> dict[str, Any] | None:
    if offer is None:
        return None
    parts = [
        {
            "services": list(one.services),
            "staff": one.staff,
            "at": one.at and f"{one.at:%Y-%m-%dT%H:%M}",
            "price": None if one.price is None else float(one.price),
        }
        for one in offer.visits
    ]
    whole: dict[str, Any] = {"op": offer.op, "record": offer.record}
    return whole | (parts[0] if len(parts) == 1 else {"parts": parts} if parts else {})


def _milliseconds(case: CaseJudgement) -> int:
    return sum(one.milliseconds for one in case.turns)
