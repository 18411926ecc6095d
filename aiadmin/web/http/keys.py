"""Comparing secrets."""

from __future__ import annotations

import hmac


def is_same(given: str, wanted: str) -> bool:
    """Whether a presented secret is the one we hold, in constant time; an unset one is never matched."""
    return bool(wanted) and hmac.compare_digest(given.encode(errors="surrogatepass"), wanted.encode())
