"""Who works next when many have asked at once."""

from __future__ import annotations

import gevent

from aiadmin.edge.turns import PER_ROUND, FairTurns


def _served(asking: list[tuple[str, str]]) -> list[str]:
    """The peers in the order in which their requests (peer, path) begin."""
    turns, served = FairTurns(), []

    def ask(peer: str, path: str) -> None:
        turns.take(path, peer)
        served.append(peer)

    gevent.joinall([gevent.spawn(ask, *one) for one in asking], timeout=10, raise_error=True)
    assert len(served) == len(asking)
    return served


def test_s5_who_asks_much_waits_for_themselves() -> None:
    served = _served([("greedy", "/")] * 200 + [("polite", "/"), ("another", "/")] + [("greedy", "/")] * 200)
    assert max(served.index("polite"), served.index("another")) <= PER_ROUND + 3


def test_s5_requests_of_one_address_begin_in_the_order_in_which_they_came() -> None:
    peers = [("a", "/"), ("b", "/")] * 50
    served = _served(peers)
    assert served[PER_ROUND:] == [peer for peer, _ in peers][PER_ROUND:]


def test_webhooks_and_health_wait_for_nobody() -> None:
    served = _served([("greedy", "/")] * 100 + [("yclients", "/marketplace/webhook/1"), ("platform", "/health")])
    assert served.index("platform") <= PER_ROUND + 2
