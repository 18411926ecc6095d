"""What the machine's environment says of the way out holds for calls to YClients."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from structlog.testing import capture_logs

from aiadmin.adapters.yclients.http import Timeouts, YClientsHttp

TIMEOUTS = Timeouts(connect=2, total=5)


class _Proxy(BaseHTTPRequestHandler):
    """Answers what it should pass on, and notes for whom."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The environment's; the addresses that it is asked for."""
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Proxy", (_Proxy,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("no_proxy", "direct.invalid")
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


def _client(host: str, *, keeps: bool) -> YClientsHttp:
    return YClientsHttp(base_url=f"http://{host}/api/v1", partner_token="token", keeps_connections=keeps)


@pytest.mark.parametrize("keeps", [True, False])
def test_calls_go_by_the_environments_proxy(proxy: list[str], keeps: bool) -> None:
    client = _client("yclients.invalid", keeps=keeps)
    assert [client.call("GET", "/records/1", timeouts=TIMEOUTS).status for _ in range(2)] == [200, 200]
    assert proxy == ["http://yclients.invalid/api/v1/records/1"] * 2


@pytest.mark.parametrize("keeps", [True, False])
def test_a_host_that_needs_no_proxy_is_asked_directly(proxy: list[str], keeps: bool) -> None:
    answer = _client("direct.invalid", keeps=keeps).call("GET", "/records/1", timeouts=TIMEOUTS)
    assert (answer.status, proxy) == (None, [])


@pytest.mark.parametrize(("own", "expected"), [("", "/the/environments.pem"), ("/its/own.pem", "/its/own.pem")])
@pytest.mark.parametrize("keeps", [True, False])
def test_a_call_trusts_its_own_certificates_or_else_the_environments(
    monkeypatch: pytest.MonkeyPatch, keeps: bool, own: str, expected: str
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/the/environments.pem")
    client = YClientsHttp(
        base_url="https://127.0.0.1:9", partner_token="token", ca_bundle=own, keeps_connections=keeps
    )
    with capture_logs() as said:
        client.call("GET", "/", timeouts=TIMEOUTS)
    assert expected in said[0]["reason"]
