"""More addresses make more calls: each has a budget of its own, and the salons of one that is lost go by the others.

The proxies are real, with loopback addresses of their own, by which the fake YClients counts.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.yclients.call_router import CallRouter
from aiadmin.domain.ids import SalonId
from aiadmin.domain.yclients.call_budget import Budget, Urgency
from aiadmin.domain.yclients.egress import DIRECT, RESTS, Egress, egress_of, in_order
from aiadmin.domain.yclients.error import YClientsDownError
from tests.fakes.yclients.client import FakeYClients
from tests.support.forward_proxy import ForwardProxy, forward_proxy
from tests.support.yclients_calls import NewContainer

Proxies = list[ForwardProxy]


@pytest.fixture
def proxies() -> Iterator[Proxies]:
    with forward_proxy("127.0.0.2") as one, forward_proxy("127.0.0.3") as other:
        yield [one, other]


def salons_of(proxies: Proxies, each: int) -> list[list[int]]:
    """So many salons of each proxy."""
    ways = [egress_of(one.url) for one in proxies]
    found: list[list[int]] = [[] for _ in ways]
    for number in range(1, 10_000):
        mine = found[ways.index(in_order(ways, SalonId(number))[0])]
        if len(mine) < each:
            mine.append(number)
    assert all(len(one) == each for one in found)
    return found


def heard(yclients: FakeYClients) -> list[dict[str, Any]]:
    """The calls that came to the journal's interface."""
    return [one for one in yclients.requests() if one["path"].startswith("/api/v1/")]


def egress(proxies: Proxies) -> dict[str, object]:
    return {"yclients_egress": tuple(one.url for one in proxies)}


def test_each_salon_goes_by_its_own_way_and_each_way_has_a_budget_of_its_own(
    yclients: FakeYClients, new_container: NewContainer, proxies: Proxies
) -> None:
    """The fake refuses whoever asks more than five times a second from one address: two may ask ten."""
    box = new_container(yclients_per_second=4.5, yclients_per_minute=200, **egress(proxies))
    salons = salons_of(proxies, 9)
    all_salons = [salon for mine in salons for salon in mine]
    for salon in all_salons:
        yclients.salon(salon)
        yclients.activate(salon)
    yclients.settings(is_limited=True)
    began = time.monotonic()
    threads = [threading.Thread(target=box.salon_api.company, args=[SalonId(salon)]) for salon in all_salons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    assert {request["status"] for request in heard(yclients)} == {200}
    for proxy, mine in zip(proxies, salons, strict=True):
        assert len(proxy.passed) == len(mine)
        assert all(any(f"/{salon}" in path for path in proxy.passed) for salon in mine)
        assert proxy.authorized == {"Basic dXNlcjpwYXNzd29yZA=="}
    assert seconds > 8 / 4.5, "nine calls of one way are spread"
    print(f"18 calls by two ways in {seconds:.1f} s; one way would take {17 / 4.5:.1f} s at least")


@pytest.mark.slow
def test_a_429_by_one_way_keeps_the_others_going(redis_url: str) -> None:
    one, other = Egress("one:1", "http://one:1"), Egress("other:1", "http://other:1")
    router = CallRouter(make_redis(redis_url), Budget(per_second=100, per_minute=6000), [one, other], rng=lambda: 0.0)
    mine = next(number for number in range(99) if in_order([one, other], SalonId(number))[0] == one)
    others = next(number for number in range(99) if in_order([one, other], SalonId(number))[0] == other)
    began = time.monotonic()
    router.be_quiet(one, timedelta(seconds=3))
    assert router.wait(SalonId(others), Urgency.INTERACTIVE) == other
    assert time.monotonic() - began < 2.5, "while the one is quiet"
    assert router.wait(SalonId(mine), Urgency.INTERACTIVE) == one
    assert time.monotonic() - began > 2.5


def test_the_salons_of_a_lost_way_go_by_the_others_and_return(
    yclients: FakeYClients, new_container: NewContainer, proxies: Proxies
) -> None:
    box, another = new_container(**egress(proxies)), new_container(**egress(proxies))
    [[mine], [others]] = salons_of(proxies, 1)
    for salon in (mine, others):
        yclients.salon(salon)
        yclients.activate(salon)
    (lost, left), redis = proxies, box.redis
    lost.die()
    with capture_logs() as logs:
        assert box.salon_api.company(SalonId(mine)), "found out and moved within one call"
    assert "password" not in str(logs)
    assert any(line["event"].startswith("a way to YClients cannot be reached") for line in logs)
    assert another.salon_api.company(SalonId(mine)), "every process knows"
    assert another.salon_api.company(SalonId(others))
    assert len(left.passed) == 3
    assert 0 < redis.pttl(keys.lost_egress(lost.name)) <= RESTS.total_seconds() * 1000  # type: ignore[operator]
    lost.start()
    redis.delete(keys.lost_egress(lost.name))  # as after half a minute
    assert box.salon_api.company(SalonId(mine))
    assert len(lost.passed) == 1


def test_a_change_that_was_certainly_not_sent_goes_by_another_way_and_is_made_once(
    yclients: FakeYClients, new_container: NewContainer, proxies: Proxies
) -> None:
    box = new_container(**egress(proxies))
    [[mine], _] = salons_of(proxies, 1)
    yclients.salon(mine)
    yclients.activate(mine)
    proxies[0].die()
    rest = box.salon_api._rest
    answer = rest.attempt(SalonId(mine), "POST", f"/records/{mine}", {})
    assert answer.status is not None
    assert [one["method"] for one in heard(yclients)] == ["POST"]


def test_with_every_way_lost_a_salon_keeps_to_its_own_and_the_answer_says_so(
    yclients: FakeYClients, new_container: NewContainer, proxies: Proxies
) -> None:
    box = new_container(**egress(proxies))
    [[mine], _] = salons_of(proxies, 1)
    for proxy in proxies:
        proxy.die()
    with pytest.raises(YClientsDownError):
        box.salon_api._rest.change(SalonId(mine), "PUT", f"/record/{mine}/1", {})
    assert heard(yclients) == []
    proxies[0].start()
    yclients.salon(mine)
    yclients.activate(mine)
    assert box.salon_api.company(SalonId(mine))
    assert len(proxies[0].passed) == 1


def test_without_redis_each_process_remembers_by_itself(
    yclients: FakeYClients, new_container: NewContainer, proxies: Proxies, free_port: int
) -> None:
    box = new_container(redis_url=f"redis://127.0.0.1:{free_port}/0", **egress(proxies))
    [[mine], _] = salons_of(proxies, 1)
    yclients.salon(mine)
    yclients.activate(mine)
    proxies[0].die()
    for _ in range(2):
        assert box.salon_api.company(SalonId(mine))
    assert len(proxies[1].passed) == 2
    assert len(heard(yclients)) == 2


def test_salons_are_spread_evenly_and_move_only_to_what_is_new() -> None:
    ways = [Egress(f"10.0.0.{number}:3128") for number in range(4)]
    before = {number: in_order(ways, SalonId(number))[0] for number in range(4000)}
    after = {number: in_order([*ways, DIRECT], SalonId(number))[0] for number in before}
    assert all(800 < count < 1200 for count in Counter(before.values()).values())
    moved = {number for number in before if before[number] != after[number]}
    assert 600 < len(moved) < 1000
    assert {after[number] for number in moved} == {DIRECT}
    lost = {number: in_order(ways, SalonId(number))[1] for number in before if before[number] == ways[0]}
    assert set(lost.values()) == set(ways[1:]), "who loses a way is spread over all others"
