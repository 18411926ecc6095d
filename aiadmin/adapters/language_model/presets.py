"""The language model that the settings name."""

from __future__ import annotations

from aiadmin.adapters.http_json import JsonHttp
from aiadmin.adapters.language_model.chat_completions import CONNECT_SECONDS, MAX_BYTES, SECONDS, ChatCompletions
from aiadmin.adapters.language_model.providers import (
    GIGACHAT_SCOPE,
    GIGACHAT_URL,
    YANDEX_URL,
    GigaChat,
    OpenAi,
    Provider,
    Yandex,
)
from aiadmin.config import Config, ModelPreset


def model_of(config: Config) -> ChatCompletions:
    """The model; `config` has been found complete when it was read."""
    http = JsonHttp(
        seconds=SECONDS, connect_seconds=CONNECT_SECONDS, max_bytes=MAX_BYTES, ca_bundle=config.bot_model_ca_bundle
    )
    provider, url = _provider(config, http)
    is_ours = config.bot_model_preset is not ModelPreset.OPENAI
    return ChatCompletions(
        url=config.bot_model_url or url,
        name=config.bot_model_name,
        provider=provider,
        http=http,
        is_abroad=config.bot_model_abroad and not is_ours,
    )


def _provider(config: Config, http: JsonHttp) -> tuple[Provider, str]:
    """How it is called, and where it is unless that is set."""
    key = config.bot_model_key
    if config.bot_model_preset is ModelPreset.YANDEX:
        return Yandex(key=key, folder=config.bot_model_folder), YANDEX_URL
    if config.bot_model_preset is ModelPreset.GIGACHAT:
        return GigaChat(key=key, http=http, scope=config.bot_model_folder or GIGACHAT_SCOPE), GIGACHAT_URL
    return OpenAi(key=key), ""
