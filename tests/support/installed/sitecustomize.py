"""Hides what only development installs from a Python that has this folder on its PYTHONPATH.

structlog and python-socketio load such packages where they find them, which takes a tenth of each process's start. A
product that is installed by `requirements.txt` has none of them.
"""

from __future__ import annotations

import sys

HIDDEN = ("aiohttp", "rich")

sys.modules.update(dict.fromkeys(HIDDEN))  # None: `import` finds no such module
