"""Whoever is slow, silent or polite costs others nothing."""

from __future__ import annotations

import select

import pytest

from tests.conftest import WaitUntil
from tests.integration.edge.process import GET_HEALTH, Edge, StartEdge, is_closed, read_answer

pytestmark = pytest.mark.process

POST = b"POST /marketplace/webhook/1?key=x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
UNFINISHED = {
    "nothing": b"",
    "half a request line": b"GET /hea",
    "headers without end": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: b\r\n",
    "an announced body": POST + b"Content-Length: 100000\r\n\r\n{",
    "a chunk without end": POST + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n{",
    "a body waited for": POST + b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n",
    "politeness": GET_HEALTH,
}


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED)
def test_a_connection_ends_when_its_peer_has_had_its_time(edge: Edge, wait_until: WaitUntil, sent: bytes) -> None:
    """The time of this worker is a second."""
    stranger = edge.connect(sent)

    wait_until(lambda: is_closed(stranger), timeout=20, what="closed by the server")


def test_a_byte_now_and_then_prolongs_nothing(edge: Edge, wait_until: WaitUntil) -> None:
    """The deadline is the whole head's, not each byte's."""
    stranger = edge.connect(b"GET /health HTTP/1.1\r\n")

    def is_closed_though_it_says_something() -> bool:
        try:
            stranger.setblocking(True)
            stranger.sendall(b"X-A: b\r\n")
        except OSError:
            return True
        return is_closed(stranger)

    wait_until(is_closed_though_it_says_something, timeout=10, what="closed by the server")


def test_an_answer_that_is_not_read_ends(edge: Edge, wait_until: WaitUntil) -> None:
    """A hundred times the largest file, and a peer that reads none of it: its connection is closed, ours is free."""
    request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    stranger = edge.connect(request * 100)

    wait_until(lambda: _has_no_connection(edge, stranger.getsockname()[1]), timeout=20, what="closed by the server")


def _has_no_connection(edge: Edge, port: int) -> bool:
    """Whether the server's side of the connection from `port` is gone."""
    open_ones = edge.worker.net_connections("tcp")
    return not any(one.raddr and one.raddr.port == port for one in open_ones)


def test_the_one_that_has_waited_the_longest_makes_room(start_edge: StartEdge, wait_until: WaitUntil) -> None:
    """All slots are held; each new connection is served, and costs an old one."""
    edge = start_edge("--worker-connections", "40", worker=None)
    held = [edge.connect(b"GET /health HTTP/1.1\r\n") for _ in range(40)]

    for _ in range(5):
        assert b" 200 " in edge.ask(GET_HEALTH)

    wait_until(lambda: is_closed(held[0]), what="the oldest is closed")


def test_whoever_holds_most_gives_first(start_edge: StartEdge, wait_until: WaitUntil) -> None:
    """One address with many connections costs another, older one nothing."""
    edge = start_edge("--worker-connections", "70", worker=None)
    honest = edge.connect(GET_HEALTH, source="127.0.0.2")
    read_answer(honest)
    greedy = [edge.connect(b"GET /health HTTP/1.1\r\n", source="127.0.0.3") for _ in range(75)]
    wait_until(lambda: is_closed(greedy[0]), what="the oldest of the many is closed")

    honest.sendall(GET_HEALTH)

    assert b" 200 " in read_answer(honest)


def test_one_address_has_its_share(start_edge: StartEdge, wait_until: WaitUntil) -> None:
    """Beyond 512 waiting connections its own oldest goes, though there is room."""
    edge = start_edge(worker=None)
    held = [edge.connect(b"GET /") for _ in range(520)]

    wait_until(lambda: is_closed(held[0]), what="the oldest is closed")
    assert not is_closed(held[-1])


def test_unfinished_bodies_have_a_sum(start_edge: StartEdge, wait_until: WaitUntil) -> None:
    """Sixty strangers with a megabyte each: their bytes are bounded together, and others are served meanwhile."""
    edge = start_edge(worker=None)
    before = edge.worker.memory_info().rss
    head = b"POST /marketplace/companies HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n"
    held = [edge.connect(head) for _ in range(60)]
    for stranger in held:
        stranger.settimeout(5)
        try:
            stranger.sendall(b"a" * 1_000_000)
        except OSError:
            continue  # it made room already

    wait_until(lambda: any(is_closed(stranger) for stranger in held), what="some have made room")
    assert b" 200 " in edge.ask(GET_HEALTH)
    assert edge.worker.memory_info().rss - before < 64 * 2**20


def test_what_is_urgent_does_not_wait_behind_a_crowd(start_edge: StartEdge) -> None:
    """Four hundred requests stand in line when the process comes to look; `/health`, the last, is among the first."""
    edge = start_edge(worker=None)
    edge.worker.suspend()
    crowd = [edge.connect(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(400)]
    last = edge.connect(GET_HEALTH)
    edge.worker.resume()

    assert b" 200 " in read_answer(last)
    answered, _, _ = select.select(crowd, [], [], 0)

    assert len(answered) < 300
    assert all(b" 404 " in read_answer(stranger)[:20] for stranger in crowd)
