"""The number of the salon that a newcomer sees, and the addresses of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from aiadmin.domain.ids import SalonId

DEMO_SALON = SalonId(900_000_001)
"""Far above YClients' numbers and the documentation's example: whoever registers their own salon meets nobody.

Nine digits: ten would be masked in logs as a phone.
"""


@dataclass(frozen=True, kw_only=True)
class SalonLinks:
    """One token, and the two pages that it opens for 24 hours.

    Attributes:
        connect: where a phone is linked.
        manage: where the salon looks at everything later.
    """

    connect: str
    manage: str

    @classmethod
    def of(cls, connect: str) -> SalonLinks:
        """Both, from the address of the first."""
        asked = parse_qs(urlsplit(connect).query)
        query = urlencode({"token": asked["token"][0], "company": asked["company"][0]})
        return cls(connect=connect, manage=f"{connect.partition('/marketplace/')[0]}/marketplace/manage?{query}")
