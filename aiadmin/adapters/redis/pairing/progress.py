"""How codes and states of pairings are written in Redis: as JSON."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from aiadmin.domain.pairing.attempt import TERMINAL, PairingState
from aiadmin.domain.pairing.live_code import LiveCode

_UNREADABLE = (ValueError, TypeError, KeyError, RecursionError)


@dataclass(frozen=True, kw_only=True)
class PairingProgress:
    """Where a pairing stands: what a page that comes late must hear.

    Attributes:
        place: in the queue, from 1, or None.
        code: the living pairing code, or None.
        expires_at: when that code dies.
    """

    state: PairingState
    place: int | None = None
    code: str | None = None
    expires_at: datetime | None = None


def dump_code(code: LiveCode) -> str:
    times = {"generated_at": code.generated_at.isoformat(), "expires_at": code.expires_at.isoformat()}
    return json.dumps({"qr": code.text, **times})


def living_code(raw: bytes) -> LiveCode | None:
    """The code that was written, while it lives; what cannot be read is none, for the coordinator soon writes it
    again."""
    with suppress(*_UNREADABLE):
        values = json.loads(raw)
        generated_at, expires_at = (datetime.fromisoformat(values[name]) for name in ("generated_at", "expires_at"))
        code = LiveCode(text=values["qr"], generated_at=generated_at, expires_at=expires_at)
        return code if code.left(datetime.now(UTC)) else None
    return None


def dump(progress: PairingProgress) -> str:
    expires_at = progress.expires_at and progress.expires_at.isoformat()
    values = {"state": progress.state, "place": progress.place, "code": progress.code, "expires_at": expires_at}
    return json.dumps({**values, "resting": progress.state in TERMINAL})


def progress_of(raw: bytes) -> PairingProgress | None:
    """The progress that was written; what cannot be read is none."""
    with suppress(*_UNREADABLE):
        values = json.loads(raw)
        expires_at = values["expires_at"] and datetime.fromisoformat(values["expires_at"])
        state = PairingState(values["state"])
        return PairingProgress(state=state, place=values["place"], code=values["code"], expires_at=expires_at)
    return None
