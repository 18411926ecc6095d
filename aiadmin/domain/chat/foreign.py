"""A text in another language: what is known of English is read, the rest is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from aiadmin.domain.chat.commands import Choose, Command, Foreign, NotUnderstood, Spam, Yes, without
from aiadmin.domain.chat.hearing import Heard, hear
from aiadmin.domain.chat.lexicon import intents
from aiadmin.domain.chat.meanings import stops_in
from aiadmin.domain.chat.words.intents import ENGLISH

_ENGLISH = {word: ours.strip() for word, _, ours in (line.partition(":") for line in ENGLISH.split("\n") if line)}


_ENOUGH_ENGLISH, _ENOUGH_OURS = 0.25, 0.4


_FEWEST_FOREIGN = 2


_FOREIGN_WORD = re.compile(r"[^\W\d_]+")


_ENGLISH_PHRASE = re.compile(
    "|".join(rf"\b{phrase}\b" for phrase in sorted(_ENGLISH, key=len, reverse=True)) + r"|[^\W\d_]+"
)
"""What is known of English, the longest phrase first, or any word."""


_CYRILLIC = re.compile("[а-яёіїєґ]", re.IGNORECASE)


def foreign(heard: Heard, understood: Callable[[Heard], Sequence[Command]]) -> tuple[Command, ...]:
    """A text in another script that is no Russian one mistyped: what is known of English is read, the rest is not."""
    text = _without_greeting(heard)
    words = _FOREIGN_WORD.findall(text.lower())
    if len(words) >= _FEWEST_FOREIGN and not _CYRILLIC.search(text) and heard.has("SPAM"):
        return (Spam(spans=heard.spans("SPAM")),)
    is_ours = heard.orders or heard.has("ABUSE") or any(True for _ in stops_in(heard))
    is_word = len(words) == 1 and bool(_ENGLISH.get(words[0])) and words[0] not in intents().words
    if (len(words) < _FEWEST_FOREIGN and not is_word) or _CYRILLIC.search(text) or is_ours:
        return ()
    known = [
        word for phrase in _ENGLISH_PHRASE.findall(_plain(text)) for word in phrase.split() if phrase in _ENGLISH
    ]
    whole = ((0, len(heard.text)),)
    if len(known) < _ENOUGH_ENGLISH * len(words):
        ours = sum(heard.context.vocabulary.is_ours(token.text) for token in heard.tokens)
        return () if ours >= _ENOUGH_OURS * len(words) else (Foreign(language="", spans=whole),)
    said = hear(_in_russian(heard.text), heard.context)
    commands = without(understood(said), NotUnderstood, Choose)
    if len(known) < len(words):
        commands = [replace(one, but=heard.text.strip()) if isinstance(one, Yes) else one for one in commands]
    return (Foreign(language="en", spans=whole), *(replace(one, spans=whole) for one in commands))


def _without_greeting(heard: Heard) -> str:
    """The text with blanks for a greeting: it may be in one language, and the wish in another."""
    text = heard.text
    for start, end in (heard.span(hit.first, hit.end) for hit in heard.of("GREET")):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _in_russian(text: str) -> str:
    """An English text word by word; what is not known is left out."""
    said, ours, end = _plain(text), "", 0
    for denied in _DENIED.finditer(said):
        ours += f"{_word_by_word(said[end : denied.start()])} {_KEPT[denied.group(1)]} "
        end = denied.end()
    return ours + _word_by_word(said[end:])


def _word_by_word(text: str) -> str:
    return _ENGLISH_PHRASE.sub(lambda phrase: _ENGLISH.get(phrase.group(), ""), text)


def _plain(text: str) -> str:
    """A text in small letters without the apostrophe of "don't"."""
    return re.sub(r"(?<=[a-z])['’`´](?=[a-z])", "", text.lower())


_DENIED = re.compile(
    r"\b(?:not?|never|dont|doesnt|didnt|wont|shouldnt)\b(?: [a-z]+){0,3}? (cancel|move|change|reschedule)\w*"
)
"""A visit that is not to be changed: "do not cancel", "don't want to cancel", "no need to move it"."""
_KEPT = {"cancel": "не отменяйте"} | dict.fromkeys(("move", "change", "reschedule"), "не переносите")
