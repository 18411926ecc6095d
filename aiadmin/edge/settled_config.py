"""gunicorn's settings as they are while it serves."""

from __future__ import annotations

from typing import Any


class SettledConfig:
    """Looks each setting up once: a request asks for some twenty, by way of two dictionaries and a method."""

    def __init__(self, config: Any) -> None:
        self._config = config

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._config, name)
        setattr(self, name, value)
        return value
