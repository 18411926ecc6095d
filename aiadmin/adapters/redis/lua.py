"""The scripts that Redis runs: steps on several keys that must not come apart, in `scripts/*.lua`."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).with_name("scripts")


def source(*names: str) -> str:
    """The scripts of these names (`pairing/watch`), one after the other: what one uses goes before it."""
    return "\n".join((_FOLDER / f"{name}.lua").read_text() for name in names)
