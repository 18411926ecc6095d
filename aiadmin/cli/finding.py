"""What `doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        fix: what to do about it; None when it is right.
        is_optional: whether the rest works without, so that `fix` is advice.
    """

    name: str
    text: str
    fix: str | None = None
    is_optional: bool = False

    @property
    def is_failure(self) -> bool:
        """Whether it has to be put right."""
        return self.fix is not None and not self.is_optional
