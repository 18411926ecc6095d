"""Static files under addresses that hold their release: a browser that has one never asks for it again."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response

URL_PATH = "/static/<version>"
"""Scripts import one another by relative addresses, and so from the release of their page."""
_YEAR_SECONDS = 31_536_000


class VersionedStatic(Flask):
    """Flask whose static files may be kept for good.

    A page of the release before still finds files that it loads late: it is given those of today, and keeps none.
    """

    def send_static_file(self, filename: str, version: str = "") -> Response:
        """The file, to be kept where `version` is today's."""
        response = super().send_static_file(filename)
        if version == self._static_version():
            kept = response.cache_control
            kept.no_cache, kept.public, kept.max_age, kept.immutable = None, True, _YEAR_SECONDS, True
        return response

    def inject_url_defaults(self, endpoint: str, values: dict[str, Any]) -> None:
        """`url_for("static", filename=...)` leads to today's."""
        if endpoint == "static":
            values.setdefault("version", self._static_version())
        super().inject_url_defaults(endpoint, values)

    def _static_version(self) -> str:
        return _version(Path(self.static_folder or ""))


@cache
def _version(folder: Path) -> str:
    """Changes when any file does, so that a browser never mixes two releases."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
