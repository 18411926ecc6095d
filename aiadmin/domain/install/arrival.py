"""Who may come in when an owner's browser arrives from YClients, and to what."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.activation import InstallationStatus


class Admission(StrEnum):
    """What an arrival leads to; `texts.ru.INSTALLATION` has the words for those that lead nowhere."""

    ONBOARD = "onboard"
    """YClients waits for us: the salon is set up, and its activation sent at once."""
    MANAGE = "manage"
    """The salon is set up already."""
    AGAIN = "again"
    """YClients does not know of the salon's consent: it must press Connect."""
    PAUSED = "paused"
    """YClients has frozen the application in a salon that we do not know."""
    USED = "used"
    """The address was opened before, and this is not its owner coming from YClients."""
    STRANGER = "stranger"
    """The salon is another user's as far as we know."""
    LATER = "later"
    """YClients does not say how things stand: nothing is used up, the same address works again."""


LANDING_KEPT = timedelta(hours=2)
"""How long an address counts as opened; YClients waits for an hour."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A browser with a valid signature, asking for one salon.

    Attributes:
        user_id: of the YClients user who is named in the signed data, or None.
        sign: the signature; it is the same every time, for YClients signs no time and no salon.
        is_from_yclients: whether the browser says that a page of YClients sent it.
        browser: what the browser says of itself, the same each time; it is no secret.
        browser_hash: of the secret that the browser's sessions hang on; one that it brings, or a new one.
        agent: the browser in two words.
    """

    salon_id: SalonId
    user_id: int | None
    sign: str
    is_from_yclients: bool
    browser: str = ""
    browser_hash: str = ""
    agent: str = ""

    @property
    def visitor(self) -> str:
        """Whom to count: the user, or who has the signature where it names none."""
        return str(self.user_id) if self.user_id is not None else self.sign

    @property
    def fingerprint(self) -> str:
        """What we remember of it, in hex."""
        return hashlib.sha256(f"{self.sign}:{self.salon_id}".encode()).hexdigest()

    @property
    def browser_fingerprint(self) -> str:
        """The same of the browser that opened it: for browsers that keep no cookies."""
        return hashlib.sha256(f"browser:{self.fingerprint}:{self.browser}".encode()).hexdigest()

    @property
    def refusal_fingerprint(self) -> str:
        """The same of having turned it away: who comes again and again is written down once."""
        return hashlib.sha256(f"refused:{self.fingerprint}".encode()).hexdigest()


class Claim(StrEnum):
    """Whose an installation is, as one visitor sees it."""

    FREE = "free"
    """No user of YClients has come for it yet."""
    OWN = "own"
    OTHERS = "others"


def claim_of(owners: Collection[int], user_id: int | None) -> Claim:
    """Whose an installation is that `owners`, YClients' users, have come for."""
    if user_id in owners:
        return Claim.OWN
    return Claim.OTHERS if owners else Claim.FREE


@dataclass(frozen=True, kw_only=True)
class Landing:
    """What is known of an address and of the browser that opens it.

    The address is the same for ever, so that whoever has read it once may send it: it is tied to browsers.

    Attributes:
        is_first: it opens for the first time in `LANDING_KEPT`.
        is_from_yclients: the browser says that a page of YClients sent it; a program may say so as well.
        is_same_browser: the browser says the same of itself as at the first time.
        is_in: the browser holds a session of the salon, which only it can.
        is_tied: its user holds a live session in a browser that keeps cookies.
    """

    is_first: bool
    is_from_yclients: bool
    is_same_browser: bool
    is_in: bool
    is_tied: bool

    @property
    def is_repeat(self) -> bool:
        """Whether the address is refused to this browser, as far as the address goes.

        A tied address opens in a second browser only as a visit from YClients, and not soon after another; without
        cookies what the browser says of itself has to do.
        """
        if self.is_in:
            return False
        if self.is_tied:
            return not (self.is_first and self.is_from_yclients)
        return not (self.is_first or (self.is_from_yclients and self.is_same_browser))


_WAITING = frozenset({IntegrationStatus.PENDING, IntegrationStatus.PAIRING, IntegrationStatus.ACTIVATING})
_BEGUN = _WAITING | {IntegrationStatus.ACTIVATION_FAILED}


def is_over(status: IntegrationStatus, deadline_at: datetime, now: datetime) -> bool:
    """Whether a consent that YClients waits with is another one than that which began the installation we know.

    It keeps a consent until the deadline, and a salon that was active since must have been let go before.
    """
    return status not in _BEGUN or now >= deadline_at


def admit(
    connection: InstallationStatus,
    status: IntegrationStatus | None,
    *,
    claim: Claim,
    is_over: bool,
    is_repeat: bool,
    is_member: bool | None = None,
) -> Admission:
    """Decide about one arrival. The signature covers no salon, so what YClients says of the salon decides.

    YClients does not say who consented. Hence the first who comes with a consent is its owner, and until it is
    over nobody else is let in by it; another administrator of the salon comes in by a consent of their own.

    Args:
        status: of the company, or None for a salon that is new to us.
        claim: whose the company is.
        is_over: whether the installation that we know of is: a consent is then a new one.
        is_repeat: whether the address is one that this browser may not open (again): `Landing.is_repeat`.
        is_member: whether YClients lists the visitor among the users of the salon; None where it does not say, and
            then whoever came for it before is believed.
    """
    if connection in {InstallationStatus.SILENT, InstallationStatus.UNCLEAR}:
        return Admission.LATER
    if connection is InstallationStatus.UNINSTALLED:
        return Admission.AGAIN
    if connection is InstallationStatus.PENDING:
        return _admit_consent(status, is_taken=claim is Claim.OTHERS and not is_over, is_repeat=is_repeat)
    if not _is_of_salon(status, claim, is_member=is_member):
        return Admission.STRANGER
    if status is None:
        return _admit_unknown(connection, is_repeat=is_repeat)
    return Admission.USED if is_repeat else Admission.MANAGE


def _is_of_salon(status: IntegrationStatus | None, claim: Claim, *, is_member: bool | None) -> bool:
    """YClients' word, where it gives one; else a salon that is set up is of those who came for it."""
    return (status is None or claim is Claim.OWN) if is_member is None else is_member


def is_of_another(claim: Claim) -> bool:
    """Whether a phone that is linked when YClients waits for a visitor's consent was linked by another user.

    Without an owner a salon was registered by any caller who knew its number; with others it was theirs.
    """
    return claim is not Claim.OWN


def _admit_consent(status: IntegrationStatus | None, *, is_taken: bool, is_repeat: bool) -> Admission:
    if is_taken:
        return Admission.STRANGER
    # consent after an installation that came to an end is a new one, whatever the address
    return Admission.USED if is_repeat and (status is None or status in _WAITING) else Admission.ONBOARD


def _admit_unknown(connection: InstallationStatus, *, is_repeat: bool) -> Admission:
    if connection is InstallationStatus.FREEZED:
        return Admission.PAUSED
    return Admission.USED if is_repeat else Admission.MANAGE
