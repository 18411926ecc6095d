"""`bot dates` says of each phrase whether it held, counts, and fails unless all held."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from aiadmin.cli.bot import bot
from tests.conftest import ROOT

LINE = '{"id": "x1", "text": "%s", "now": "2026-07-15T10:00", "expected": {"date": %s, "time": null}}\n'
TOMORROW = '{"any": [["2026-07-16", "2026-07-16"]]}'


def _run(*arguments: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(bot, ["dates", *arguments])
    return done.exit_code, done.output.splitlines()


def test_the_phrases_of_the_project_all_hold() -> None:
    code, lines = _run(str(ROOT / "tests" / "dates" / "dates.jsonl"))

    assert (code, lines[-1]) == (0, "186 right, 0 wrong, 0 none")


def test_what_did_not_hold_is_named(tmp_path: Path) -> None:
    file = tmp_path / "phrases.jsonl"
    file.write_text(
        LINE % ("завтра", TOMORROW) + LINE % ("завтра", "null") + LINE % ("когда-то", TOMORROW), encoding="utf-8"
    )

    code, lines = _run(str(file))

    assert code == 1
    assert lines[-1] == "1 right, 1 wrong, 1 none"
    assert lines[0] == "held   x1  завтра"
    assert lines[1] == "wrong  x1  завтра  found: date 2026-07-16..2026-07-16"
    assert lines[2] == "none   x1  когда-то  found: date none"
