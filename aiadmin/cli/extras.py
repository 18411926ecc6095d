"""What `demo` adds to `up`, and the salon that both show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from aiadmin.config import Config
from aiadmin.domain.ids import SalonId

DEMO_SALON = SalonId(962302)


@dataclass(frozen=True, kw_only=True)
class Extras:
    """More than the product alone.

    Attributes:
        settings: they win over all others.
        commands: processes that start first, by name.
        install: called when the product is ready; brings the demo salon in from YClients, gives its connect link,
            raises click.ClickException when it could not. Without it the salon is registered.
        notes: more for the line that says what is where.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    install: Callable[[Config], str] | None = None
    notes: Sequence[str] = ()
