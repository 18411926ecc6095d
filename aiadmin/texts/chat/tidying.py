"""What no text to a client may have, whatever a salon has written in its titles: markup, hidden signs, many emoji."""

from __future__ import annotations

import re
import unicodedata

from aiadmin.domain.plain_text import shown

_MARKUP = re.compile(r"[*`~]|(?<!\w)_+|_+(?!\w)|^#+\s", re.MULTILINE)
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_MOST_EMOJI = 1


def tidied(text: str) -> str:
    """A text without what WhatsApp would read as markup, and with one emoji at most.

    >>> tidied("*Стрижка*  `VIP` 🌸🌸 _новинка_")
    'Стрижка VIP 🌸 новинка'
    """
    plain = _without_emoji(_MARKUP.sub("", "\n".join(shown(line) for line in text.split("\n"))))
    return _LINES.sub("\n", _BLANKS.sub(" ", plain)).strip()


def _without_emoji(text: str) -> str:
    left, kept = _MOST_EMOJI, []
    for sign in text:
        is_emoji = unicodedata.category(sign) == "So"
        if is_emoji and not left:
            continue
        left -= is_emoji
        kept.append(sign)
    return "".join(kept)
