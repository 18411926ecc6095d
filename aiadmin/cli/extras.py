"""What `demo` adds to `up`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from aiadmin.cli.salon_links import SalonLinks
from aiadmin.config import Config


def _connect_only(links: SalonLinks) -> Sequence[tuple[str, str]]:
    return [("Connect a WhatsApp: open this, and scan the code with a phone", links.connect)]


@dataclass(frozen=True, kw_only=True)
class Extras:
    """More than the product alone.

    Attributes:
        title: what is ready, for the banner.
        settings: they win over all others.
        commands: processes that start first, by name.
        install: called when the product is ready; brings the demo salon in from YClients, gives its connect link,
            raises click.ClickException when it could not. Without it the salon is registered.
        steps: what a newcomer does, each with the address for it.
    """

    title: str = "AI Admin"
    settings: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    install: Callable[[Config], str] | None = None
    steps: Callable[[SalonLinks], Sequence[tuple[str, str]]] = _connect_only
