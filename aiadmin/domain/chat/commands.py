"""What a client's words may mean: a closed vocabulary, and the only thing that understanding may produce.

A message can become nothing but these commands, and no command says "free" or "without asking": whatever a text
demands, the worst that it can do is wish. Which visit is meant, what is free and what is done is decided by others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from aiadmin.domain.chat.when import Never, Span, When

SELF = "я"
"""Who writes, where it is said for whom something is."""


class AttachmentKind(StrEnum):
    """What is sent that is no text."""

    VOICE = "voice"
    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Command:
    """One meaning.

    Attributes:
        spans: the characters of the burst's text that say it; in order, none for what is no text.
    """

    spans: tuple[Span, ...] = field(default=(), compare=False)


class Greet(Command):
    """A greeting."""


class Thank(Command):
    """Thanks, a heart, a farewell: nothing that needs an answer."""


@dataclass(frozen=True, kw_only=True)
class Yes(Command):
    """A yes to the last question.

    Attributes:
        but: what was said besides, as it was written, when that may change what is agreed to; a yes is plain without.
        is_first: whether it is a sentence of its own before that, which nothing behind takes back.
        is_leading: whether it stands plainly before a question, and no condition, limit or doubt is behind it.
    """

    but: str = ""
    is_first: bool = field(default=False, compare=False)
    is_leading: bool = field(default=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class No(Command):
    """A no to the last question or proposal.

    Attributes:
        is_end: whether nothing else is wished for instead: "нет, спасибо", "передумала".
    """

    is_end: bool = False


class Wait(Command):
    """An answer comes later: they think about it, or ask somebody."""


@dataclass(frozen=True, kw_only=True)
class Choose(Command):
    """A line of the numbered list that was shown; the first is 1."""

    number: int


@dataclass(frozen=True, kw_only=True)
class ChoosePriced(Command):
    """The cheapest, or the dearest, of those that were named in our question."""

    is_dearest: bool = False


class Stop(Command):
    """No more messages."""


class Restart(Command):
    """Messages again."""


class WantBooking(Command):
    """A visit is wished for."""


class WantMove(Command):
    """A visit is to be at another time, or with another master."""


class WantCancel(Command):
    """A visit is not to be, or the client says they cannot come."""


class WantAlteration(Command):
    """A visit that there is is to be for more, for less, or for somebody else."""


@dataclass(frozen=True, kw_only=True)
class Early(Command):
    """The client comes before the time of their visit; by so many minutes, if that was said. Nothing is moved."""

    minutes: int | None = None


class WantHuman(Command):
    """A human is asked for."""


@dataclass(frozen=True, kw_only=True)
class NamedService(Command):
    """A service that was named.

    Attributes:
        ids: those that fit, several when the words fit several; empty when the salon has none such.
        unclear: the words for which nothing fits.
        is_excluded: whether it is just this that is not wanted.
        is_added: whether it is wanted on top of what was wanted before.
        is_taken_off: whether a verb takes it away: of a visit that has it, or from the body.
        is_only: whether just this is wanted, and nothing else.
        whom: for whom, where a burst has services of several persons: SELF, or the word for a guest.
        is_either: whether it is one of several that were named with an "or" between them.
    """

    ids: tuple[int, ...] = ()
    unclear: str = ""
    is_excluded: bool = False
    is_added: bool = False
    is_taken_off: bool = False
    is_only: bool = False
    whom: str = ""
    is_either: bool = False


@dataclass(frozen=True, kw_only=True)
class NamedStaff(Command):
    """A master that was named.

    Attributes:
        ids: those who are called so, several when several are.
        is_any: whether any suits.
        is_other: whether it is to be another than now.
        unknown: a name that nobody here has.
        is_excluded: whether it is just this one that is not wanted.
        whom: for whom, where a burst has masters for several persons: SELF, or the word for a guest.
    """

    ids: tuple[int, ...] = ()
    is_any: bool = False
    is_other: bool = False
    unknown: str = ""
    is_excluded: bool = False
    whom: str = ""


@dataclass(frozen=True, kw_only=True)
class Suits(Command):
    """Days and times, wished or refused.

    Attributes:
        whens: one wish, or several of which any suits.
        whom: for whom, where several persons have times of their own: the word for a guest.
    """

    whens: tuple[When, ...]
    whom: str = ""


@dataclass(frozen=True, kw_only=True)
class ImpossibleTime(Command):
    """A day or a time that there is not.

    Attributes:
        said: the client's words for it.
        near: days that may have been meant.
    """

    why: Never
    said: str = ""
    near: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Name(Command):
    """What the client is called."""

    given: str
    family: str = ""


@dataclass(frozen=True, kw_only=True)
class Guest(Command):
    """Others who are to be served, or are asked about.

    Attributes:
        who: the word for them, such as сын; empty when only their number or name was said.
        name: what they are called.
        count: how many come in all, the client among them where they are; None when that was not said.
        is_child: whether a child is meant.
        is_beside: whether the client is to be served too.
    """

    who: str = ""
    name: str = ""
    count: int | None = None
    is_child: bool = False
    is_beside: bool = False


class SameAsLast(Command):
    """As at the last visit."""


class Earliest(Command):
    """As soon as possible."""


class WhichWay(StrEnum):
    """Which way from what was offered."""

    EARLIER = "earlier"
    LATER = "later"
    OTHER_DAY = "other_day"
    ANY = "any"


@dataclass(frozen=True, kw_only=True)
class Elsewhen(Command):
    """Another time than those that were offered."""

    way: WhichWay = WhichWay.ANY


class AskPrice(Command):
    """What it costs."""


class AskSlots(Command):
    """What is free."""


@dataclass(frozen=True, kw_only=True)
class AskWorks(Command):
    """Whether a master works; who does, without ids. The day is a command of its own."""

    ids: tuple[int, ...] = ()


class Repeatedly(Command):
    """A visit is wished for again and again: each week, on every Thursday."""


class EveryVisit(Command):
    """All the visits that there are."""


class AskHours(Command):
    """When the salon is open."""


class AskAddress(Command):
    """Where the salon is."""


class AskDuration(Command):
    """How long it takes."""


class AskMyVisits(Command):
    """When, or whether, the client is booked."""


@dataclass(frozen=True, kw_only=True)
class AskFact(Command):
    """Something of the salon that its owner may have told: parking, payment, rules.

    Attributes:
        is_beside: whether it is a sentence of its own that no rule has read, beside what was understood.
    """

    topic: str
    is_beside: bool = False


@dataclass(frozen=True, kw_only=True)
class Late(Command):
    """The client comes late; by so many minutes, if that was said."""

    minutes: int | None = None


class Complaint(Command):
    """Something was not right."""


@dataclass(frozen=True, kw_only=True)
class HealthMatter(Command):
    """Harm, illness, or a question that a doctor has to answer.

    Attributes:
        is_asked: whether nothing has happened: it is asked what may be done with an illness.
    """

    is_asked: bool = False


class Haggle(Command):
    """The price is to be lower."""


@dataclass(frozen=True, kw_only=True)
class NamedPrice(Command):
    """A sum that something is wished for: it may tell which of several services is meant, or be too low for all."""

    amount: int


class Abuse(Command):
    """Insults."""


class Spam(Command):
    """An offer to the salon."""


class Injection(Command):
    """Orders to a machine: to forget its rules, to be another, to show what it was told."""


@dataclass(frozen=True, kw_only=True)
class Rating(Command):
    """A rating, 1 to 5."""

    stars: int


@dataclass(frozen=True, kw_only=True)
class NotUnderstood(Command):
    """Words of which no rule is sure."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Unread(Command):
    """A word within what was understood that nobody has read: it may change what is wished.

    Attributes:
        near: the services that it may be a slip of, too far from it to be sure.
    """

    text: str
    near: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Media(Command):
    """Something that is no text; how long it is, when it lasts."""

    kind: AttachmentKind
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Foreign(Command):
    """A language that is not read here, by its code of ISO 639-1; empty when that is not known."""

    language: str


QUESTIONS: tuple[type[Command], ...] = (AskPrice, AskDuration, AskWorks, AskHours, AskAddress, AskFact, AskMyVisits)
"""What is asked of what we know, and wishes for nothing."""
LEADS_TO_A_WRITE: tuple[type[Command], ...] = (
    Yes,
    Choose,
    ChoosePriced,
    WantBooking,
    WantMove,
    WantCancel,
    WantAlteration,
)
"""What may end in a change of a salon's journal; a text that is hostile, or too long to be a wish, gives none."""


def without(commands: Sequence[Command], *kinds: type[Command]) -> list[Command]:
    """The commands without those of some kinds."""
    return [one for one in commands if not isinstance(one, kinds)]
