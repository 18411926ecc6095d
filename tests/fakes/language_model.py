"""An OpenAI-compatible server on loopback, with answers by script and faults; GigaChat's tokens too.

It speaks HTTP with whoever asks, so the adapter is tried over the wire.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = str | Callable[[Mapping[str, Any]], str]
"""What the model says: a text, or a function of what it was shown (the user's message, parsed)."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request."""

    path: str
    headers: Message
    body: Mapping[str, Any]

    @property
    def shown(self) -> Mapping[str, Any]:
        """What the model saw of the client's message."""
        seen: Mapping[str, Any] = json.loads(self.body["messages"][-1]["content"])
        return seen


@dataclass(kw_only=True)
class Script:
    """How the server behaves; may be changed while it runs.

    Attributes:
        answer: the content of the next answers.
        status: of HTTP.
        finish: why the answer ended.
        raw: the whole body instead, whatever it is.
        formats: kinds of `response_format` that it takes; None is a request without one.
        delay: seconds before the answer.
        drip: seconds between its bytes.
        token_seconds: how long a token is good.
    """

    answer: Answer = '{"commands": []}'
    status: int = 200
    finish: str = "stop"
    raw: bytes | None = None
    formats: frozenset[str | None] = frozenset({"json_schema", "json_object", None})
    delay: float = 0.0
    drip: float = 0.0
    token_seconds: float = 1800.0
    asked: list[Asked] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, kw_only=True)
class FakeModel:
    """A running server."""

    port: int
    script: Script

    @property
    def url(self) -> str:
        """Up to the version."""
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def fake_model() -> Iterator[FakeModel]:
    """A server that ends with the block, whatever it was in the middle of."""
    script = Script()

    class Handler(_Handler):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            self.script = script
            super().__init__(*arguments, **named)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield FakeModel(port=server.server_address[1], script=script)
    finally:
        script.stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    script: Script

    def do_POST(self) -> None:
        script, length = self.script, int(self.headers.get("Content-Length", "0"))
        content = self.rfile.read(length)
        if self.path.endswith("/oauth"):
            self._sell()
            return
        body = json.loads(content)
        script.asked.append(Asked(path=self.path, headers=self.headers, body=body))
        if script.stop.wait(script.delay):
            return
        wanted = body.get("response_format", {}).get("type")
        status = script.status if wanted in script.formats else 400
        self._send(status, self._body() if status == script.status else b'{"error": {"message": "response_format"}}')

    def _sell(self) -> None:
        token = f"token-{len(self.script.tokens) + 1}"
        self.script.tokens.append(self.headers.get("RqUID", ""))
        ends = int((time.time() + self.script.token_seconds) * 1000)
        self._send(200, json.dumps({"access_token": token, "expires_at": ends}).encode())

    def _body(self) -> bytes:
        script = self.script
        if script.raw is not None:
            return script.raw
        answer = script.answer if isinstance(script.answer, str) else script.answer(script.asked[-1].shown)
        choice = {"index": 0, "finish_reason": script.finish, "message": {"role": "assistant", "content": answer}}
        return json.dumps({"id": "x", "choices": [choice]}, ensure_ascii=False).encode()

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        try:
            for place in range(len(body)) if self.script.drip else [0]:
                self.wfile.write(body[place : place + 1] if self.script.drip else body)
                if self.script.drip and self.script.stop.wait(self.script.drip):
                    return
        except OSError:  # whoever asked has had enough
            return

    def log_message(self, *arguments: Any) -> None:
        """Say nothing: requests are kept in `asked`."""
