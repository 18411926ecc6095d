"""`python -m aiadmin demo`: the whole product against a WhatsApp and a YClients of our own making.

The fakes are programs of the test suite, started as processes and spoken to over HTTP; nothing here imports them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import click
import requests

from aiadmin.adapters.embedded import free_port
from aiadmin.cli.home import PROJECT, Home
from aiadmin.cli.up import Extras, run

_CONTROL = "DEMO_WHATSAPP_CONTROL"
_QR_SECONDS = 15
"""The product waits up to ten seconds for a first code."""
_FAKES = ("tests.fakes.whatsapp", "tests.fakes.yclients")


@click.group(invoke_without_command=True)
@click.option("--data", type=click.Path(path_type=Path), help="Where data and secrets lie.  [default: .aiadmin/demo]")
@click.pass_context
def demo(ctx: click.Context, data: Path | None) -> None:
    """Run everything without a phone and without the internet; `demo scan` plays the phone."""
    home = ctx.obj = Home(data.resolve()) if data else Home.demo()
    if ctx.invoked_subcommand is None:
        run(home, _extras(home))


def _extras(home: Home) -> Extras:
    whatsapp, control, yclients = free_port(), free_port(), free_port()
    overlay = str(home.path / "overlay")
    _make_overlay(overlay, whatsapp)
    return Extras(
        settings={
            "PYTHONPATH": overlay,
            "YCLIENTS_API_URL": f"http://127.0.0.1:{yclients}/api/v1",
            "YCLIENTS_MARKETPLACE_URL": f"http://127.0.0.1:{yclients}",
            "YCLIENTS_API_KEY": "demo-partner-token",
            "YCLIENTS_USER_TOKEN": "demo-user-token",
            "YCLIENTS_APP_ID": "1",
            _CONTROL: f"http://127.0.0.1:{control}",
        },
        commands={
            "whatsapp": f"{_fake(0)} serve --port {whatsapp} --control-port {control}",
            "yclients": f"{_fake(1)} serve --port {yclients} --everybody-consents",
        },
    )


def _fake(number: int) -> str:
    """A fake never runs with the patched library that points at it."""
    return f"env -u PYTHONPATH python -m {_FAKES[number]}"


def _make_overlay(folder: str, port: int) -> None:
    """A WhatsApp library that calls the fake instead of WhatsApp; first on PYTHONPATH it replaces the real one."""
    command = [sys.executable, "-m", _FAKES[0], "overlay", folder, str(port)]
    answer = subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=False)
    if answer.returncode != 0:
        raise click.ClickException("the demo needs the tests' dependencies: use `make demo`")


@demo.command()
@click.option("--phone", default="79001234567", show_default=True, help="The number of the phone that scans.")
@click.pass_obj
def scan(home: Home, phone: str) -> None:
    """Play the phone: take the code that the connect page shows, and scan it."""
    settings = home.running_settings()
    if not settings or not home.link_file.exists():
        raise click.ClickException("no demo is ready: start one with `make demo`")
    code = _live_code(home.link_file.read_text(), settings["PORT"])
    answer = requests.post(f"{settings[_CONTROL]}/scan", json={"qr": code, "phone": phone}, timeout=_QR_SECONDS)
    if not answer.ok:
        raise click.ClickException(f"the phone could not scan the code: {answer.text}")
    click.echo(f"{phone} has scanned the code: the page says so in a moment")


def _live_code(link: str, port: str) -> str:
    token = parse_qs(urlsplit(link).query)["token"][0]
    answer = requests.get(f"http://127.0.0.1:{port}/marketplace/qr/{token}", timeout=_QR_SECONDS)
    if not answer.ok:
        raise click.ClickException(f"there is no code to scan: {answer.text}")
    return str(answer.json()["qr"])
