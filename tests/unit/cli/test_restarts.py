"""How long a process that died waits, and what the Procfile says."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.cli.home import parse_env, write_settings
from aiadmin.cli.procfile import parse_procfile
from aiadmin.cli.restarts import RESTARTS, STEADY_AFTER, failures_after


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 16.0), (7, 30.0), (8, 30.0), (1000, 30.0)],
)
def test_a_restart_waits_twice_as_long_each_time_up_to_half_a_minute(failures: int, seconds: float) -> None:
    assert RESTARTS.wait(failures, jitter=1.0) == timedelta(seconds=seconds)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_jitter_never_more_than_halves_the_delay(failures: int, jitter: float) -> None:
    full = RESTARTS.wait(failures, 1.0)
    assert full / 2 <= RESTARTS.wait(failures, jitter) <= full


def test_a_process_that_lived_long_enough_had_started_well() -> None:
    assert failures_after(3, STEADY_AFTER - timedelta(seconds=1)) == 4
    assert failures_after(3, STEADY_AFTER) == 1


def test_a_procfile_is_read_in_its_order_without_comments() -> None:
    text = "# all of it\nrelease: python -m x\n\nweb: serve -b a:$PORT\nnot a line\nworker-2:run: it\n"
    assert parse_procfile(text) == {"release": "python -m x", "web": "serve -b a:$PORT", "worker-2": "run: it"}
    assert list(parse_procfile(text)) == ["release", "web", "worker-2"]


def test_a_settings_file_may_quote_comment_and_export() -> None:
    text = "# PORT=1\nexport PORT = 3000 \nA='x y'\nB=\"a=b\"\nEMPTY=\nnot a setting\nC='\n"
    assert parse_env(text) == {"PORT": "3000", "A": "x y", "B": "a=b", "C": "'"}


@pytest.mark.parametrize("value", ["plain", "/a b/c", "redis://:p@h:1/0?a=b&c=d#e", "$HOME `id`", 'say "x"'])
def test_the_settings_of_a_running_up_can_be_read_by_a_shell(tmp_path: Path, value: str) -> None:
    file = tmp_path / "a folder" / "running.env"
    write_settings(file, {"A": value, "B": "2"})
    assert parse_env(file.read_text()) == {"A": value, "B": "2"}
    shown = subprocess.run(
        ["/bin/sh", "-c", '. "$0"; printf %s "$A $B"', file], capture_output=True, text=True, check=True, timeout=10
    )
    assert shown.stdout == f"{value} 2"
    assert shown.stderr == ""
