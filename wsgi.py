"""The web process: `gunicorn -k gevent -w 1 wsgi:app`. Never imports neonize: only the session hosts do."""

# ruff: noqa: E402 - greenlets must replace the standard library before anything else sees it
from gevent import monkey

monkey.patch_all()

import os

from aiadmin.adapters.green_postgres import make_cooperative

make_cooperative()

from aiadmin import logs
from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.web import create_app

config = Config.from_env(os.environ)
logs.configure(config, "web")
app = create_app(Container(config))
