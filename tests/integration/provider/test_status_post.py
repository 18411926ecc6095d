"""Statuses on their way to YClients: slow, broken, redirected, elsewhere; and what the log says of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import structlog

from aiadmin.adapters.embedded import free_port
from aiadmin.adapters.yclients.http import Timeouts
from aiadmin.adapters.yclients.status_post import HttpStatusPost
from aiadmin.domain.provider.order import OrderStatus

TOKEN = "the_partner_token"
QUICK = Timeouts(connect=1.0, total=0.5)
ONE = [("232674", OrderStatus.QUEUED)]


class Host(BaseHTTPRequestHandler):
    """A host that behaves as the last word of the path says."""

    def do_POST(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers["Content-Length"]))
        how = self.path.rpartition("/")[2]
        if how == "hang":
            time.sleep(1)
        elif how == "redirect":
            self.send_response(307)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
        elif how == "drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(20):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.1)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b" " * 100_000 if how == "endless" else b"<html>")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def host() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.daemon_threads = True
    server.asked = []  # type: ignore[attr-defined]
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # we hang up on purpose
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("how", "status"), [("hang", None), ("drip", None), ("endless", None), ("redirect", 307), ("page", 200)]
)
def test_a_host_that_misbehaves_is_asked_once_and_to_be_asked_again(
    host: ThreadingHTTPServer, how: str, status: int | None
) -> None:
    origin = f"http://127.0.0.1:{host.server_port}"
    with structlog.testing.capture_logs() as logs:
        answer = HttpStatusPost(origins=(origin,), timeouts=QUICK).post(f"{origin}/{TOKEN}/{how}", ONE)
    assert (answer.status, answer.is_transient, answer.is_success) == (status, True, False)
    assert host.asked == [f"/{TOKEN}/{how}"]  # type: ignore[attr-defined]
    assert [line["event"] for line in logs] == ["told statuses"]
    assert TOKEN not in str(logs)
    assert TOKEN not in answer.message


def test_nobody_at_home_is_to_be_asked_again() -> None:
    origin = f"http://127.0.0.1:{free_port()}"
    answer = HttpStatusPost(origins=(origin,), timeouts=QUICK).post(f"{origin}/{TOKEN}", ONE)
    assert (answer.status, answer.message, answer.is_transient) == (None, "ConnectionError", True)


def test_an_address_that_is_no_longer_allowed_is_not_called(host: ThreadingHTTPServer) -> None:
    post = HttpStatusPost(origins=("https://yclients.com",), timeouts=QUICK)
    answer = post.post(f"http://127.0.0.1:{host.server_port}/{TOKEN}", ONE)
    assert (answer.is_transient, answer.is_success) == (False, False)
    assert host.asked == []  # type: ignore[attr-defined]
