"""Wrong keys, counted by address in this process: beyond its share a guess costs no parse, no query and no trip."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.exceptions import TooManyRequests

from aiadmin.domain.errors import CompanyNotFoundError, UnauthorizedError
from aiadmin.domain.quota import Quota


class Guesses:
    """For one route each: YClients sends everything from few addresses, so that wrong keys of one kind of request,
    a salon's old one for instance, must not hold back another kind."""

    def __init__(self, per_minute: int) -> None:
        self._wrong = Quota(per_minute, 60)

    def check(self, peer: str) -> None:
        """Refuse a peer that has guessed enough for now. Raises TooManyRequests."""
        if self._wrong.is_spent(peer):
            raise TooManyRequests(retry_after=math.ceil(self._wrong.wait_seconds(peer)))

    @contextmanager
    def counted(self, peer: str) -> Iterator[None]:
        """Look at a key of `peer` inside."""
        try:
            yield
        except (UnauthorizedError, CompanyNotFoundError):
            self._wrong.take(peer)
            raise
