"""The caller's address from `X-Real-IP`, for a reverse proxy that sets nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiadmin.edge.peers import address_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class RealIp:
    """WSGI middleware that takes REMOTE_ADDR from `X-Real-IP`.

    nginx's `proxy_set_header X-Real-IP $remote_addr` replaces what the caller sent, so behind it the header is the
    peer's own address; without such a proxy anybody may write it, hence only where `CLIENT_IP_HEADER` says so. Where
    it is absent or no IP address the proxy's own address stays: everybody then shares one limit.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = address_of(environ.get("HTTP_X_REAL_IP", ""))
        if given is not None:
            environ["REMOTE_ADDR"] = str(given)
        return self._app(environ, start_response)
