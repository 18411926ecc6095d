"""How much of our calls to YClients strangers may cause."""

from __future__ import annotations

from typing import Protocol

from aiadmin.domain.install.visitor import Standing


class VisitorShares(Protocol):
    """How many questions to YClients each visitor causes."""

    def take(self, standing: Standing, visitor: str) -> bool:
        """Count one question; False where the visitor has had their share."""
        ...
