"""What goes back over a connection."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache

from gunicorn import util
from gunicorn.http.wsgi import FileWrapper, Response


class EdgeAnswer(Response):  # type: ignore[misc]
    """gunicorn's, but head and body leave together where the body is one piece: one call and one packet, not two."""

    headers_sent: bool

    def write_all(self, parts: Iterable[bytes]) -> None:
        """Send the body as it comes, and the head before its first part."""
        if isinstance(parts, FileWrapper):
            self.write_file(parts)
        else:
            for part in parts:
                self.write(part)
        self.close()

    def write(self, data: bytes) -> None:
        """Send a part of the body; with the whole of it, the head."""
        if self.headers_sent or self._omits_body or len(data) != self.response_length:
            super().write(data)
            return
        self.headers_sent, self.sent = True, len(data)
        head = (*self.default_headers(), *(f"{name}: {value}\r\n" for name, value in self.headers), "\r\n")
        self.sock.sendall("".join(head).encode("latin-1") + data)

    def default_headers(self) -> list[str]:
        """The lines that every head has."""
        major, minor = self.req.version
        connection = "upgrade" if self.upgrade else "close" if self.should_close() else "keep-alive"
        lines = [
            f"HTTP/{major}.{minor} {self.status}\r\n",
            f"Server: {self.version}\r\n",
            f"Date: {_date(int(time.time()))}\r\n",
            f"Connection: {connection}\r\n",
        ]
        return [*lines, "Transfer-Encoding: chunked\r\n"] if self.chunked else lines


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    """Writing it takes as long as the rest of the head."""
    return str(util.http_date(second))
