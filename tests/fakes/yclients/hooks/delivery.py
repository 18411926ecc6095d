"""One thing that is posted to one address."""

from dataclasses import asdict, dataclass, field
from typing import Any

HELD, WAITING, DONE, FAILED, DROPPED = "held", "waiting", "done", "failed", "dropped"


@dataclass
class Attempt:
    """One try: when it began, what came back (or the error's name), and how long that took."""

    at: str
    status: int | None
    error: str
    seconds: float


@dataclass
class Delivery:
    """What is to be posted where.

    Attributes:
        number: counts from 1; the order in which things happened.
        kind: `entity` or `lifecycle`.
        state: `held` until a test sends it, `waiting`, then `done` (answered 2xx), `failed`, or `dropped` on purpose.
    """

    number: int
    kind: str
    url: str
    body: dict[str, Any]
    state: str = WAITING
    attempts: list[Attempt] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return asdict(self)
