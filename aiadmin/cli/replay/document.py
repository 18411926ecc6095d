"""A file of conversations, read and checked before it is played."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from aiadmin.cli.home import PROJECT

FAKE, CHECKER = "tests.fakes.yclients", "tests.conversations.checking"
_NEEDED = ("yaml", "aiohttp")


def require_development() -> None:
    """Raise click.ClickException where the test suite, or a package that it needs, is not installed."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing or not (PROJECT / "tests" / "conversations").is_dir():
        what = ", ".join(missing) or "the project's tests"
        raise click.ClickException(f"bot replay needs the packages of development ({what}): make setup")


def read_document(path: Path) -> Mapping[str, Any]:
    """The salon and its conversations.

    Raises:
        click.ClickException: it is no YAML, or not of the form of `tests/conversations/FORMAT.md`.
    """
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path}: {' '.join(str(error).split())}") from error
    checked = subprocess.run(
        [sys.executable, "-m", CHECKER, str(path.resolve())], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if checked.returncode != 0 or not isinstance(document, Mapping):
        said = checked.stdout.strip() or checked.stderr.strip().rpartition("\n")[2]
        raise click.ClickException(f"{path} cannot be played:\n{said}")
    return document
