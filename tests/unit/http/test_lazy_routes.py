"""Routes are cheap to make: each process has a hundred, and each application of a test."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.routing import Map, Rule

from aiadmin.web import LazyRule


def test_a_routes_address_is_compiled_when_it_is_first_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    compile_builder = Rule._compile_builder

    def compile_and_note(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made.append(rule.rule)
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", compile_and_note)
    urls = Map([LazyRule("/a/<int:number>", endpoint="a"), LazyRule("/b", endpoint="b")]).bind("host")
    assert made == []
    built = [urls.build("a", {"number": number, "rule": "x"}) for number in (5, 6)]
    assert (built, made) == (["/a/5?rule=x", "/a/6?rule=x"], ["/a/<int:number>"])
