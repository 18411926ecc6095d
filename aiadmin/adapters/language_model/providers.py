"""What differs between providers of an OpenAI-compatible endpoint: where it is, and how a caller shows who they are.

Sources: yandex.cloud/docs, AI Studio, "OpenAI compatibility" (Api-Key, `OpenAI-Project`, `x-data-logging-enabled`,
`gpt://folder/model`); developers.sber.ru, GigaChat API, "Authorization" (a token for half an hour, RqUID new each
time, the Russian root certificate).
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiadmin.adapters.http_json import JsonHttp
from aiadmin.services.ports.language_model import ModelError

YANDEX_URL = "https://ai.api.cloud.yandex.net/v1"
GIGACHAT_URL = "https://gigachat.devices.sberbank.ru/api/v1"
GIGACHAT_TOKEN_URL = "https://ngw.devices.sberbank.ru:9443/api/v2/oauth"  # noqa: S105 - an address
GIGACHAT_SCOPE = "GIGACHAT_API_PERS"
_RENEW_BEFORE_SECONDS = 60.0


class Provider(Protocol):
    """How a provider wants to be called."""

    def headers(self) -> Mapping[str, str]:
        """What shows who we are; raises ModelError where that cannot be had."""
        ...

    def model(self, name: str) -> str:
        """A model's whole name."""
        ...

    def response_format(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """How it is asked for JSON of a schema."""
        ...


@dataclass(frozen=True, kw_only=True)
class OpenAi:
    """Any server that speaks this API, such as one of one's own; it may need no key."""

    key: str = field(default="", repr=False)

    def headers(self) -> Mapping[str, str]:
        """A bearer key."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def model(self, name: str) -> str:
        """As it is called."""
        return name

    def response_format(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema stands in an object with a name."""
        return {"type": "json_schema", "json_schema": {"name": "commands", "strict": True, "schema": schema}}


@dataclass(frozen=True, kw_only=True)
class Yandex(OpenAi):
    """Yandex AI Studio; what it is shown is not kept there."""

    folder: str

    def headers(self) -> Mapping[str, str]:
        """The key of a service account, and its folder."""
        return {
            "Authorization": f"Api-Key {self.key}",
            "OpenAI-Project": self.folder,
            "x-data-logging-enabled": "false",
        }

    def model(self, name: str) -> str:
        """A model of the folder."""
        return name if "://" in name else f"gpt://{self.folder}/{name}"


@dataclass(frozen=True, kw_only=True)
class GigaChat(OpenAi):
    """Sber's GigaChat: the key buys a token for half an hour.

    Attributes:
        key: the authorization key of the developer's page.
        scope: which contract it is for.
    """

    http: JsonHttp
    token_url: str = GIGACHAT_TOKEN_URL
    scope: str = GIGACHAT_SCOPE
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    _kept: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False, compare=False)

    def headers(self) -> Mapping[str, str]:
        """A token that is still good for a minute."""
        with self._lock:
            token, ends = self._kept.get("token", ("", 0.0))
            if time.time() > ends - _RENEW_BEFORE_SECONDS:
                token, ends = self._buy()
                self._kept["token"] = token, ends
        return {"Authorization": f"Bearer {token}"}

    def response_format(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema stands beside its kind."""
        return {"type": "json_schema", "schema": schema, "strict": True}

    def _buy(self) -> tuple[str, float]:
        headers = {"Authorization": f"Basic {self.key}", "RqUID": str(uuid.uuid4())}
        answer = self.http.post(self.token_url, form={"scope": self.scope}, headers=headers)
        body = answer.body or {}
        token, ends = body.get("access_token"), body.get("expires_at")
        if answer.status != 200 or not isinstance(token, str) or not isinstance(ends, int | float):  # noqa: PLR2004
            raise ModelError(f"no token: {answer.reason}")
        return token, ends / 1000
