"""What one process holds (settings and adapters, made on first use), and what every job has in common.

The worker's parent never asks for a container, so each forked job makes its own and shares no connection.
"""

from __future__ import annotations

import functools
import signal
import sys
from collections.abc import Callable
from typing import ParamSpec, get_type_hints

import structlog

from aiadmin.container import Container
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.job import Job, QueueName

log = structlog.get_logger(__name__)
P = ParamSpec("P")


@functools.cache
def current_container() -> Container:
    """This process's container."""
    return Container.from_env()


def end_on_signals() -> None:
    """End this process, in order and with status 0, on SIGTERM and SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))


def job(member: Job) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make the decorated function the one that runs `member`.

    It says that it has begun, so that a nudge which comes meanwhile is not lost, and ends quietly when a dependency
    is away.

    Raises:
        TypeError: the function's name or the types of its arguments are not those of the member's definition.
    """

    def register(function: Callable[P, None]) -> Callable[P, None]:
        _check(member, function)

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            if member.value.queue is QueueName.JOBS:  # a `sessions` process has a container of its own
                current_container().queue.began(member, *args)  # type: ignore[arg-type] # their types are checked above
            function(*args, **kwargs)

        return quiet_when_down(run)

    return register


def _check(member: Job, function: Callable[..., None]) -> None:
    name = _name_of(function)
    types = tuple(kind for argument, kind in get_type_hints(function).items() if argument != "return")
    if (name, types) != (member.value.function, member.value.arguments):
        raise TypeError(f"{name} is not what Job.{member.name} says: {member.value.function}{member.value.arguments}")


def quiet_when_down(function: Callable[P, None]) -> Callable[P, None]:
    """Ends with a line in the log, and no more, when a dependency is away."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except DependencyDownError as error:
            log.warning("job put off", job=_name_of(function), error=str(error))

    return run


def _name_of(function: Callable[..., None]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
