"""Two salons at once, one hostile: no route shows or changes anything of another salon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.routing import MapAdapter, Rule
from werkzeug.test import TestResponse

from tests.integration.tenancy.routes import (
    CASES,
    OURS,
    Badge,
    badges,
    how_to_add,
    named,
    owner_badges,
    path_of,
    sent,
)
from tests.integration.tenancy.salons import Tenant, everything_of, tables_of_companies
from tests.integration.tenancy.statements import watched
from tests.support.door import Door

SEES_LESS = {"HEAD", "OPTIONS"}
"""HEAD is the view of GET without its text; OPTIONS is none at all, and looks at no number that it is given."""
BADGES_OF_OPTIONS = {"nobody", "session"}
"""It is asked before a request and carries no key; a browser may send a cookie along."""


@dataclass(frozen=True)
class Seen:
    """An answer as its reader sees it, headers and all."""

    status: int
    text: str


def _rules(door: Door) -> Iterator[tuple[Rule, str]]:
    """Every route with each of its methods."""
    rules = door.site.client.application.url_map.iter_rules()
    for rule in sorted(rules, key=lambda rule: rule.endpoint in CASES and CASES[rule.endpoint].ends):
        for method in sorted(rule.methods or ()):
            yield rule, method


def _ask(door: Door, rule: Rule, method: str, badge: Badge, *, path: Tenant, aim: Tenant) -> Seen:
    """One request: numbers in the path are of `path`, those in the query and the body of `aim`."""
    case = CASES[rule.endpoint]
    address = _adapter(door).build(rule.endpoint, path_of(rule, path, badge), method=method, force_external=False)
    query = {**named(aim), **case.query(aim), **badge.query}
    body = sent(case, aim, badge) if method == "POST" else {}
    client = door.site.client.application.test_client(use_cookies=False)
    with client.open(address, method=method, query_string=query, headers=badge.headers, **body) as response:
        return Seen(response.status_code, _shown(response))


def _adapter(door: Door) -> MapAdapter:
    application = door.site.client.application
    assert isinstance(application, Flask)
    return application.url_map.bind("localhost")


def _shown(response: TestResponse) -> str:
    """Everything that the caller can read, also with its escapes undone."""
    text = response.get_data(as_text=True) if response.mimetype != "image/png" else ""
    plain = text.encode("ascii", "backslashreplace").decode("unicode_escape", "replace") if "\\" in text else ""
    return f"{response.status}\n{response.headers}\n{text}\n{plain}"


def test_every_route_has_a_case(door: Door) -> None:
    endpoints = {rule.endpoint for rule, _ in _rules(door)}

    for endpoint in sorted(endpoints - set(CASES)):
        pytest.fail(how_to_add(endpoint))
    assert set(CASES) <= endpoints, "a case of a route that is gone"


def test_both_salons_have_a_row_in_every_table(door: Door, victim: Tenant, hostile: Tenant) -> None:
    with door.site.container.engine.connect() as connection:
        tables = tables_of_companies(connection)

    for tenant in (victim, hostile):
        kept = everything_of(door.site.container, tenant.company_id)
        for table in sorted(tables):
            assert kept[table], f"{table} holds nothing of {tenant.word}: tests.support.company_rows must fill it"


def test_its_own_salon_is_served(door: Door, victim: Tenant) -> None:
    """The walk proves nothing where its questions make no sense, or where it would not see what it looks for."""
    with watched() as offences:
        for rule, method in _rules(door):
            if method in {"GET", "POST"}:
                victim.renew()
                case = CASES[rule.endpoint]
                answer = _ask(door, rule, method, owner_badges(victim)[case.opens], path=victim, aim=victim)
                said = f"{method} {rule.rule}: {answer.text}"
                assert answer.status in case.answers, said
                assert not case.shows or any(mark in answer.text for mark in victim.marks()), said
    assert sorted(offences) == []


def test_no_credential_of_one_salon_opens_anything_of_another(door: Door, victim: Tenant, hostile: Tenant) -> None:
    held = door.site.container
    before = everything_of(held, victim.company_id)

    with watched() as offences:
        for rule, method in _rules(door):
            aims = [(victim, victim)]
            if method not in SEES_LESS:
                aims += [(hostile, victim), (victim, hostile)]
            for path, aim in aims:
                hostile.renew()
                victim.show_code()
                for badge in badges(hostile, forged_for=victim):
                    if method == "OPTIONS" and badge.name not in BADGES_OF_OPTIONS:
                        continue
                    answer = _ask(door, rule, method, badge, path=path, aim=aim)
                    _check(rule, method, badge, answer, victim=victim, is_of_another=path is victim)
            assert everything_of(held, victim.company_id) == before, f"{method} {rule.rule} has changed something"
    assert sorted(offences) == []


def _check(rule: Rule, method: str, badge: Badge, answer: Seen, *, victim: Tenant, is_of_another: bool) -> None:
    said = f"{method} {rule.rule} as {badge.name}: {answer.text}"
    assert not [mark for mark in victim.marks() if mark in answer.text], said
    assert answer.status < 500 or answer.status == 503, said
    assert not _is_let_in(rule, method, answer, is_of_another=is_of_another), said


def _is_let_in(rule: Rule, method: str, answer: Seen, *, is_of_another: bool) -> bool:
    """Whether somebody was served where only others may be. OPTIONS carries no key and learns nothing."""
    is_closed = CASES[rule.endpoint].opens in OURS or ("company_id" in rule.arguments and is_of_another)
    return is_closed and method != "OPTIONS" and answer.status < 400 and not _is_led_to_login(answer)


def _is_led_to_login(answer: Seen) -> bool:
    return answer.status == 303 and "Location: /console/login" in answer.text
