"""Values of a chat as JSON: the dialogue, proposals, what was understood and looked up.

They are frozen dataclasses of `domain.chat` whose shape grows from version to version. What an older version has
written is read as far as it means something: what is not there is the default, what cannot be read is forgotten, and
the client is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import is_dataclass
from datetime import time, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

import structlog

from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.dialogue import Dialogue, Proposal
from aiadmin.domain.chat.steps import AttendanceAnswer, Need

if TYPE_CHECKING:
    from cattrs.preconf.json import JsonConverter

log = structlog.get_logger(__name__)
T = TypeVar("T")
_KEPT: tuple[Any, ...] = (Command, *Command.__subclasses__(), Dialogue, Proposal, AttendanceAnswer, *get_args(Need))
"""What rows hold of a chat."""


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


def warm() -> None:
    """Resolve the types of all that is kept. It takes a fifth of a cold turn, which each fork then need not spend."""
    converter = _converter()
    kinds = _with_parts(_KEPT)
    for kind in [*kinds, *kinds]:  # what is found for one makes the library forget what it found for others
        converter.get_structure_hook(kind)
        converter.get_unstructure_hook(kind)


def _with_parts(kinds: Iterable[Any]) -> list[Any]:
    """These and all that they hold."""
    found: list[Any] = []
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if is_dataclass(kind) and kind not in found:
            found.append(kind)
            waiting += get_type_hints(kind).values()
        waiting += get_args(kind)
    return found


@cache
def _converter() -> JsonConverter:
    """Made with the first value: the library and resolving all types cost some 50 ms."""
    from cattrs.preconf.json import make_converter
    from cattrs.strategies import configure_tagged_union, include_subclasses

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
