"""The file of conversations can be played, and its checker finds what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conversations.checking import check, problems_of
from tests.conversations.reading import HERE, LAVANDA, read

FILE = read(LAVANDA)
CASES = {case["id"]: case for case in FILE["conversations"]}


def test_the_file_is_of_the_form_and_whole() -> None:
    assert check(LAVANDA) == []
    assert list(CASES) == [f"A{number}" for number in range(1, 61)]


@pytest.mark.parametrize("name", ["barber", "clinic", "nails"])
def test_files_of_other_trades_are_of_the_form(name: str) -> None:
    assert check(HERE / f"{name}.yaml") == []


def _case(file: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(case for case in file["conversations"] if case["id"] == name)
    return found


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "an unknown key": (lambda file: file["salon"].update(colour="red"), "unknown key 'colour'"),
    "a master of nobody": (lambda file: file["services"][0]["masters"].update({77: {}}), "staff 77 does not exist"),
    "a start out of hours": (
        lambda file: file["starts"][1]["101"].update({"2026-03-12": ["17:30"]}),
        "does not fit into the working time of Анна",
    ),
    "a start that is over": (
        lambda file: file["starts"][2]["101"].update({"2026-03-11": ["12:30"]}),
        "is before now + lead",
    ),
    "another price": (
        lambda file: _case(file, "A1")["turns"][0]["expect"]["offer"].update(price=1),
        "price 1, the catalogue says [2000]",
    ),
    "an offer that cannot be": (
        lambda file: _case(file, "A1")["turns"][0]["expect"]["offer"].update(at=["2026-03-12T13:00"]),
        "is not in starts",
    ),
    "another weekday": (
        lambda file: _case(file, "A1")["turns"][0]["expect"].update(has=["пятница, 12 марта"]),
        "another day of the week",
    ),
    "an unknown act": (lambda file: _case(file, "A3")["turns"][0]["expect"].update(act="shout"), "'shout'"),
    "a fault that there is not": (
        lambda file: _case(file, "A3")["turns"][0].update(faults={"create": "boom"}),
        "boom",
    ),
    "the same id": (lambda file: _case(file, "A2").update(id="A1"), "'A1' is not unique"),
    "what is wanted and forbidden": (
        lambda file: _case(file, "A1")["turns"][0]["expect"].update(times={"none_of": ["10:00"]}),
        "both wanted and forbidden",
    ),
    "a composite in a write": (
        lambda file: _case(file, "A1")["turns"][0]["expect"].update(writes=[{"op": "create", "services": [303]}]),
        "a composite, write its parts",
    ),
    "no hours": (lambda file: file["salon"].pop("hours"), "is not of the form"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_is_found(what: str) -> None:
    file = deepcopy(FILE)
    breaks, said = BROKEN[what]
    breaks(file)
    assert any(said in problem for problem in problems_of(file)), problems_of(file)


def test_a_key_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    path.write_text("salon: {title: a, title: b}", encoding="utf-8")
    with pytest.raises(yaml.YAMLError, match="twice"):
        read(path)


@pytest.mark.parametrize("path", sorted(HERE.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_file_can_be_played(path: Path) -> None:
    assert check(path) == []
