"""The names under which calls are made to fail are those of the fake's own routes."""

from __future__ import annotations

import re

from tests.fakes.yclients.method_faults import METHODS, method_of
from tests.fakes.yclients.server import make_app, make_world
from tests.fakes.yclients.settings import Settings


def test_every_method_is_a_route_and_every_change_of_a_record_has_a_name() -> None:
    app = make_app(make_world(1, "partner", "user", Settings()))
    named = {}
    for resource in app.router.resources():
        path = re.sub(r"\{\w+\}", "7", resource.canonical)
        for route in resource:
            named[route.method, resource.canonical] = method_of(route.method, path)
    assert set(named.values()) - {None} == METHODS
    changes = re.compile(r"/api/v1/.*(record|visits)")
    unnamed = {key for key, name in named.items() if name is None and changes.match(key[1])}
    assert {verb for verb, _ in unnamed} <= {"GET", "HEAD"}
