"""What stands between a salon and its clients hearing from it: one reading of the facts for the page, CLI and doctor.

Each of these once looked like a salon that is well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aiadmin.domain.chat.abilities import may_answer, usable
from aiadmin.domain.chat.bot_settings import Ability, BotSettings
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.rights import Right
from aiadmin.domain.hosting.device import Desired, Observed
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.sync_retry import Failure
from aiadmin.domain.journal.sync_run import RunState
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.settings import MessageSettings


class StateKind(StrEnum):
    """In the order in which they are shown; `texts.ru.manage.STATES` has the words of each."""

    UNINSTALLED = "uninstalled"
    FROZEN = "frozen"
    NO_PHONE = "no-phone"
    LOGGED_OUT = "logged-out"
    ALL_PAUSED = "all-paused"
    PAUSED = "paused"
    NO_HOST = "no-host"
    """No session host is alive."""
    WAITS_FOR_HOST = "waits-for-host"
    """Some are, and none has taken this device."""
    SWITCHED_OFF = "switched-off"
    """Its session is switched off."""
    LINKED = "linked"
    """This one and the next seven: what its host sees (`Observed`), and nothing leaves until it is online."""
    STARTING = "starting"
    RECONNECTING = "reconnecting"
    DEGRADED = "degraded"
    BACKOFF = "backoff"
    CONFLICT = "conflict"
    BANNED = "banned"
    OUTDATED = "outdated"
    NO_RECORDS = "no-records"
    NO_CLIENTS = "no-clients"
    NO_PHONES = "no-phones"
    NO_ATTENDANCE = "no-attendance"
    NO_BOOK = "no-book"
    """This one and the next two: the bot is to do it, and our application lacks the right."""
    NO_MOVE = "no-move"
    NO_CANCEL = "no-cancel"
    JOURNAL_UNREAD = "journal-unread"
    NOTICES_OFF = "notices-off"
    UNTOLD = "untold"
    UNCALLED = "uncalled"
    """The same, where nothing that has left us tells the salon whom to call."""
    IMPORTED = "imported"


OURS = frozenset({StateKind.NO_HOST, StateKind.WAITS_FOR_HOST, StateKind.ALL_PAUSED, StateKind.OUTDATED})
"""What an operator puts right; the rest is the salon's to know."""
OF_OBSERVED: Mapping[Observed, StateKind | None] = {
    Observed.LINKED: StateKind.LINKED,
    Observed.STARTING: StateKind.STARTING,
    Observed.ONLINE: None,
    Observed.DEGRADED: StateKind.DEGRADED,
    Observed.RECONNECTING: StateKind.RECONNECTING,
    Observed.BACKOFF: StateKind.BACKOFF,
    Observed.CONFLICT: StateKind.CONFLICT,
    Observed.BANNED: StateKind.BANNED,
    Observed.OUTDATED: StateKind.OUTDATED,
    Observed.LOGGED_OUT: StateKind.LOGGED_OUT,
}
"""What it means that a host saw this last: a host sends through a session that is online, and through no other."""
_OF_RIGHTS: Mapping[Right, StateKind] = {
    Right.RECORDS: StateKind.NO_RECORDS,
    Right.CLIENTS: StateKind.NO_CLIENTS,
    Right.PHONES: StateKind.NO_PHONES,
    Right.ATTENDANCE: StateKind.NO_ATTENDANCE,
}
_OF_ABILITIES: Mapping[Ability, StateKind] = {
    Ability.BOOK: StateKind.NO_BOOK,
    Ability.MOVE: StateKind.NO_MOVE,
    Ability.CANCEL: StateKind.NO_CANCEL,
}
_LASTING = frozenset({Failure.KEY_REFUSED, Failure.FORBIDDEN, Failure.NOT_FOUND, Failure.REFUSED})
_LONG_DOWN = 10
"""So many failures in a row are about an hour: no hiccup of YClients' any more."""


@dataclass(frozen=True, kw_only=True)
class SalonFacts:
    """What is known of a salon.

    Attributes:
        is_linked: whether a phone is linked.
        desired, observed, reason: of its device; None where it has none.
        is_hosted: whether a host that is alive has the device.
        hosts: how many are alive.
        all_paused_at, paused_at: since when messages are held, everybody's or this salon's; None where they are not.
        is_never_sending: whether messages are held by this machine's settings.
        run_state, run_error, run_attempts: of the reading of its journal that fails, if one does.
        is_bot_allowed: the bot's master switch.
        bot: how the bot is set.
        asked, uncalled, imported: notices of the last week: news that could not be told and that the salon was
            asked to call about; the same where the client would still come in vain and no such call has left; and
            bookings that were many at once and are told to nobody. Where the salon's own phone has written to the
            client since, it knows best what was said, and nothing of the client is counted.
    """

    company_id: CompanyId
    status: IntegrationStatus
    is_linked: bool
    desired: Desired | None = None
    observed: Observed | None = None
    reason: str | None = None
    is_hosted: bool = False
    hosts: int = 0
    all_paused_at: datetime | None = None
    paused_at: datetime | None = None
    is_never_sending: bool = False
    missing_rights: frozenset[Right] | None = None
    run_state: RunState | None = None
    run_error: str | None = None
    run_attempts: int = 0
    settings: MessageSettings = field(default_factory=MessageSettings)
    is_bot_allowed: bool = True
    bot: BotSettings = field(default_factory=BotSettings)
    asked: int = 0
    uncalled: int = 0
    imported: int = 0


