"""Security headers of every answer."""

from __future__ import annotations

from flask import Flask, Response, request

_FRAMED_BY = (
    "frame-ancestors 'self' https://yclients.com https://*.yclients.com https://yclients.ru https://*.yclients.ru"
)
_PAGE_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        _FRAMED_BY,
    ]
)
"""YClients opens the page in a frame, hence no X-Frame-Options: it cannot name several sites."""
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
)
_PAGE = (("Content-Security-Policy", _PAGE_POLICY), *_ALWAYS)
_DATA = (("Content-Security-Policy", _DATA_POLICY), ("X-Frame-Options", "DENY"), *_ALWAYS)
_HSTS = "max-age=31536000; includeSubDomains"
_PRIVATE = (
    "connect.",
    "qr.",
    "status.",
    "links.",
    "registration.",
    "callbacks.",
    "clients.",
    "install.",
    "manage.",
    "manage_api.",
)
"""Blueprints whose answers hold a token, a key or a phone: no cache may keep them."""


def attach(app: Flask) -> None:
    """Put the headers on every answer of `app`."""
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.extend(_PAGE if headers.get("Content-Type", "").startswith("text/html") else _DATA)
    if request.is_secure:
        headers["Strict-Transport-Security"] = _HSTS
    if (request.endpoint or "").startswith(_PRIVATE):
        headers["Cache-Control"] = "no-store"
    return response
