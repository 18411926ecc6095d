"""Config reads the environment once and says what is wrong in one line."""

from __future__ import annotations

import re
from dataclasses import fields
from urllib.parse import quote

import pytest

from aiadmin.config import AddressLog, AppEnv, Config, ConfigError, foreign_settings
from tests.conftest import ROOT

BASE = {
    "DATABASE_URL": "postgres://u:p@127.0.0.1/db",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "JWT_SECRET": "s" * 32,
}
PRODUCTION = BASE | {
    "APP_ENV": "production",
    "ADMIN_API_KEY": "a" * 32,
    "YCLIENTS_API_KEY": "partner",
    "YCLIENTS_APP_ID": "7",
    "PUBLIC_URL": "https://ai-admin.example",
}


def test_development_needs_only_servers_and_a_secret() -> None:
    config = Config.from_env(BASE)
    assert config.app_env is AppEnv.DEVELOPMENT
    assert config.port == 3000
    assert config.open_registration
    assert config.database_url == "postgresql://u:p@127.0.0.1/db"


def test_production_closes_registration_unless_it_is_opened_by_name() -> None:
    assert not Config.from_env(PRODUCTION).open_registration
    assert Config.from_env(PRODUCTION | {"OPEN_REGISTRATION": "1"}).open_registration
    assert not Config.from_env(PRODUCTION).open_docs
    assert Config.from_env(PRODUCTION | {"OPEN_DOCS": "1"}).open_docs


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "JWT_SECRET", "ADMIN_API_KEY", "YCLIENTS_API_KEY"])
def test_production_refuses_to_start_without_a_secret_and_names_it(name: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        Config.from_env(PRODUCTION | {name: " "})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET", "short"),
        ("JWT_SECRET", "default-secret-key"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("APP_ENV", "staging"),
        ("YCLIENTS_EGRESS", "proxy.example:3128"),
        ("YCLIENTS_EGRESS", "socks5://proxy.example:3128"),
        ("YCLIENTS_EGRESS", "http://proxy.example"),
        ("YCLIENTS_EGRESS", "http://proxy.example:port"),
        ("YCLIENTS_EGRESS", "http://proxy.example:3128/path"),
        ("YCLIENTS_EGRESS", "direct,direct"),
        ("YCLIENTS_EGRESS", "http://a:b@proxy.example:3128,https://c:d@proxy.example:3128"),
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "localhost:6379"),
        ("PUBLIC_URL", "ai-admin.example"),
        ("ALLOWED_ORIGINS", "*"),
        ("OPEN_REGISTRATION", "maybe"),
        ("TRUSTED_PROXIES", "-1"),
        ("YCLIENTS_APP_ID", "abc"),
        ("CLIENT_IP_HEADER", "CF-Connecting-IP"),
        ("LOG_ADDRESSES", "some"),
        ("SUPPORT_EMAIL", "support"),
        ("SUPPORT_EMAIL", 'a@b.c" onclick=x'),
        ("SUPPORT_TELEGRAM", "@a/../b"),
        ("SUPPORT_URL", "javascript:alert(1)"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://ai-admin.example:99999"),
        ("PUBLIC_URL", "https://ai-admin.example, https://other.example"),
        ("DATABASE_URL", "postgres://u:p@[::1/db"),
        ("DATABASE_URL", "postgres://u:p@127.0.0.1:port/db"),
        ("REDIS_URL", "redis://127.0.0.1:99999/0"),
        ("REDIS_URL", "redis://127.0.0.1/cache"),
        ("REDIS_URL", "redis://"),
        ("REDIS_CA_BUNDLE", "/no/such/file.pem"),
        ("YCLIENTS_CA_BUNDLE", "/"),
    ],
)
def test_a_value_of_the_wrong_shape_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        Config.from_env(BASE | {name: value})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
@pytest.mark.parametrize("password", ["aB/cd+e=", "12/34", "aB#cd", "aB?cd", "a b"])
def test_a_password_that_libraries_would_read_differently_is_refused_and_not_shown(name: str, password: str) -> None:
    url = f"{BASE[name].partition('://')[0]}://aiadmin:{password}@127.0.0.1:5432/0"
    with pytest.raises(ConfigError, match=rf"{name} .*%2F") as caught:
        Config.from_env(BASE | {name: url})
    assert password not in str(caught.value)
    Config.from_env(BASE | {name: url.replace(password, quote(password, safe=""))})


