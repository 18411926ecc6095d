"""How a burst of commands changes what is known of a client's wish."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.situation import Situation


def advance(dialogue: Dialogue, commands: Sequence[Command], situation: Situation) -> Dialogue:
    """The dialogue after a burst: a new word changes only what it says, and the newest wins."""
    return dialogue
