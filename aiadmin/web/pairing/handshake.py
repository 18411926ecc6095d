"""What a page says at the door of the socket: the token of its link, and whether its reader has agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import request

from aiadmin.domain.errors import LinkInvalidError


@dataclass(frozen=True, kw_only=True)
class Handshake:
    """What a page says when it connects.

    Attributes:
        company_id: the company that it names, a hint that must match its token; None where it is left out or empty.
        consent: None where it is not asked for, as in a client that is not our page.
        wants_codes: whether it is there to connect a phone; the management page only listens.
    """

    sid: str
    address: str
    token: str = field(repr=False)
    company_id: str | None
    consent: bool | None
    wants_codes: bool = True


def read(auth: object) -> Handshake:
    """The handshake of the socket in hand. Raises LinkInvalidError where there is no token."""
    return Handshake(
        sid=cast("str", request.sid),  # type: ignore[attr-defined]
        address=request.remote_addr or "",
        token=_token_of(auth),
        company_id=request.args.get("companyId") or None,
        consent=_consent_of(auth),
        wants_codes=not (isinstance(auth, dict) and auth.get("codes") is False),
    )


def _token_of(auth: object) -> str:
    """The connect token: from `auth.token`, else from the header that only a polling handshake carries."""
    token = auth.get("token") if isinstance(auth, dict) else None
    if token is None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else None
    if not isinstance(token, str) or not token:
        raise LinkInvalidError
    return token


def _consent_of(auth: object) -> bool | None:
    consent = auth.get("consent") if isinstance(auth, dict) else None
    return consent if isinstance(consent, bool) else None
