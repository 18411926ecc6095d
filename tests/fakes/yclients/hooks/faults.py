"""How deliveries are told to go wrong."""

import random
from dataclasses import dataclass

from tests.fakes.yclients.hooks.delivery import Delivery

DROP, DUPLICATE, REORDER, LATE = "drop", "duplicate", "reorder", "late"
KINDS = (DROP, DUPLICATE, REORDER, LATE)
_CHANCES = ((0.1, DROP), (0.3, DUPLICATE), (0.5, REORDER))


@dataclass
class HookFault:
    """What happens to the next `times` deliveries (None: to all) about `resource` (None: about anything).

    Attributes:
        kind: `drop` never sends it, `duplicate` sends it twice, `reorder` sends the next one first,
            `late` sends it `delay` seconds later.
    """

    kind: str
    times: int | None = 1
    resource: str | None = None
    delay: float = 0.5

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault of a delivery: {self.kind}; there are {', '.join(KINDS)}")


class HookFaults:
    """Those that wait for their delivery, oldest first."""

    def __init__(self) -> None:
        self._armed: list[HookFault] = []

    def arm(self, fault: HookFault) -> None:
        self._armed.append(fault)

    def clear(self) -> None:
        self._armed.clear()

    def take(self, delivery: Delivery, seed: int | None) -> HookFault | None:
        """The fault of this delivery: an armed one, or one by chance if there is a seed."""
        resource = delivery.body.get("resource")
        found = next((fault for fault in self._armed if fault.resource in (None, resource)), None)
        if found is None:
            return None if seed is None else _by_chance(delivery.number, seed)
        if found.times is not None:
            found.times -= 1
            if found.times <= 0:
                self._armed.remove(found)
        return found


def _by_chance(number: int, seed: int) -> HookFault | None:
    """One delivery in ten is lost, two in ten come twice, two in ten late: always the same ones for a seed."""
    drawn = random.Random(f"{seed}:{number}").random()  # noqa: S311 - no secret
    kind = next((kind for limit, kind in _CHANCES if drawn < limit), None)
    return HookFault(kind) if kind else None
