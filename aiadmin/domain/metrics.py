"""What we count. The names are those of Prometheus; each series is right across all processes."""

from __future__ import annotations

from enum import StrEnum


class Metric(StrEnum):
    """One series. The text after the name says its labels."""

    SOCKETS = "aiadmin_websocket_connections"
    """Open sockets: a gauge, one value per process."""
    RATE_LIMIT_HITS = "aiadmin_rate_limit_hits_total"
    """Refused requests: `where` (an endpoint, or `socket`)."""
    QR_GENERATIONS = "aiadmin_qr_generations_total"
    """Codes made: `result` (`ok` or `failed`)."""
    WHATSAPP_CONNECTIONS = "aiadmin_whatsapp_connections_total"
    """Phones linked; the rate over an hour is what an operator watches."""
    HTTP_SECONDS = "aiadmin_http_request_duration_seconds"
    """How long an answer took: `endpoint`, `method`, `status`."""
    START_SECONDS = "wa_start_seconds"
    """From the start of a session to its login."""
    ADOPTION_SECONDS = "wa_adoption_seconds"
    """From a host's taking of a device to its login."""
    EVENT_LAG_SECONDS = "wa_event_lag_seconds"
    """How long an event of the library waited for its host."""
    RECONNECTS = "wa_reconnects_total"
    """Connections lost or given up: `reason`."""
    RECONNECT_LOOPS = "wa_reconnect_loops_total"
    """Every fifth failure in a row of one session."""
    LEASES_LOST = "wa_lease_lost_total"
    """Hosts that found their lease gone."""
    BREAKER = "wa_breaker_total"
    """A host's breaker came into a `state` (`open`, `half_open`, `closed`)."""
    MASS_LOGOUTS = "wa_mass_logouts_total"
    """A host saw so many devices unlinked that it only records."""
    CALLBACKS = "aiadmin_callbacks_total"
    """Attempts to tell YClients by `result` (a state of the outbox)."""
    PROVIDER_MESSAGES = "aiadmin_provider_messages_total"
    """Messages that YClients gave us, by `result` (`taken`, `refused`)."""
    PROVIDER_STATUSES = "aiadmin_provider_statuses_total"
    """Statuses for YClients by `result` (`told`, `failed`, `refused`)."""
    JOBS_REFUSED = "aiadmin_jobs_refused_total"
    """Jobs in Redis that are none of ours: another program writes there."""