@pytest.mark.parametrize(
    "url",
    ["postgres://u:p+q=@[::1]:5432/db", "postgresql:///db?host=/run/postgresql", "postgres://u@h/db?sslmode=require"],
)
def test_a_database_may_be_named_as_postgresql_lets_it(url: str) -> None:
    assert Config.from_env(BASE | {"DATABASE_URL": url}).database_url.partition("://")[2] == url.partition("://")[2]


def test_production_wants_https_and_a_long_admin_key() -> None:
    with pytest.raises(ConfigError, match="PUBLIC_URL"):
        Config.from_env(PRODUCTION | {"PUBLIC_URL": "http://ai-admin.example"})
    with pytest.raises(ConfigError, match="ADMIN_API_KEY"):
        Config.from_env(PRODUCTION | {"ADMIN_API_KEY": "short"})


def test_no_secret_shows_in_repr() -> None:
    shown = repr(Config.from_env(PRODUCTION))
    for secret in ("s" * 32, "a" * 32, "partner", "u:p"):
        assert secret not in shown


def test_a_recogniser_that_is_set_by_half_is_refused() -> None:
    with pytest.raises(ConfigError, match="SPEECH_URL"):
        Config.from_env(BASE | {"SPEECH_KEY": "k"})
    own = Config.from_env(BASE | {"SPEECH_URL": "http://127.0.0.1:8000/v1"})
    assert (own.speech_model, own.speech_abroad) == ("whisper-1", True), "each salon has to agree unless it is said"


def test_a_callers_address_is_taken_from_a_header_only_behind_a_proxy() -> None:
    with pytest.raises(ConfigError, match="TRUSTED_PROXIES"):
        Config.from_env(BASE | {"CLIENT_IP_HEADER": "X-Real-IP"})
    behind = Config.from_env(BASE | {"CLIENT_IP_HEADER": "x-real-ip", "TRUSTED_PROXIES": "1"})
    assert behind.client_ip_header == "X-Real-IP"


def test_addresses_are_logged_whole_only_by_name() -> None:
    assert Config.from_env(BASE).log_addresses is AddressLog.NETWORK
    assert Config.from_env(BASE | {"LOG_ADDRESSES": "FULL"}).log_addresses is AddressLog.FULL


@pytest.mark.parametrize("given", ["@our_salon_help", "our_salon_help", "https://t.me/our_salon_help"])
def test_a_telegram_name_is_taken_as_people_write_it(given: str) -> None:
    assert Config.from_env(BASE | {"SUPPORT_TELEGRAM": given}).support_telegram == "our_salon_help"


def test_settings_of_the_specification_that_nobody_reads_are_named_with_ours() -> None:
    env = BASE | {
        "NODE_ENV": "production",
        "SUPABASE_URL": "https://x.supabase.co",
        "SUPABASE_KEY": "k",
        "PORT": "3000",
    }
    sentences = foreign_settings(env)
    assert [sentence.split()[0] for sentence in sentences] == ["NODE_ENV", "SUPABASE_URL", "SUPABASE_KEY"]
    assert "APP_ENV" in sentences[0]
    assert all("DATABASE_URL" in sentence for sentence in sentences[1:])
    assert foreign_settings(BASE | {"NODE_ENV": " "}) == ()
    assert "https://x.supabase.co" not in str(sentences)


def test_every_setting_is_used() -> None:
    sources = "".join(path.read_text() for folder in ("aiadmin", "jobs") for path in (ROOT / folder).rglob("*.py"))
    used = set(re.findall(r"\.(\w+)", sources))
    assert [one.name for one in fields(Config) if one.name not in used] == []


def test_the_ways_to_yclients_are_read_and_their_passwords_are_not_shown() -> None:
    config = Config.from_env(BASE | {"YCLIENTS_EGRESS": "direct, http://user:secret@proxy.example:3128/"})
    assert config.yclients_egress == ("direct", "http://user:secret@proxy.example:3128")
    assert "secret" not in repr(config)
    with pytest.raises(ConfigError) as caught:
        Config.from_env(BASE | {"YCLIENTS_EGRESS": "http://user:secret@proxy.example"})
    assert "secret" not in str(caught.value)
