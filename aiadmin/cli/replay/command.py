"""`bot replay FILE...`: everything from the files to the last line."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import click
import structlog

from aiadmin.adapters.morphology import morphology
from aiadmin.cli.replay.document import read_document, require_development
from aiadmin.cli.replay.installing import Installer
from aiadmin.cli.replay.player import play
from aiadmin.cli.replay.product import ReplayProduct
from aiadmin.cli.replay.rows import Rows
from aiadmin.cli.replay.servers import Servers, own_servers
from aiadmin.cli.replay.shown import last_line, line_of, write_json
from aiadmin.cli.replay.yclients import APP_ID, PARTNER_TOKEN, USER_TOKEN, JournalOfReplay
from aiadmin.config import Config
from aiadmin.domain.replay.catalogue import Catalogue
from aiadmin.domain.replay.judging import CaseJudgement, Judge
from aiadmin.domain.replay.perturbing import perturbed
from aiadmin.masking import reason_of

_CALLS_A_SECOND, _CALLS_A_MINUTE = "1000", "60000"
"""The fake minds no calls, and nobody else makes any."""


def replay(
    paths: Sequence[Path], *, only: Sequence[str], seed: int | None, json_file: Path | None, uses_model: bool = False
) -> bool:
    """Play files one after the other and print what came of each; whether all of it held.

    Raises:
        click.ClickException: one of them cannot be played.
    """
    require_development()
    documents = [read_document(path) for path in paths]
    chosen = [_chosen(document["conversations"], only, seed) for document in documents]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    judged: list[CaseJudgement] = []
    with own_servers() as servers, JournalOfReplay() as journal, Rows(servers.database_url) as rows:
        product = ReplayProduct(_config(servers, journal, uses_model=uses_model))
        product.tell_time = journal.tell_time
        if uses_model and not product.config.has_model:
            click.echo("no language model is configured (see BOT_MODEL_URL): the rules alone read", err=True)
        try:
            for document, cases in zip(documents, chosen, strict=True):
                judged += _played(Installer(product, journal, rows, document), cases)
        finally:
            product.close()
    if json_file is not None:
        write_json(json_file, judged)
    return all(one.is_held for one in judged)


def _played(installer: Installer, cases: Sequence[Mapping[str, Any]]) -> Sequence[CaseJudgement]:
    """One file: a line for each conversation, and a last one."""
    judged = []
    for case in cases:
        judged.append(_judged(installer, case))
        click.echo(line_of(judged[-1]))
    click.echo(last_line(judged))
    return judged


def _chosen(cases: Sequence[Mapping[str, Any]], only: Sequence[str], seed: int | None) -> list[Mapping[str, Any]]:
    known = {case["id"]: case for case in cases}
    missing = [name for name in only if name not in known]
    if missing:
        raise click.ClickException(f"no such conversation: {', '.join(missing)}")
    chosen = [known[name] for name in only] if only else list(cases)
    return chosen if seed is None else [perturbed(case, seed) for case in chosen]


def _judged(installer: Installer, case: Mapping[str, Any]) -> CaseJudgement:
    """One that raises is wrong, and the next is played all the same."""
    judge = Judge(Catalogue(installer.document), case, _MORPHOLOGY.given_name)
    turns, judgements, raised = [], [], ""
    try:
        for given, turn in zip(case["turns"], play(installer, case), strict=True):
            judgements.append(judge.judge(given, turn))
            turns.append(turn)
    except Exception as error:  # noqa: BLE001 - whatever it raises, the next one is played
        raised = f"raised {reason_of(error)}"
    return CaseJudgement(case["id"], case["kind"], tuple(turns), tuple(judgements), raised)


_MORPHOLOGY = morphology()


def _config(servers: Servers, journal: JournalOfReplay, *, uses_model: bool) -> Config:
    """Settings of its own: of the environment's only those of a language model, where it is asked for."""
    own = {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "JWT_SECRET": token_urlsafe(32),
        "PUBLIC_URL": "https://replay.invalid",
        "YCLIENTS_API_URL": f"{journal.url}/api/v1",
        "YCLIENTS_MARKETPLACE_URL": journal.url,
        "YCLIENTS_API_KEY": PARTNER_TOKEN,
        "YCLIENTS_USER_TOKEN": USER_TOKEN,
        "YCLIENTS_APP_ID": str(APP_ID),
        "YCLIENTS_PER_SECOND": _CALLS_A_SECOND,
        "YCLIENTS_PER_MINUTE": _CALLS_A_MINUTE,
        "MESSAGE_PACING": "0",
    }
    model = {name: value for name, value in os.environ.items() if name.startswith("BOT_MODEL_")}
    return Config.from_env(own | (model if uses_model else {}))
