"""Whose a request is, as far as limits are concerned."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address


@lru_cache(maxsize=4096)
def peer_of(address: str) -> str:
    """The IPv4 address, or the /64 network of an IPv6 address: whoever has one of its addresses has all of them.

    Some proxies append the port (`192.0.2.1:4711`, `[2001:db8::1]:4711`); it is left out. What is no address stays.
    """
    try:
        found = ip_address(_without_port(address))
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64)) + "/64"


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
