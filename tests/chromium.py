"""Which browser the page is tested in: the machine's Chromium, or else the one that Playwright fetched."""

from __future__ import annotations

import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome")

CHROMIUM: str | None = next(filter(None, map(shutil.which, _NAMES)), None)
"""Its path; None lets Playwright take its own."""
