"""How the standard library becomes cooperative."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
from importlib import metadata

def refuse(**_): raise AssertionError("all that is installed is read")

metadata.entry_points = refuse
from aiadmin.edge.greenlets import patch_all
patch_all()
from gevent import monkey
print(monkey.is_module_patched("socket"), monkey.is_module_patched("threading"))
"""


def test_no_package_is_asked_for_plugins() -> None:
    ran = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=30, check=False)
    assert (ran.stdout, ran.stderr) == ("True True\n", "")
