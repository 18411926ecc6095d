"""Says once that everything is up, with a link that a newcomer can open."""

from __future__ import annotations

import http.client
import time
from urllib.parse import urlencode

import click

from aiadmin.cli.extras import DEMO_SALON, Extras
from aiadmin.cli.home import Home, write_private
from aiadmin.cli.supervisor import Supervisor
from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.company import Company
from aiadmin.services import companies, links

_POLL_SECONDS = 0.2
_ANSWER_SECONDS = 3.0


def announce(config: Config, home: Home, extras: Extras, supervisor: Supervisor, began: float) -> None:
    """Wait for `/ready`, then print one line: the address, a connect link of the demo salon, where things lie.

    In production no demo salon is made, and the line has no link; nor has it one when the salon could not come in,
    but the reason.
    """
    while not _is_ready(config.port):
        if supervisor.stop.wait(_POLL_SECONDS):
            return
    supervisor.settled.set()
    ready_after = time.monotonic() - began
    connect = [] if config.is_production else [_connect(config, home, extras)]
    places = [*extras.notes, f"data and secrets: {home.path}"]
    supervisor.output.say("ready", " | ".join([f"{config.public_url} after {ready_after:.1f} s", *connect, *places]))


def _connect(config: Config, home: Home, extras: Extras) -> str:
    try:
        link = extras.install(config) if extras.install else demo_link(Container(config))
    except click.ClickException as error:
        return error.message
    write_private(home.link_file, link)
    return f"connect a WhatsApp: {link}"


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def demo_link(container: Container) -> str:
    """A fresh connect link of the demo salon, which is registered on first use."""
    with container.uow() as work:
        company = work.companies.find_by_salon(DEMO_SALON)
    company, token = _register(container) if company is None else (company, _reissue(container, company))
    query = urlencode({"token": token, "company": company.company_id, "salon": company.salon_id})
    return f"{container.config.public_url}/marketplace/connect?{query}"


def _register(container: Container) -> tuple[Company, str]:
    new = companies.register(
        salon_id=DEMO_SALON,
        phone=None,
        email=None,
        uow=container.uow,
        secrets=container.secrets,
        tokens=container.tokens,
        links=container.links,
        clock=container.clock,
        window=container.config.activation_window,
    )
    return new.company, new.token


def _reissue(container: Container, company: Company) -> str:
    return links.issue(
        company.company_id,
        uow=container.uow,
        tokens=container.tokens,
        links=container.links,
        clock=container.clock,
    )
