"""gunicorn's settings while it serves."""

from __future__ import annotations

import pytest
from gunicorn.config import Config

from aiadmin.edge.settled_config import SettledConfig


def test_a_setting_is_gunicorns_and_stays_as_it_was_first_asked_for() -> None:
    config = Config()
    settled = SettledConfig(config)
    before = settled.keepalive
    assert (before, settled.is_ssl) == (config.keepalive, config.is_ssl)
    assert settled.forwarded_allow_networks() == config.forwarded_allow_networks()
    config.set("keepalive", before + 1)
    assert (settled.keepalive, SettledConfig(config).keepalive) == (before, before + 1)


def test_what_is_no_setting_is_none_here_either() -> None:
    with pytest.raises(AttributeError):
        _ = SettledConfig(Config()).no_such_setting
