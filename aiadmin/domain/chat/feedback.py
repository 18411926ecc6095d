"""What clients say of a visit that has been: praise that wishes for nothing, a rating in words, what went wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiadmin.domain.chat.commands import (
    Choose,
    Command,
    Complaint,
    Greet,
    Guest,
    Name,
    NamedService,
    NamedStaff,
    No,
    Rating,
    SameAsLast,
    Suits,
    Thank,
    Yes,
)
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lexicon import Hit
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.when import Asked, spans_of

_BESIDE_PRAISE: tuple[type[Command], ...] = (Greet, Thank, NamedService, NamedStaff, Guest, Name, Yes, No, Rating)
"""What praise may name: what was done, by whom, and who has liked it."""
_OF_A_RATING = (*_BESIDE_PRAISE, SameAsLast, Choose)
_WISHING = ("ASK_", "WANT_", "ELSEWHEN", "LATE", "HAGGLE", "HEALTH", "COMPLAINT", "DOES", "EARLIEST")
"""Meanings that make a burst more than praise."""
_TOWARDS = frozenset({"к", "ко", "на", "для"})
"""What stands before a service or a master who is wished for: "к Кате, она супер"."""
_TELLING = frozenset({WordClass.NOUN, WordClass.ADJECTIVE, WordClass.PAST, WordClass.STATEMENT, WordClass.STRANGE})


def is_praise(heard: Heard, commands: Sequence[Command]) -> bool:
    """Whether what was done, or who did it, is praised, and nothing is wished for."""
    if heard.context.asked not in {None, Asked.RATING} or "?" in heard.text:
        return False
    is_rated = heard.context.asked is Asked.RATING
    beside = (*(_OF_A_RATING if is_rated else _BESIDE_PRAISE), Suits)
    if not all(isinstance(one, beside) for one in commands) or _wishes(heard, commands):
        return False
    names = any(isinstance(one, (NamedService, NamedStaff, Suits)) for one in commands)
    if any(_praised(heard)):
        return True
    return _is_told(heard, commands) if is_rated else names and _begins_with_thanks(heard)


def _wishes(heard: Heard, commands: Sequence[Command]) -> bool:
    """Whether something is wished for, by a phrase, a time, or a preposition before what is named."""
    thanked = [heard.span(hit.first, hit.end) for hit in heard.of("THANK")]
    if any(not any(a <= start and end <= b for a, b in thanked) for start, end in spans_of(heard.whens)):
        return True
    if heard.has("CHANGE") or any(hit.kind.startswith(_WISHING) for hit in heard.hits):
        return True
    starts = {start for one in commands if isinstance(one, (NamedService, NamedStaff)) for start, _ in one.spans}
    named = [place for place, token in enumerate(heard.tokens) if token.start in starts]
    return any(heard.word(place - 1) in _TOWARDS or heard.word(place) in _TOWARDS for place in named)


def _praised(heard: Heard) -> Iterator[Hit]:
    """The words of praise: mild ones only behind our question, and none that is part of a title."""
    own = heard.context.vocabulary
    for hit in heard.of("PRAISE"):
        is_title = any(heard.word(place) in own.titled for place in range(hit.first, hit.end))
        if not is_title and (not hit.value or heard.context.asked is Asked.RATING):
            yield hit


def _begins_with_thanks(heard: Heard) -> bool:
    """Whether thanks come first, but for a vocative, or are for something: "мастеру спасибо за стрижку"."""
    trifles = heard.covered({"TRIFLE"})
    first = next((place for place in range(len(heard.tokens)) if place not in trifles), 0)
    return any(hit.first == first or heard.word(hit.end) == "за" for hit in heard.of("THANK"))


def _is_told(heard: Heard, commands: Sequence[Command]) -> bool:
    """Whether more is said behind our question than what a service is called, so that it is an answer to it."""
    spans = [span for one in commands if isinstance(one, (NamedService, NamedStaff)) for span in one.spans]
    if not spans or heard.has("THANK", "YES"):
        return bool(spans)
    named = {
        place for place, token in enumerate(heard.tokens) if any(a <= token.start < b for a, b in spans)
    } | heard.covered({"GREET", "TRIFLE"})
    return any(heard.word_class(place) in _TELLING for place in range(len(heard.tokens)) if place not in named)


def dissatisfaction(heard: Heard) -> Iterator[Complaint]:
    """What went wrong, unless somebody else's work is meant; behind our question half a complaint is one.

    "Это нормально?" asks about what was done, and behind "буду в три" about that.
    """
    is_coming = heard.has("COMING", "LATE")
    hits = [hit for hit in heard.of("COMPLAINT") if not (hit.value == "asked" and is_coming)]
    if heard.context.asked is Asked.RATING and not hits:
        is_praised = any(_praised(heard))
        hits = [hit for hit in heard.of("LUKEWARM") if not (is_praised and hit.value)]
    if hits and not heard.has("BY_OTHERS"):
        yield Complaint(spans=tuple(sorted(heard.span(hit.first, hit.end) for hit in hits)))


_TEN = 10
_MARKING = frozenset({"на", "оценка", "оценку", "ставлю", "твердая", "твердую"})
_BEHIND_A_MARK = frozenset({"", ",", "!", ".", "+", "-", "\n"})
_OF_TEN = (("из", "10"), ("/", "10"))


def stars_in_words(heard: Heard) -> int:
    """The mark that begins or closes a rating in words: "5, Катя супер", "на 4", "9 из 10"; 0 without one."""
    numbers = [place for place, token in enumerate(heard.tokens) if token.text.isascii() and token.text.isdecimal()]
    if not numbers or "?" in heard.text or heard.has("WANT_BOOKING", "WANT_MOVE", "WANT_CANCEL", "ASK_SLOTS"):
        return 0
    first = numbers[0]
    value = int(heard.word(first)) if len(heard.word(first)) <= len(str(_TEN)) else 0
    if (heard.word(first + 1), heard.word(first + 2)) in _OF_TEN and len(numbers) == len(_OF_TEN):
        return (value + 1) // 2 if value <= _TEN else 0
    is_first = first == 0 and heard.word(1) in _BEHIND_A_MARK
    is_mark = is_first or heard.word(first - 1) in _MARKING
    return value if is_mark and len(numbers) == 1 and value <= _TEN // 2 else 0
