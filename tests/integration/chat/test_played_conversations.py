"""The files of conversations, played with the chat's own functions: what held once holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from aiadmin.domain.replay.judging import CaseJudgement, judgement_of
from aiadmin.domain.replay.perturbing import perturbed
from tests.conversations.player import Stage
from tests.conversations.reading import HERE, read
from tests.conversations.views import MORPHOLOGY
from tests.fakes.yclients.client import FakeYClients


@dataclass(frozen=True)
class Run:
    """A file, played as it stands or disturbed: how many conversations hold at least, and hard faults at most."""

    file: str
    held: int
    seed: int | None = None
    hard: int = 0


RUNS = (
    Run("lavanda", 60),
    Run("lavanda", 60, seed=1),
    Run("lavanda", 60, seed=2),
    Run("lavanda", 60, seed=3),
    Run("arubar", 24),
    Run("barber", 14),
    Run("barkhat", 25),
    Run("chernykot", 25),
    Run("clinic", 15),
    Run("glyanets", 25),
    Run("grebeshok", 20),
    Run("izgib", 19),
    Run("karusel", 24),
    Run("korni", 21),
    Run("lyogkiyshag", 19),
    Run("nails", 14),
    Run("pudel", 20),
    Run("ravnovesie", 30),
    Run("sholk", 25),
    Run("siren", 13),
    Run("terma", 18),
    Run("tikhiyzal", 24),
    Run("topor", 40),
    Run("zhasmin", 34),
    Run("zuby", 25),
)
"""Numbers that may only get better."""


def _name(run: Run) -> str:
    return run.file if run.seed is None else f"{run.file}-{run.seed}"


@pytest.mark.parametrize("run", RUNS, ids=_name)
def test_as_many_conversations_hold_as_ever(run: Run, yclients_server: FakeYClients) -> None:
    judged = _played(run, yclients_server)
    wrong = [f"{one.name}: {'; '.join(one.complaints())}" for one in judged if not one.is_held]
    assert len(judged) - len(wrong) >= run.held, "\n".join(wrong)
    assert sum(len(one.hard) for one in judged) <= run.hard, "\n".join(wrong)


def test_every_file_is_played() -> None:
    assert {run.file for run in RUNS} == {path.stem for path in HERE.glob("*.yaml")}


def _played(run: Run, yclients: FakeYClients) -> list[CaseJudgement]:
    yclients.reset()
    file = read(Path(HERE / f"{run.file}.yaml"))
    stage = Stage(yclients, file)
    cases = file["conversations"] if run.seed is None else [perturbed(one, run.seed) for one in file["conversations"]]
    return [judgement_of(stage.catalogue, case, list(stage.play(case)), MORPHOLOGY.given_name) for case in cases]
