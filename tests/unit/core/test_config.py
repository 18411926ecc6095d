"""Config reads the environment once and says what is wrong in one line."""

from __future__ import annotations

import pytest

from aiadmin.config import AppEnv, Config, ConfigError

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
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "localhost:6379"),
        ("PUBLIC_URL", "ai-admin.example"),
        ("ALLOWED_ORIGINS", "*"),
        ("OPEN_REGISTRATION", "maybe"),
        ("TRUSTED_PROXIES", "-1"),
        ("YCLIENTS_APP_ID", "abc"),
    ],
)
def test_a_value_of_the_wrong_shape_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.from_env(BASE | {name: value})


def test_production_wants_https_and_a_long_admin_key() -> None:
    with pytest.raises(ConfigError, match="PUBLIC_URL"):
        Config.from_env(PRODUCTION | {"PUBLIC_URL": "http://ai-admin.example"})
    with pytest.raises(ConfigError, match="ADMIN_API_KEY"):
        Config.from_env(PRODUCTION | {"ADMIN_API_KEY": "short"})


def test_no_secret_shows_in_repr() -> None:
    shown = repr(Config.from_env(PRODUCTION))
    for secret in ("s" * 32, "a" * 32, "partner", "u:p"):
        assert secret not in shown
