"""`python -m aiadmin up`, as a newcomer runs it."""

from __future__ import annotations

import re
import signal
import socket
import stat
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests
import zxingcpp
from PIL import Image, ImageOps

from aiadmin.adapters import embedded
from aiadmin.cli.home import parse_env
from tests.acceptance.cli.running import STOP_SECONDS, Up, alive, start
from tests.conftest import WaitUntil


def test_up_starts_again_what_is_killed_finds_its_data_again_and_gives_up_what_keeps_dying(
    data: Path, started: list[Up], free_port: int, wait_until: WaitUntil
) -> None:
    """Twice: the first ends as asked, the second gives up (SIGTERM and SIGKILL: `test_demo`).

    The first one's processes are started; the second one's are forked, and so those that follow the killed.
    """
    first = Up(data, free_port)
    started.append(first)
    wait_until((data / "running.env").exists, timeout=60, what="its servers run, and its tables are being made")
    _kill(first, "bin/postgres")
    start(first, wait_until)
    assert first.text.count("is back after") == 1
    _see_what_a_newcomer_gets(first)
    secrets = parse_env((data / "secrets.env").read_text())
    _refuse_a_second(first, started)
    below = psutil.Process(first.process.pid).children(recursive=True)
    assert first.end(signal.SIGINT) < STOP_SECONDS
    assert first.process.returncode == 0
    assert not alive(below)

    second = Up(data, free_port, forks=True, PUBLIC_URL=f"http://192.168.77.1:{free_port}")
    started.append(second)
    start(second, wait_until)
    assert parse_env((data / "secrets.env").read_text()) == secrets
    assert "company=1&" in second.link(), "the demo salon is the one of the first run"
    assert requests.get(_here(second.link()), timeout=30).status_code == 200
    assert _read_from_terminal(second.lines) == second.link(), "a phone can follow it, so its camera may"
    assert not [line for line in first.lines if "▀" in line]
    _kill_each_server(second, wait_until)
    _kill_each_process(second, wait_until)
    _kill_valkey_until_it_gives_up(second, wait_until)


def _here(link: str) -> str:
    """A link to the address that the second one is known by."""
    return link.replace("192.168.77.1", "127.0.0.1")


def _see_what_a_newcomer_gets(up: Up) -> None:
    """The link works, the banner says where all lies, and nobody else may read the secrets."""
    assert requests.get(up.link(), timeout=30).status_code == 200
    assert str(up.data) in up.banner
    assert str(up.data / "connect-link") in up.banner
    assert (up.data / "connect-link").read_text() == up.link()
    assert stat.S_IMODE((up.data / "connect-link").stat().st_mode) == 0o600
    assert stat.S_IMODE((up.data / "secrets.env").stat().st_mode) == 0o600
    example = requests.post(f"http://127.0.0.1:{up.port}/marketplace/register", json={"salon_id": 962302}, timeout=30)
    assert example.status_code == 201, "the demo salon does not sit on the specification's example"


def _refuse_a_second(up: Up, started: list[Up]) -> None:
    """Two on the same data are refused."""
    other = Up(up.data, up.port + 1)
    started.append(other)
    assert other.process.wait(20) == 1
    other.end()
    assert "running already" in other.text


def _kill_each_process(up: Up, wait_until: WaitUntil) -> None:
    """A killed process is started again."""
    for part in ("gunicorn", "worker", "sessions", "clock"):
        killed = wait_until(lambda part=part: up.child(part), what=part)
        killed.kill()
        wait_until(lambda part=part, killed=killed: up.child(part) not in {None, killed}, timeout=30, what=part)
    wait_until(up.is_ready, timeout=30, what="ready again")


def _kill_each_server(up: Up, wait_until: WaitUntil) -> None:
    """A killed server is started again."""
    for part in ("bin/postgres", "valkey-server"):
        wait_until(lambda part=part: up.child(part), timeout=30, what=part)
        _kill(up, part)
    wait_until(lambda: up.text.count("is back after") == 2, timeout=60, what="both are back")
    wait_until(up.is_ready, timeout=30, what="ready again")
    assert requests.get(_here(up.link()), timeout=30).status_code == 200