@dataclass(frozen=True, kw_only=True)
class SalonState:
    """Something that is not as it should be.

    Attributes:
        since: when it began, where that is known.
        count: how many notices it is about.
        reason: a slug that its words depend on: why WhatsApp unlinked the phone, or the journal is not read.
    """

    kind: StateKind
    since: datetime | None = None
    count: int | None = None
    reason: str | None = None


def states(facts: SalonFacts) -> tuple[SalonState, ...]:
    """All that is to be said of the salon, in the order of `StateKind`; nothing of one that is well.

    Of a salon that has left, or is frozen, only that is said, that its phone is gone, and whom nobody has told that
    they would come in vain: everything else rests.
    """
    if facts.status is IntegrationStatus.UNINSTALLED:
        return (SalonState(kind=StateKind.UNINSTALLED),)
    if facts.status is IntegrationStatus.FROZEN:
        return (SalonState(kind=StateKind.FROZEN), *_phone(facts), *_untold(facts))
    return (*_phone(facts), *_pauses(facts), *_session(facts), *_rights(facts), *_journal(facts), *_notices(facts))


def session_state(facts: SalonFacts) -> StateKind | None:
    """What is to be shown in the place of what a session's host saw last, or None where that is still true."""
    if facts.observed is None or facts.observed is Observed.LOGGED_OUT:
        return None
    if facts.desired is not Desired.ON:
        return StateKind.SWITCHED_OFF
    return next((one.kind for one in _hosting(facts)), None)


def _phone(facts: SalonFacts) -> Iterator[SalonState]:
    if facts.observed is Observed.LOGGED_OUT:
        yield SalonState(kind=StateKind.LOGGED_OUT, reason=facts.reason)
    elif not facts.is_linked or facts.observed is None:
        yield SalonState(kind=StateKind.NO_PHONE)


def _pauses(facts: SalonFacts) -> Iterator[SalonState]:
    if facts.all_paused_at is not None or facts.is_never_sending:
        yield SalonState(kind=StateKind.ALL_PAUSED, since=facts.all_paused_at)
    if facts.paused_at is not None:
        yield SalonState(kind=StateKind.PAUSED, since=facts.paused_at)


def _session(facts: SalonFacts) -> Iterator[SalonState]:
    """Why nothing leaves through the phone that is linked, if nothing does."""
    if facts.observed is None or facts.observed is Observed.LOGGED_OUT:
        return
    seen = OF_OBSERVED[facts.observed]
    unseen = tuple(_hosting(facts))
    yield from unseen
    if seen is not None and not unseen:
        yield SalonState(kind=seen)


def _hosting(facts: SalonFacts) -> Iterator[SalonState]:
    """Why the session's present state is not known, where it is not."""
    if facts.desired is not Desired.ON:
        yield SalonState(kind=StateKind.SWITCHED_OFF)
    elif not facts.is_hosted:
        yield SalonState(kind=StateKind.WAITS_FOR_HOST if facts.hosts else StateKind.NO_HOST)


def _rights(facts: SalonFacts) -> Iterator[SalonState]:
    missing = facts.missing_rights or frozenset()
    yield from (SalonState(kind=kind) for right, kind in _OF_RIGHTS.items() if right in missing)
    if may_answer(facts.bot, is_allowed=facts.is_bot_allowed):
        off = facts.bot.abilities - usable(facts.bot, facts.missing_rights)
        yield from (SalonState(kind=kind) for ability, kind in _OF_ABILITIES.items() if ability in off)


def _journal(facts: SalonFacts) -> Iterator[SalonState]:
    if facts.run_error is None or facts.run_state is RunState.DONE:
        return
    if facts.run_error in _LASTING or facts.run_attempts >= _LONG_DOWN:
        yield SalonState(kind=StateKind.JOURNAL_UNREAD, reason=facts.run_error)


def _notices(facts: SalonFacts) -> Iterator[SalonState]:
    if not any(facts.settings.wants(kind) for kind in NoticeKind):
        yield SalonState(kind=StateKind.NOTICES_OFF)
    yield from _untold(facts)
    if facts.imported:
        yield SalonState(kind=StateKind.IMPORTED, count=facts.imported)


def _untold(facts: SalonFacts) -> Iterator[SalonState]:
    for kind, count in ((StateKind.UNTOLD, facts.asked), (StateKind.UNCALLED, facts.uncalled)):
        if count:
            yield SalonState(kind=kind, count=count)
