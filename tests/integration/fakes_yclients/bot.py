"""An app at the other end of YClients' webhooks: it keeps what arrives and answers what it is told."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Bot:
    """What arrived, oldest first, as path, headers and JSON; `answers` are given one by one, then 200 and `{}`."""

    url: str = ""
    arrived: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    answers: deque[tuple[int, Any]] = field(default_factory=deque)

    def bodies(self) -> list[Any]:
        return [body for _, _, body in self.arrived]


class BotServer:
    """The bot on a port of its own, in a thread."""

    def __init__(self) -> None:
        self.bot = bot = Bot()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                bot.arrived.append((self.path, dict(self.headers), body))
                status, answer = bot.answers.popleft() if bot.answers else (200, {})
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        bot.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
