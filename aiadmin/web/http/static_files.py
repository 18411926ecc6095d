"""Static files under addresses that hold their release: a browser that has one never asks for it again."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response

from aiadmin.web.http import compression

URL_PATH = "/static/<version>"
"""Scripts import one another by relative addresses, and so from the release of their page."""
_YEAR_SECONDS = 31_536_000
_IMPORT = re.compile(r"^(?:import|export)\b[^;]*?\bfrom '(\.{1,2}/[^']+)';", re.MULTILINE)


class VersionedStatic(Flask):
    """Flask whose static files may be kept for good.

    A page of the release before still finds files that it loads late: it is given those of today, and keeps none.
    """

    def send_static_file(self, filename: str, version: str = "") -> Response:
        """The file, to be kept where `version` is today's."""
        response = _smaller(super().send_static_file(filename))
        if version == self._static_version():
            kept = response.cache_control
            kept.no_cache, kept.public, kept.max_age, kept.immutable = None, True, _YEAR_SECONDS, True
        return response

    def inject_url_defaults(self, endpoint: str, values: dict[str, Any]) -> None:
        """`url_for("static", filename=...)` leads to today's."""
        if endpoint == "static":
            values.setdefault("version", self._static_version())
        super().inject_url_defaults(endpoint, values)

    def modules(self, script: str) -> Sequence[str]:
        """What a script imports, and what that imports: a page that names them spares a trip for each step."""
        return _imported(Path(self.static_folder or ""), script)

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


def _smaller(response: Response) -> Response:
    """A whole text as gzip, where that is taken; each file is compressed once."""
    if response.status_code != HTTPStatus.OK or not compression.is_text(response):
        return response
    response.vary.add("Accept-Encoding")
    if not compression.is_wanted():
        return response
    response.direct_passthrough = False
    compression.put(response, _kept(response.get_data()))
    response.set_etag(response.get_etag()[0] or "", weak=True)  # the plain file has the same
    return response


_kept = cache(compression.for_good)


@cache
def _imported(folder: Path, script: str) -> Sequence[str]:
    found: dict[str, None] = {}
    waiting = [script]
    while waiting:
        importer = waiting.pop()
        text = (folder / importer).read_text(encoding="utf-8")
        for address in _IMPORT.findall(text):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(importer), address))
            if name not in found:
                found[name] = None
                waiting.append(name)
    return tuple(found)
