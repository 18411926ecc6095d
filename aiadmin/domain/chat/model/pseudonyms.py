"""A message without what says who wrote it, for a model that others run.

Phones, e-mails, links, cards and other long numbers go, and so do names: the client's own in every case, and whatever
the dictionary takes for a name, a patronymic or a surname of somebody who is no master here (152-FZ: what cannot be
led back to a person by its receiver is no personal data).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from aiadmin.domain.chat.morphology import Morphology
from aiadmin.domain.chat.vocabulary import Vocabulary, plain

NUMBER, LINK, NAME = "[номер]", "[ссылка]", "[имя]"
_LINK = re.compile(
    r"\S+@\S+|(?:https?://|www\.|t\.me/|wa\.me/)\S+|\b\S+\.(?:ru|com|org|net|рф|su|by|kz|app)\b\S*", re.I
)
_LONG_NUMBER = re.compile(r"[+(]*[0-9](?:[^0-9\n]{0,3}[0-9]){6,}|[0-9]{5,}")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def readable(text: str) -> str:
    """A text in compatible letters (NFKC), without marks that are not seen: quotes are looked up in this form."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")


def pseudonymised(text: str, *, names: Collection[str], vocabulary: Vocabulary) -> str:
    """A text as a model may see it.

    Args:
        text: as it was written.
        names: what the client is called: all words of their cards and their nickname.
    """
    morphology = vocabulary.morphology
    known = _forms(names, morphology)

    def without_name(word: re.Match[str]) -> str:
        parts = [plain(part) for part in word.group().split("-")]
        is_hidden = any(part in known or _is_somebody(part, vocabulary) for part in parts)
        return NAME if is_hidden else word.group()

    shown = _LONG_NUMBER.sub(NUMBER, _LINK.sub(LINK, _ascii_digits(readable(text))))
    pieces = re.split(f"({re.escape(NUMBER)}|{re.escape(LINK)})", shown)
    return "".join(piece if piece in {NUMBER, LINK} else _WORD.sub(without_name, piece) for piece in pieces)


def _forms(names: Collection[str], morphology: Morphology) -> frozenset[str]:
    words = {plain(word) for name in names for word in _WORD.findall(readable(name))}
    words |= {part for word in words for part in word.split("-")}
    return frozenset(
        form for word in words for form in {word} | morphology.forms_of_name(word) | morphology.forms(word)
    )


def _is_somebody(word: str, vocabulary: Vocabulary) -> bool:
    """Whether a word is the name of a person; a master's is public, and a word of the salon's trade is none."""
    return not vocabulary.is_ours(word) and vocabulary.morphology.is_personal_name(word)


def _ascii_digits(text: str) -> str:
    """Digits of any script as 0-9, so that no other script carries a number out."""
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
