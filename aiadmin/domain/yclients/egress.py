"""From which address a salon's calls go out: YClients counts calls by address, so more addresses make more calls.

Salons are spread by rendezvous hashing: each orders all addresses by a hash of its own name and theirs, and takes the
first. Another address takes its part from each of the others, and one that is lost leaves its salons to all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

RESTS = timedelta(seconds=30)
"""How long an address is passed by once it could not be reached; then one call tries it again."""
_DIRECT = "direct"


@dataclass(frozen=True)
class Egress:
    """A way out.

    Attributes:
        name: fit for logs and keys: `host:port` of a proxy, or `direct`.
        proxy: its URL, perhaps with a password; empty for the machine's own way.
    """

    name: str = _DIRECT
    proxy: str = field(default="", repr=False)


DIRECT = Egress()


def egress_of(text: str) -> Egress:
    """`direct`, or a proxy's URL.

    >>> egress_of("http://user:secret@proxy.example:3128"), egress_of("direct") == DIRECT
    (Egress(name='proxy.example:3128'), True)
    """
    parts = urlsplit(text)
    return DIRECT if text == _DIRECT else Egress(f"{parts.hostname}:{parts.port}", text)


def in_order(egresses: Sequence[Egress], whose: object) -> Sequence[Egress]:
    """All of them, the one of `whose` first, then those that it moves to.

    >>> two, three = [Egress("a:1"), Egress("b:1")], [Egress("a:1"), Egress("b:1"), Egress("c:1")]
    >>> moved = [n for n in range(3000) if in_order(three, n)[0] != in_order(two, n)[0]]
    >>> 900 < len(moved) < 1100, {in_order(three, n)[0].name for n in moved}
    (True, {'c:1'})
    """
    return sorted(egresses, key=lambda one: hashlib.sha256(f"{one.name}|{whose}".encode()).digest())
