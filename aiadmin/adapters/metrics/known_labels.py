"""Labels that are known before anything is counted: their series are on the metrics page as 0 from the beginning.

Prometheus sees no increase from "absent" to 1: an alert on the first failure would miss it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.hosting.circuit_breaker import BreakerState
from aiadmin.domain.hosting.session import RECONNECT_REASONS
from aiadmin.domain.messages.message import SendOutcome
from aiadmin.domain.metrics import Metric
from aiadmin.domain.yclients.answer import CallResult
from aiadmin.domain.yclients.call_budget import Urgency

KNOWN_LABELS: Mapping[Metric, tuple[str, Sequence[str]]] = MappingProxyType(
    {
        Metric.RATE_LIMIT_HITS: ("where", ("socket",)),
        Metric.QR_GENERATIONS: ("result", ("ok", "failed")),
        Metric.RECONNECTS: ("reason", RECONNECT_REASONS),
        Metric.BREAKER: ("state", tuple(state.value for state in BreakerState)),
        Metric.CALLBACKS: ("result", tuple(state.value for state in OutboxState)),
        Metric.PROVIDER_MESSAGES: ("result", ("taken", "refused")),
        Metric.PROVIDER_STATUSES: ("result", ("told", "failed", "refused")),
        Metric.MESSAGES: ("result", tuple(outcome.value for outcome in SendOutcome)),
        Metric.YCLIENTS_CALLS: ("result", tuple(result.value for result in CallResult)),
        Metric.YCLIENTS_WAIT_SECONDS: ("urgency", tuple(urgency.name.lower() for urgency in Urgency)),
    }
)
"""A metric's one label and its values. `where` and `reason` may have others: endpoints, and words of WhatsApp's."""
