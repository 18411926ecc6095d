"""What the owner's browser carries to the partner after "Connect"."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

RIGHT, OVER_BASE64, MISSING = "right", "base64", "missing"
OWNER = {
    "id": 777,
    "name": "Тест Тестов",
    "phone": "79990000000",
    "email": "owner@example.com",
    "is_approved": True,
    "avatar": "https://assets.example.com/a/1.png",
    "salon_name": "Салон «Проба»",
}


def signed(user: Mapping[str, Any], partner_token: str, *, url_safe: bool = False) -> dict[str, str]:
    """`user_data` and `user_data_sign`: base64 of the JSON, and an HMAC over the JSON itself, not over the base64.

    The salon's number is not covered: a valid pair may be pasted next to another number.
    """
    text = json.dumps(user, ensure_ascii=False, separators=(",", ":")).encode()
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    sign = hmac.new(partner_token.encode(), text, hashlib.sha256).hexdigest()
    return {"user_data": encode(text).decode(), "user_data_sign": sign}


def salons(salon_ids: Sequence[int], shape: str = "list") -> list[tuple[str, str]]:
    """The salons in a query: one is `salon_id`; several come as `salon_ids[]`, `salon_ids[0]` or a comma list."""
    if len(salon_ids) == 1 and shape == "list":
        return [("salon_id", str(salon_ids[0]))]
    if shape == "comma":
        return [("salon_ids", ",".join(map(str, salon_ids)))]
    names = [f"salon_ids[{number if shape == 'indexed' else ''}]" for number in range(len(salon_ids))]
    return list(zip(names, map(str, salon_ids), strict=True))


def redirect_url(
    base: str,
    salon_ids: Sequence[int],
    user: Mapping[str, Any] | None,
    partner_token: str,
    *,
    shape: str = "list",
    url_safe: bool = False,
    sign: str = RIGHT,
) -> str:
    """The address that the browser is sent to; without a user it says nothing about who comes.

    Args:
        sign: `right`; or how it is forged: `base64` signs the encoded text, `missing` leaves it out.
    """
    pair = signed(user, partner_token, url_safe=url_safe) if user is not None else {}
    if pair and sign == OVER_BASE64:
        text = pair["user_data"].encode()
        pair["user_data_sign"] = hmac.new(partner_token.encode(), text, hashlib.sha256).hexdigest()
    elif pair and sign == MISSING:
        del pair["user_data_sign"]
    return f"{base}?{urlencode(salons(salon_ids, shape) + list(pair.items()))}"
