"""gunicorn's own lines, in the one form that all lines have, from its first word on."""

from __future__ import annotations

import os
import sys
from typing import Any

from gunicorn.glogging import Logger

from aiadmin import logs
from aiadmin.config import Config, ConfigError


class GunicornLogger(Logger):  # type: ignore[misc]
    """Named by `--logger-class`: made before the first worker, so wrong settings end the process in one line."""

    def setup(self, cfg: Any) -> None:
        """Send gunicorn's loggers through ours; called at every start and reload."""
        super().setup(cfg)
        try:
            logs.configure(Config.from_env(os.environ), "web")
        except ConfigError as error:
            sys.exit(f"Error: {error}")
