"""Says once that everything is up, with links that a newcomer can open; or that it does not come up."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import click

from aiadmin.cli.banner import banner, is_loopback, qr_picture
from aiadmin.cli.ending import Ending
from aiadmin.cli.extras import Extras
from aiadmin.cli.home import Home, write_private
from aiadmin.cli.output import Output
from aiadmin.cli.salon_links import SalonLinks
from aiadmin.config import Config

READY_SECONDS = 120.0
"""Some thirty times what a small machine takes."""
_POLL_SECONDS = 0.2
_ANSWER_SECONDS = 3.0
_NAMES = {"postgresql": "PostgreSQL", "redis": "Redis", "host": "a process that holds WhatsApp sessions"}


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What is to be said, and where it is known from.

    Attributes:
        host: the interface that the web process listens on.
        began: by the monotonic clock.
        settled: is set when everything is up.
    """

    config: Config
    host: str
    home: Home
    extras: Extras
    output: Output
    ending: Ending
    settled: threading.Event
    began: float

    def wait_and_say(self) -> None:
        """Wait for `/ready`, then print the banner; everything ends when it does not come."""
        find_link = self._link_finder()
        while (missing := _missing(self.host, self.config.port)) != {}:
            if time.monotonic() > self.began + READY_SECONDS:
                self.ending.fail(f"not ready after {READY_SECONDS:.0f} s: {_named(missing)}")
            if self.ending.stop.wait(_POLL_SECONDS):
                return
        self.settled.set()
        self.output.show(self._banner(time.monotonic() - self.began, find_link))

    def _link_finder(self) -> Callable[[Config], str] | None:
        """What gives the demo salon's link; in production no such salon is made."""
        if self.config.is_production:
            return None
        if self.extras.install is not None:
            return self.extras.install
        from aiadmin.cli import demo_salon  # takes half a second, in which the processes are starting already

        return demo_salon.link_of_new_run

    def _banner(self, seconds: float, find_link: Callable[[Config], str] | None) -> str:
        """Without a link in production, and where the salon could not come in."""
        title = f"{self.extras.title} is ready at {self.config.public_url} ({seconds:.1f} s)"
        facts = [("data and secrets", str(self.home.path)), ("stop", "Ctrl-C")]
        if find_link is None:
            return banner(title, [], facts)
        try:
            links = SalonLinks.of(find_link(self.config))
        except click.ClickException as error:
            return banner(title, [], [("no link", error.message), *facts])
        write_private(self.home.link_file, links.connect)
        lies = f"{self.home.link_file} (mode 0600: who reads it can link a phone; it works for 24 hours)"
        is_near = is_loopback(self.config.public_url)
        picture = "" if is_near else qr_picture(links.connect, in_colour=self.output.is_terminal)
        return banner(title, self.extras.steps(links), [("the link lies in", lies), *facts], picture)


def _missing(host: str, port: int) -> Mapping[str, bool] | None:
    """What `/ready` says is not there: nothing when all is well; None when there is no answer."""
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/ready")
        answer = connection.getresponse()
        if answer.status == http.client.OK:
            return {}
        checks: Mapping[str, bool] = json.loads(answer.read())["checks"]
        return {name: is_there for name, is_there in checks.items() if not is_there}
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return None
    finally:
        connection.close()


def _reachable(host: str) -> str:
    return "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - nothing is bound to it here


def _named(missing: Mapping[str, bool] | None) -> str:
    if missing is None:
        return "the web process does not answer"
    return f"there is no {', no '.join(_NAMES.get(name, name) for name in missing)}"
