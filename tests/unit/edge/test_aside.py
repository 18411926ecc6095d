"""Work beside the greenlets."""

from __future__ import annotations

import gevent
import pytest
from gevent.monkey import get_original

from aiadmin.edge.aside import aside

PATIENCE = 30.0
Event = get_original("threading", "Event")


def test_other_requests_go_on_meanwhile() -> None:
    """The work waits as a thread does, for what only a greenlet of this thread will do."""
    met = Event()
    gevent.spawn(met.set)
    assert aside(lambda: met.wait(PATIENCE)) is True


def test_what_goes_wrong_is_raised_where_it_was_asked_for() -> None:
    def fail() -> None:
        raise LookupError("not found")

    with pytest.raises(LookupError, match="not found"):
        aside(fail)