def _kill_valkey_until_it_gives_up(up: Up, wait_until: WaitUntil) -> None:
    """What keeps dying ends all, with an error that says where to look."""

    def ended() -> bool:
        _kill(up, "valkey-server")
        return up.process.poll() is not None

    wait_until(ended, timeout=60, what="it gives up")
    up.end()
    assert up.process.returncode == 1
    assert re.fullmatch(r"Error: Valkey .*, for the 5th time; its log is .*server\.log", up.lines[-1])


def _kill(up: Up, part: str) -> None:
    """Kill it, unless it is dead already and not back yet."""
    with suppress(psutil.NoSuchProcess):
        if (child := up.child(part)) is not None:
            child.kill()


def _silent() -> socket.socket:
    """A server that takes connections, and never says anything."""
    return socket.create_server(("127.0.0.1", 0))


@pytest.mark.parametrize(
    ("setting", "url", "name"),
    [
        ("REDIS_URL", "redis://:hush-hush@127.0.0.1:{}/0", "Redis"),
        ("DATABASE_URL", "postgresql://me:hush-hush@127.0.0.1:{}/x", "PostgreSQL"),
    ],
)
def test_a_server_that_does_not_answer_ends_it_within_seconds_in_one_line(
    setting: str, url: str, name: str, data: Path, started: list[Up]
) -> None:
    with _silent() as silent:
        for number in (embedded.free_port(), silent.getsockname()[1]):
            started.append(Up(data.with_name(str(number)), embedded.free_port(), **{setting: url.format(number)}))
        for up in started:
            assert up.process.wait(30) == 1
            up.end()
            assert re.fullmatch(rf"Error: {name} does not answer \(.*\): start it, or correct {setting}; .*", up.text)
            assert "hush-hush" not in up.text
            assert not (up.data / "postgres").exists()


def _read_from_terminal(lines: list[str]) -> str:
    """What a camera reads; each half of a block is a module, the light ones are drawn."""
    drawn = [line.replace("\xa0", " ") for line in lines if line and set(line) <= set("█▀▄\xa0 ")]
    width = max(map(len, drawn))
    rows = [[255 if mark in marks else 0 for mark in line.ljust(width)] for line in drawn for marks in ("█▀", "█▄")]
    picture = Image.new("L", (width, len(rows)))
    picture.putdata([shade for row in rows for shade in row])
    scaled = picture.resize((width * 6, len(rows) * 6), Image.Resampling.NEAREST)
    return str(zxingcpp.read_barcode(ImageOps.expand(scaled, border=40, fill=255)).text)


def test_a_port_in_use_is_a_clear_error(data: Path, started: list[Up]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = Up(data, port)
        started.append(up)
        assert up.process.wait(20) == 1
        up.end()
    assert up.text.startswith(f"Error: port {port} is not free")
    assert f"PORT={port + 1} make run" in up.text


def test_a_setting_of_another_system_is_named_with_ours(data: Path, started: list[Up], free_port: int) -> None:
    """`NODE_ENV=production` alone would run in development, open to anybody."""
    up = Up(data, free_port, APP_ENV="production", NODE_ENV="production")
    started.append(up)
    assert up.process.wait(20) == 1
    up.end()
    assert up.text.startswith("Warning: NODE_ENV is not read: APP_ENV is ours (development or production)\nError: ")


def test_production_without_secrets_is_refused_in_one_line_before_anything_starts(
    data: Path, started: list[Up], free_port: int
) -> None:
    up = Up(data, free_port, APP_ENV="production")
    started.append(up)
    assert up.process.wait(20) == 1
    up.end()
    assert re.fullmatch(r"Error: JWT_SECRET, ADMIN_API_KEY, .* must be set .*", up.text)
    assert not (data / "postgres").exists()
    assert not (data / "secrets.env").exists()
