"""What an attack is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.attacks.ground import Ground


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of an attack.

    Attributes:
        sent: what was sent, in words and figures.
        wrong: what did not hold, a sentence each; empty when the attack was held.
        seen: figures worth knowing when it was held, too.
    """

    sent: str
    wrong: tuple[str, ...] = ()
    seen: str = ""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One attack.

    Attributes:
        name: in one word, as `python -m tests.attacks.run` takes it.
        title: who does what.
        criterion: when it counts as held.
        full: for `make attack`.
        short: for the suite: the same in small.
    """

    name: str
    title: str
    criterion: str
    full: Callable[[Ground], Outcome]
    short: Callable[[Ground], Outcome]


def sentences(**findings: object) -> tuple[str, ...]:
    """The names of what is true, as sentences: `sentences(the_web_process_died=True)`."""
    return tuple(name.replace("_", " ") for name, is_so in findings.items() if is_so)
