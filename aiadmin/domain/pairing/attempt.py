"""A pairing: one company's attempt to link a phone, from the first code to the link or to a resting state.

An attempt runs *series* of codes. A series is one connection of the library to WhatsApp under a session id of its
own: WhatsApp hands out six references, so its codes live 60 s, then five times 20 s, and then the library hangs up.
The library says nothing when a series runs out, fails or loses its connection: every wait has an end of its own here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto

from aiadmin.domain.backoff import Backoff
from aiadmin.domain.ids import CompanyId


class PairingState(StrEnum):
    """What the salon's page shows; the `state` of the `status` event."""

    QUEUED = "queued"
    WAITING = "waiting"
    QR = "qr"
    CODE = "code"
    CONFIRMING = "confirming"
    UNREACHABLE = "unreachable"
    CONNECTED = "connected"
    EXHAUSTED = "exhausted"
    PASSKEY = "passkey"
    ALREADY_LINKED = "already-linked"
    FAILED = "failed"


TERMINAL = frozenset(
    {
        PairingState.CONNECTED,
        PairingState.EXHAUSTED,
        PairingState.PASSKEY,
        PairingState.ALREADY_LINKED,
        PairingState.FAILED,
    }
)
"""Nothing goes on until the button is pressed."""


FAILURES = frozenset(
    {
        PairingState.UNREACHABLE,
        PairingState.EXHAUSTED,
        PairingState.PASSKEY,
        PairingState.ALREADY_LINKED,
        PairingState.FAILED,
    }
)
"""States that say why no phone is being linked: sent as `error` events too, for clients that hear no others."""


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long things take and may take; tests give shorter ones.

    Attributes:
        first_code: life of the first code of a series (whatsmeow: 60 s when there are six references).
        other_code: life of each further one.
        codes: how many a series has.
        overdue: how much later than expected the next code may come.
        start: from the start of a series to its first code.
        link: how long the process waits for the new device to come online after the phone confirmed.
        code_needs: a pairing code is asked for only when the series has this much left to type it in.
        blind: after Redis was away its keys may be gone; the watchers have this long to write them again.
    """

    first_code: timedelta = timedelta(seconds=60)
    other_code: timedelta = timedelta(seconds=20)
    codes: int = 6
    overdue: timedelta = timedelta(seconds=5)
    start: timedelta = timedelta(seconds=15)
    link: timedelta = timedelta(seconds=15)
    code_needs: timedelta = timedelta(seconds=90)
    redis_grace: timedelta = timedelta(seconds=10)

    @property
    def series(self) -> timedelta:
        """The life of a whole series; a pairing code lives as long as its series."""
        return self.first_code + (self.codes - 1) * self.other_code


MAX_SERIES = 3
RETRIES = Backoff(first=timedelta(seconds=2), longest=timedelta(minutes=1))


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One company's attempt.

    Attributes:
        session_id: the running series, or None between two.
        series: series that showed a code since the button was last pressed.
        codes: codes of this series so far.
        failures: series in a row that ended before their first code.
        act_at: when to act unless something happens first: the next word is overdue, or the next series is due.
        series_ends_at: when WhatsApp ends this series, known from its first code on.
        phone: digits for which a pairing code is wanted, or None.
        asked: whether this series was asked for a pairing code; once is all a series gets.
    """

    company_id: CompanyId
    state: PairingState
    act_at: datetime
    session_id: str | None = None
    series: int = 0
    codes: int = 0
    failures: int = 0
    series_ends_at: datetime | None = None
    phone: str | None = field(default=None, repr=False)
    asked: bool = False


class PairingStep(Enum):
    """What an attempt needs now."""

    NOTHING = auto()
    START = auto()
    RESTART = auto()
    """The series is silent: end it; `interrupted` says when the next one is due."""
    COMPLETE = auto()
    """The phone confirmed and the process fell silent: the link stands."""
    EXHAUST = auto()


def opened(company_id: CompanyId, now: datetime) -> Attempt:
    """A new attempt, whose first series is due at once."""
    return Attempt(company_id=company_id, state=PairingState.WAITING, act_at=now)


