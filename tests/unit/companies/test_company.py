"""How a company's status follows its pairing."""

from __future__ import annotations

from datetime import UTC, datetime

from aiadmin.domain.companies.company import IntegrationStatus as Status
from aiadmin.domain.companies.company import (
    status_after_linking,
    status_after_pairing_ended,
    status_after_pairing_started,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_status_follows_the_journey_and_a_failed_attempt_leaves_no_trace() -> None:
    assert status_after_pairing_started(Status.PENDING) is Status.PAIRING
    assert status_after_pairing_ended(Status.PAIRING) is Status.PENDING
    for settled in set(Status) - {Status.PENDING, Status.PAIRING}:
        assert status_after_pairing_started(settled) is settled
        assert status_after_pairing_ended(settled) is settled
    assert status_after_linking(Status.PAIRING, None) is Status.ACTIVATING
    assert status_after_linking(Status.ACTIVE, NOW) is Status.ACTIVE
    assert status_after_linking(Status.FROZEN, NOW) is Status.FROZEN
