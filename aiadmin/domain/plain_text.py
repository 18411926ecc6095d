"""Text as people see it: without characters that are not seen, or that turn round what stands beside them.

A right-to-left override (U+202E) shows `gpj.exe` as `exe.jpg`, a zero-width space hides a second text in the first:
nothing of a message or a name needs either (Unicode Technical Report 36, 2.10 and 3).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that have no picture."""
_KEPT = frozenset("\n\t")
_JOINER, _VARIATION = "\u200d", "\ufe0f"
_PICTURES = frozenset({"So", "Sk"})
"""Emoji and their skin tones."""


def hidden(text: str) -> Iterator[int]:
    """Where `text` has a character that is not seen. Lines, tabs, and the joiner inside an emoji are none."""
    for position, character in enumerate(text):
        is_unseen = character in _BLANK or unicodedata.category(character) in _HIDDEN
        if is_unseen and character not in _KEPT and not _joins_pictures(text, position):
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
    return bool(before and after) and {unicodedata.category(before), unicodedata.category(after)} <= _PICTURES
