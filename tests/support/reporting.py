"""What a worker reports to the process that shows how a run goes.

xdist sends three reports of each test, with all that was logged meanwhile, and they are written, read and kept. Of a
test that passes one is shown, and only that it passed: the others are a third of what it costs to follow a run.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

_SHOWING_PASSED = "pPA"
"""Letters after `-r` that ask for tests that passed, or for what they printed."""


def report_what_is_shown(config: pytest.Config) -> None:
    """From now on this worker keeps to itself what nobody looks at; where all is asked for, xdist sends all."""
    if _asks_for_all(config):
        return
    for hook in config.hook.pytest_runtest_logreport.get_hookimpls():
        if type(hook.plugin).__name__ == "WorkerInteractor":
            hook.function = _sparing(hook.function)


def _asks_for_all(config: pytest.Config) -> bool:
    option = config.option
    shows_passed = any(letter in option.reportchars for letter in _SHOWING_PASSED)
    return shows_passed or option.durations is not None or option.xmlpath is not None or option.verbose > 0


def _sparing(send: Callable[..., None]) -> Callable[..., None]:
    def send_what_is_shown(report: pytest.TestReport) -> None:
        if is_shown(report):
            if report.passed:
                report.sections = []
            send(report)

    return send_what_is_shown


def is_shown(report: pytest.TestReport) -> bool:
    """Whether anybody looks at this: at what went wrong, and at the one that says that the test itself passed."""
    return report.when == "call" or not report.passed or bool(report.user_properties)
