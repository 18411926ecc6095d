"""A link that a salon puts into its messages: an ordinary public address on the web, and nothing cleverer."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 200
_SIGNS = re.compile(r"[\w\-.~:/?#\[\]@!$&()*+,;=%]+")
"""Letters of any script, and what RFC 3986 allows but for the quotation mark, which ends an attribute in HTML."""
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
"""The last part of a name is a word: `0x7f000001` and `2130706433` are numbers of machines, too."""
_LONGEST_NAME = 253
_PRIVATE = frozenset(
    {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "onion", "invalid"}
)
"""Names that are nobody's on the public web (RFC 6761, RFC 6762, RFC 7686, ICANN's `internal`)."""


def is_public(link: str) -> bool:
    """Whether `link` leads to a named site over https: no password, no port, no bare number, no machine of our own.

    >>> is_public("https://yandex.ru/maps/org/1?reviews"), is_public("https://отзывы.рф/салон")
    (True, True)
    >>> is_public("https://user@bank.ru/"), is_public("https://169.254.169.254/"), is_public("https://localhost/")
    (False, False, False)
    """
    if len(link) > LONGEST or not _SIGNS.fullmatch(link) or not link.startswith("https://"):
        return False
    try:
        netloc = urlsplit(link).netloc
        name = netloc.encode("idna").decode().lower()
    except ValueError:
        return False
    return len(name) <= _LONGEST_NAME and _is_name(name.split("."))


def _is_name(labels: list[str]) -> bool:
    """Whether these are the parts of a public name; `user@host`, `host:1` and `[::1]` are none."""
    is_written_well = len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and _TOP.fullmatch(labels[-1])
    return bool(is_written_well) and labels[-1] not in _PRIVATE
