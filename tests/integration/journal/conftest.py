"""Salons whose journals are read."""

from __future__ import annotations

from tests.support.world import salons, settings, world, yclients

__all__ = ["salons", "settings", "world", "yclients"]
