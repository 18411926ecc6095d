"""The web process, as the Procfile starts it. Never imports neonize: only the session hosts do."""

# ruff: noqa: E402 - greenlets must replace the standard library before anything else sees it
from aiadmin.edge.greenlets import patch_all

patch_all()

import gc

gc.disable()  # until all is loaded: to walk over it again and again takes a sixth of the start

import os
import sys

# python-socketio would load Valkey's own client, a second one for Redis, only because it is installed
sys.modules["valkey"] = None  # type: ignore[assignment]

from aiadmin import logs
from aiadmin.config import Config
from aiadmin.container import Container, load
from aiadmin.web import LOCK_SECONDS, create_app

config = Config.from_env(os.environ)
logs.configure(config, "web")
logs.warn_of_foreign_settings(os.environ)
load()
app = create_app(Container(config, lock_seconds=LOCK_SECONDS, keeps_statements=True))

# all that is loaded by now stays: a collection that walked over it would hold up every request for 0.1 s
gc.freeze()
gc.set_threshold(10_000)  # most of what a request makes goes with it, and is not looked at five times as often
gc.enable()
