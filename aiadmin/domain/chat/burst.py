"""What a client has sent since the last turn: when it is over, and how it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # hosts ask for times alone, and commands take them a tenth of their start
    from aiadmin.domain.chat.commands import Media

QUIET = timedelta(seconds=5)
"""A burst is over when nothing has come for so long."""
LONGEST_BURST = timedelta(seconds=25)
"""A burst is handled after so long even where more comes."""
_WORD = re.compile(r"[^\W\d_]+")
_NEVER_LAST = frozenset(
    """
в во на к ко с со у о об от до из за под над при про для без после перед через между кроме вместо по около часов
не ни и или либо чтобы если когда тоже также самое самый очень больше меня мой мою моя мое
ваш вашу этот эту это все хочу могу
""".split()  # noqa: SIM905 - a table
)
"""Words behind which a phrase goes on, though a message ends there."""


@dataclass(frozen=True)
class Burst:
    """What a client has sent since the last turn, in order.

    Attributes:
        parts: texts, and what is no text.
    """

    parts: tuple[str | Media, ...]

    @property
    def text(self) -> str:
        """All that was written, a line a message; spans of commands are of this text.

        A message that ends in the middle of a phrase goes on in the next one.
        """
        whole = ""
        for part in (one for one in self.parts if isinstance(one, str)):
            whole += part if not whole else (" " if _goes_on(whole) else "\n") + part
        return whole


def _goes_on(text: str) -> bool:
    """Whether the last word of a text is none that anything ends with."""
    words = _WORD.findall(text.lower())
    return bool(words) and text.rstrip()[-1:].isalpha() and words[-1] in _NEVER_LAST


def due_after(message_at: datetime, waits_since: datetime) -> datetime:
    """When a burst is handled whose last message came at `message_at`, and its first at `waits_since`.

    >>> first = datetime(2026, 1, 1, 12)
    >>> [due_after(first + timedelta(seconds=later), first).second for later in (0, 4, 24)]
    [5, 9, 25]
    """
    return min(message_at + QUIET, waits_since + LONGEST_BURST)
