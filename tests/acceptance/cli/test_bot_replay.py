"""`bot replay`, as its user runs it: with servers and a YClients of its own, and nothing of the product's touched."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from aiadmin.cli import cli
from tests.conftest import ROOT
from tests.conversations.reading import LAVANDA, read
from tests.support.processes import AS_INSTALLED

pytestmark = pytest.mark.process

FILE = read(LAVANDA)
NOWHERE = {"DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/nothing", "REDIS_URL": "redis://127.0.0.1:1/0"}


def _replay(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "aiadmin", "bot", "replay", *map(str, arguments)],
        cwd=ROOT,
        env=kept | NOWHERE | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def _file(folder: Path, *cases: dict[str, Any], name: str = "own") -> Path:
    path = folder / f"{name}.yaml"
    written = yaml.safe_dump({**FILE, "conversations": list(cases)}, allow_unicode=True, width=180)
    path.write_text(written, encoding="utf-8")
    return path


def _case(name: str, **expect: Any) -> dict[str, Any]:
    """A conversation of the file, of whose first turn just this is expected."""
    case = deepcopy(next(one for one in FILE["conversations"] if one["id"] == name))
    return {**case, "turns": [{**case["turns"][0], "expect": expect}]}


def test_what_does_not_hold_is_said_and_makes_the_exit_status_1(tmp_path: Path) -> None:
    talks = {
        "say": ["вы до скольки сегодня", {"text": "и где находитесь", "while_working": True}],
        "expect": {"has": ["21:00", "Примерная, 5"], "replies": 1},
    }
    own = _file(
        tmp_path,
        _case("A3", has=["единорог"]),
        _case("A26", act="silent"),
        {"id": "W1", "kind": "a word during the run, no call", "client": "N", "turns": [talks]},
    )
    done = _replay(own)
    assert done.stderr == ""
    lacking, speaking, interrupted, last = done.stdout.splitlines()
    assert lacking.startswith("wrong  A3 ")
    assert "turn 1: lacks единорог" in lacking
    assert re.findall(r"\bH\d", done.stdout) == ["H5"] == re.findall(r"\bH\d", speaking)
    assert interrupted.startswith("held   W1 "), interrupted
    assert (done.returncode, last) == (1, "1 of 3 held, 1 hard, 0 soft")


IRINA = {"op": "book", "services": [201], "staff": 4, "at": "2026-03-12T15:00", "minutes": 3}
ANNA = {"services": [101], "staff": 1}
CREATED, MOVED = {"op": "create", "at": "2026-03-12T15:00"}, {"op": "move", "record": 9001, "at": "2026-03-12T16:00"}
VISIT = {"record": 9001, **ANNA, "at": "2026-03-12T10:00"}
MOVE = {"op": "move", "record": 9001, "at": "2026-03-12T16:00", "minutes": 3}
TWO = [{**ANNA, "at": "2026-03-14T12:00"}, {"services": [301], "staff": 5, "at": "2026-03-14T13:30"}]
REVIEW = {"minutes": 60, "from": "us", "kind": "review", "text": "Как вам визит? Оцените от 1 до 5."}
WROTE = {"minutes": 140, "from": "salon_phone", "text": "слушаю"}
OTHERS: dict[str, tuple[dict[str, Any], list[tuple[list[Any], dict[str, Any]]]]] = {
    "a rating": ({"before": [REVIEW]}, [(["5"], {"writes": []})]),
    "a quote of an earlier offer": (
        {"offer": IRINA},
        [
            (["а на 10 можно?"], {"act": "offer", "offer": {"op": "book", "at": ["2026-03-12T10:00"]}}),
            (
                [{"quote": "first_offer", "text": "да"}],
                {"act": "offer", "offer": {"op": "book", "at": ["2026-03-12T15:00"]}, "writes": []},
            ),
        ],
    ),
    "heard late": ({}, [([{"text": "запишите на стрижку", "minutes": 840}], {"act": "hand_over", "writes": []})]),
    "a photo, and a sticker": (
        {},
        [([{"photo": "сколько стоит маникюр?"}], {"salon_told": True}), ([{"sticker": True}], {"act": "silent"})],
    ),
    "the salon wrote long ago": ({"before": [WROTE]}, [(["вы до скольки?"], {"has": ["21:00"]})]),
    "two visits": (
        {"offer": {"op": "book", "minutes": 3, "parts": TWO}},
        [(["да"], {"act": "done", "writes": [{"op": "create", **ANNA}, {"op": "create", "services": [301]}]})],
    ),
    "a move": ({"visits": [VISIT], "offer": MOVE}, [(["да"], {"act": "done", "writes": [MOVED]})]),
    "off": ({"bot": {"mode": "off"}}, [(["запишите на стрижку"], {"act": "silent", "writes": []})]),
    "a yes that was counted": ({"offer": IRINA}, [(["да"], {"writes": [CREATED]}), (["да"], {"writes": []})]),
    "no, during the run": ({"offer": IRINA}, [(["да", {"text": "ой нет", "while_working": True}], {"replies": 1})]),
}
"""What a file may have and the sixty have not."""
LOST: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "a lost move": (
        {"visits": [VISIT], "offer": MOVE},
        {"move": "timeout_saved"},
        {"act": "done", "writes": [MOVED]},
    ),
    "nothing to look at": (
        {"offer": IRINA},
        {"create": "timeout_saved", "records": "down"},
        {"act": "hand_over", "reason": "unknown_write", "writes": [CREATED]},
    ),
}


def _others() -> list[dict[str, Any]]:
    cases = [
        {"kind": kind, **about, "turns": [{"say": say, "expect": expect} for say, expect in turns]}
        for kind, (about, turns) in OTHERS.items()
    ]
    cases += [
        {"kind": kind, **about, "turns": [{"say": ["да"], "faults": faults, "expect": expect}]}
        for kind, (about, faults, expect) in LOST.items()
    ]
    return [{"id": f"S{number}", "client": "M", **case} for number, case in enumerate(cases, 1)]


PLAYED = ("A2", "A6", "A20", "A21", "A26", "A29", "A32", "A38", "A41", "A45", "A46", "A47", "A50", "A52", "A58")
"""Of the sixty those in which more happens than a word is understood: each kind of write, what is lost or taken
meanwhile, a human's word, a voice, a stop. All sixty are played by the chat's own functions in every run of the
tests, and by `make replay` as here."""


def test_conversations_hold_with_the_real_services_and_whatever_a_file_may_have_is_played(tmp_path: Path) -> None:
    others = _others()
    sixty = _file(tmp_path, *(one for one in FILE["conversations"] if one["id"] in PLAYED), name="sixty")
    done = _replay(sixty, _file(tmp_path, *others), "--json", tmp_path / "out.json")
    lines, count = done.stdout.splitlines(), len(PLAYED)
    assert re.fullmatch(rf"{count} of {count} held, 0 hard, \d+ soft", lines[count]), done.stdout + done.stderr
    assert lines[-1].startswith(f"{len(others)} of {len(others)} held, 0 hard"), done.stdout + done.stderr
    assert (done.returncode, done.stderr, len(lines)) == (0, "", count + 1 + len(others) + 1)
    played = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [case["id"] for case in played] == [*PLAYED, *(one["id"] for one in others)]
    by_name = {case["id"]: case["turns"] for case in played}
    assert [write["op"] for turn in by_name["A29"] for write in turn["writes"]] == ["move"]
    assert by_name["A46"][0]["calls"] >= 3, "a check, a booking, and a look for it"
    assert by_name["A26"][0]["calls"] == 0, "an address needs no call"


def test_without_the_packages_of_development_it_says_so_in_one_line() -> None:
    done = _replay(LAVANDA, **AS_INSTALLED)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"Error: bot replay needs the packages of development \(.+\): make setup\n", done.stderr)


def test_what_cannot_be_played_is_refused_before_anything_starts(tmp_path: Path) -> None:
    def refused(*arguments: str | Path) -> str:
        answer = CliRunner().invoke(cli, ["bot", "replay", *map(str, arguments)], env=NOWHERE)
        assert (answer.exit_code, answer.stdout) == (1, "")
        return answer.stderr

    assert "'shout' is not one of the form's words" in refused(_file(tmp_path, _case("A3", act="shout")))
    (tmp_path / "none.yaml").write_text("a: [", encoding="utf-8")
    assert "none.yaml" in refused(LAVANDA, tmp_path / "none.yaml")
    assert "no such conversation: A99" in refused(LAVANDA, "--case", "A99")
