"""How many examples Hypothesis draws: few enough for every run, and EXAMPLES_TIMES=50 of them for a night."""

from __future__ import annotations

import os

from hypothesis import settings

_TIMES = int(os.environ.get("EXAMPLES_TIMES", "1"))


def examples(count: int) -> int:
    """`max_examples` of a test for which the profile's number is too many or too few."""
    return count * _TIMES


def load_profile() -> None:
    """For every test that says nothing else; a busy machine makes an example slow, and no test wrong."""
    settings.register_profile("suite", max_examples=examples(50), deadline=None)
    settings.load_profile("suite")
