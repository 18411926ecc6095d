"""YClients' marketplace API (it is not under `/api/v1`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiadmin.adapters.yclients.call_router import CallRouter
from aiadmin.adapters.yclients.http import Timeouts, YClientsHttp
from aiadmin.config import Config
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.activation import ActivationRequest, InstallationStatus
from aiadmin.domain.install.visitor import Turn
from aiadmin.domain.yclients.call_budget import Urgency
from aiadmin.domain.yclients.error import RateLimitedError
from aiadmin.domain.yclients.http_answer import HttpAnswer

ACTIVATE = Timeouts(connect=5, total=10)
ASK = Timeouts(connect=3, total=5)
TURN = timedelta(seconds=4)
"""An activation is asked about before and after: three calls and their turns must fit into the time of one job."""

_WORDS = frozenset(
    {
        InstallationStatus.PENDING,
        InstallationStatus.ACTIVE,
        InstallationStatus.FREEZED,
        InstallationStatus.UNINSTALLED,
    }
)


class YClientsMarketplace:
    """`ports.yclients.Marketplace` over HTTP."""

    def __init__(self, config: Config, router: CallRouter) -> None:
        self._app_id = config.yclients_app_id
        self._router = router
        self._http = YClientsHttp(
            base_url=config.yclients_marketplace_url,
            partner_token=config.yclients_api_key,
            ca_bundle=config.yclients_ca_bundle,
            accept=config.yclients_accept,
        )

    @property
    def is_configured(self) -> bool:
        return self._app_id is not None and bool(self._http.partner_token)

    def activate(self, request: ActivationRequest) -> HttpAnswer:
        """Say that the salon is set up. Not `/callback/redirect`: that one is for browsers and answers HTML."""
        body = {
            "salon_id": request.salon_id,
            "application_id": self._app_id,
            "api_key": request.api_key,
            "webhook_urls": list(request.webhook_urls),
            "channels": list(request.channels),
        }
        path = "/marketplace/partner/callback"
        return self._call(request.salon_id, "POST", path, body=body, timeouts=ACTIVATE)

    def connection_status(self, salon_id: SalonId, turn: Turn | None = None) -> InstallationStatus:
        path = f"/marketplace/salon/{salon_id}/application/{self._app_id}"
        return connection_of(self._call(salon_id, "GET", path, timeouts=ASK, turn=turn))

    def _call(
        self,
        salon_id: SalonId,
        method: str,
        path: str,
        *,
        timeouts: Timeouts,
        body: Mapping[str, Any] | None = None,
        turn: Turn | None = None,
    ) -> HttpAnswer:
        """A call in its turn; one whose turn does not come is answered as YClients answers too many."""
        whose, urgency = (turn.line, turn.urgency) if turn else (salon_id, Urgency.INTERACTIVE)
        try:
            egress = self._router.wait(whose, urgency, patience=TURN)
        except RateLimitedError as error:
            return HttpAnswer(status=HTTPStatus.TOO_MANY_REQUESTS, message=error.message, wait=error.wait)
        answer = self._http.call(method, path, body=body, timeouts=timeouts, egress=egress)
        if answer.is_unsent:
            self._router.lost(egress)  # the job that asks again goes by another way
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._router.be_quiet(egress, answer.wait)
        return answer


def connection_of(answer: HttpAnswer) -> InstallationStatus:
    """What a status reply says; 404 is documented as "not installed"."""
    if answer.is_transient:
        return InstallationStatus.SILENT
    if answer.status == HTTPStatus.NOT_FOUND:
        return InstallationStatus.UNINSTALLED
    data = answer.body.get("data") if answer.is_success and answer.body else None
    status = data.get("connection_status") if isinstance(data, dict) else None
    word = status.get("status") if isinstance(status, dict) else None
    return InstallationStatus(word) if isinstance(word, str) and word in _WORDS else InstallationStatus.UNCLEAR
