"""`python -m aiadmin demo`: the whole product against a WhatsApp and a YClients of our own making.

The fakes are programs of the test suite, started as processes and spoken to over HTTP; nothing here imports them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import click
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from aiadmin.adapters.embedded import free_port
from aiadmin.cli.extras import DEMO_SALON, Extras
from aiadmin.cli.home import PROJECT, Home
from aiadmin.cli.up import run
from aiadmin.config import Config

_CONTROL = "DEMO_WHATSAPP_CONTROL"
_QR_SECONDS = 15
"""The product waits up to ten seconds for a first code."""
_WHILE_IT_STARTS = Retry(connect=6, read=0, backoff_factor=0.1)
_YCLIENTS = f'--everybody-consents --salon {DEMO_SALON} --bot "$PUBLIC_URL"'
_FAKES = ("tests.fakes.whatsapp", "tests.fakes.yclients")


@click.group(invoke_without_command=True)
@click.option("--data", type=click.Path(path_type=Path), help="Where data and secrets lie.  [default: .aiadmin/demo]")
@click.pass_context
def demo(ctx: click.Context, data: Path | None) -> None:
    """Run everything without a phone and without the internet; `demo scan` and `demo client` play the phones."""
    home = ctx.obj = Home(data.resolve()) if data else Home.demo()
    if ctx.invoked_subcommand is None:
        run(home, _extras(home))


def _extras(home: Home) -> Extras:
    whatsapp, control, yclients = free_port(), free_port(), free_port()
    overlay = home.path / "overlay"
    if not home.is_held():  # or `run` will say so
        _make_overlay(overlay, whatsapp)
    at_yclients = f"http://127.0.0.1:{yclients}"
    return Extras(
        settings={
            "PYTHONPATH": str(overlay),
            "YCLIENTS_API_URL": f"{at_yclients}/api/v1",
            "YCLIENTS_MARKETPLACE_URL": at_yclients,
            "YCLIENTS_API_KEY": "demo-partner-token",
            "YCLIENTS_APP_ID": "1",
            "YCLIENTS_USER_TOKEN": "demo-user-token",
            "MESSAGE_PACING": "0",  # nobody who tries it waits for the morning
            _CONTROL: f"http://127.0.0.1:{control}",
        },
        commands={
            "whatsapp": f"{_fake(0)} serve --everybody --port {whatsapp} --control-port {control}",
            "yclients": f"{_fake(1)} serve --port {yclients} {_YCLIENTS}",
        },
        install=partial(_install, at_yclients),
        notes=[f"the salon's journal: {at_yclients}/"],
    )


def _fake(number: int) -> str:
    """A fake never runs with the patched library that points at it."""
    return f"env -u PYTHONPATH python -m {_FAKES[number]}"


def _make_overlay(folder: Path, port: int) -> None:
    """A WhatsApp library that calls the fake instead of WhatsApp; first on PYTHONPATH it replaces the real one.

    The one of the last run calls a port where nobody is any more.
    """
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", _FAKES[0], "overlay", str(folder), str(port)]
    answer = subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=False)
    if answer.returncode != 0:
        raise click.ClickException("the demo needs the tests' dependencies: use `make demo`")


def _install(yclients: str, config: Config) -> str:
    """Press Connect at YClients as the salon's owner, and follow to the product as the owner's browser does.

    Raises:
        click.ClickException: the owner was not let in, or nobody answers.
    """
    asked = {"salon_ids": [DEMO_SALON], "redirect_url": f"http://127.0.0.1:{config.port}/marketplace/install"}
    with requests.Session() as browser:
        browser.mount("http://", HTTPAdapter(max_retries=_WHILE_IT_STARTS))
        try:
            address = browser.post(f"{yclients}/_fake/connect", json=asked, timeout=_QR_SECONDS).json()["url"]
            referrer = {"Referer": "https://yclients.com/"}
            landing = browser.get(address, headers=referrer, allow_redirects=False, timeout=_QR_SECONDS)
        except requests.RequestException as error:
            raise click.ClickException(f"the demo salon is not there ({type(error).__name__})") from error
    if "Location" not in landing.headers:
        raise click.ClickException(f"the demo salon was not let in (HTTP {landing.status_code})")
    return urljoin(config.public_url, landing.headers["Location"])


@demo.command()
@click.option("--phone", default="79001234567", show_default=True, help="The number of the phone that scans.")
@click.pass_obj
def scan(home: Home, phone: str) -> None:
    """Play the phone: take the code that the connect page shows, and scan it."""
    settings = _settings(home)
    code = _live_code(home.link_file.read_text(), settings["PORT"])
    answer = requests.post(f"{settings[_CONTROL]}/scan", json={"qr": code, "phone": phone}, timeout=_QR_SECONDS)
    if not answer.ok:
        raise click.ClickException(f"the phone could not scan the code: {answer.text}")
    click.echo(f"{phone} has scanned the code: the page says so in a moment")


@demo.command()
@click.argument("phone")
@click.option("--say", help="Answer the salon.")
@click.pass_obj
def client(home: Home, phone: str, say: str | None) -> None:
    """Play a client's PHONE (digits): show what it got and wrote, and answer."""
    whatsapp = _settings(home)[_CONTROL]
    entries = requests.get(f"{whatsapp}/messages", params={"phone": phone}, timeout=_QR_SECONDS).json()["messages"]
    for entry in entries:
        click.echo(f"{'<' if entry['to'] == phone else '>'} {entry['text']}\n")
    salon = next((entry["from"] for entry in reversed(entries) if entry["to"] == phone), None)
    if salon is None:
        click.echo(f"{phone} has got nothing yet: book a visit for this number on the journal's page")
    elif say:
        requests.post(
            f"{whatsapp}/message", json={"from": phone, "to": salon, "text": say}, timeout=_QR_SECONDS
        ).raise_for_status()
        click.echo(f"> {say}")


def _settings(home: Home) -> dict[str, str]:
    """Of the demo that runs. Raises ClickException when none does."""
    settings = home.running_settings()
    if not settings or not home.link_file.exists():
        raise click.ClickException("no demo is ready: start one with `make demo`")
    return settings


def _live_code(link: str, port: str) -> str:
    token = parse_qs(urlsplit(link).query)["token"][0]
    answer = requests.get(f"http://127.0.0.1:{port}/marketplace/qr/{token}", timeout=_QR_SECONDS)
    if not answer.ok:
        raise click.ClickException(f"there is no code to scan: {answer.text}")
    return str(answer.json()["qr"])
