"""What became of one turn of a conversation: what was sent, what was changed, and what the turn says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

Given = Mapping[str, Any]
"""A part of a file of conversations, as it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedVisit:
    """One visit of a proposal, by the salon's wall clock; the price is None where it is a range or not known."""

    services: tuple[int, ...]
    staff: int | None
    at: datetime | None
    length: timedelta | None = None
    price: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A proposal: `op` is book, move or cancel; `record` is the visit that is to be changed."""

    op: str
    visits: tuple[OfferedVisit, ...] = ()
    record: int | None = None


@dataclass(frozen=True, kw_only=True)
class PlayedTurn:
    """One turn.

    Attributes:
        texts: the messages that were sent to the client.
        act, asks, reason: the labels of the stored turn, in the words of the form.
        offer: the proposal that the reply makes; None when it makes none, also where an earlier one stays open.
        stands: the proposal that is open afterwards, be it this one or an earlier one.
        writes: what was changed at YClients: `op`, `record`, `services`, `staff`, `at`, `client`.
        answered: times of day in YClients' answers of this turn, as HH:MM.
        knew: what the dialogue knew when the burst came, in the words of `asks`.
        calls: how many calls were made to YClients.
    """

    texts: tuple[str, ...] = ()
    act: str = "silent"
    asks: str | None = None
    reason: str | None = None
    offer: Offer | None = None
    stands: Offer | None = None
    writes: Sequence[Given] = ()
    salon_told: bool = False
    opted_out: bool = False
    answered: frozenset[str] = frozenset()
    knew: frozenset[str] = frozenset()
    calls: int = 0
    milliseconds: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All that was sent."""
        return "\n".join(self.texts)
