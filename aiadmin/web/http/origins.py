"""Which web pages may speak to us: an exact list, and YClients' own pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

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


def is_of_yclients(origin: str, config: Config) -> bool:
    """Whether `origin` is a page of YClients, any of them, or of what the settings name in its place (a fake)."""
    marketplace = urlsplit(config.yclients_marketplace_url)
    return _YCLIENTS.match(origin) is not None or origin == f"{marketplace.scheme}://{marketplace.netloc}"
