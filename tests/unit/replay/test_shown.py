"""What a replay prints: a line for each conversation, a last line for all, and JSON."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from aiadmin.cli.replay.shown import last_line, line_of, write_json
from aiadmin.domain.replay.judging import CaseJudgement, TurnJudgement
from aiadmin.domain.replay.played import Offer, OfferedVisit, PlayedTurn

VISIT = OfferedVisit(services=(101,), staff=1, at=datetime(2026, 3, 12, 10, 0), price=Decimal(2000))  # noqa: DTZ001
TURN = PlayedTurn(
    texts=("Записать?",),
    act="offer",
    asks="consent",
    offer=Offer(op="book", visits=(VISIT,)),
    writes=({"op": "create", "record": 7, "services": [101], "staff": 1, "at": "2026-03-12T10:00", "attendance": 0},),
    calls=2,
    milliseconds=40,
)
HELD = CaseJudgement("A1", "all data", (TURN, TURN), (TurnJudgement(), TurnJudgement(soft=("asks 2 questions",))))
WRONG = CaseJudgement("A2", "night", (TURN,), (TurnJudgement(wrong=("lacks Анн",)),))
HARD = CaseJudgement("A3", "yes", (TURN,), (TurnJudgement(wrong=("lacks Анн",), hard=(("H1", "without a yes"),)),))
RAISED = CaseJudgement("A4", "odd", raised="raised ValueError")


def test_a_conversation_is_one_line_with_its_figures() -> None:
    assert re.fullmatch(r"held   A1 +2 turns, 4 calls, 80 ms +all data +soft: asks 2 questions", line_of(HELD))
    assert re.fullmatch(r"wrong  A2 +1 turns, 2 calls, 40 ms +night +turn 1: lacks Анн", line_of(WRONG))
    assert line_of(RAISED).endswith("raised ValueError")


def test_the_name_of_a_rule_stands_on_the_line_of_what_broke_it_alone() -> None:
    assert "H1 turn 1: without a yes; turn 1: lacks Анн" in line_of(HARD)
    assert [case.name for case in (HELD, WRONG, HARD, RAISED) if re.search(r"\bH[1-6]\b", line_of(case))] == ["A3"]


def test_the_last_line_counts_conversations_and_faults() -> None:
    assert last_line([HELD, WRONG, HARD, RAISED]) == "1 of 4 held, 1 hard, 1 soft"


def test_others_can_judge_by_the_json(tmp_path: Path) -> None:
    write_json(tmp_path / "out.json", [HARD, RAISED])
    hard, raised = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    [turn] = hard["turns"]
    assert (hard["id"], hard["held"], raised["raised"]) == ("A3", False, "raised ValueError")
    assert (turn["texts"], turn["act"], turn["asks"], turn["reason"]) == (["Записать?"], "offer", "consent", None)
    assert turn["writes"] == [{"op": "create", "record": 7, "services": [101], "staff": 1, "at": "2026-03-12T10:00"}]
    assert (turn["salon_told"], turn["calls"], turn["milliseconds"]) == (False, 2, 40)
    assert turn["offer"] == {
        "op": "book", "record": None, "services": [101], "staff": 1, "at": "2026-03-12T10:00", "price": 2000.0
    }  # fmt: skip
    assert turn["hard"] == ["H1: without a yes"]
