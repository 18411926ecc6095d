"""Applications that many tests make, at half their price."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.routing import Rule

_Builder = Callable[..., tuple[str, str]]


@contextmanager
def compiled_once() -> Iterator[None]:
    """werkzeug writes and compiles two functions for every route of every application; the same routes share theirs.

    Such a function builds the address of its rule out of what it is given: nothing of an application is in it.
    """
    compile_builder = Rule._compile_builder
    known: dict[tuple[object, ...], _Builder] = {}

    def compile_or_share(rule: Rule, append_unknown: bool = True) -> _Builder:
        if rule.defaults:  # these are in it, as their converter writes them
            return compile_builder(rule, append_unknown)
        key = (rule.rule, append_unknown, *rule._trace)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    patched: Any = Rule
    patched._compile_builder = compile_or_share
    yield
    patched._compile_builder = compile_builder
