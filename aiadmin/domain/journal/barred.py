"""Clients whom a salon does not book any more, as far as their cards say so.

YClients refuses them in online booking alone, and names its blacklist nowhere in REST.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiadmin.domain.journal.journal import Client

_BARRED = re.compile(r"(?<!\w)(?:чс|ч[её]рн\w* спис\w*|блэклист|black ?list)(?!\w)", re.IGNORECASE)


def is_barred(card: Client) -> bool:
    """Whether a card's name, or one of its categories, says so.

    >>> is_barred(Client(client_id=1, name="Ольга (ЧС)")), is_barred(Client(client_id=2, name="Ольга Чсерова"))
    (True, False)
    """
    given = card.raw.get("categories")
    categories = given if isinstance(given, list) else []
    titles = [str(one.get("title") or "") for one in categories if isinstance(one, Mapping)]
    return any(_BARRED.search(text) for text in (card.name or "", *titles))
