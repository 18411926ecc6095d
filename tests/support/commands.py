"""The commands of `python -m aiadmin` in this process: one as a process of its own costs a second to load."""

from __future__ import annotations

import os
from unittest.mock import patch

from click.testing import CliRunner, Result

from aiadmin.cli import cli

_KEPT = ("PATH", "HOME", "TMPDIR")


def run_command(*words: str, **settings: str) -> Result:
    """One command with these settings and no others. What it raises and does not turn into a sentence is raised."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with patch.dict(os.environ, kept | settings, clear=True):
        answer = CliRunner().invoke(cli, words)
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer
