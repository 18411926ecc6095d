"""`python -m aiadmin demo`: the whole product against a WhatsApp and a YClients of our own making.

The fakes are programs of the test suite, started as processes and spoken to over HTTP; nothing here imports them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import click
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from aiadmin.adapters.embedded import free_port
from aiadmin.cli.demo_chat import DemoChat, ask
from aiadmin.cli.extras import Extras
from aiadmin.cli.home import PROJECT, Home, write_private
from aiadmin.cli.salon_links import DEMO_SALON, SalonLinks
from aiadmin.cli.up import run
from aiadmin.config import Config
from aiadmin.domain.chat.bot_settings import BotMode

_CONTROL = "DEMO_WHATSAPP_CONTROL"
_SALON_SECONDS = 30
"""What a client writes is answered after five seconds of quiet and some of typing."""
_QR_SECONDS = 15
"""The product waits up to ten seconds for a first code."""
_WHILE_IT_STARTS = Retry(connect=6, read=0, backoff_factor=0.1)
_YCLIENTS = f'--everybody-consents --salon {DEMO_SALON} --bot "$PUBLIC_URL"'
_FIRST_WORD = "make client PHONE=79001112244 SAY='Хочу на мужскую стрижку через два дня в 16:00'"
"""A time that the journal's first visits leave free."""
_OWNER = {"id": 777, "name": "make demo"}
"""The journal's owner by another address: theirs is then opened first by the browser of the demo's user."""
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
        title="The demo of AI Admin",
        settings={
            "PYTHONPATH": str(overlay),
            "YCLIENTS_API_URL": f"{at_yclients}/api/v1",
            "YCLIENTS_MARKETPLACE_URL": at_yclients,
            "YCLIENTS_API_KEY": "demo-partner-token",
            "YCLIENTS_APP_ID": "1",
            "YCLIENTS_USER_TOKEN": "demo-user-token",
            "MESSAGE_PACING": "0",  # the demo's user does not wait for the morning
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),  # what is worth a look is on the journal's page
            _CONTROL: f"http://127.0.0.1:{control}",
        },
        commands={
            "whatsapp": f"{_fake(0)} serve --everybody --port {whatsapp} --control-port {control}",
            "yclients": f"{_fake(1)} serve --port {yclients} {_YCLIENTS}",
        },
        install=partial(_install, at_yclients),
        steps=partial(_steps, f"{at_yclients}/"),
    )


def _steps(journal: str, links: SalonLinks) -> Sequence[tuple[str, str]]:
    return [
        ("1. Connect a WhatsApp: open this, and play the phone in another terminal: make scan", links.connect),
        ("2. Book a visit for 79001112233, and play the client: make client PHONE=79001112233 SAY=да", journal),
        (f"3. Or let a client write first, and book by chat: {_FIRST_WORD}", journal),
        ("4. Look at it on the salon's management page (the journal's button opens it, too)", links.manage),
    ]


def _fake(number: int) -> str:
    """A fake never runs with the patched library that points at it."""
    return f"env -u PYTHONPATH python -m {_FAKES[number]}"


def _make_overlay(folder: Path, port: int) -> None:
    """A WhatsApp library that calls the fake instead of WhatsApp; first on PYTHONPATH it replaces the real one.

    The one of the last run calls a port that is closed by now.
    """
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", _FAKES[0], "overlay", str(folder), str(port)]
    answer = subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=False)
    if answer.returncode != 0:
        raise click.ClickException("the demo needs the tests' dependencies: use `make demo`")


def _install(yclients: str, config: Config) -> str:
    """Press Connect at YClients as the salon's owner, and follow to the product as the owner's browser does.

    Raises:
        click.ClickException: the owner was not let in, or the server does not answer.
    """
    asked = {
        "salon_ids": [DEMO_SALON],
        "redirect_url": f"http://127.0.0.1:{config.port}/marketplace/install",
        "user": _OWNER,
    }
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
    link = urljoin(config.public_url, landing.headers["Location"])
    _let_bot_answer(f"http://127.0.0.1:{config.port}/marketplace/manage/bot/settings", _token(link))
    return link


