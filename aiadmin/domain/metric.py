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
    WEBHOOKS = "aiadmin_webhooks_total"
    """Webhooks by `result` (`stored` or `refused`)."""
    CALLBACKS = "aiadmin_callbacks_total"
    """Attempts to tell YClients by `result` (a state of the outbox)."""
