"""`python -m aiadmin bot`: try what the bot understands."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from aiadmin.domain.chat.dates.cases import DateCaseError, Outcome, Verdict, cases_of, play
from aiadmin.domain.number import BIGGEST_INTEGER


@click.group()
def bot() -> None:
    """Try what the bot understands of clients' messages."""


@bot.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def dates(file: Path) -> None:
    """Read the phrases of FILE, print those whose days and times are not the right ones, and count.

    FILE has one JSON object a line, as tests/dates/DATES.md describes. The last line is "57 right, 2 wrong, 2 none";
    the exit status is 1 unless all are right.
    """
    counts = Counter(dict.fromkeys(Verdict, 0))
    with file.open(encoding="utf-8") as lines:
        try:
            for case in cases_of(lines):
                outcome = play(case)
                counts[outcome.verdict] += 1
                click.echo(_line(outcome))
        except (DateCaseError, UnicodeDecodeError) as error:
            raise click.ClickException(f"{file}: {error}") from error
    click.echo(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    sys.exit(0 if counts[Verdict.RIGHT] == counts.total() else 1)


@bot.command()
@click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER))
@click.option("--phone", help="Of the client whom you play.  [default: somebody whom nobody knows]")
def chat(company_id: int, phone: str | None) -> None:
    """Talk to the bot of a company, against its live journal: nothing is written and nothing is sent.

    Each answer can be unfolded into why: what was understood, looked up and decided.
    """
    from aiadmin.cli.bot_chat import try_out

    try_out(company_id, phone=phone)


def _line(outcome: Outcome) -> str:
    case = outcome.case
    if outcome.verdict is Verdict.RIGHT:
        return f"held   {case.name}  {case.text}"
    return f"{outcome.verdict.value:<6} {case.name}  {case.text}  found: {'; '.join(outcome.flaws)}"
