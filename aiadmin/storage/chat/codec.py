"""Values of a chat as JSON: the dialogue, proposals, what was understood and looked up.

They are frozen dataclasses of `domain.chat` whose shape grows from version to version. What an older version has
written is read as far as it means something: what is not there is the default, what cannot be read is forgotten, and
the client is asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import Any, TypeVar

import structlog
from cattrs.preconf.json import JsonConverter, make_converter
from cattrs.strategies import configure_tagged_union, include_subclasses

from aiadmin.domain.chat.commands import Command

log = structlog.get_logger(__name__)
T = TypeVar("T")


def as_data(value: object) -> Any:
    """A value of `domain.chat` as JSON has it: names, numbers, lists; what is at its default is left out."""
    return _converter().unstructure(value)


def commands_as_data(commands: Sequence[Command]) -> list[Any]:
    """Commands, each with the name of its kind."""
    return [_converter().unstructure(one, unstructure_as=Command) for one in commands]


def read(kind: type[T], data: Any) -> T | None:
    """The value that `as_data` wrote; None for what cannot be read."""
    try:
        return _converter().structure(data, kind)
    except Exception as error:  # noqa: BLE001 - whatever an older version, or a hand, has written
        log.warning("what was kept of a chat cannot be read", kind=kind.__name__, reason=type(error).__name__)
        return None


def read_commands(data: Any) -> tuple[Command, ...]:
    """The commands that `commands_as_data` wrote; those that cannot be read are left out."""
    found = (read(Command, one) for one in data) if isinstance(data, list) else ()
    return tuple(one for one in found if one is not None)


@cache
def _converter() -> JsonConverter:
    """Made with the first value: resolving all types costs some 20 ms."""
    converter = make_converter(omit_if_default=True)
    for kind, write, parse in (
        (time, time.isoformat, time.fromisoformat),
        (timedelta, timedelta.total_seconds, lambda seconds: timedelta(seconds=seconds)),
        (Decimal, str, Decimal),
    ):
        converter.register_unstructure_hook(kind, write)
        converter.register_structure_hook(kind, lambda data, _, parse=parse: parse(data))
    by_name = partial(configure_tagged_union, tag_name="command")
    include_subclasses(Command, converter, union_strategy=by_name)
    return converter
