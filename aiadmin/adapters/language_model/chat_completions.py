"""`ports.language_model.LanguageModel` over `POST /chat/completions`: one try, six seconds, nothing believed.

A server that does not take a schema is asked for any JSON object, and one that does not take that either for text;
what it took is remembered for as long as the process lives.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog

from aiadmin.adapters.http_json import JsonAnswer, JsonHttp
from aiadmin.adapters.language_model.providers import Provider
from aiadmin.services.ports.language_model import ModelError

log = structlog.get_logger(__name__)

SECONDS, CONNECT_SECONDS = 6.0, 2.0
MAX_BYTES = 256 * 1024
MOST_TOKENS = 400
"""Of an answer: eight commands take some 200."""


@dataclass(kw_only=True)
class ChatCompletions:
    """One model of one provider.

    Attributes:
        url: up to the version, without `/chat/completions`.
        is_abroad: whether what it is shown leaves the country.
    """

    url: str
    name: str
    provider: Provider
    http: JsonHttp
    is_abroad: bool
    _step: int = field(default=0, repr=False)
    """How far down from a schema this server had to be asked: 0 a schema, 1 an object, 2 text."""

    def complete(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> str:
        """See `LanguageModel.complete`; all steps down share the one deadline."""
        ends = time.monotonic() + self.http.seconds
        answer = self._ask(messages, schema)
        while answer.status == HTTPStatus.BAD_REQUEST and self._step < len(_FORMATS) and time.monotonic() < ends:
            self._step += 1
            answer = self._ask(messages, schema)
        log.info("asked the model", status=answer.status, reason=answer.reason or None)
        return _text_of(answer)

    def _ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> JsonAnswer:
        wanted = (self.provider.response_format(schema), *_FORMATS)[self._step]
        body: dict[str, Any] = {
            "model": self.provider.model(self.name),
            "messages": list(messages),
            "temperature": 0,
            "max_tokens": MOST_TOKENS,
        }
        if wanted is not None:
            body["response_format"] = wanted
        return self.http.post(f"{self.url}/chat/completions", body=body, headers=self.provider.headers())


_FORMATS: tuple[Mapping[str, Any] | None, ...] = ({"type": "json_object"}, None)


def _text_of(answer: JsonAnswer) -> str:
    """The words of an answer that came to its end; raises ModelError."""
    if answer.status != HTTPStatus.OK or answer.body is None:
        raise ModelError(answer.reason)
    choices = answer.body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict) or not isinstance(first.get("message"), dict):
        raise ModelError("no choice in the answer")
    if first.get("finish_reason") != "stop":
        raise ModelError("an answer that was cut off or refused")
    content = first["message"].get("content")
    if not isinstance(content, str):
        raise ModelError("an answer without text")
    return content
