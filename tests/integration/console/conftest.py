"""An operator who is in."""

from __future__ import annotations

import pytest

from tests.support.console_browser import Operator
from tests.support.site import Site


@pytest.fixture
def operator(site: Site) -> Operator:
    made = Operator(site)
    assert made.log_in().status_code == 303
    return made
