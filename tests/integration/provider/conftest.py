"""The product's client of YClients against the fake, over HTTP."""

from __future__ import annotations

from tests.support.yclients_calls import new_container, yclients

__all__ = ["new_container", "yclients"]
