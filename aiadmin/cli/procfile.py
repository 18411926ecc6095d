"""The Procfile: the one place that says how each process is started."""

from __future__ import annotations

import re
from pathlib import Path

_LINE = re.compile(r"^(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)$")


def parse_procfile(text: str) -> dict[str, str]:
    """Command lines by process name, in the file's order; comments and blank lines are left out.

    >>> parse_procfile('# all\\nweb: python -m http.server $PORT\\n')
    {'web': 'python -m http.server $PORT'}
    """
    found = (_LINE.match(line) for line in text.splitlines())
    return {line["name"]: line["command"].strip() for line in found if line}


def read_procfile(path: Path) -> dict[str, str]:
    """The file at `path`, parsed."""
    return parse_procfile(path.read_text())
