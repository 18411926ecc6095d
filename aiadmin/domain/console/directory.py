"""The list of salons as an operator reads it: who is in which part of it, who is found, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.manage.attention import AttentionLevel, AttentionReason
from aiadmin.domain.manage.salon_state import SalonFacts, StateKind, session_state

PAGE = 50
FEWEST_DIGITS = 4
"""Fewer of a phone's digits would find half of all salons."""


class SalonFilter(StrEnum):
    """A part of the list; the values stand in addresses and on the command line."""

    ALL = "all"
    ATTENTION = "attention"
    UNCONNECTED = "unconnected"
    FROZEN = "frozen"
    PAUSED = "paused"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class ListedSalon:
    """A salon in the list.

    Attributes:
        phone: of its WhatsApp, or else its own.
        session_since: since when its session stands as it does.
        reasons: why it needs an operator.
    """

    company_id: CompanyId
    salon_id: SalonId
    title: str | None
    phone: str | None = field(repr=False)
    registered_at: datetime
    facts: SalonFacts
    session_since: datetime | None
    host: str | None
    reasons: tuple[AttentionReason, ...]

    @property
    def status(self) -> IntegrationStatus:
        return self.facts.status

    @property
    def session(self) -> StateKind | Observed | None:
        """How its WhatsApp stands; None where no phone is linked, or none ever was."""
        return session_state(self.facts) or self.facts.observed

    @property
    def is_online(self) -> bool:
        """Whether messages can leave now."""
        return self.session is Observed.ONLINE


@dataclass(frozen=True, kw_only=True)
class Directory:
    """A page of the list, and what the whole list is like.

    Attributes:
        found: how many the filter and the search leave.
        page, pages: from 1.
        counts: how many salons are in each part, whatever is searched for.
        online, linked: how many sessions are online, of those that ought to be.
    """

    salons: Sequence[ListedSalon]
    found: int
    page: int
    pages: int
    counts: Mapping[SalonFilter, int]
    online: int
    linked: int


def directory(salons: Sequence[ListedSalon], *, chosen: SalonFilter, search: str, page: int) -> Directory:
    """What is found of `salons`: who needs an operator first, the newest before the oldest."""
    found = sorted((one for one in salons if is_in(one, chosen) and is_found(one, search)), key=_place)
    pages = max(-(-len(found) // PAGE), 1)
    page = min(max(page, 1), pages)
    wanted = [one for one in salons if one.facts.is_linked and one.status in _SERVED]
    return Directory(
        salons=found[(page - 1) * PAGE : page * PAGE],
        found=len(found),
        page=page,
        pages=pages,
        counts={part: sum(is_in(one, part) for one in salons) for part in SalonFilter},
        online=sum(one.is_online for one in wanted),
        linked=len(wanted),
    )


_SERVED = frozenset(
    {IntegrationStatus.ACTIVE, IntegrationStatus.ACTIVATING, IntegrationStatus.ACTIVATION_FAILED}
)  # a frozen salon's session rests
_UNCONNECTED = frozenset({IntegrationStatus.PENDING, IntegrationStatus.PAIRING})


def is_in(salon: ListedSalon, part: SalonFilter) -> bool:
    """Whether a salon is in a part of the list. Whoever has left is in its own part alone."""
    has_left = salon.status is IntegrationStatus.UNINSTALLED
    return has_left if part is SalonFilter.LEFT else not has_left and _PARTS[part](salon)


_PARTS: Mapping[SalonFilter, Callable[[ListedSalon], bool]] = {
    SalonFilter.ALL: lambda _salon: True,
    SalonFilter.ATTENTION: lambda salon: bool(salon.reasons),
    SalonFilter.UNCONNECTED: lambda salon: salon.status in _UNCONNECTED or not salon.facts.is_linked,
    SalonFilter.FROZEN: lambda salon: salon.status is IntegrationStatus.FROZEN,
    SalonFilter.PAUSED: lambda salon: salon.facts.paused_at is not None,
}


def is_found(salon: ListedSalon, search: str) -> bool:
    """Whether a salon is what is searched for: a part of its title, one of its numbers, or a phone's last digits."""
    words = search.casefold().split()
    if not words:
        return True
    digits = "".join(filter(str.isdecimal, search))
    if digits and not any(map(str.isalpha, search)):
        if int(digits) in {salon.company_id, salon.salon_id}:
            return True
        if len(digits) >= FEWEST_DIGITS and (salon.phone or "").endswith(digits[-10:]):
            return True
    title = (salon.title or "").casefold()
    return all(word in title for word in words)


def _place(salon: ListedSalon) -> tuple[int, int]:
    levels: Iterable[AttentionLevel] = (one.level for one in salon.reasons)
    order = min((0 if one is AttentionLevel.NOW else 1 for one in levels), default=2)
    return order, -salon.company_id
