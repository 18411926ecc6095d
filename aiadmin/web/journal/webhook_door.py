"""The one request that comes by the thousand, taken in before Flask: its key, its share, its length, then its body.

Nothing is read, parsed or hashed for whoever has no key, and nothing more for a salon that has had its share. Flask
knows the route for its description, and says every error in the usual words.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request

from aiadmin.container import Container
from aiadmin.domain.errors import CompanyNotFoundError, TooManyWebhooksError, UnauthorizedError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.metrics import Metric
from aiadmin.domain.quota import Quota
from aiadmin.edge.bodies import WEBHOOK_BYTES
from aiadmin.edge.peers import peer_of
from aiadmin.services.journal import webhooks as inbox
from aiadmin.web.http import request_log
from aiadmin.web.http.fields import MAX_ID
from aiadmin.web.http.guards import REFUSAL
from aiadmin.web.http.guesses import Guesses
from aiadmin.web.http.headers import data_headers
from aiadmin.web.http.json_body import object_in, unread_body_of
from aiadmin.web.http.keys import is_same

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

ROUTE = "/marketplace/webhook/<id:company_id>"
_PATH = re.compile(r"/marketplace/webhook/([0-9]{1,10})")
_BODY = json.dumps({"success": True}).encode() + b"\n"


class WebhookDoor:
    """WSGI middleware: a webhook that is stored is answered here."""

    def __init__(self, app: Wsgi, container: Container) -> None:
        self._app, self._container = app, container
        self._shares = Quota(container.config.webhook_limit_per_minute, 60)
        self._guesses = Guesses(container.config.rate_limit_per_minute)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        asked = _asked(environ)
        if asked is None:
            return self._app(environ, start_response)
        started, request = time.perf_counter(), Request(environ)
        request_id = request_log.begin(request)
        try:
            self._receive(asked, request)
        except Exception as error:  # noqa: BLE001 - Flask answers it, and logs what was not foreseen
            environ[REFUSAL] = error
            return self._app(environ, start_response)
        self._log(asked, request, time.perf_counter() - started)
        headers = [*data_headers(is_secure=request.is_secure), (request_log.HEADER, request_id)]
        start_response(
            "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(_BODY))), *headers]
        )
        return [_BODY]

    def _receive(self, company_id: CompanyId, request: Request) -> None:
        container = self._container
        self._check_key(company_id, request)
        if not self._shares.take(company_id):
            raise TooManyWebhooksError(self._shares.wait_seconds(company_id))
        body = unread_body_of(request, WEBHOOK_BYTES)
        inbox.receive(
            company_id,
            payload=object_in(request, body),
            body=body,
            salon_of=container.salon_of,
            inbox=container.webhook_writer,
            clock=container.clock,
        )

    def _check_key(self, company_id: CompanyId, request: Request) -> None:
        """The key of the address we registered, in the address or the header, or the company's own key.

        Ours is derived, so that checking it costs no query, and is never held back by what others have guessed.
        """
        container, given = self._container, request.args.get("key") or request.headers.get("X-API-Key", "")
        if is_same(given, container.secrets.webhook_key(company_id)):
            return
        peer = peer_of(request.remote_addr or "")
        self._guesses.check(peer)
        with self._guesses.counted(peer):
            if not given.startswith("sk_"):
                raise UnauthorizedError
            company = container.company_by_api_key(given)
            if company is None:
                raise UnauthorizedError
            if company.company_id != company_id:
                raise CompanyNotFoundError

    def _log(self, company_id: CompanyId, request: Request, seconds: float) -> None:
        """The line and the measurement that every request has."""
        container = self._container
        container.metrics.observe(Metric.HTTP_SECONDS, seconds, endpoint=ROUTE, method="POST", status="200")
        request_log.log.info(
            "request",
            method="POST",
            route=ROUTE,
            status=200,
            ms=round(seconds * 1000, 1),
            ip=request_log.logged_address(request.remote_addr or "", container.config.log_addresses),
            company_id=company_id,
        )


def _asked(environ: Environ) -> CompanyId | None:
    """Whose webhook it is; None of all other requests."""
    if environ["REQUEST_METHOD"] != "POST":
        return None
    found = _PATH.fullmatch(environ["PATH_INFO"])
    return CompanyId(int(found[1])) if found and 1 <= int(found[1]) <= MAX_ID else None
