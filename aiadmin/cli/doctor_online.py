"""What YClients says to our credentials: the partner's token and application, then the user's token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from aiadmin.adapters.yclients.http import Timeouts, YClientsHttp
from aiadmin.cli.finding import Finding
from aiadmin.config import Config
from aiadmin.domain.yclients.answer import error_of
from aiadmin.domain.yclients.error import RateLimitedError, YClientsDownError
from aiadmin.domain.yclients.http_answer import HttpAnswer

_SOON = Timeouts(connect=3, total=10)
_UNREACHABLE = "check the network, YCLIENTS_API_URL and YCLIENTS_MARKETPLACE_URL; some hosts need YCLIENTS_CA_BUNDLE"
_PARTNER_FIXES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "correct YCLIENTS_APP_ID; an application that is not published yet may be refused, too",
    HTTPStatus.UNAUTHORIZED: "correct YCLIENTS_API_KEY: it is the partner token of your developer account",
    HTTPStatus.FORBIDDEN: "correct YCLIENTS_APP_ID: this application is not this partner's",
    HTTPStatus.NOT_FOUND: "correct YCLIENTS_APP_ID, or YCLIENTS_MARKETPLACE_URL",
}
_NO_USER = "YCLIENTS_USER_TOKEN not set: salons connect, but their journals are not read and no booking is heard of"
_USER_FIX = "set YCLIENTS_USER_TOKEN: it is the user token on your application's page, and changes with the password"


def yclients_credentials(config: Config) -> Iterator[Finding]:
    """Ask two questions that change nothing; none where there is no application to ask for."""
    if not config.yclients_api_key or config.yclients_app_id is None:
        return
    path = f"/marketplace/application/{config.yclients_app_id}/salons?page=1&count=1"
    answer = _ask(config, config.yclients_marketplace_url, path, user_token="")
    yield _finding(
        "YClients partner", answer, _PARTNER_FIXES.get(answer.status or 0, "check the YCLIENTS_... settings")
    )
    if not config.yclients_user_token:
        yield Finding(name="YClients user", text=_NO_USER, fix=_USER_FIX, is_optional=True)
        return
    answer = _ask(config, config.yclients_api_url, "/companies?my=1&count=1", user_token=config.yclients_user_token)
    yield _finding("YClients user", answer, _USER_FIX)


def _ask(config: Config, base_url: str, path: str, *, user_token: str) -> HttpAnswer:
    http = YClientsHttp(
        base_url=base_url,
        partner_token=config.yclients_api_key,
        user_token=user_token,
        ca_bundle=config.yclients_ca_bundle,
        accept=config.yclients_accept,
    )
    return http.call("GET", path, timeouts=_SOON)


def _finding(name: str, answer: HttpAnswer, fix: str) -> Finding:
    error = error_of(answer)
    if error is None:
        return Finding(name=name, text="accepted")
    if isinstance(error, RateLimitedError):
        return Finding(name=name, text="too many calls just now", fix="try again in a minute")
    is_down = isinstance(error, YClientsDownError)
    said = f"HTTP {answer.status}" if answer.status else "no answer"
    return Finding(name=name, text=f"{said} {answer.message}".rstrip(), fix=_UNREACHABLE if is_down else fix)
