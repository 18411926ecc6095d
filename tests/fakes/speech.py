"""A recogniser of speech on loopback, as OpenAI's `/audio/transcriptions` is, with words by script and faults."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Played:
    """One request.

    Attributes:
        fields: of the form, but for its file.
    """

    path: str
    headers: Message
    fields: dict[str, str]
    voice: bytes
    file_name: str | None
    file_type: str


@dataclass(kw_only=True)
class SpeechScript:
    """How the server behaves; may be changed while it runs.

    Attributes:
        heard: what was said, by the voice that is played; `text` for all others.
        status: of HTTP.
        busy: so many requests are answered with 503 first.
        raw: the whole body instead, whatever it is.
        delay: seconds before the answer; `drip` between its bytes.
    """

    text: str = "да"
    heard: dict[bytes, str] = field(default_factory=dict)
    status: int = 200
    busy: int = 0
    raw: bytes | None = None
    delay: float = 0.0
    drip: float = 0.0
    played: list[Played] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, kw_only=True)
class FakeSpeech:
    """A running server."""

    port: int
    script: SpeechScript

    @property
    def url(self) -> str:
        """Up to the version."""
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def fake_speech() -> Iterator[FakeSpeech]:
    """A server that ends with the block, whatever it was in the middle of."""
    script = SpeechScript()

    class Handler(_Handler):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            self.script = script
            super().__init__(*arguments, **named)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield FakeSpeech(port=server.server_address[1], script=script)
    finally:
        script.stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    script: SpeechScript

    def do_POST(self) -> None:
        script = self.script
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        played = _played(self.path, self.headers, content)
        script.played.append(played)
        if script.stop.wait(script.delay):
            return
        if script.busy > 0:
            script.busy -= 1
            self._send(503, b'{"error": {"message": "busy"}}')
            return
        words = script.heard.get(played.voice, script.text)
        body = json.dumps({"text": words}, ensure_ascii=False).encode() if script.raw is None else script.raw
        self._send(script.status, body)

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
        """Say nothing: requests are kept in `played`."""


def _played(path: str, headers: Message, content: bytes) -> Played:
    """The parts of a form, as the standard library's parser of mail reads them."""
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    form, named = BytesParser().parsebytes(head + content), {}
    for part in form.get_payload():
        assert isinstance(part, Message)
        named[str(part.get_param("name", header="content-disposition"))] = part
    file = named.pop("file")
    return Played(
        path=path,
        headers=headers,
        fields={name: (part.get_payload(decode=True) or b"").decode() for name, part in named.items()},  # type: ignore[union-attr]
        voice=file.get_payload(decode=True),  # type: ignore[arg-type]
        file_name=file.get_filename(),
        file_type=file.get_content_type(),
    )
