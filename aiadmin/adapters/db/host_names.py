"""The name of PostgreSQL's host, looked up within our own deadline.

libpq asks the system's resolver in the middle of a connect: a resolver that is silent (ten seconds for each of its
servers) stops the whole process there, every greenlet with it. So the name is looked up here, where other greenlets
run meanwhile, and libpq is given the addresses beside the name, which it still needs for TLS.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Mapping, Sequence

import psycopg2

RESOLVE_SECONDS = 5.0


def with_addresses(told: Mapping[str, object], *, seconds: float = RESOLVE_SECONDS) -> Mapping[str, object]:
    """The `host` and `hostaddr` that say the same as `told`'s, and need no look-up; none where none is needed.

    Args:
        told: libpq's parameters.

    Raises:
        psycopg2.OperationalError: the name stands for nothing, or nobody has said so in time.
    """
    host = str(told.get("host") or "")
    if not host or told.get("hostaddr") or "," in host or host.startswith(("/", "@")) or _is_address(host):
        return {}
    addresses = _look_up(host, seconds)
    return {"host": ",".join([host] * len(addresses)), "hostaddr": ",".join(addresses)}


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _look_up(host: str, seconds: float) -> Sequence[str]:
    found: list[str] = []
    wrong: list[str] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(address[0]) for *_, address in answers))
        except (OSError, UnicodeError) as error:
            wrong.append(str(error))

    asking = threading.Thread(target=ask, daemon=True)  # a greenlet, where gevent rules
    asking.start()
    asking.join(seconds)
    if not found:
        why = wrong[0] if wrong else f"no answer from the resolver within {seconds:g} s"
        raise psycopg2.OperationalError(f"could not look up the host of PostgreSQL: {why}")
    return list(found)
