"""What one process holds: settings and adapters, made on first use.

The worker's parent never asks, so each forked job makes its own and shares no connection with anybody.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import ParamSpec

import structlog

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.errors import DependencyDownError

log = structlog.get_logger(__name__)
P = ParamSpec("P")


@functools.cache
def container() -> Container:
    """This process's container."""
    return Container(Config.from_env(os.environ))


def quiet_when_down(job: Callable[P, None]) -> Callable[P, None]:
    """A job that ends with a line in the log, and no more, when a dependency is away."""

    @functools.wraps(job)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            job(*args, **kwargs)
        except DependencyDownError as error:
            log.warning("job put off", job=f"{job.__module__}.{job.__name__}", error=str(error))

    return run