def next_step(attempt: Attempt, now: datetime) -> PairingStep:
    """What to do at `now`."""
    if now < attempt.act_at:
        return PairingStep.NOTHING
    if attempt.state is PairingState.CONFIRMING:
        return PairingStep.COMPLETE
    if attempt.session_id is not None:
        return PairingStep.RESTART
    return PairingStep.EXHAUST if attempt.series >= MAX_SERIES else PairingStep.START


def started(attempt: Attempt, session_id: str, now: datetime, timing: Timing) -> Attempt:
    """A series began."""
    act_at = now + timing.start
    return replace(attempt, session_id=session_id, codes=0, asked=False, series_ends_at=None, act_at=act_at)


def shown(attempt: Attempt, now: datetime, timing: Timing) -> Attempt:
    """WhatsApp gave the next QR code; it lives for `code_life` of the attempt that comes back."""
    is_first = attempt.codes == 0
    after = replace(
        attempt,
        state=PairingState.CODE if attempt.state is PairingState.CODE and not is_first else PairingState.QR,
        series=attempt.series + is_first,
        series_ends_at=now + timing.series if is_first else attempt.series_ends_at,
        codes=attempt.codes + 1,
        failures=0,
    )
    return replace(after, act_at=now + code_life(after, timing) + timing.overdue)


def code_life(attempt: Attempt, timing: Timing) -> timedelta:
    """How long the code shown last lives."""
    return timing.first_code if attempt.codes == 1 else timing.other_code


def should_ask(attempt: Attempt) -> bool:
    """Whether to ask the library for the pairing code now: it answers only once a QR code exists."""
    return attempt.phone is not None and not attempt.asked and attempt.codes > 0


def asked(attempt: Attempt) -> Attempt:
    """The library was asked for a pairing code."""
    return replace(attempt, asked=True)


def wants_code(attempt: Attempt, phone: str, now: datetime, timing: Timing) -> Attempt:
    """A page asked for a pairing code for `phone`: in this series when it is fresh enough, else in a new one.

    WhatsApp ends the code with the series, and another number needs keys of its own. An attempt that comes back
    without a `session_id` has given up its series.
    """
    if attempt.state is PairingState.CONFIRMING or is_code_live(attempt, phone, now):
        return attempt
    ends_at = attempt.series_ends_at
    is_fresh = not attempt.asked and (ends_at is None or ends_at - now >= timing.code_needs)
    if attempt.session_id is not None and is_fresh:
        return replace(attempt, phone=phone, series=min(attempt.series, 1))
    return replace(_between(attempt), state=PairingState.WAITING, phone=phone, series=0, act_at=now)


def is_code_live(attempt: Attempt, phone: str, now: datetime) -> bool:
    """Whether the pairing code on the page is the one for `phone`: it stays the same for its whole life."""
    is_same = attempt.state is PairingState.CODE and attempt.phone == phone
    return is_same and attempt.series_ends_at is not None and now < attempt.series_ends_at


def code_shown(attempt: Attempt) -> Attempt:
    """WhatsApp gave the pairing code."""
    return replace(attempt, state=PairingState.CODE)


def code_refused(attempt: Attempt) -> Attempt:
    """WhatsApp gave none for this phone; the QR codes go on."""
    return replace(attempt, phone=None)


def scanned(attempt: Attempt, now: datetime, timing: Timing) -> Attempt:
    """The phone confirmed: from here on the attempt ends linked, watched or not."""
    return replace(attempt, state=PairingState.CONFIRMING, act_at=now + timing.link + timing.overdue)


def interrupted(attempt: Attempt, now: datetime, jitter: float) -> Attempt:
    """The series ended without a link. After a code the next one is due at once; before it, WhatsApp is unreachable.

    Args:
        jitter: from 0 to 1, so that many attempts do not retry together.
    """
    over = replace(_between(attempt), phone=None if attempt.asked else attempt.phone)
    if attempt.codes > 0:
        return replace(over, state=PairingState.WAITING, act_at=now)
    failures = attempt.failures + 1
    wait = RETRIES.wait(failures, jitter)
    return replace(over, state=PairingState.UNREACHABLE, failures=failures, act_at=now + wait)


def _between(attempt: Attempt) -> Attempt:
    return replace(attempt, session_id=None, codes=0, asked=False, series_ends_at=None)
