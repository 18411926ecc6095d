"""Settings as one frozen value. Nothing else in the project reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


class ConfigError(ValueError):
    """The environment does not hold what this process needs; the message is one line and says the fix."""


DIRECT = "direct"
"""The machine's own way out, among `YCLIENTS_EGRESS`."""


class AppEnv(StrEnum):
    """Development generates and allows what production has to set explicitly."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ModelPreset(StrEnum):
    """Whose language model it is: how its provider wants to be called."""

    OPENAI = "openai"
    """Any server that speaks this API."""
    YANDEX = "yandex"
    GIGACHAT = "gigachat"


class AddressLog(StrEnum):
    """How much of a caller's IP address a log line holds: its network (/24, /48), or all of it."""

    NETWORK = "network"
    FULL = "full"


FOREIGN_NAMES: Mapping[str, str] = {
    "NODE_ENV": "APP_ENV is ours (development or production)",
    "SUPABASE_URL": "DATABASE_URL is ours, and takes Supabase's connection string",
    "SUPABASE_KEY": "DATABASE_URL is ours, and takes Supabase's connection string with its password",
}
"""Settings of the specification's Node.js environment that are not read here, and what is read instead."""


def foreign_settings(env: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each setting of `env` that looks like ours and is not read.

    >>> foreign_settings({"NODE_ENV": "production", "PORT": "3000"})
    ('NODE_ENV is not read: APP_ENV is ours (development or production)',)
    """
    return tuple(f"{name} is not read: {ours}" for name, ours in FOREIGN_NAMES.items() if env.get(name, "").strip())


SECRET_MIN_BYTES = 32
"""HS256 wants a key at least as long as its hash (RFC 7518, 3.2)."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every setting of every process; each field is a variable of the same name in capitals.

    Secrets never show in `repr`.
    """

    app_env: AppEnv = AppEnv.DEVELOPMENT
    port: int = 3000
    public_url: str = "http://localhost:3000"
    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    redis_tls_verify: bool = True
    redis_ca_bundle: str = ""
    redis_pool_size: int = 50
    jwt_secret: str = field(default="", repr=False)
    admin_api_key: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    yclients_api_key: str = field(default="", repr=False)
    yclients_app_id: int | None = None
    yclients_user_token: str = field(default="", repr=False)
    yclients_api_url: str = "https://api.yclients.com/api/v1"
    yclients_marketplace_url: str = "https://api.yclients.com"
    yclients_ca_bundle: str = ""
    yclients_accept: str = "application/vnd.yclients.v2+json"
    yclients_egress: tuple[str, ...] = field(default=(DIRECT,), repr=False)
    yclients_per_second: float = 4.5
    yclients_per_minute: int = 165
    provider_callback_origins: tuple[str, ...] = (
        "https://yclients.com",
        "https://yclients.ru",
        "https://app.alteg.io",
    )
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: int = 0
    client_ip_header: str = "X-Forwarded-For"
    open_registration: bool = True
    open_docs: bool = True
    rate_limit_per_minute: int = 30
    webhook_limit_per_minute: int = 600
    socket_limit_per_minute: int = 5
    sessions_capacity: int = 250
    sessions_memory_mb: int = 1024
    pairing_capacity: int = 50
    activation_window_minutes: int = 60
    erase_after_days: int = 30
    message_retention_days: int = 90
    messages_paused: bool = False
    message_pacing: bool = True
    bot_model_preset: ModelPreset = ModelPreset.OPENAI
    bot_model_url: str = ""
    bot_model_key: str = field(default="", repr=False)
    bot_model_name: str = ""
    bot_model_folder: str = ""
    bot_model_ca_bundle: str = ""
    bot_model_abroad: bool = True
    bot_model_per_day: int = 300
    speech_url: str = ""
    speech_key: str = field(default="", repr=False)
    speech_model: str = "whisper-1"
    speech_abroad: bool = True
    speech_per_day: int = 100
    whatsapp_media_url: str = "https://mmg.whatsapp.net"
    support_email: str = "support@ai-admin.app"
    support_telegram: str = "ai_admin_support"
    support_url: str = "https://github.com/vosarsen/ai_admin_v2/issues"
    database_pool_size: int = 20
    log_level: str = "INFO"
    log_addresses: AddressLog = AddressLog.NETWORK

    @property
    def is_production(self) -> bool:
        """Whether defaults are closed and secrets must be given."""
        return self.app_env is AppEnv.PRODUCTION

    @property
    def activation_window(self) -> timedelta:
        """How long YClients keeps an installation pending (one hour by its knowledge base)."""
        return timedelta(minutes=self.activation_window_minutes)

    @property
    def erase_after(self) -> timedelta:
        """How long the personal data of a salon that left is kept, in case it comes back."""
        return timedelta(days=self.erase_after_days)

    @property
    def message_retention(self) -> timedelta:
        """How long the words of messages are kept."""
        return timedelta(days=self.message_retention_days)

    @property
    def has_model(self) -> bool:
        """Whether a language model is configured."""
        return bool(self.bot_model_url or self.bot_model_key or self.bot_model_name)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Config:
        """Read a Config from `env` (usually `os.environ`); an empty variable counts as unset.

        Raises:
            ConfigError: a value has the wrong shape, or a secret is missing or short.
        """
        given = {f.name: env.get(f.name.upper(), "").strip() for f in fields(cls)}
        values: dict[str, Any] = {name: _parse(name, text) for name, text in given.items() if text}
        if values.get("app_env") is AppEnv.PRODUCTION:
            values.setdefault("open_registration", False)
            values.setdefault("open_docs", False)
        config = cls(**values)
        _require(config)
        return replace(config, redis_url=_with_tls(config))


def _with_tls(config: Config) -> str:
    """The Redis URL with what is set of TLS: every library that opens a connection reads it there.

    Heroku owns REDIS_URL and gives a certificate that no authority signed, so it cannot be said in the URL itself.
    """
    parts = urlsplit(config.redis_url)
    if parts.scheme != "rediss":
        return config.redis_url
    told = dict(parse_qsl(parts.query))
    if not config.redis_tls_verify:
        told = {"ssl_cert_reqs": "none", **told}
    if config.redis_ca_bundle:
        told = {"ssl_ca_certs": config.redis_ca_bundle, **told}
    return urlunsplit(parts._replace(query=urlencode(told)))


def _parse(name: str, text: str) -> object:
    parser = _PARSERS.get(name, str)
    try:
        return parser(text)
    except ValueError as error:
        raise ConfigError(f"{name.upper()} {error}") from error


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


def _decimal(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII) or not low <= float(text) <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return float(text)

    return parse


def _env_name(text: str) -> AppEnv:
    try:
        return AppEnv(text.lower())
    except ValueError:
        raise ValueError("must be development or production") from None


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError("must be 1 or 0")


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")) or not _has_host(text):
        raise ValueError("must be a full URL: https://host[:port]")
    return text.rstrip("/")


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", url)
    except ValueError:  # a port that is no number
        return False


def _of_server(url: str) -> str:
    """A server's URL whose parts every library finds alike; the Go driver and psycopg2 differ over a bare / or @."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.port != 0 and ("@" in parts.netloc or "@" not in url) and not re.search(r"\s", url):
            return url
    raise ValueError("cannot be read: the port is a number, and / ? # @ in a password are written %2F %3F %23 %40")


def _media_type(text: str) -> str:
    if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", text, re.ASCII):
        raise ValueError("must be a media type: application/vnd.yclients.v2+json")
    return text


def _postgres(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in {"postgres", "postgresql"}:
        raise ValueError("must be a PostgreSQL URL: postgresql://user:password@host:port/name")
    return _of_server(f"postgresql://{rest}")


def _redis(text: str) -> str:
    if not text.startswith(("redis://", "rediss://")):
        raise ValueError("must be a Redis URL: redis://host:port/0")
    parts = urlsplit(_of_server(text))
    if not parts.hostname or not re.fullmatch(r"(/\d{0,4})?", parts.path, re.ASCII):
        raise ValueError("must name a host, and at most the number of a database: redis://host:port/0")
    return text


def _file(text: str) -> str:
    if not (Path(text).is_file() and os.access(text, os.R_OK)):
        raise ValueError("must be a file that this process can read")
    return text


def _origins(text: str) -> tuple[str, ...]:
    return tuple(_url(part.strip()) for part in text.split(",") if part.strip())


def _egresses(text: str) -> tuple[str, ...]:
    """`direct` and proxies; what is wrong is said without them, for they may hold passwords."""
    found = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    places = [one if one == DIRECT else _place_of_proxy(one) for one in found]
    if not found or len(set(places)) < len(places):
        raise ValueError("must name each way once: direct, or proxies")
    return found


def _place_of_proxy(url: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(url)
        is_bare = not (parts.path or parts.query or parts.fragment or re.search(r"\s", url))
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port and is_bare:
            return f"{parts.hostname}:{parts.port}"
    raise ValueError("must be direct, or proxies with their ports: http://user:password@host:3128")


def _ip_header(text: str) -> str:
    found = next((name for name in _IP_HEADERS if name.lower() == text.lower()), None)
    if found is None:
        raise ValueError(f"must be {' or '.join(_IP_HEADERS)}")
    return found


def _email(text: str) -> str:
    if not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", text, re.ASCII):
        raise ValueError("must be an e-mail address")
    return text


def _telegram(text: str) -> str:
    name = text.removeprefix("https://t.me/").removeprefix("@")
    if not re.fullmatch(r"[A-Za-z]\w{3,31}", name, re.ASCII):
        raise ValueError("must be a Telegram name: @ai_admin_support")
    return name


def _preset(text: str) -> ModelPreset:
    try:
        return ModelPreset(text.lower())
    except ValueError:
        raise ValueError(f"must be {', '.join(ModelPreset)}") from None


def _addresses(text: str) -> AddressLog:
    try:
        return AddressLog(text.lower())
    except ValueError:
        raise ValueError("must be network or full") from None


def _level(text: str) -> str:
    if text.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return text.upper()


_IP_HEADERS = ("X-Forwarded-For", "X-Real-IP")
_PARSERS: Mapping[str, Callable[[str], object]] = {
    "app_env": _env_name,
    "port": _whole(1, 65535),
    "public_url": _url,
    "database_url": _postgres,
    "redis_url": _redis,
    "redis_tls_verify": _flag,
    "redis_ca_bundle": _file,
    "redis_pool_size": _whole(1, 1_000),
    "yclients_app_id": _whole(1, 2**31 - 1),
    "yclients_api_url": _url,
    "yclients_marketplace_url": _url,
    "yclients_ca_bundle": _file,
    "yclients_accept": _media_type,
    "yclients_egress": _egresses,
    "yclients_per_second": _decimal(0.1, 1_000),
    "yclients_per_minute": _whole(10, 60_000),
    "provider_callback_origins": _origins,
    "allowed_origins": _origins,
    "trusted_proxies": _whole(0, 5),
    "open_registration": _flag,
    "open_docs": _flag,
    "rate_limit_per_minute": _whole(1, 1_000_000),
    "webhook_limit_per_minute": _whole(1, 1_000_000),
    "socket_limit_per_minute": _whole(1, 1_000_000),
    "sessions_capacity": _whole(1, 2_000),
    "sessions_memory_mb": _whole(0, 1_000_000),
    "pairing_capacity": _whole(1, 500),
    "activation_window_minutes": _whole(1, 7 * 24 * 60),
    "erase_after_days": _whole(0, 3650),
    "message_retention_days": _whole(1, 3650),
    "messages_paused": _flag,
    "message_pacing": _flag,
    "database_pool_size": _whole(1, 100),
    "bot_model_preset": _preset,
    "bot_model_url": _url,
    "bot_model_ca_bundle": _file,
    "bot_model_abroad": _flag,
    "bot_model_per_day": _whole(0, 1_000_000),
    "speech_url": _url,
    "speech_abroad": _flag,
    "speech_per_day": _whole(0, 1_000_000),
    "whatsapp_media_url": _url,
    "client_ip_header": _ip_header,
    "support_email": _email,
    "support_telegram": _telegram,
    "support_url": _url,
    "log_level": _level,
    "log_addresses": _addresses,
}


def _require(config: Config) -> None:
    missing = [n for n in ("database_url", "redis_url", "jwt_secret") if not getattr(config, n)]
    if config.is_production:
        missing += [n for n in ("admin_api_key", "yclients_api_key", "yclients_app_id") if not getattr(config, n)]
    if missing:
        names = ", ".join(name.upper() for name in missing)
        raise ConfigError(
            f"{names} must be set (see .env.example; `python -m aiadmin up` makes them for development)"
        )
    if len(config.jwt_secret.encode()) < SECRET_MIN_BYTES:
        raise ConfigError(f"JWT_SECRET must be at least {SECRET_MIN_BYTES} bytes: openssl rand -base64 32")
    if config.client_ip_header != "X-Forwarded-For" and not config.trusted_proxies:
        raise ConfigError(f"CLIENT_IP_HEADER={config.client_ip_header} needs TRUSTED_PROXIES=1: anybody may send it")
    _require_model(config)
    if config.speech_key and not config.speech_url:
        raise ConfigError("SPEECH_URL must be set for the recogniser of speech that SPEECH_KEY is for")
    if config.is_production:
        _require_production(config)


def _require_model(config: Config) -> None:
    """A model that is set by half is a mistake; one that is not set at all is none."""
    needed = {
        ModelPreset.OPENAI: ("bot_model_url", "bot_model_name"),
        ModelPreset.YANDEX: ("bot_model_key", "bot_model_name", "bot_model_folder"),
        ModelPreset.GIGACHAT: ("bot_model_key", "bot_model_name", "bot_model_ca_bundle"),
    }[config.bot_model_preset]
    missing = [name.upper() for name in needed if not getattr(config, name)]
    if config.has_model and missing:
        raise ConfigError(f"{', '.join(missing)} must be set for the language model of {config.bot_model_preset}")


def _require_production(config: Config) -> None:
    if len(config.admin_api_key.encode()) < SECRET_MIN_BYTES:
        raise ConfigError(f"ADMIN_API_KEY must be at least {SECRET_MIN_BYTES} bytes: openssl rand -base64 32")
    if not config.public_url.startswith("https://"):
        raise ConfigError("PUBLIC_URL must be the https:// address that salons and YClients reach")
    if not all(origin.startswith("https://") for origin in config.provider_callback_origins):
        raise ConfigError("PROVIDER_CALLBACK_ORIGINS must be https:// only: what is called there carries a token")
