"""Which salons need whoever hosts them, and why: one decision for the console and the command line.

What a salon can see and do for itself is no reason: its own pages say it. Nor is what goes by itself, unless it does
not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.manage.salon_state import SalonFacts, StateKind, states


class UpkeepKind(StrEnum):
    """What is no state of a salon; `texts.ru.console.REASONS` has the words of these and of `WATCHED`."""

    ACTIVATION_FAILED = "activation-failed"
    """YClients has not confirmed that the application is on."""
    GIVEN_UP = "given-up"
    """Rows of it raise, and are not tried again by themselves."""
    STUCK = "stuck"
    """Messages wait although nothing that we know of stands in their way."""


class AttentionLevel(StrEnum):
    """How soon an operator should look."""

    NOW = "now"
    """Clients hear nothing."""
    SOON = "soon"


WATCHED: Mapping[StateKind, AttentionLevel] = {
    StateKind.LOGGED_OUT: AttentionLevel.NOW,
    StateKind.NO_PHONE: AttentionLevel.SOON,
    StateKind.NO_HOST: AttentionLevel.NOW,
    StateKind.WAITS_FOR_HOST: AttentionLevel.NOW,
    StateKind.SWITCHED_OFF: AttentionLevel.NOW,
    StateKind.LINKED: AttentionLevel.SOON,
    StateKind.STARTING: AttentionLevel.SOON,
    StateKind.RECONNECTING: AttentionLevel.SOON,
    StateKind.DEGRADED: AttentionLevel.SOON,
    StateKind.BACKOFF: AttentionLevel.SOON,
    StateKind.CONFLICT: AttentionLevel.NOW,
    StateKind.BANNED: AttentionLevel.NOW,
    StateKind.OUTDATED: AttentionLevel.NOW,
    StateKind.NO_RECORDS: AttentionLevel.SOON,
    StateKind.NO_CLIENTS: AttentionLevel.SOON,
    StateKind.NO_PHONES: AttentionLevel.SOON,
    StateKind.JOURNAL_UNREAD: AttentionLevel.NOW,
}
"""States of a salon that an operator helps with."""
_PASSING = frozenset(
    {
        StateKind.LINKED,
        StateKind.STARTING,
        StateKind.RECONNECTING,
        StateKind.DEGRADED,
        StateKind.BACKOFF,
        StateKind.WAITS_FOR_HOST,
    }
)
"""What goes by itself within minutes."""
PATIENCE = timedelta(minutes=15)
"""How long it may take."""
STUCK_AFTER = timedelta(hours=1)
"""So long a message that is due may wait for its turn: the sending policy spreads them."""
_SERVED = frozenset({IntegrationStatus.ACTIVE, IntegrationStatus.ACTIVATION_FAILED})
"""Who is being connected is helped by its page, and of a frozen or a former salon everything rests."""
_HOLDS_MESSAGES = frozenset({StateKind.ALL_PAUSED, StateKind.PAUSED})


@dataclass(frozen=True, kw_only=True)
class SalonUpkeep:
    """What is known beside `SalonFacts` of how we serve a salon.

    Attributes:
        session_since: since when its session stands as it does; None where it has none.
        given_up: how many of its rows are not tried again.
        waiting_since: since when its oldest message is due; None where none is.
    """

    session_since: datetime | None = None
    given_up: int = 0
    waiting_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AttentionReason:
    """Why a salon needs an operator; `since` and `count` where they are known."""

    kind: StateKind | UpkeepKind
    level: AttentionLevel
    since: datetime | None = None
    count: int | None = None


def reasons(facts: SalonFacts, upkeep: SalonUpkeep, now: datetime) -> tuple[AttentionReason, ...]:
    """Why a salon needs an operator, the most urgent first; nothing of one that does not."""
    if facts.status not in _SERVED:
        return ()
    found = [*_of_activation(facts), *_of_states(facts, upkeep, now), *_of_rows(facts, upkeep, now)]
    return tuple(sorted(found, key=lambda one: one.level is not AttentionLevel.NOW))


def _of_activation(facts: SalonFacts) -> Iterator[AttentionReason]:
    if facts.status is IntegrationStatus.ACTIVATION_FAILED:
        yield AttentionReason(kind=UpkeepKind.ACTIVATION_FAILED, level=AttentionLevel.NOW)


def _of_states(facts: SalonFacts, upkeep: SalonUpkeep, now: datetime) -> Iterator[AttentionReason]:
    for one in states(facts):
        level = WATCHED.get(one.kind)
        if level is None or (one.kind in _PASSING and _is_young(upkeep.session_since, now, PATIENCE)):
            continue
        since = upkeep.session_since if one.kind in _PASSING or one.kind is StateKind.LOGGED_OUT else one.since
        yield AttentionReason(kind=one.kind, level=level, since=since)


def _of_rows(facts: SalonFacts, upkeep: SalonUpkeep, now: datetime) -> Iterator[AttentionReason]:
    if upkeep.given_up:
        yield AttentionReason(kind=UpkeepKind.GIVEN_UP, level=AttentionLevel.SOON, count=upkeep.given_up)
    since = upkeep.waiting_since
    if since is None or _is_young(since, now, STUCK_AFTER):
        return
    if not any(one.kind in WATCHED or one.kind in _HOLDS_MESSAGES for one in states(facts)):
        yield AttentionReason(kind=UpkeepKind.STUCK, level=AttentionLevel.NOW, since=since)


def _is_young(since: datetime | None, now: datetime, limit: timedelta) -> bool:
    return since is not None and now - since < limit
