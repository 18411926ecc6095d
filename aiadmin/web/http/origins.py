"""Which web pages may speak to us, or show ours: an exact list, and YClients' own pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import request

from aiadmin.config import Config

YCLIENTS_PAGE = re.compile(r"https://(?:(?:www|n[0-9]{1,10})\.)?yclients\.(?:com|ru)\Z")
"""The cabinet (`https://yclients.com`) and a salon's pages (`https://n962302.yclients.com`), both ends anchored."""
_LOCAL_PAGE = re.compile(r"http://(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?\Z")


def allowed(config: Config) -> list[str | re.Pattern[str]]:
    """Exact origins and patterns; our own page first. Never `*`."""
    address = urlsplit(config.public_url)
    origins: list[str | re.Pattern[str]] = [f"{address.scheme}://{address.netloc}", *config.allowed_origins]
    origins.append(YCLIENTS_PAGE)
    if not config.is_production:
        origins.append(_LOCAL_PAGE)
    return origins


def is_allowed(origin: str, config: Config) -> bool:
    """Whether a page of `origin` may call us."""
    return any(
        origin == entry if isinstance(entry, str) else entry.match(origin) is not None for entry in allowed(config)
    )


_YCLIENTS = re.compile(r"https://(?:[a-z0-9-]+\.)*(?:yclients\.com|yclients\.ru|alteg\.io)\Z")
_SITES = ("yclients.com", "yclients.ru", "alteg.io")
FRAMES = frozenset({"iframe", "frame"})


def is_of_yclients(origin: str, config: Config) -> bool:
    """Whether `origin` is a page of YClients, any of them, or of what the settings name in its place (a fake)."""
    return _YCLIENTS.match(origin) is not None or origin == _marketplace(config)


def framing(config: Config) -> Sequence[str]:
    """The sites that may show our pages in a frame, as a policy writes them: YClients', and a fake in its place."""
    found = [f"https://{prefix}{site}" for site in _SITES for prefix in ("", "*.")]
    marketplace = _marketplace(config)
    return found if _YCLIENTS.match(marketplace) else [*found, marketplace]


def is_framed() -> bool:
    """Whether the browser asks for a page that it shows in a frame, as YClients does."""
    return request.headers.get("Sec-Fetch-Dest") in FRAMES


def _marketplace(config: Config) -> str:
    address = urlsplit(config.yclients_marketplace_url)
    return f"{address.scheme}://{address.netloc}"
