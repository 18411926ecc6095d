"""Security headers of every answer."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, request

from aiadmin.config import Config
from aiadmin.web.http import origins

_PAGE_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
)
"""YClients opens the page in a frame, hence no X-Frame-Options: it cannot name several sites."""
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_CONSOLE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
"""The console's pages have forms and no scripts, and nobody frames them."""
_TYPES = ("X-Content-Type-Options", "nosniff")
_DEVICES = ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
_ALWAYS = (_TYPES, ("Referrer-Policy", "no-referrer"), _DEVICES)
_CONSOLE = (
    ("Content-Security-Policy", _CONSOLE_POLICY),
    ("X-Frame-Options", "DENY"),
    _TYPES,
    ("Referrer-Policy", "same-origin"),  # without a referrer its forms would come with `Origin: null`
    _DEVICES,
)
_DATA = (("Content-Security-Policy", _DATA_POLICY), ("X-Frame-Options", "DENY"), *_ALWAYS)
_HSTS = "max-age=31536000; includeSubDomains"
CACHED = frozenset({"static", "health.live", "health.ready"})
"""Endpoints whose answers hold nothing of anybody. All others say `no-store`: a new one is private by itself."""


def data_headers(*, is_secure: bool) -> list[tuple[str, str]]:
    """The headers of an answer that is no page and is not cached."""
    private = [*_DATA, ("Cache-Control", "no-store")]
    return [*private, ("Strict-Transport-Security", _HSTS)] if is_secure else private


def attach(app: Flask, config: Config) -> None:
    """Put the headers on every answer of `app`."""
    policy = page_policy(config.public_url, origins.framing(config))
    page = (("Content-Security-Policy", policy), *_ALWAYS)

    def secure(response: Response) -> Response:
        headers = response.headers
        is_page = headers.get("Content-Type", "").startswith("text/html")
        headers.extend((_CONSOLE if _is_of_console() else page) if is_page else _DATA)
        if request.is_secure:
            headers["Strict-Transport-Security"] = _HSTS
        if request.endpoint not in CACHED:
            headers["Cache-Control"] = "no-store"
        return response

    app.after_request(secure)


def _is_of_console() -> bool:
    return (request.blueprint or "").startswith("console")


def page_policy(public_url: str, framing: Sequence[str]) -> str:
    """The policy of our pages: their scripts speak to our own host alone, over HTTP and websockets.

    `'self'` covers websockets only in browsers that follow CSP 3 (Safari from 15.4), hence our host by name.

    Args:
        framing: the sites that may show our pages in a frame.

    >>> parts = page_policy("https://ai-admin.app/x", ["https://yclients.com"]).split("; ")
    >>> parts[0], parts[-1]
    ("connect-src 'self' wss://ai-admin.app", "frame-ancestors 'self' https://yclients.com")
    """
    address = urlsplit(public_url)
    scheme, host = "wss" if address.scheme == "https" else "ws", address.netloc.rpartition("@")[2]
    framed_by = " ".join(("frame-ancestors 'self'", *framing))
    return "; ".join((f"connect-src 'self' {scheme}://{host}", *_PAGE_POLICY, framed_by))
