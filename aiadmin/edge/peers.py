"""Whose a request is, as far as limits are concerned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

UNKNOWN = "unknown"
"""All that is no address shares one limit: nonsense in its place gets no share of its own."""
_V6_SHARE = 64
"""A provider gives every customer at least a /64 (RFC 6177), which is 2^64 addresses."""
_WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")


@lru_cache(maxsize=4096)
def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address that `text` holds, with or without a port or a zone; None when it holds none.

    Azure's gateways and some others write `203.0.113.9:51234` into `X-Forwarded-For`. An IPv4 address in an IPv6
    one (RFC 4291, 2.5.5.2) is the IPv4 address.
    """
    found = _WITH_PORT.fullmatch(text.strip())
    bare = (found[1] or found[2]) if found else text.strip().partition("%")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=4096)
def peer_of(text: str) -> str:
    """The IPv4 address, or the /64 network of an IPv6 address: a holder of one of its addresses has all of them.

    >>> peer_of("203.0.113.9:51234"), peer_of("2001:db8::1"), peer_of("[2001:db8::ffff]:443")
    ('203.0.113.9', '2001:db8::/64', '2001:db8::/64')
    """
    address = address_of(text)
    if address is None:
        return UNKNOWN
    return str(ip_network((address, _V6_SHARE), strict=False)) if isinstance(address, IPv6Address) else str(address)


def caller_of(environ: Mapping[str, Any], *, proxies: int, header: str) -> str:
    """Whose a request is that has not been through the application's own reading of proxies' headers yet.

    Args:
        proxies: how many of them are trusted; each has appended the address that it saw.
        header: `X-Real-IP` where that is what the proxy sets.

    >>> seen = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 203.0.113.9"}
    >>> caller_of(seen, proxies=1, header="X-Forwarded-For"), caller_of(seen, proxies=0, header="X-Forwarded-For")
    ('203.0.113.9', '10.0.0.1')
    """
    remote = str(environ.get("REMOTE_ADDR", ""))
    if not proxies:
        return peer_of(remote)
    if header == "X-Real-IP":
        given = str(environ.get("HTTP_X_REAL_IP", ""))
        return peer_of(remote if address_of(given) is None else given)
    hops = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    return peer_of(hops[-proxies].strip() if len(hops) >= proxies and hops[-proxies].strip() else remote)
