"""A turn, as the decisions see it: all that is known, what was understood, and what was looked up so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.chat.steps import Found

C = TypeVar("C", bound=Command)


@dataclass(frozen=True, kw_only=True)
class TurnFacts:
    """One burst that is to be answered.

    Attributes:
        situation: its dialogue is the one that the burst has been added to.
        commands: what the burst means, in the order in which it was said.
    """

    situation: Situation
    commands: Sequence[Command] = ()
    found: Found = field(default_factory=Found)

    @property
    def dialogue(self) -> Dialogue:
        """What is known of the wish, this burst included."""
        return self.situation.dialogue

    @property
    def salon(self) -> SalonView:
        """The salon that is written to."""
        return self.situation.salon

    def has(self, *kinds: type[Command]) -> bool:
        """Whether something of one of these kinds was said."""
        return any(isinstance(one, kinds) for one in self.commands)

    def of(self, kind: type[C]) -> list[C]:
        """What was said of a kind."""
        return [one for one in self.commands if isinstance(one, kind)]
