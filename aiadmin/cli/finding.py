"""What `doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at; `fix` is set when it is not right."""

    name: str
    text: str
    fix: str | None = None
