"""The addresses behind a host name, looked up within a deadline of ours.

The system's resolver has deadlines of its own (ten seconds for each of its servers that is silent) and knows of no
other; `socket.getaddrinfo` takes no timeout.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from contextlib import suppress


def look_up(host: str, *, seconds: float) -> list[str]:
    """The addresses of a host in the order of the system's choice, at least one. An address stands for itself.

    The asking goes on in a thread of its own (a greenlet, where gevent rules) after its time is over: nothing can
    end it, and its answer is not waited for.

    Raises:
        TimeoutError: nothing was heard within `seconds`.
        OSError: the name stands for nothing, or is none.
    """
    with suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    found: list[str] = []
    wrong: list[OSError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(address[0]) for *_, address in answers))
        except OSError as error:
            wrong.append(error)
        except UnicodeError as error:
            wrong.append(OSError(str(error)))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if wrong:
        raise wrong[0]
    if not found:
        raise TimeoutError(f"no answer from the resolver within {seconds:g} s")
    return list(found)
