"""Every key and prefix of ours in Redis. RQ and Socket.IO name their own.

Nothing in Redis is truth: any of these may be gone at any moment.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiadmin.domain.ids import CompanyId

# the specification's own

PREFIX = "aiadmin"
"""Of everything else."""


def live_code(company_id: CompanyId) -> str:
    """The QR code of the moment."""
    return f"marketplace:qr:{company_id}"


def connect_token(jti: str) -> str:
    """The company of a connect link."""
    return f"marketplace:token:{jti}"


def latest_connect_token(company_id: CompanyId) -> str:
    """The `jti` of a company's latest connect link."""
    return f"marketplace:company:{company_id}:token"


# pairing

PAIRING_QUEUE = f"{PREFIX}:pairing:queue"
"""Companies that wait for an attempt, by the time since which they do."""
PREWARM = f"{PREFIX}:pairing:prewarm"
"""Companies whose page was opened but has not agreed yet."""
PAIRING_CLAIMS = f"{PREFIX}:pairing:claims"


def watch(company_id: CompanyId | str) -> str:
    """A page of the company is open and has agreed."""
    return f"{PREFIX}:watch:{company_id}"


def attempt(company_id: CompanyId | str) -> str:
    """The coordinator that runs the company's attempt."""
    return f"{PREFIX}:pairing:attempt:{company_id}"


def coordinator(name: str) -> str:
    """There while the coordinator lives."""
    return f"{PREFIX}:coordinator:{name}"


def pairing_state(company_id: CompanyId | str) -> str:
    """What a page that comes late must hear."""
    return f"{PREFIX}:pairing:state:{company_id}"


def pairing_phone(company_id: CompanyId) -> str:
    """The phone for which a pairing code was asked."""
    return f"{PREFIX}:pairing:phone:{company_id}"


# nudges

LISTENING = f"{PREFIX}:nudge:queues"
"""A sorted set: the queues of `sessions` processes, by the time of Redis until which each is there."""


def nudge(function: str, *arguments: int | str) -> str:
    """There while an equal nudge is not queued again."""
    return ":".join([f"{PREFIX}:nudge", function, *map(str, arguments)])


def host_nudge(queue: str, function: str) -> str:
    """There for a moment after the `sessions` process of this queue was nudged to do that."""
    return f"{LISTENING}:{queue}:{function}"


# session hosts

FLEET_REPORTS = f"{PREFIX}:fleet:hosts"
FLEET_HOLD = f"{PREFIX}:fleet:hold"
FLEET_REFUSALS = f"{PREFIX}:fleet:outdated"

# the budgets of calls to YClients, one for each way out


@dataclass(frozen=True)
class CallKeys:
    """What is kept of calls by one way; one hash slot, for a script changes all of them."""

    egress: str = "direct"

    @property
    def budget(self) -> str:
        return self._key("budget")

    @property
    def queue(self) -> str:
        return self._key("queue")

    @property
    def leases(self) -> str:
        return self._key("leases")

    @property
    def lines(self) -> str:
        return self._key("lines")

    @property
    def tickets(self) -> str:
        return self._key("tickets")

    def _key(self, kind: str) -> str:
        return f"{PREFIX}:{{yclients:{self.egress}}}:{kind}"


def lost_egress(name: str) -> str:
    """There while a way to YClients cannot be reached."""
    return f"{PREFIX}:yclients:lost:{name}"


# limits; these are prefixes

SOCKET_LIMITS = f"{PREFIX}:sockets"
KEY_LIMITS = f"{PREFIX}:keys"
VISITOR_LIMITS = f"{PREFIX}:visitors"


def address_limit(endpoint: str, peer: str) -> str:
    """When the last minute's requests of an address to an endpoint came."""
    return f"{PREFIX}:requests:{endpoint}:{peer}"


def webhook_limit(company_id: CompanyId) -> str:
    """When the company's webhooks of the last minute came."""
    return f"{PREFIX}:webhooks:{company_id}"


# watching ourselves

COUNTERS = f"{PREFIX}:metrics"
GAUGES = f"{PREFIX}:metrics:gauges"
READY = f"{PREFIX}:ready"


# the language model, and the recogniser of speech


def model_failures(name: str) -> str:
    """When it failed since it last answered; `name` tells it from a recogniser of speech."""
    return f"{PREFIX}:{name}:failures"


def model_questions(name: str, company_id: CompanyId, day: str) -> str:
    """How many questions a salon caused on a day."""
    return f"{PREFIX}:{name}:{company_id}:{day}"


# the bot's try-out


def try_out(company_id: CompanyId, name: str) -> str:
    """A chat that an owner tries out."""
    return f"{PREFIX}:try-out:{company_id}:{name}"
