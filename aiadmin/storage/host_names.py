"""The name of PostgreSQL's host, looked up within our own deadline.

libpq asks the system's resolver in the middle of a connect: a resolver that is silent (ten seconds for each of its
servers) stops the whole process there, every greenlet with it. So the name is looked up here, where other greenlets
run meanwhile, and libpq is given the addresses beside the name, which it still needs for TLS.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence

import psycopg2

from aiadmin.name_lookup import look_up

RESOLVE_SECONDS = 5.0


def with_addresses(told: Mapping[str, object], *, seconds: float = RESOLVE_SECONDS) -> Mapping[str, object]:
    """The `host` and `hostaddr` that say the same as `told`'s, and need no look-up; none where none is needed.

    Args:
        told: libpq's parameters.

    Raises:
        psycopg2.OperationalError: the name has no address, or the resolver has not answered in time.
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
    try:
        return look_up(host, seconds=seconds)
    except OSError as error:
        raise psycopg2.OperationalError(f"could not look up the host of PostgreSQL: {error}") from error
