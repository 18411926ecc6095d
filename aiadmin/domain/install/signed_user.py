"""What an owner's browser brings from YClients: who came, signed, and for which salons, unsigned."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from aiadmin.domain.errors import SalonsInvalidError, SignatureInvalidError
from aiadmin.domain.ids import SalonId

MOST_SALONS = 100
_MAX_ID = 2**31 - 1
_LONGEST = 16 * 1024
_ALPHABET = str.maketrans(" -_", "++/")
"""A `+` may arrive as a space, and either base64 alphabet may be used."""
_SALON_NAME = re.compile(r"salon_id|salon_ids(?:\[[0-9]{0,4}\])?")


@dataclass(frozen=True, kw_only=True)
class YClientsUser:
    """Who came. Name, phone and mail come too; nothing here needs them, so they are not read.

    Attributes:
        user_id: the number of the YClients user, or None when the data has none.
        sign: the signature, in small letters: the same data is always signed the same.
    """

    user_id: int | None
    sign: str


def verify(user_data: str, sign: str, partner_token: str) -> YClientsUser:
    """Read signed data: an HMAC-SHA256 in hex over the JSON itself, not over its base64.

    Raises:
        SignatureInvalidError: not signed with `partner_token`; also when that is empty.
    """
    if not partner_token or not user_data or not sign or len(user_data) > _LONGEST:
        raise SignatureInvalidError
    content, given = _decoded(user_data), sign.strip().lower()
    expected = signature(content, partner_token)
    if not hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode()):
        raise SignatureInvalidError
    return YClientsUser(user_id=_user_id(content), sign=expected)


def signature(content: bytes, partner_token: str) -> str:
    """YClients' HMAC of `content`, in hex."""
    return hmac.new(partner_token.encode(), content, hashlib.sha256).hexdigest()


def _decoded(user_data: str) -> bytes:
    text = user_data.translate(_ALPHABET).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureInvalidError from error


def _user_id(content: bytes) -> int | None:
    """Newer data has `id`, older `user_id`; numbers may come as text."""
    try:
        user = json.loads(content)
    except (ValueError, RecursionError):
        return None
    given = user.get("id", user.get("user_id")) if isinstance(user, dict) else None
    text = str(given)
    is_number = not isinstance(given, bool) and re.fullmatch(r"[0-9]{1,18}", text) is not None
    return int(text) if is_number else None


def salons_of(query: Iterable[tuple[str, str]]) -> tuple[SalonId, ...]:
    """The salons that a query names, each once, in its order.

    One is `salon_id=1`; several come as `salon_ids[]=1`, `salon_ids[0]=1` or `salon_ids=1,2`.

    Raises:
        SalonsInvalidError: none, more than `MOST_SALONS`, or something that is not a number from 1 to 2147483647.
    """
    texts = [text for name, value in query if _SALON_NAME.fullmatch(name) for text in value.split(",")]
    if not all(re.fullmatch(r"[0-9]{1,10}", text) and 1 <= int(text) <= _MAX_ID for text in texts):
        raise SalonsInvalidError
    found = tuple(dict.fromkeys(SalonId(int(text)) for text in texts))
    if not 1 <= len(found) <= MOST_SALONS:
        raise SalonsInvalidError
    return found