def _let_bot_answer(settings: str, token: str) -> None:
    """The bot of a new salon is there for the phones of a test alone, and there are none."""
    headers = {"Authorization": f"Bearer {token}"}
    known = ask("GET", settings, headers=headers)
    if known.ok and _is_as_new(known.json()["settings"]):
        known = ask("POST", settings, headers=headers, json={"settings": {"mode": BotMode.ALWAYS}})
    if not known.ok:
        raise click.ClickException(f"the demo salon's bot is not on: {_said(known)}")


def _is_as_new(settings: Mapping[str, object]) -> bool:
    """What somebody has set in an earlier run stays."""
    return settings["mode"] == BotMode.TEST and not settings["test_phones"]


def _digits(_ctx: click.Context, _param: click.Parameter, typed: str) -> str:
    """A number with its country code, however it is written."""
    digits = re.sub(r"[\s()+-]", "", typed)
    if not re.fullmatch(r"[1-9][0-9]{6,14}", digits):
        raise click.BadParameter("no phone number with its country code, as in 79001112233")
    return digits


@demo.command()
@click.option(
    "--phone", default="79001234567", show_default=True, callback=_digits, help="The number of the phone that scans."
)
@click.pass_obj
def scan(home: Home, phone: str) -> None:
    """Play the phone: take the code that the connect page shows, and scan it."""
    settings = _settings(home)
    code = _live_code(home, settings)
    answer = ask("POST", f"{settings[_CONTROL]}/scan", json={"qr": code, "phone": phone})
    if not answer.ok:
        raise click.ClickException(f"the phone could not scan the code: {answer.text}")
    click.echo(f"{phone} has scanned the code: the connect page says so in a moment. The salon is managed here:")
    click.echo(SalonLinks.of(home.link_file.read_text()).manage)


def _live_code(home: Home, settings: Mapping[str, str]) -> str:
    answer = _ask_code(home.link_file.read_text(), settings["PORT"])
    if answer.status_code == HTTPStatus.UNAUTHORIZED:  # a newer one was opened from the journal, or a day has passed
        write_private(home.link_file, _renewed_link(settings))
        answer = _ask_code(home.link_file.read_text(), settings["PORT"])
    if answer.status_code == HTTPStatus.CONFLICT:
        manage = SalonLinks.of(home.link_file.read_text()).manage
        raise click.ClickException(f"a phone is linked already; the salon's management page takes it off: {manage}")
    if not answer.ok:
        raise click.ClickException(f"there is no code to scan: {_said(answer)}")
    return str(answer.json()["qr"])


def _ask_code(link: str, port: str) -> requests.Response:
    return ask("GET", f"http://127.0.0.1:{port}/marketplace/qr/{_token(link)}", params={"again": "1"})


def _token(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def _renewed_link(settings: Mapping[str, str]) -> str:
    from aiadmin.cli.demo_salon import valid_link
    from aiadmin.container import Container

    container = Container(Config.from_env(settings))
    try:
        return valid_link(container)
    finally:
        container.close()


def _said(answer: requests.Response) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError):
        return f"HTTP {answer.status_code}"


@demo.command()
@click.argument("phone", callback=_digits)
@click.option("--say", help="Write to the salon, and wait for its answer.")
@click.pass_obj
def client(home: Home, phone: str, say: str | None) -> None:
    """Play a client's PHONE: show what it has got and written, and write; the first word may be the client's."""
    chat = DemoChat(control=_settings(home)[_CONTROL], phone=phone)
    lines = chat.lines()
    for line in lines:
        click.echo(f"{line}\n")
    if say:
        _write(chat, say)
    elif not lines:
        click.echo(f"{phone} has got nothing yet: book a visit for this number on the journal's page, or write first")


def _write(chat: DemoChat, text: str) -> None:
    salon = chat.salon()
    if salon is None:
        raise click.ClickException("the salon has no phone yet: link one with `make scan`")
    number = chat.say(text, to=salon)
    click.echo(f"> {text}\n")
    click.echo(chat.answer_to(number, within=_SALON_SECONDS) or f"(no answer within {_SALON_SECONDS} s)")


def _settings(home: Home) -> dict[str, str]:
    """Of the demo that runs. Raises ClickException when none does."""
    settings = home.running_settings()
    if not settings or not home.link_file.exists():
        raise click.ClickException("no demo is ready: start one with `make demo`")
    return settings
