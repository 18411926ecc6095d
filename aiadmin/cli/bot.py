"""`python -m aiadmin bot`: try what the bot understands, hold it, and see what it has done."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from aiadmin.cli.table import show_facts
from aiadmin.container import Container
from aiadmin.domain.chat.dates.cases import DateCaseError, Outcome, Verdict, cases_of, play
from aiadmin.domain.chat.turn import TurnVerdict
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.number import BIGGEST_INTEGER

_COMPANY = click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER))
_SHOWN = [verdict for verdict in TurnVerdict if verdict is not TurnVerdict.SILENT]


@click.group()
def bot() -> None:
    """Try what the bot understands, hold it, and see what it has done."""


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
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--case", "cases", metavar="ID", multiple=True, help="Only this conversation; may be given again.")
@click.option("--perturb", "seed", metavar="SEED", type=int, help="Disturb what clients write, the same for a seed.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write each turn there.")
@click.option("--model", is_flag=True, help="Let the model that BOT_MODEL_URL names read what the rules do not.")
def replay(
    files: Sequence[Path], cases: Sequence[str], seed: int | None, json_file: Path | None, model: bool
) -> None:
    """Play the conversations of each FILE with the product's own services, and judge what it does.

    A FILE has the form of tests/conversations/FORMAT.md. Servers are started for them alone and are gone afterwards;
    DATABASE_URL and REDIS_URL are not looked at. The last line of a file is "54 of 60 held, 0 hard, 3 soft"; the
    exit status is 1 unless all held.
    """
    from aiadmin.cli.replay.command import replay as play_files

    is_held = play_files(files, only=cases, seed=seed, json_file=json_file, uses_model=model)
    sys.exit(0 if is_held else 1)


@bot.command()
@_COMPANY
@click.option("--phone", help="Of the client whom you play.  [default: somebody whom nobody knows]")
def chat(company_id: int, phone: str | None) -> None:
    """Talk to the bot of a company, against its live journal: nothing is written and nothing is sent.

    Each answer can be unfolded into why: what was understood, looked up and decided.
    """
    from aiadmin.cli.bot_chat import try_out

    try_out(company_id, phone=phone)


@bot.command()
@_COMPANY
def pause(company_id: int) -> None:
    """Keep the bot of a company silent; answers to reminders, stop words and hand-over go on."""
    _allow(company_id, is_allowed=False)
    click.echo(f"company {company_id}: the bot is paused; `bot resume {company_id}` lets it answer again")


@bot.command()
@_COMPANY
def resume(company_id: int) -> None:
    """Let the bot of a company answer again, as its mode says."""
    _allow(company_id, is_allowed=True)
    mode = Container.from_env().bot_settings.get(CompanyId(company_id)).settings.mode
    click.echo(f"company {company_id}: the bot may answer, its mode is {mode}")


@bot.command()
@_COMPANY
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True, help="How far back.")
def report(company_id: int, days: int) -> None:
    """What the bot of a company has done: conversations, visits booked, moved, cancelled, and what it handed over."""
    container = Container.from_env()
    since = container.clock() - timedelta(days=days)
    with container.uow() as work:
        known = container.views.salon(work, CompanyId(company_id))
        counts = work.bot_reports.counts(CompanyId(company_id), since=since, zone=known.view.zone)
    outside = counts.outside(known.view.hours)
    show_facts(
        [
            ("conversations", counts.conversations),
            *((verdict.value.replace("_", " "), counts.verdicts.get(verdict, 0)) for verdict in _SHOWN),
            *((f"  {reason.value}", count) for reason, count in sorted(counts.handed_over.items())),
            ("outside hours", None if outside is None else f"{outside} %"),
        ]
    )


def _allow(company_id: int, *, is_allowed: bool) -> None:
    Container.from_env().bot_settings.allow(CompanyId(company_id), is_allowed=is_allowed, actor="cli")


def _line(outcome: Outcome) -> str:
    case = outcome.case
    if outcome.verdict is Verdict.RIGHT:
        return f"held   {case.name}  {case.text}"
    return f"{outcome.verdict.value:<6} {case.name}  {case.text}  found: {'; '.join(outcome.flaws)}"
