"""Text as people see it: without characters that are not seen, or that turn round what stands beside them.

A right-to-left override (U+202E) shows `gpj.exe` as `exe.jpg`, a zero-width space hides a second text in the first:
nothing of a message or a name needs either (Unicode Technical Report 36, 2.10 and 3).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that have no picture."""
_KEPT = frozenset("\n\t")
_JOINER, _VARIATION = "\u200d", "\ufe0f"
_PICTURES = frozenset({"So", "Sk"})
"""Emoji and their skin tones."""
_ARROW = "\u2194"
"""The one emoji with a joiner that is a mathematical sign by its category: a head that is shaken."""
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{2}[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,3}\U000e007f")
"""The flag of a part of a country: a black one, and the letters of its code that nobody sees (UTS 51, annex C)."""


def hidden(text: str) -> Iterator[int]:
    """Where `text` has a character that is not seen. Lines, tabs, and what an emoji is joined of are none."""
    of_flags = {position for flag in _FLAG.finditer(text) for position in range(*flag.span())}
    for position, character in enumerate(text):
        is_unseen = character in _BLANK or unicodedata.category(character) in _HIDDEN
        if is_unseen and character not in _KEPT and position not in of_flags and not _joins_pictures(text, position):
            yield position


def shown(text: str) -> str:
    """`text` without what `hidden` finds.

    >>> shown("Анна\\u202e и 👩\\u200d🎨"), shown("a\\u200db")
    ('Анна и 👩\\u200d🎨', 'ab')
    """
    gone = set(hidden(text))
    return text if not gone else "".join(one for position, one in enumerate(text) if position not in gone)


def _joins_pictures(text: str, position: int) -> bool:
    if text[position] != _JOINER:
        return False
    before = text[max(position - 2, 0) : position].rstrip(_VARIATION)[-1:]
    after = text[position + 1 : position + 2]
    return _is_picture(before) and _is_picture(after)


def _is_picture(character: str) -> bool:
    return character == _ARROW or (bool(character) and unicodedata.category(character) in _PICTURES)
