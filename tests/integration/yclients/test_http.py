"""One call to a server that misbehaves below HTTP, or only just above it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.yclients.call_router import CallRouter
from aiadmin.adapters.yclients.http import MAX_BYTES, Timeouts, YClientsHttp, answer_of
from aiadmin.adapters.yclients.marketplace import YClientsMarketplace, connection_of
from aiadmin.config import Config
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.domain.yclients.call_budget import Budget
from aiadmin.domain.yclients.egress import DIRECT
from aiadmin.domain.yclients.http_answer import HttpAnswer
from tests.fakes.yclients.client import FakeYClients

QUICK = Timeouts(connect=0.5, total=0.5)
PATIENT = Timeouts(connect=30, total=30)
IN_TIME = 10.0
"""Half of what the servers here would take, so that a busy machine is no fault."""

Serve = Callable[[Callable[[socket.socket], None]], YClientsHttp]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server on a bare socket: the given function answers its one connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def start(answer: Callable[[socket.socket], None]) -> YClientsHttp:
        def run() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                try:
                    answer(connection)
                except OSError:  # the client has had enough
                    return

        threads.append(threading.Thread(target=run))
        threads[0].start()
        return YClientsHttp(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", partner_token="p")

    yield start
    listener.close()
    for thread in threads:
        thread.join(30)


def _timed(http: YClientsHttp, timeouts: Timeouts = QUICK) -> tuple[HttpAnswer, float]:
    started = time.monotonic()
    answer = http.call("POST", "/x", body={}, timeouts=timeouts)
    return answer, time.monotonic() - started


def test_a_server_that_says_nothing_is_no_answer_within_the_timeout(serve: Serve) -> None:
    done = threading.Event()
    answer, seconds = _timed(serve(lambda _: done.wait(20)))  # type: ignore[arg-type, return-value]
    done.set()
    assert (answer.status, answer.message) == (None, "ReadTimeout")
    assert seconds < IN_TIME


def test_a_body_that_drips_is_given_up_in_time(serve: Serve) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(400):
            connection.sendall(b" ")
            time.sleep(0.05)

    answer, seconds = _timed(serve(drip))
    assert answer.status is None
    assert seconds < IN_TIME


def test_a_header_that_drips_is_given_up_in_time(serve: Serve) -> None:
    """Each byte would start the library's timeout anew."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Endless: ")
        for _ in range(400):
            connection.sendall(b"x")
            time.sleep(0.05)

    answer, seconds = _timed(serve(drip))
    assert answer.status is None
    assert seconds < IN_TIME


def test_a_tls_handshake_that_drips_is_given_up_in_time(serve: Serve) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KB begins
        for _ in range(400):
            connection.sendall(b"x")
            time.sleep(0.05)

    plain = serve(drip)
    answer, seconds = _timed(replace(plain, base_url=plain.base_url.replace("http://", "https://")))
    assert answer.status is None
    assert seconds < IN_TIME


def test_a_silent_resolver_is_no_answer_within_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver as the system's is when its servers are silent."""
    is_over = threading.Event()

    def wait(*_some: object, **_more: object) -> list[object]:
        is_over.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    answer, seconds = _timed(YClientsHttp(base_url="http://api.example", partner_token="p"))
    is_over.set()
    assert (answer.status, answer.message) == (None, "ConnectTimeout")
    assert seconds < IN_TIME


@pytest.mark.parametrize("host", ["nobody.invalid", "api\u0301..example", "a" * 300])
def test_a_name_that_stands_for_nothing_is_no_answer(host: str) -> None:
    answer, _ = _timed(YClientsHttp(base_url=f"http://{host}", partner_token="p"))
    assert answer.status is None


