"""What gathers is stored together, in order, and nobody is told before it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

from aiadmin.adapters.group_commit import MAX_BYTES, MAX_ROWS, PendingWrite, take_batch
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.webhook import NewWebhook


def _waiting(sizes: Sequence[int]) -> deque[PendingWrite]:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return deque(
        PendingWrite(NewWebhook(company_id=CompanyId(1), dedup_key=str(place), body=b"x" * size, received_at=now))
        for place, size in enumerate(sizes)
    )


def test_a_batch_has_a_bound_in_rows_and_in_bytes_and_leaves_the_rest_in_order() -> None:
    for sizes, taken in (
        ([10] * 5, 5),
        ([10] * (MAX_ROWS + 5), MAX_ROWS),
        ([MAX_BYTES * 2, 10], 1),
        ([10, 10, MAX_BYTES], 2),
    ):
        waiting = _waiting(sizes)

        batch = take_batch(waiting)

        keys = [ticket.webhook.dedup_key for ticket in [*batch, *waiting]]
        assert (len(batch), keys) == (taken, [str(place) for place in range(len(sizes))])
