"""No number, cursor or word in an address or a query is answered with an error of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from werkzeug.routing import Rule

from aiadmin.web.openapi.operation import operation_of
from tests.fakes.yclients.client import FakeYClients
from tests.integration.tenancy.routes import CASES, owner_badges, path_of, sent
from tests.integration.tenancy.salons import Tenant
from tests.support.door import Door
from tests.support.site import MakeSite, Site

_ARGUMENT = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
ODD = (
    *("", "0", "-1", "1e9", "NaN", "Infinity", "[]", str(2**31), str(2**63), "9" * 20, "9" * 5000),
    *("\u0663", "\u00b2", "\x00", "\u202e", "\udcff", "999999999999999999-out-1", "1-in-9999999999999999999"),
)


@pytest.fixture
def market(make_site: MakeSite, yclients: FakeYClients) -> Site:
    """A site that may ask YClients as often as it likes: each question of an operator's order is one."""
    return make_site(
        yclients_marketplace_url=yclients.url,
        yclients_api_key=yclients.partner_token,
        yclients_app_id=yclients.app_id,
        yclients_per_second=1000,
        yclients_per_minute=60_000,
        rate_limit_per_minute=1_000_000,
    )


def test_odd_numbers_and_cursors_are_the_callers_mistake(door: Door, victim: Tenant) -> None:
    asked = 0
    for rule, method in _rules(door):
        for address in _addresses(door, rule, victim):
            victim.show_code()
            answer = _ask(door, rule, method, address, victim)
            assert answer < 500 or answer in {502, 503}, f"{method} {address[:200]}: {answer}"
            asked += 1
    assert asked > 500


def test_s16_a_cursor_beyond_all_time_is_a_bad_request(door: Door, victim: Tenant) -> None:
    headers = {"Authorization": f"Bearer {victim.salon.token}"}
    for before in ("999999999999999999-out-1", "253402300800000000-in-1", "1-in-9999999999999999999"):
        answer = door.site.client.get(
            "/marketplace/manage/messages", headers=headers, query_string={"before": before}
        )
        assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid")


def _rules(door: Door) -> Iterator[tuple[Rule, str]]:
    """Every route that reads something from its address, but those that end what the others need."""
    for rule in door.site.client.application.url_map.iter_rules():
        if not CASES[rule.endpoint].ends and rule.endpoint != "static":
            yield rule, "POST" if "POST" in (rule.methods or ()) else "GET"


def _addresses(door: Door, rule: Rule, of: Tenant) -> Iterator[str]:
    """The route's address with one odd value in each place in turn."""
    badge = owner_badges(of)[CASES[rule.endpoint].opens]
    usual = {name: str(value) for name, value in path_of(rule, of, badge).items()}
    operation = operation_of(door.site.client.application.view_functions[rule.endpoint])
    query = {**{name: str(value) for name, value in CASES[rule.endpoint].query(of).items()}, **badge.query}
    places = operation.query if operation else ()
    for odd in ODD:
        for name in usual:
            yield _address(rule, {**usual, name: odd}, query)
        for name in places:
            yield _address(rule, usual, {**query, name: odd})


def _address(rule: Rule, path: dict[str, str], query: dict[str, str]) -> str:
    written = _ARGUMENT.sub(lambda found: quote(path[found[1]], safe="", errors="surrogateescape"), rule.rule)
    return f"{written}?{urlencode(query, errors='surrogateescape')}"


def _ask(door: Door, rule: Rule, method: str, address: str, of: Tenant) -> int:
    case = CASES[rule.endpoint]
    badge = owner_badges(of)[case.opens]
    body = sent(case, of, badge) if method == "POST" else {}
    client = door.site.client.application.test_client(use_cookies=False)
    with client.open(address, method=method, headers=badge.headers, **body) as answer:
        return answer.status_code
