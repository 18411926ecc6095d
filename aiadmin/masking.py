"""Takes phone numbers and secrets out of whatever is about to be logged. Pure: text in, text out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

GONE = "[redacted]"
_REASON_LENGTH = 200

_SECRET_KEYS = frozenset(
    [
        "api_key", "authorization", "cookie", "jwt", "jwt_secret", "key", "pairing_code", "partner_token",
        "password", "qr", "secret", "token", "user_data", "user_data_sign", "user_token",
    ]
)  # fmt: skip
_NAMES = r"token|key|api_key|partner_token|user_token|user_data|user_data_sign|password|secret|jwt"
_HEX_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # a JSON web token: three base64url parts, the first starting with {"
    (re.compile(r"eyJ[\w-]{4,}\.[\w-]+\.[\w-]*"), GONE),
    # our own keys and webhook keys
    (re.compile(r"\b(sk|wk)_[\w-]{8,}"), rf"\1_{GONE}"),
    # YClients sends two tokens in one header: "Bearer <partner>, User <user>"
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s,'\"}]+(?:,\s*user\s+[^\s'\"}]+)?"), rf"\1 {GONE}"),
    (re.compile(r"(?i)(x-api-key['\"]?\s*[:=]\s*['\"]?)[^\s,'\"}]+"), rf"\1{GONE}"),
    # ?token=..., and 'token': '...' as in the repr of a dict
    (re.compile(rf"(?i)([?&](?:{_NAMES})=)[^&\s'\"#]+"), rf"\1{GONE}"),
    (re.compile(rf"(?i)(['\"](?:{_NAMES})['\"]\s*:\s*['\"])[^'\"]+"), rf"\1{GONE}"),
    # the password in postgresql://user:password@host
    (re.compile(r"(://[^\s:/@]*:)[^\s@/]+@"), rf"\1{GONE}@"),
    # the text of a WhatsApp QR code: it links a device
    (re.compile(r"\b\d@[A-Za-z0-9+/=,_-]{40,}"), GONE),
)
_PHONE = re.compile(r"(?<!\d)(?<!\d\.)\+?\d{10,15}(?!\d)|\+\d[\d ()-]{8,18}\d")


_PLAIN = frozenset({str, int, float, bool, type(None)})
"""The types of most logged values, checked before containers are looked for."""
_MARKS, _DIGITS = re.compile(r"['\"?&@+]"), re.compile(r"\d{10}")


def _is_plain(text: str) -> bool:
    """Whether `text` has nothing that a rule needs: most of what is logged has not, and is spared the rules."""
    if _MARKS.search(text) or _DIGITS.search(text):
        return False
    folded = text.casefold()
    # spelled out, a tenth of the time of one expression that tries them all at every letter
    return not ("k_" in folded or "eyj" in folded or "basic" in folded or "bearer" in folded or "x-api" in folded)


def mask_phone(text: str) -> str:
    """Enough of a number to recognise it by, too little to call it: `79001234567` becomes `7********67`."""
    digits = re.sub(r"\D", "", text)
    return f"{digits[:1]}{'*' * max(len(digits) - 3, 3)}{digits[-2:]}" if digits else ""


def mask_text(text: str) -> str:
    """`text` without tokens, keys, passwords, QR contents and phone numbers: for messages and tracebacks."""
    if _is_plain(text):
        return text
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return _PHONE.sub(lambda found: mask_phone(found[0]), text)


def reason_of(error: BaseException) -> str:
    """What went wrong in one line for a log: the kind of the error and the first line of its words, masked.

    SQLAlchemy wraps what the driver said, and adds the statement; only the driver's words are kept.

    >>> reason_of(OSError("no route to host\\nsecond line"))
    'OSError: no route to host'
    """
    said = getattr(error, "orig", None) or error
    words = mask_text(str(said).strip()).partition("\n")[0].strip()
    kind = type(said).__name__
    return f"{kind}: {words[:_REASON_LENGTH]}" if words else kind


def mask(value: Any, name: str = "") -> Any:
    """`value` of the field `name`, safe to log; dicts and lists are walked, other objects become text."""
    lowered = name.lower()
    if lowered in _SECRET_KEYS:
        return value and GONE
    if lowered.endswith("phone"):
        return value and mask_phone(str(value))
    if type(value) in _PLAIN:
        return _mask_scalar(value, lowered)
    if isinstance(value, Mapping):
        return {key: mask(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(item) for item in value]
    return _mask_scalar(value, lowered)


def _mask_scalar(value: object, name: str) -> object:
    """Ids of hexadecimal digits stay whole: the rule for phones must not break what lines are joined by."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return text if name.endswith("_id") and _HEX_ID.fullmatch(text) else mask_text(text)