def test_the_next_address_of_a_name_is_tried(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a host with an address of the sixth version, on a machine that reaches only the fourth."""
    http = serve(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
    real = socket.getaddrinfo

    def ask(host: str, port: object, *some: object, **more: object) -> list[tuple[object, ...]]:
        if host != "api.example":
            return list(real(host, port, *some, **more))  # type: ignore[arg-type]
        return [(0, 0, 0, "", (address, 0)) for address in ("127.77.0.1", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    answer, _ = _timed(replace(http, base_url=http.base_url.replace("127.0.0.1", "api.example")), PATIENT)
    assert answer.status == 200


def test_a_kept_connection_has_a_deadline_in_every_call(serve: Serve) -> None:
    def answer_then_drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        connection.recv(65536)
        for _ in range(400):
            connection.sendall(b"H")
            time.sleep(0.05)

    http = replace(serve(answer_then_drip), keeps_connections=True)
    assert http.call("GET", "/x", timeouts=PATIENT).status == 200
    answer, seconds = _timed(http)
    assert answer.status is None
    assert seconds < IN_TIME


def test_an_endless_body_is_not_read_to_its_end(serve: Serve) -> None:
    sent = []

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while len(sent) < 1000:
            connection.sendall(b" " * 100_000)
            sent.append(100_000)

    http = serve(flood)
    answer = http.call("GET", "/x", timeouts=Timeouts(connect=5, total=30))
    assert (answer.status, answer.message) == (None, "BadReplyError")
    assert sum(sent) < MAX_BYTES * 20


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Enc",
    ],
)
def test_a_reply_that_is_cut_short_is_no_answer(serve: Serve, reply: bytes) -> None:
    answer, _ = _timed(serve(lambda connection: connection.sendall(reply)))
    assert answer.is_transient


def test_a_damaged_encoding_is_no_answer(serve: Serve) -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n{}{}"
    answer, _ = _timed(serve(lambda connection: connection.sendall(reply)))
    assert answer.status is None


def test_a_redirect_is_an_answer_and_is_never_followed(yclients: FakeYClients) -> None:
    yclients.connect([5])
    before = len(yclients.requests())
    http = YClientsHttp(base_url=yclients.url, partner_token=yclients.partner_token)
    before = len(yclients.requests())
    body = {"salon_id": 5, "application_id": yclients.app_id}
    answer = http.call("POST", "/marketplace/partner/callback/redirect", body=body, timeouts=QUICK)
    assert (answer.status, answer.body) == (301, None)
    assert len(yclients.requests()) == before + 1


def test_a_netrc_on_the_machine_never_replaces_our_key(
    yclients: FakeYClients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    http = YClientsHttp(base_url=yclients.url, partner_token=yclients.partner_token)
    path = f"/marketplace/application/{yclients.app_id}/salons?page=1&count=1"
    assert http.call("GET", path, timeouts=QUICK).is_success


def test_a_missing_ca_file_is_no_answer(serve: Serve) -> None:
    http = YClientsHttp(base_url="https://127.0.0.1:9", partner_token="p", ca_bundle="/no/such/file.pem")
    assert http.call("GET", "/x", timeouts=QUICK).status is None


def test_a_certificate_that_nobody_signed_is_no_answer(serve: Serve) -> None:
    plain = serve(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n"))
    http = YClientsHttp(base_url=plain.base_url.replace("http://", "https://"), partner_token="p")
    assert http.call("GET", "/x", timeouts=QUICK).status is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"success": false, "meta": {"message": "A"}}', "A"),
        (b'{"errors": {"code": 404, "message": "B"}, "meta": []}', "B"),
        (b'{"meta": {"message": 5}, "errors": ["x"]}', ""),
        (b'{"meta": {"message": "+7 900 111-22-33 \\u0000"}}', "7********33 "),
        (b"[1]", ""),
        (b"\xff\xfe", ""),
        (b"[" * 100_000, ""),
        (b"", ""),
    ],
)
def test_words_are_found_in_either_place_and_masked(content: bytes, message: str) -> None:
    assert answer_of(400, {}, content).message == message


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7), ("999999999999", 3600), ("", 0), ("-1", 0), ("²", 0), ("Tue, 01", 0)]
)
def test_retry_after_is_read_only_as_seconds(header: str, seconds: int) -> None:
    assert answer_of(429, {"Retry-After": header}, b"").wait.total_seconds() == seconds


@pytest.mark.parametrize(
    ("status", "content", "connection"),
    [
        (200, b'{"success": true, "data": {"connection_status": {"status": "freezed"}}}', InstallationStatus.FREEZED),
        (
            200,
            b'{"success": true, "data": {"connection_status": {"status": "new-word"}}}',
            InstallationStatus.UNCLEAR,
        ),
        (
            200,
            b'{"success": true, "data": {"connection_status": {"status": ["active"]}}}',
            InstallationStatus.UNCLEAR,
        ),
        (200, b'{"success": true, "data": []}', InstallationStatus.UNCLEAR),
        (200, b'{"success": false, "data": null}', InstallationStatus.UNCLEAR),
        (403, b'{"success": false}', InstallationStatus.UNCLEAR),
        (404, b'{"success": false}', InstallationStatus.UNINSTALLED),
        (404, b"<html>", InstallationStatus.SILENT),
        (503, b'{"success": false}', InstallationStatus.SILENT),
    ],
)
def test_a_status_reply_is_read_without_trust(status: int, content: bytes, connection: InstallationStatus) -> None:
    assert connection_of(answer_of(status, {}, content)) is connection


def test_a_limit_that_says_when_to_come_back_is_heard(yclients: FakeYClients) -> None:
    yclients.settings(is_limited=True, says_retry_after=True)
    http = YClientsHttp(base_url=yclients.url, partner_token=yclients.partner_token)
    path = f"/marketplace/application/{yclients.app_id}/salons?page=1&count=1"
    answers = [http.call("GET", path, timeouts=QUICK) for _ in range(7)]
    assert {answer.status for answer in answers} == {200, 429}
    assert answers[-1].wait.total_seconds() == 1


def test_after_too_many_requests_the_marketplace_too_is_left_alone_for_a_while(
    yclients: FakeYClients, redis_url: str
) -> None:
    yclients.fault("/marketplace/salon/*", status=429, body="{}")
    config = Config(
        yclients_marketplace_url=yclients.url,
        yclients_api_key=yclients.partner_token,
        yclients_app_id=yclients.app_id,
    )
    bucket = CallRouter(make_redis(redis_url), Budget(per_second=100, per_minute=6000), rng=lambda: 0.0)
    market = YClientsMarketplace(config, bucket)
    assert market.connection_status(SalonId(1)) is InstallationStatus.SILENT
    started = time.monotonic()
    assert market.connection_status(SalonId(1)) is InstallationStatus.UNINSTALLED
    assert time.monotonic() - started > 0.9
    bucket.be_quiet(DIRECT, timedelta(minutes=5))
    assert market.connection_status(SalonId(1)) is InstallationStatus.SILENT  # and nothing was sent
    assert len([each for each in yclients.requests() if each["path"].startswith("/marketplace/salon/")]) == 2
