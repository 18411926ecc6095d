"""The product's `sessions` process with another lease: `python -m tests.chaos.sessions_process LEASE RENEW_EVERY`."""

from __future__ import annotations

import os
import sys
from datetime import timedelta

from aiadmin import logs
from aiadmin.config import Config
from aiadmin.sessions_process import main

if __name__ == "__main__":
    config = Config.from_env(os.environ)
    logs.configure(config, "sessions")
    lease, renew_every = (timedelta(seconds=float(word)) for word in sys.argv[1:])
    main(config, lease=lease, renew_every=renew_every)
