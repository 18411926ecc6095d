"""Salons and labelled turns for the understanding of clients' words, and commands in a short notation.

A turn is a line of tests/reading/*.jsonl: `view` (a salon of salons.json), `asked` (what our last question was on),
`text` (a line a message), `commands` in the notation of `short`, `candidates` (services that we asked about).
`Suits` alone stands for any days and times, because tests/dates judges those.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from aiadmin.adapters.morphology import morphology
from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, Vocabulary, vocabulary_of
from aiadmin.domain.chat.when import Asked, Day, DayRange, Time, TimeRange, When

FOLDER = Path(__file__).resolve().parent.parent / "reading"
NOW = datetime(2026, 3, 11, 12, 10)  # noqa: DTZ001 - a salon's wall clock
OPTIONS = 3
MORPHOLOGY = morphology()
_SHORTER = {
    said.NamedService: "Service",
    said.NamedStaff: "Staff",
    said.HealthMatter: "Health",
    said.NamedPrice: "Price",
}


@dataclass(frozen=True)
class LabelledTurn:
    """What a client wrote, and what it means."""

    view: str
    asked: Asked | None
    text: str
    commands: tuple[str, ...]
    candidates: tuple[int, ...] = ()

    @property
    def context(self) -> ReadingContext:
        """What it is read against."""
        return context_of(self.view, self.asked, self.candidates)

    def read(self) -> tuple[said.Command, ...]:
        """What the rules make of it."""
        return read(Burst(tuple(self.text.split("\n"))), self.context)

    def is_met_by(self, found: tuple[said.Command, ...]) -> bool:
        """Whether commands are those of the label."""
        shorts = [short(one) for one in found]
        plain = ["Suits" if one.startswith("Suits") and "Suits" in self.commands else one for one in shorts]
        return sorted(plain) == sorted(self.commands)


def context_of(view: str, asked: Asked | None = None, candidates: tuple[int, ...] = ()) -> ReadingContext:
    """A context in a salon of salons.json."""
    return ReadingContext(
        vocabulary=vocabulary(view),
        now=NOW,
        asked=asked,
        options=OPTIONS if asked in {Asked.OPTIONS, Asked.TIME} else 0,
        candidates=candidates,
    )


@cache
def salons() -> dict[str, dict[str, list[list[object]]]]:
    """The salons, as the file has them."""
    found: dict[str, dict[str, list[list[object]]]] = json.loads((FOLDER / "salons.json").read_text(encoding="utf-8"))
    return found


@cache
def vocabulary(view: str) -> Vocabulary:
    """The words of a salon of salons.json."""
    salon = salons()[view]
    return vocabulary_of(
        [_service(*row) for row in salon["services"]],  # type: ignore[arg-type]
        [OfferedStaff(id=row[0], name=row[1]) for row in salon["staff"]],  # type: ignore[arg-type]
        MORPHOLOGY,
    )


def _service(
    service_id: int, title: str, category: str, description: str = "", parts: tuple[int, ...] = ()
) -> OfferedService:
    return OfferedService(id=service_id, title=title, category=category, description=description, parts=tuple(parts))


def turns(name: str) -> list[LabelledTurn]:
    """The labelled turns of a file."""
    with (FOLDER / name).open(encoding="utf-8") as lines:
        return [_turn(json.loads(line)) for line in lines]


def _turn(row: dict[str, object]) -> LabelledTurn:
    return LabelledTurn(
        view=str(row["view"]),
        asked=Asked(row["asked"]) if row["asked"] else None,
        text=str(row["text"]),
        commands=tuple(row["commands"]),  # type: ignore[arg-type]
        candidates=tuple(row.get("candidates", ())),  # type: ignore[arg-type]
    )


def short(command: said.Command) -> str:
    """A command in the notation of the labels."""
    name = _SHORTER.get(type(command), type(command).__name__)
    values = ":".join(_values(command))
    is_excluded = getattr(command, "is_excluded", False)
    return ("-" if is_excluded else "") + name + values


def _values(command: said.Command) -> Iterator[str]:  # noqa: C901, PLR0912 - a table of kinds
    match command:
        case said.NamedService(ids=ids, unclear=unclear):
            yield f"?:{unclear}" if unclear else ":" + ",".join(map(str, ids))
        case said.NamedStaff(is_any=True):
            yield ":any"
        case said.NamedStaff(is_other=True):
            yield ":other"
        case said.NamedStaff(ids=ids, unknown=unknown):
            yield f"?:{unknown}" if unknown else ":" + ",".join(map(str, ids))
        case said.Yes(but=but):
            yield ":but" if but else ""
        case said.Choose(number=number) | said.Rating(stars=number) | said.NamedPrice(amount=number):
            yield f":{number}"
        case said.Name(given=given, family=family):
            yield f":{given} {family}".rstrip()
        case said.Guest(who=who, name=given, count=count):
            yield f":{who}" if who else f":={given}" if given else f":x{count}"
        case said.AskWorks(ids=ids):
            yield ":" + ",".join(map(str, ids)) if ids else ""
        case said.AskFact(topic=topic):
            yield f":{topic}"
        case said.Elsewhen(way=way):
            yield f":{way}"
        case said.Late(minutes=minutes):
            yield f":{minutes}" if minutes is not None else ""
        case said.ImpossibleTime(why=why):
            yield f":{why}"
        case said.Foreign(language=language):
            yield f":{language}"
        case said.Suits(whens=whens):
            yield ":" + " / ".join(_when(when) for when in whens)
        case _:
            yield ""


def _when(when: When) -> str:
    return " ".join([_day(when.day) if when.day else "", _time(when.time) if when.time else ""]).rstrip()


def _day(day: Day) -> str:
    return ",".join(_range(one) for one in day.any_of)


def _range(days: DayRange) -> str:
    first = days.first.strftime("%m-%d")
    return first if days.is_one_day else f"{first}..{days.last.strftime('%m-%d') if days.last else ''}"


def _time(time: Time) -> str:
    return ",".join(_window(one) for one in time.any_of)


def _window(window: TimeRange) -> str:
    first, last = (f"{one:%H:%M}" if one else "" for one in (window.first, window.last))
    return first if window.is_point else f"{first}-{last}"
