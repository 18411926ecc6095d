"""The revisions of our tables, by the names of their files: Alembic takes half a second to load."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.cli.home import PROJECT


def known() -> Sequence[str]:
    """All of them, the oldest first; a test keeps them one chain in the order of their numbers."""
    return sorted(file.name.partition("_")[0] for file in (PROJECT / "migrations" / "versions").glob("[0-9]*_*.py"))


def newest() -> str:
    """The one that this code is written for."""
    return known()[-1]
