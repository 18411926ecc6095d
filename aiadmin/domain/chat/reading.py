"""Understanding by rules: a burst of a client's words becomes commands.

Nothing is decided here and nothing is guessed: what no rule is sure of is `NotUnderstood`, which another reader, or a
human, may take up. A text that is hostile, or too long to be a wish, gives no command that leads to a write.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.commands import (
    Command,
    Media,
    NamedService,
    No,
    NotUnderstood,
    Suits,
    Unread,
    WantCancel,
    without,
)
from aiadmin.domain.chat.coverage import unread_in
from aiadmin.domain.chat.foreign import foreign
from aiadmin.domain.chat.hearing import Heard, hear
from aiadmin.domain.chat.meanings import meanings_in
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.questions_beside import questions_beside
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.settling import FOR_A_HUMAN, HOSTILE, not_understood, settled
from aiadmin.domain.chat.when import Asked

LONGEST, MOST_TOKENS = 4_000, 600
"""What is longer is no wish of a client's, and a human reads it."""
MOST_UNKNOWN, _TELLING = 40, 4
"""Words that no dictionary has, of so many letters and more: a slip here and there, and no text of them."""


def read(burst: Burst, context: ReadingContext) -> tuple[Command, ...]:
    """What a burst means; any text is read, and the longest in bounded time.

    Returns:
        commands in the order in which they were said; nothing where nothing needs an answer.
    """
    media = tuple(part for part in burst.parts if isinstance(part, Media))
    return (*read_text(burst.text, context), *media)


def read_text(text: str, context: ReadingContext) -> tuple[Command, ...]:
    """What a text means."""
    if not text.strip():
        return ()
    if len(text) > LONGEST:
        return (not_understood(text),)
    heard = hear(text, context)
    if len(heard.tokens) > MOST_TOKENS or _is_in_no_language(heard):
        return (not_understood(text),)
    return foreign(heard, _understood) or _ordered(_with_unread(heard, _understood(heard)))


def _is_in_no_language(heard: Heard) -> bool:
    """Whether most of many words are in no dictionary: nothing is made of them, and no time is spent on it."""
    words = {token.text for token in heard.tokens if token.text.isalpha() and len(token.text) >= _TELLING}
    unknown = [word for word in words if not heard.context.vocabulary.knows(word)]
    return len(unknown) > MOST_UNKNOWN and 2 * len(unknown) > len(words) and not heard.text.isascii()


def _understood(heard: Heard) -> list[Command]:
    return settled(heard, [*meanings_in(heard)])


def _with_unread(heard: Heard, commands: Sequence[Command]) -> Sequence[Command]:
    """The meanings, and the words beside them that nobody has read; what a human reads anyway needs none."""
    if any(isinstance(one, (*HOSTILE, *FOR_A_HUMAN)) for one in commands):
        return commands
    is_reminded = heard.context.asked is Asked.ATTENDANCE and any(
        isinstance(one, (No, WantCancel)) for one in commands
    )
    if is_reminded or heard.context.asked is Asked.RATING:
        return commands
    named = any(isinstance(one, NamedService) and (one.ids or one.unclear) for one in commands)
    unread = [*unread_in(heard, commands)]
    is_wish = heard.has("DOES", "WANT_BOOKING", "ASK_PRICE") or any(isinstance(one, Suits) for one in commands)
    is_wish = is_wish or (heard.has("ASK_SLOTS") and heard.word(len(heard.tokens) - 1) == "?")
    if named or not is_wish or heard.context.asked is not None:
        return questions_beside(heard, [*commands, *unread])
    things = [_as_service(heard, one) for one in unread]
    is_understood = any(isinstance(one, NamedService) for one in things)
    return questions_beside(heard, [*(without(commands, NotUnderstood) if is_understood else commands), *things])


def _as_service(heard: Heard, unread: Unread) -> Command:
    """A thing that is asked for, where no service is: one that the salon has not, and that is like none it has."""
    if unread.near:
        return unread
    place = next(at for at, token in enumerate(heard.tokens) if token.start == unread.spans[0][0])
    is_thing = heard.word_class(place) in {WordClass.NOUN, WordClass.STRANGE}
    is_asked_for = heard.word(place - 1) in {"на", "за"} or heard.has("DOES", "ASK_PRICE")
    is_asked_for = is_asked_for or (heard.has("ASK_SLOTS") and heard.word(len(heard.tokens) - 1) == "?")
    return NamedService(unclear=unread.text, spans=unread.spans) if is_thing and is_asked_for else unread


def _ordered(commands: Sequence[Command]) -> tuple[Command, ...]:
    return tuple(sorted(commands, key=lambda one: one.spans[:1] or ((0, 0),)))
