"""The judgement of a conversation that was played."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aiadmin.domain.replay.catalogue import Catalogue
from aiadmin.domain.replay.expected import differences
from aiadmin.domain.replay.hard_faults import Judged, hard_faults
from aiadmin.domain.replay.played import Given, OfferedVisit, PlayedTurn
from aiadmin.domain.replay.saying import plain, prices_in, times_in, wrong_dates
from aiadmin.domain.replay.scene import Scene
from aiadmin.domain.replay.soft_faults import soft_faults
from aiadmin.domain.replay.truths import NameOf

_STEM = 3


@dataclass(frozen=True)
class TurnJudgement:
    """What is wrong with a turn."""

    wrong: tuple[str, ...] = ()
    hard: tuple[tuple[str, str], ...] = ()
    soft: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseJudgement:
    """What is wrong with a conversation."""

    name: str
    kind: str
    turns: tuple[PlayedTurn, ...] = ()
    judgements: tuple[TurnJudgement, ...] = ()
    raised: str = ""
    details: Given = field(default_factory=dict)

    @property
    def is_held(self) -> bool:
        """Whether all is as expected."""
        return not self.raised and not any(one.wrong or one.hard for one in self.judgements)

    @property
    def hard(self) -> list[tuple[str, str]]:
        """The hard faults of all turns."""
        return [fault for one in self.judgements for fault in one.hard]

    @property
    def soft(self) -> list[str]:
        """The soft faults of all turns."""
        return [fault for one in self.judgements for fault in one.soft]

    def complaints(self) -> list[str]:
        """What is wrong, hard faults first, each with its turn."""
        numbered = list(enumerate(self.judgements, 1))
        hard = [f"{name} turn {number}: {how}" for number, one in numbered for name, how in one.hard]
        wrong = [f"turn {number}: {how}" for number, one in numbered for how in one.wrong]
        return [*hard, *wrong, *filter(None, [self.raised])]


class Judge:
    """Judges the turns of one conversation, one after the other."""

    def __init__(self, catalogue: Catalogue, case: Given, name_of: NameOf) -> None:
        self._scene = Scene.before(catalogue, case)
        self._name_of = name_of

    def judge(self, given: Given, turn: PlayedTurn) -> TurnJudgement:
        """The next turn: `given` is what the file says of it."""
        scene, expect = self._scene.hearing(given["say"]), given["expect"]
        judged = Judged(scene, expect, turn, self._name_of)
        self._scene = scene.after(turn)
        wrong = [*differences(scene.catalogue, expect, turn), *disagreements(scene, turn)]
        return TurnJudgement(tuple(wrong), tuple(hard_faults(judged)), tuple(soft_faults(judged)))


def judgement_of(catalogue: Catalogue, case: Given, turns: Sequence[PlayedTurn], name_of: NameOf) -> CaseJudgement:
    """A whole conversation."""
    judge = Judge(catalogue, case, name_of)
    judgements = [judge.judge(given, turn) for given, turn in zip(case["turns"], turns, strict=True)]
    return CaseJudgement(case["id"], case["kind"], tuple(turns), tuple(judgements))


def disagreements(scene: Scene, turn: PlayedTurn) -> list[str]:
    """Where labels and text disagree, and days of the week that are another date's."""
    return [
        *(f"{found}: that date is another day of the week" for found in wrong_dates(turn.text, scene.now.date())),
        *_silence(turn),
        *_unsaid(scene, turn),
    ]


def _silence(turn: PlayedTurn) -> Iterator[str]:
    if turn.act == "silent" and turn.texts:
        yield "the turn says silent, and a message was sent"
    if turn.act == "hand_over" and not turn.salon_told:
        yield "the turn says hand_over, and the salon was not told"
    if turn.act == "offer" and turn.offer is None:
        yield "the turn says offer, and proposes nothing"


def _unsaid(scene: Scene, turn: PlayedTurn) -> Iterator[str]:
    """An offer's time, price and master stand in the text."""
    if turn.offer is None or not turn.texts:
        return
    text, total = turn.text, 0
    for visit in turn.offer.visits:
        if visit.at is not None and f"{visit.at:%H:%M}" not in times_in(text):
            yield f"offers {visit.at:%H:%M}, which the text does not say"
        if not _names(scene, visit, text):
            yield f"offers the master {visit.staff}, whom the text does not name"
        total += int(visit.low or 0)
    prices = prices_in(text)
    if total and total not in prices and not {int(one.low or 0) for one in turn.offer.visits} <= prices:
        yield f"offers for {total}, which the text does not say"


def _names(scene: Scene, visit: OfferedVisit, text: str) -> bool:
    name = scene.catalogue.staff.get(visit.staff or 0, {}).get("name", "")
    first = plain(name).split()[:1]
    return not first or first[0][: max(_STEM, len(first[0]) - 1)] in plain(text)
