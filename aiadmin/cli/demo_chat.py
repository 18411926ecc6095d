"""A client of the demo's salon, as its phone shows the chat: over the control of the fake WhatsApp."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click
import requests

_ANSWER_SECONDS = 15
_POLL_SECONDS = 0.2


def ask(method: str, url: str, **what: Any) -> requests.Response:
    """What a part of the demo answers.

    Raises:
        click.ClickException: it does not.
    """
    try:
        return requests.request(method, url, timeout=_ANSWER_SECONDS, **what)
    except requests.RequestException as error:
        raise click.ClickException(f"the demo does not answer ({type(error).__name__})") from error


@dataclass(frozen=True, kw_only=True)
class DemoChat:
    """A client's phone and its chat with the salon; every method raises click.ClickException.

    Attributes:
        control: the address of the fake WhatsApp's control.
        phone: the client's.
    """

    control: str
    phone: str = field(repr=False)

    def lines(self) -> Sequence[str]:
        """What the phone has got (<) and written (>), oldest first."""
        return [self._line(entry) for entry in self._entries()]

    def salon(self) -> str | None:
        """The number of the salon's phone; None while none is linked."""
        linked = ask("GET", f"{self.control}/devices").json()["devices"]
        newest = max(linked, key=lambda device: float(device["linked_at"]), default=None)
        return newest and str(newest["phone"])

    def say(self, text: str, *, to: str) -> str:
        """Write to the salon; the message's id."""
        answer = ask("POST", f"{self.control}/message", json={"from": self.phone, "to": to, "text": text})
        if not answer.ok:
            raise click.ClickException(f"the client could not write: {answer.text}")
        return str(answer.json()["id"])

    def answer_to(self, message_id: str, *, within: float) -> str | None:
        """The first line that the phone gets after a message, within so many seconds."""
        deadline = time.monotonic() + within
        while (line := next(self._got_since(message_id), None)) is None and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return line

    def _got_since(self, message_id: str) -> Iterator[str]:
        entries = self._entries()
        place = [entry["id"] for entry in entries].index(message_id)
        return (self._line(entry) for entry in entries[place:] if entry["to"] == self.phone)

    def _entries(self) -> Sequence[Mapping[str, Any]]:
        answer = ask("GET", f"{self.control}/messages", params={"phone": self.phone})
        found: list[Mapping[str, Any]] = answer.json()["messages"]
        return found

    def _line(self, entry: Mapping[str, Any]) -> str:
        return f"{'<' if entry['to'] == self.phone else '>'} {entry['text']}"
