"""Whose share of the limits an address counts on."""

from __future__ import annotations

import pytest

from aiadmin.edge.peers import UNKNOWN, peer_of
from aiadmin.web.http.request_log import masked_ip


@pytest.mark.parametrize(
    ("given", "share"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:51234", "203.0.113.9"),
        (" 203.0.113.9 ", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("[::ffff:203.0.113.9]:80", "203.0.113.9"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::77]:443", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::77]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        *[
            (odd, UNKNOWN)
            for odd in ("", "unknown", "1.2.3", "_hidden", "203.0.113.9:", "x" * 500, "1.2.3.4:99999999")
        ],
    ],
)
def test_a_share_is_an_ipv4_address_or_a_network_of_ipv6(given: str, share: str) -> None:
    assert peer_of(given) == share


def test_the_log_shows_the_network_of_an_address_with_a_port() -> None:
    assert masked_ip("203.0.113.9:51234") == "203.0.113.0"
    assert masked_ip("[2001:db8:1:2::77]:443") == "2001:0db8:0001::"
