"""An OpenAI-compatible server on loopback, with answers by script and faults; GigaChat's tokens too.

It speaks HTTP with whoever asks, so the adapter is tried over the wire.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from tests.fakes.scripted_server import ScriptedHandler, ScriptedServer, ServerScript, serving

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
class Script(ServerScript):
    """How the server behaves; may be changed while it runs.

    Attributes:
        answer: the content of the next answers.
        finish: why the answer ended.
        formats: kinds of `response_format` that it takes; None is a request without one.
        token_seconds: how long a token is good.
    """

    answer: Answer = '{"commands": []}'
    finish: str = "stop"
    formats: frozenset[str | None] = frozenset({"json_schema", "json_object", None})
    token_seconds: float = 1800.0
    asked: list[Asked] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


FakeModel = ScriptedServer[Script]


@contextmanager
def fake_model() -> Iterator[FakeModel]:
    """A server that ends with the block, whatever it was in the middle of."""
    with serving(Script(), _Handler) as running:
        yield running


class _Handler(ScriptedHandler):
    script: Script

    def answer(self, content: bytes) -> None:
        script = self.script
        if self.path.endswith("/oauth"):
            self._sell()
            return
        body = json.loads(content)
        script.asked.append(Asked(path=self.path, headers=self.headers, body=body))
        if self.is_stopped():
            return
        wanted = body.get("response_format", {}).get("type")
        status = script.status if wanted in script.formats else 400
        self.send(status, self._body() if status == script.status else b'{"error": {"message": "response_format"}}')

    def _sell(self) -> None:
        token = f"token-{len(self.script.tokens) + 1}"
        self.script.tokens.append(self.headers.get("RqUID", ""))
        ends = int((time.time() + self.script.token_seconds) * 1000)
        self.send(200, json.dumps({"access_token": token, "expires_at": ends}).encode())

    def _body(self) -> bytes:
        script = self.script
        if script.raw is not None:
            return script.raw
        answer = script.answer if isinstance(script.answer, str) else script.answer(script.asked[-1].shown)
        choice = {"index": 0, "finish_reason": script.finish, "message": {"role": "assistant", "content": answer}}
        return json.dumps({"id": "x", "choices": [choice]}, ensure_ascii=False).encode()
